"""The room of losses: claims, visits, relief."""

from django.apps import AppConfig


class LossesConfig(AppConfig):
    """Build the room's wall of interest when the house opens."""

    name = "losses"

    def ready(self) -> None:
        """Let nobody take a hand on a claim of a household they are tied to."""
        from losses.selectors.interest import tied_claims  # here, since rooms open one by one
        from records.selectors.participation import build_wall  # here, since rooms open one by one

        build_wall("claim", tied_claims)
