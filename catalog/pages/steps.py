"""What happened to a lot, each step one spoken sentence for its household."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Somebody
from catalog.models import Listing, ListingStatus, Movement, PriceChange
from catalog.pages.lots import amount_both, day_of
from catalog.services.listings import NOT_BY_US, WITHDRAW_REASONS
from kernel import money
from kernel.shown import Moment
from records.models import Event, Move

Side = Movement.Side
_KILOS = {
    (Side.FREE, Side.RESERVED): ("info", _("%(amount)s ordered")),
    (Side.RESERVED, Side.FREE): ("plain", _("%(amount)s free again")),
    (Side.RESERVED, Side.SOLD): ("ok", _("%(amount)s weighed and taken")),
    (Side.FREE, Side.CLAIMED): ("warn", _("%(amount)s reported as spoiled")),
    (Side.CLAIMED, Side.FREE): ("plain", _("%(amount)s not counted as a loss, free again")),
    (Side.CLAIMED, Side.WRITTEN_OFF): ("warn", _("%(amount)s counted as a loss")),
    (Side.FREE, Side.WRITTEN_OFF): ("warn", _("%(amount)s written off")),
    (Side.FREE, Side.WITHDRAWN): ("plain", _("%(amount)s taken back")),
}
_MOVES = {
    ListingStatus.ON_SALE: ("ok", pgettext_lazy("my goods", "Back on the market")),
    ListingStatus.STOPPED: ("danger", pgettext_lazy("my goods", "Sale stopped")),
    ListingStatus.EXPIRED: ("warn", pgettext_lazy("my goods", "Off the market: nobody answered")),
    ListingStatus.WITHDRAWN: ("plain", pgettext_lazy("my goods", "Taken down")),
}


def step(listing: Listing, happened: Move | Movement | PriceChange | Event, *, reader: Somebody) -> Moment:
    """Return one step for the timeline: what, when, who."""
    if isinstance(happened, Movement):
        tone, what = _kilos(listing, happened)
    elif isinstance(happened, PriceChange):
        price = money.price_per_jin(happened.price_fen, happened.price_unit_g)
        tone, what = "plain", str(_("Price: %(price)s yuan a jin") % {"price": price})
    elif isinstance(happened, Event):
        tone, what = "plain", _least_words(listing, happened.data["smallest"])
    elif happened.before == "":
        tone, what = "plain", str(_("%(amount)s put on sale") % {"amount": amount_both(listing, listing.listed)})
    else:
        tone, words = _MOVES[ListingStatus(happened.after)]
        what = f"{words}：{happened.note}" if happened.after == ListingStatus.STOPPED and happened.note else str(words)
    return Moment(day_of(happened.at), _who(listing, happened, reader), what, tone)


def _kilos(listing: Listing, move: Movement) -> tuple[str, str]:
    tone, words = _KILOS.get((Side(move.source), Side(move.target)), ("plain", _("%(amount)s moved")))
    what = str(words) % {"amount": amount_both(listing, move.quantity)}
    if move.target == Side.WITHDRAWN:
        why = _("I did not do this") if move.reason == NOT_BY_US else WITHDRAW_REASONS.get(move.reason, "")
        what = f"{what}：{why}" if why else what
    return tone, what


def _least_words(listing: Listing, quantity: int) -> str:
    if not quantity:
        return str(_("Any quantity is handed over"))
    return str(_("At least %(amount)s a buyer") % {"amount": amount_both(listing, quantity)})


def _who(listing: Listing, happened: Move | Movement | PriceChange | Event, reader: Somebody) -> str:
    if happened.by_id is None:
        return ""
    if happened.by_id == reader.pk:
        return str(pgettext_lazy("my goods", "you"))
    if happened.by_id == listing.made_by_id and listing.by_proxy:
        return str(pgettext_lazy("my goods", "listed for you"))
    return ""
