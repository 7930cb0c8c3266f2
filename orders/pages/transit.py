"""What got lost on the way in words: how much, and who bears it by the published rule."""

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext as _

from kernel import weight
from orders.selectors.transit import Loss
from records.selectors.policy import policy


def loss_words(loss: Loss | None) -> str:
    """Return what got lost of one lot on one trip; nothing where nothing did."""
    if loss is None or not loss.lost_g:
        return ""
    values = {
        "sent": weight.both(loss.sent_g),
        "net": weight.both(loss.net_g),
        "lost": weight.both(loss.lost_g),
        "above": weight.both(loss.above_g),
        "percent": percent(loss.permille),
        "who": loss.carrier,
    }
    if loss.above_g:
        words = _(
            "Taken at the pick-up %(sent)s, at the scale %(net)s: %(lost)s got lost on the way. Up to %(percent)s %% "
            "is natural and the seller's; %(above)s is more than that, and %(who)s bears it."
        )
    else:
        words = _(
            "Taken at the pick-up %(sent)s, at the scale %(net)s: %(lost)s got lost on the way. That is within the "
            "%(percent)s %% that the seller bears."
        )
    contested = _("The seller says that the weight at the pick-up was not right.") if loss.contested else ""
    return f"{words % values} {contested}".strip()


def rule_words(on: dt.date) -> str:
    """Return the published rule on loss in transit, as of a day."""
    return _(
        "Loss on the way: up to %(percent)s %% between the pick-up and the buyer's scale is natural and the seller's. "
        "What is lost above that, whoever drives bears."
    ) % {"percent": percent(policy("transit_loss_permille", on))}


def percent(permille: int) -> str:
    """Return thousandths as a percentage without needless zeros."""
    return f"{(Decimal(permille) / 10).normalize():f}"
