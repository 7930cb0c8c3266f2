"""What the bureau forbids for a time: written down, lifted, asked where goods are put on sale."""

import datetime as dt
from functools import partial
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from accounts.models import Grievance, Household, Organisation, Role, User
from accounts.selectors import Standing, counted_with, users_in_post
from accounts.selectors.grievances import oneself
from accounts.services import grievances
from accounts.services.messages import Word, tell_all
from catalog.models import Listing, ListingStatus, Sanction, SanctionCode
from catalog.selectors.pauses import pause_of
from catalog.selectors.sanctions import bars_selling
from catalog.services.kilos import lock_listings
from kernel import clock
from kernel.dates import day_words
from kernel.errors import DomainError
from kernel.present import StrOrPromise, known
from produce.models import Produce

_SAID = {
    SanctionCode.WARNING: _(
        "The bureau warns %(party)s: %(reason)s (%(document)s). If that is not right, say so on the site: “How it "
        "went”."
    ),
    SanctionCode.NO_SELLING: _(
        "%(party)s puts no %(goods)s on sale up to and with %(day)s: %(reason)s (%(document)s). What is ordered "
        "already goes on. If that is not right, say so on the site: “How it went”."
    ),
    SanctionCode.NO_ORDERING: _(
        "%(party)s places no orders up to and with %(day)s: %(reason)s (%(document)s). What is ordered already goes "
        "on. If that is not right, say so on the site: “How it went”."
    ),
}
_LIFTED = _("The bureau lifted what stood against %(party)s (%(document)s). It holds no longer.")
TOLD = (Role.COOP_MANAGER, Role.BUYER, Role.BUYING_APPROVER, Role.HEAD_OF_OFFICE)


class Sanctions(grievances.Kind):
    """Sanctions, as grievances speak of them: whom one is about says that it is not right."""

    prefix = "sanction"

    def named(self, documents: list[str]) -> dict[str, str]:
        """Return each by what it forbids, why and by which paper."""
        rows = Sanction.objects.filter(pk__in=[document.partition(":")[2] for document in documents])
        return {f"sanction:{row.pk}": f"{row.get_code_display()}，{row.reason}（{row.document}）" for row in rows}

    def hands(self, document: str) -> list[User]:
        """Return who proposed and who confirmed it."""
        row = Sanction.objects.select_related("by", "confirmed_by").get(pk=document.partition(":")[2])
        return [row.by, row.confirmed_by]

    def sayable(self, key: str, who: Standing) -> grievances.Sayable | None:
        """Return whom it is about, where this person speaks for them."""
        own = Sanction.objects.filter(oneself(who), pk=int(key)) if key.isdecimal() and len(key) < 10 else None
        row = own.select_related("household", "organisation").first() if own is not None else None
        if row is None:
            return None
        return grievances.Sayable(Grievance.Category.SANCTION, household=row.household, organisation=row.organisation)


class MayNotSell(DomainError):
    code = "may_not_sell"

    def __init__(self, row: Sanction) -> None:
        super().__init__(
            _("Nothing of it is put on sale up to and with %(day)s: %(reason)s (%(document)s). Ask the bureau.")
            % {"day": day_words(row.to_on), "reason": row.reason, "document": row.document}
        )


def require_may_sell(
    produce: Produce, day: dt.date, *, household: Household | None, cooperative: Organisation | None
) -> None:
    """Refuse to put goods on sale that the bureau forbids this seller to sell."""
    row = bars_selling(day, produce, household=household, cooperative=cooperative)
    if row is not None:
        raise MayNotSell(row)


def take_effect(row: Sanction, *, at: dt.datetime) -> None:
    """Take the lots that are forbidden off the market while it lasts, and tell whom it is about."""
    if row.code == SanctionCode.NO_SELLING:
        lots = lock_listings(_barred_lots(row).values_list("pk", flat=True))
        paused = Listing.objects.filter(pk__in=lots)
        paused.update(paused_until=Greatest(F("paused_until"), row.to_on))
    _tell(row, _SAID[SanctionCode(row.code)], at=at)


def end_effect(row: Sanction, *, at: dt.datetime) -> None:
    """Let the lots back on the market that this alone held off it, and tell whom it was about."""
    day = clock.county_day(at)
    party: dict[str, Any] = {"household": row.household, "cooperative": row.organisation}
    away = pause_of(day, **party)
    if row.code == SanctionCode.NO_SELLING:
        held = _barred_lots(row).filter(paused_until=row.to_on)
        lots = lock_listings(held.values_list("pk", flat=True))
        for produce in Produce.objects.filter(listings__in=lots).distinct():
            other = bars_selling(day, produce, **party)
            days = [away, other.to_on if other is not None else None]
            until = max((one for one in days if one is not None), default=None)
            Listing.objects.filter(pk__in=lots, produce=produce).update(paused_until=until)
    _tell(row, _LIFTED, at=at)


def _barred_lots(row: Sanction) -> Any:
    sold_by = Q(cooperative=row.organisation) if row.household is None else Q(household__in=counted_with(row.household))
    of = Q() if row.produce_id is None else Q(produce=row.produce_id)
    return Listing.objects.filter(sold_by, of).exclude(status=ListingStatus.WITHDRAWN)


def _tell(row: Sanction, sentence: StrOrPromise, *, at: dt.datetime) -> None:
    values: dict[str, Any] = {
        "party": known(row.household).head_name if row.organisation is None else row.organisation.name,
        "goods": row.produce.name if row.produce is not None else _("goods"),
        "day": partial(day_words, row.to_on),
        "reason": row.reason,
        "document": row.document,
    }
    about = {"kind": "sanction", "document": f"sanction:{row.pk}"}
    if row.household is not None:
        tell_all([Word(sentence, values, row.household, **about)], at=at)
        return
    people = users_in_post(known(row.organisation), TOLD, clock.county_day(at))
    tell_all([Word(sentence, values, None, phone=user.phone, **about) for user in people], at=at)
