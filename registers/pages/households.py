"""The desk of the register of households."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from accounts.models import BankCard, Cause, Household, HouseholdMember, HouseholdTier, Tier
from accounts.selectors import Standing, card_in_force
from kernel import clock, identity
from kernel.masking import mask_name, mask_phone
from registers import filters, forms
from registers.pages.desks import Column, Desk
from registers.pages.missing import Finding


def _rows(_who: Standing) -> QuerySet[Household]:
    now = Prefetch("tiers", HouseholdTier.objects.filter(to_on=None), to_attr="tiers_now")
    return Household.objects.select_related("village__parent").prefetch_related(now)


def _tier(row: Any) -> HouseholdTier | None:
    return row.tiers_now[0] if row.tiers_now else None


def _tier_word(row: Any) -> object:
    tier = _tier(row)
    return Tier(tier.tier).label if tier else Tier.ORDINARY.label


def _cause_word(row: Any) -> object:
    tier = _tier(row)
    return Cause(tier.cause).label if tier and tier.cause else ""


def _since(row: Any) -> str:
    tier = _tier(row)
    return tier.from_on.isoformat() if tier else ""


def _now(row: Any) -> Mapping[str, Any]:
    """Return what a household is now, to begin its change with; another kind begins today unless it is said."""
    tier = _tier(row)
    today: dt.date = clock.county_day(clock.now())
    return {
        "household": row.pk,
        "tier": tier.tier if tier else Tier.ORDINARY,
        "cause": tier.cause if tier else "",
        "from_on": today,
        "village": f"{row.village.township.name}{row.village.short_name}",
        "phone": row.phone,
        "people": row.people,
    }


HOUSEHOLDS = Desk(
    key="households",
    personal=True,
    name=_("Households"),
    about=_("Every household with its kind, from which day on it counts so, its village and its phone."),
    add=_("Propose a household"),
    form=forms.HouseholdForm,
    change_form=forms.HouseholdChangeForm,
    rows=_rows,
    order=("number",),
    columns=(
        Column("number", _("Household number"), lambda row: row.number),
        Column("name", _("Household head"), lambda row: mask_name(row.head_name)),
        Column("village", _("Village"), lambda row: row.village.short_name),
        Column("tier", _("Kind of household"), _tier_word),
        Column("from_on", pgettext_lazy("register", "From"), _since),
        Column("cause", _("Cause"), _cause_word),
        Column("people", _("People"), lambda row: row.people),
        Column("phone", _("Phone"), lambda row: mask_phone(row.phone) if row.phone else ""),
    ),
    narrowed=filters.HouseholdFilter,
    content_of=_now,
    file_page="household-import",
)

MEMBERS = Desk(
    key="members",
    name=_("Members of households"),
    about=_("Who belongs to which household, from when to when. Its members of today act for it."),
    add=_("Propose a member"),
    form=forms.MemberForm,
    change_form=forms.MemberChangeForm,
    rows=lambda who: HouseholdMember.objects.select_related("household", "person"),
    order=("household_id", "pk"),
    columns=(
        Column("name", pgettext_lazy("register", "Name"), lambda row: mask_name(row.person.name)),
        Column("household", _("Household number"), lambda row: row.household.number),
        Column("head", _("Heads it"), lambda row: _("yes") if row.household.head_id == row.person_id else ""),
        Column("from_on", pgettext_lazy("register", "From"), lambda row: row.from_on.isoformat()),
        Column("to_on", _("Until"), lambda row: row.to_on.isoformat() if row.to_on else ""),
        Column(
            "ending",
            pgettext_lazy("member", "What happened"),
            lambda row: row.get_ending_display() if row.ending else "",
        ),
    ),
    narrowed=filters.MemberFilter,
    content_of=lambda row: {"member": row.pk},
    by_file=True,
    example={
        "household": "110101001201001",
        "name": "黄小英",
        "id_number": "362137201001010011",
        "phone": "",
        "from_on": "2020-01-01",
    },
)

DESKS = (HOUSEHOLDS, MEMBERS)


def headless(at: dt.datetime) -> Iterator[Finding]:
    """Find the households whose head died and that nobody heads since."""
    count = Household.objects.filter(head__died_on__isnull=False).count()
    if count:
        sentence = ngettext(
            "The head of %(n)s household died, and nobody heads it since.",
            "The heads of %(n)s households died, and nobody heads them since.",
            count,
        )
        yield Finding(sentence % {"n": count}, "members")


def cards_of_the_dead(at: dt.datetime) -> Iterator[Finding]:
    """Find the households that are still paid on the card of somebody who died."""
    died = HouseholdMember.objects.filter(ending=HouseholdMember.Ending.DIED).select_related("person")
    names = {(member.household_id, identity.name_key(member.person.name)) for member in died}
    cards = BankCard.objects.filter(card_in_force(at), household__in={household for household, _name in names})
    count = sum((card.household_id, identity.name_key(card.holder)) in names for card in cards)
    if count:
        sentence = ngettext(
            "%(n)s household is paid on the card of somebody who died. Ask for another card.",
            "%(n)s households are paid on the cards of people who died. Ask for other cards.",
            count,
        )
        yield Finding(sentence % {"n": count}, "cards")
