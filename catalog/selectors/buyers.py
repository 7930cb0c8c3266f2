"""For whom the market is shown: what papers this buyer asks for, and how far it is from a lot."""

from dataclasses import dataclass

from accounts.models import Place, Role, Somebody
from accounts.selectors import standing
from kernel.distance import metres


@dataclass(frozen=True)
class Buyer:
    """The unit somebody buys for: its channel, and where it is, if anybody has said so."""

    channel: str | None
    point: tuple[int, int] | None

    def metres_to(self, village: Place) -> int | None:
        """Return how far a village is as the crow flies; None where one of the two points is not known."""
        if self.point is None or village.latitude_e6 is None or village.longitude_e6 is None:
            return None
        return metres(self.point, (village.latitude_e6, village.longitude_e6))


def buyer_of(user: Somebody) -> Buyer | None:
    """Return for which unit this person buys, None for everybody else; no query beside that of their standing."""
    if not user.is_authenticated:
        return None
    for post in standing(user).posts:
        if post.role == Role.BUYER:
            if post.latitude_e6 is None or post.longitude_e6 is None:
                return Buyer(post.channel, None)
            return Buyer(post.channel, (post.latitude_e6, post.longitude_e6))
    return None
