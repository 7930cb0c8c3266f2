"""The room of canteens: how buyers eat and what they buy from."""

from django.apps import AppConfig


class CanteensConfig(AppConfig):
    """Say what buyers lack."""

    name = "canteens"

    def ready(self) -> None:
        """Give the findings of this room to the house."""
        from canteens.pages import missing  # here, since rooms open one by one
        from registers.pages.missing import add  # here, since rooms open one by one

        for finder in (missing.missing_canteens, missing.missing_funds, missing.missing_people):
            add(finder)
