"""A household texts a loss: it becomes a notice of loss of the goods it can mean, once, or is answered what to send."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Household, InboundMessage, User
from accounts.selectors import standing
from accounts.services.inbound import MOST_TRIES, end_text, households_of_phone
from accounts.services.messages import in_chinese
from catalog.models import Listing
from kernel import clock
from kernel.errors import DomainError
from kernel.present import StrOrPromise
from losses.models import Cause, Goods, LossNotice
from losses.pasted import Loss, read_loss
from losses.selectors.loss_notices import open_notices_of
from losses.selectors.lots import crops_to_report, left_of, lots_to_report
from losses.services.loss_notices import SAID_BY_TEXT, give_notice, words_of
from produce.models import StockUnit
from produce.selectors.dictionary import ids_by_name, key_of
from produce.services.stock import in_stock_unit

State = InboundMessage.State
MOST_NAMED = 5  # goods that one text back has room for
SHARED_PHONE = _(
    "This phone stands for several households or for one without an account, so a text cannot say whose loss it is. "
    "Call your village cadre, who writes it down for you."
)
UNKNOWN_PHONE = _(
    "We got your text about a loss, but this phone stands for no household here. Text from the phone your household "
    "gave, or call your village cadre, who writes it down for you."
)
UNREADABLE = _(
    "We cannot read your text. Send the word for a loss, the goods and how much, such as: 报损 包菜 50斤. Or call your "
    "village cadre."
)


class NoSuchGoods(DomainError):
    code = "no_such_goods"
    message = _(
        "Nothing of yours on the site that this could be: either it is not put on sale, or nothing of it is left. Call "
        "your village cadre, who writes the loss down for you."
    )


class WhichGoods(DomainError):
    code = "which_goods"

    def __init__(self, goods: Iterable[Goods]) -> None:
        super().__init__(
            _("You have several that this could be. Send it again with one of these in front of how much: %(each)s")
            % {"each": "；".join(_named(one) for one in list(goods)[:MOST_NAMED])}
        )


class HowMuch(DomainError):
    code = "how_much"
    message = _("How much is lost? Send it again with the goods and how much, such as: 报损 包菜 50斤.")


def report_loss(text: InboundMessage, at: dt.datetime) -> bool:
    """Act on a text that begins with 「报损」; return whether this hand ended it, or another."""
    by, households = households_of_phone(text)
    if not households:
        return end_text(text, State.STRANGER, household=None, back=str(UNKNOWN_PHONE), at=at)
    said = read_loss(text.body) if text.tries <= MOST_TRIES else None
    if said is None:
        return end_text(text, State.UNREADABLE, household=households[0], back=str(UNREADABLE), at=at)
    if by is None:
        return end_text(text, State.REFUSED, household=households[0], back=str(SHARED_PHONE), at=at)
    notice = LossNotice.objects.filter(text=text).first()
    try:
        notice = notice or _noticed(text, said, by=by, at=at)
    except DomainError as refusal:
        return end_text(text, State.REFUSED, household=households[0], back=str(refusal), at=at)
    return end_text(text, State.UNDERSTOOD, household=notice.household, back=_back(text, notice), at=at)


def _noticed(text: InboundMessage, said: Loss, *, by: User, at: dt.datetime) -> LossNotice:
    goods = _meant(said, by)
    cause = Cause(said.cause or Cause.SPOILED)
    if cause == Cause.SPOILED and not isinstance(goods, Listing):
        cause = Cause.FIELD
    with transaction.atomic():
        return give_notice(
            goods=goods,
            cause=cause,
            about=_about(said, goods),
            seen_on=clock.county_day(text.received_at) - dt.timedelta(days=said.days_ago),  # it may have lain a night
            words=text.body,
            by=by,
            at=at,
            text=text,
        )


def _meant(said: Loss, by: User) -> Goods:
    """Return the one lot or crop of the own household that a text is about, or refuse in words: none, or several.

    Where several could be meant, what is not said or reported yet is.
    """
    own = standing(by).households
    lots = lots_to_report(by).filter(household__in=own)
    crops = crops_to_report(by).filter(household__in=own)
    if said.lot:
        lots, crops = lots.filter(number=said.lot), crops.none()
    elif said.goods:
        entry = ids_by_name().get(key_of(said.goods), 0)
        lots, crops = lots.filter(produce=entry), crops.filter(produce=entry)
    found: list[Goods] = [*lots.order_by("pk"), *crops.order_by("pk")]
    if len(found) > 1:
        found = [one for one in found if not one.reported and not open_notices_of(one).exists()] or found  # type: ignore[union-attr]
    if not found:
        raise NoSuchGoods
    if len(found) > 1:
        raise WhichGoods(found)
    return found[0]


def _about(said: Loss, goods: Goods) -> int:
    """Return about how much, in the stock unit of the goods; all that is left where that or nothing was said."""
    if said.everything or not (said.amount or said.goods or said.lot):
        return left_of(goods)
    if not said.amount:
        raise HowMuch
    quantity = said.about(counted=goods.stock_unit == StockUnit.PIECE)
    return in_stock_unit(goods.stock_unit, grams=quantity.grams, pieces=quantity.pieces)


def _back(text: InboundMessage, notice: LossNotice) -> str:
    """Return what goes back to a phone that is not the household's own: that one is told already."""
    household: Household = notice.household
    if text.phone_index == household.phone_index:
        return ""
    return in_chinese(SAID_BY_TEXT, {"produce": notice.goods.produce.name, **words_of(notice)})


def _named(goods: Goods) -> str:
    """Return goods as a text tells one from another: a lot by its number, a crop by its name."""
    words: list[StrOrPromise] = [goods.number] if isinstance(goods, Listing) else []
    return " ".join(str(word) for word in [*words, goods.produce.name, goods.in_words(left_of(goods))])
