"""The room of money."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Let others speak of payments when the house opens."""

    name = "ledger"

    def ready(self) -> None:
        """Give what grievances about money are called, and who had a hand in it."""
        from accounts.services.grievances import add  # here, since rooms open one by one
        from ledger.services.arriving import Payments  # here, since rooms open one by one

        add(Payments())
