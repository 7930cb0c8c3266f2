"""What bringing a plan costs and when it would arrive, by the published rule.

One cart leaves at a set minute of the day of delivery, stops once in every village of the plan, and drives on. It
costs so much a stop and so much for every hundred kilograms begun. The rule compares plans before anybody has been
asked; what is paid for carting is settled by whoever drives.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CartRule:
    """The county's figures, in force on the day of the plan."""

    stop_fen: int
    hundred_kg_fen: int
    leaves_minute: int  # after midnight
    stop_minutes: int

    @classmethod
    def of(cls, values: dict[str, int]) -> "CartRule":
        """Return the rule among the policy values of a day."""
        return cls(
            values["freight_stop_fen"],
            values["freight_100kg_fen"],
            values["cart_leaves_minute"],
            values["cart_stop_minutes"],
        )

    def freight_fen(self, stops: int, grams: int) -> int:
        """Return what the cart costs."""
        return stops * self.stop_fen + -(-grams // 100_000) * self.hundred_kg_fen

    def arrival_minute(self, stops: int) -> int:
        """Return at which minute of the day the cart arrives, at the latest the last one."""
        return min(self.leaves_minute + stops * self.stop_minutes, 24 * 60 - 1)
