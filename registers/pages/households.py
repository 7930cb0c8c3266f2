"""The desk of the register of households."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from accounts.models import BankCard, Cause, Household, HouseholdMember, HouseholdTier, Kin, Tier
from accounts.selectors import Standing, card_in_force, spoken_time
from kernel import clock, identity
from kernel.masking import mask_name, mask_phone
from registers import filters, forms
from registers.pages.begun import HOUSEHOLD_EXAMPLE, household_to_begin_with
from registers.pages.desks import Column, Desk
from registers.pages.duplicates import DUPLICATES, merge_of_pair
from registers.pages.missing import Finding
from registers.services.households import title_of


def _rows(_who: Standing) -> QuerySet[Household]:
    now = Prefetch("tiers", HouseholdTier.objects.filter(to_on=None), to_attr="tiers_now")
    return Household.objects.filter(merged_into=None).select_related("village__parent").prefetch_related(now)


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
    file_form=forms.HouseholdRowForm,
    file_rows=household_to_begin_with,
    example=HOUSEHOLD_EXAMPLE,
)

MEMBERS = Desk(
    key="members",
    personal=True,
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
        "id_number": "110101201001010015",
        "phone": "",
        "from_on": "2020-01-01",
    },
)

MERGES = Desk(
    key="merges",
    personal=True,
    name=_("Merged households"),
    about=_("Households that are one: one keeps its rows and counts by the other, in caps, fairness and reports."),
    add=_("Propose a merge"),
    form=forms.MergeForm,
    rows=lambda who: Household.objects.filter(merged_into__isnull=False).select_related("merged_into"),
    order=("number",),
    columns=(
        Column("household", _("Household that counts no more by itself"), title_of),
        Column("into", _("Household it counts by"), lambda row: title_of(row.merged_into)),
        Column("merged_at", pgettext_lazy("register", "From"), lambda row: spoken_time(row.merged_at)),
    ),
    narrowed=filters.MergedFilter,
    begins=merge_of_pair,
    by_file=True,
    example={"household": "110101001201002", "into": "110101001201001"},
)

SPLITS = Desk(
    key="splits",
    personal=True,
    name=_("Split households"),
    about=_("Households that members of another one set up; lots and what is open stay with the old one."),
    add=_("Propose a split"),
    form=forms.SplitForm,
    rows=lambda who: Household.objects.filter(split_from__isnull=False).select_related("split_from", "village"),
    order=("number",),
    columns=(
        Column("number", _("New household"), title_of),
        Column("household", _("Household they come from"), lambda row: title_of(row.split_from)),
        Column("village", _("Village"), lambda row: row.village.short_name),
    ),
    narrowed=filters.MergedFilter,
)

KIN = Desk(
    key="kin",
    personal=True,
    name=_("Declared kin"),
    about=_("Who is kin of which household. Kin check, approve and pay nothing of it."),
    add=_("Declare kin"),
    form=forms.KinForm,
    change_form=forms.KinEndForm,
    rows=lambda who: Kin.objects.select_related("person", "household"),
    order=("-from_on", "pk"),
    columns=(
        Column("name", pgettext_lazy("register", "Name"), lambda row: mask_name(row.person.name)),
        Column("relation", _("Relation"), lambda row: row.relation),
        Column("household", _("Household number"), lambda row: row.household.number),
        Column("from_on", pgettext_lazy("register", "From"), lambda row: row.from_on.isoformat()),
        Column("to_on", _("Until"), lambda row: row.to_on.isoformat() if row.to_on else ""),
    ),
    narrowed=filters.KinFilter,
    content_of=lambda row: {"kin": row.pk},
    by_file=True,
    example={
        "name": "王小明",
        "id_number": "110101198001010010",
        "household": "110101001201001",
        "relation": "兄弟",
    },
)

DESKS = (HOUSEHOLDS, MEMBERS, KIN, DUPLICATES, MERGES, SPLITS)


def after_deaths(at: dt.datetime) -> Iterator[Finding]:
    """Find the households that nobody heads since a death, and those still paid on the card of somebody who died."""
    died = HouseholdMember.objects.filter(ending=HouseholdMember.Ending.DIED, household__merged_into=None)
    members = list(died.select_related("household", "person"))
    headless = sum(member.household.head_id == member.person_id for member in members)  # type: ignore[attr-defined]
    if headless:
        sentence = ngettext(
            "The head of %(n)s household died, and nobody heads it since.",
            "The heads of %(n)s households died, and nobody heads them since.",
            headless,
        )
        yield Finding(sentence % {"n": headless}, "members")
    names = {(member.household.pk, identity.name_key(member.person.name)) for member in members}
    cards = BankCard.objects.filter(card_in_force(at), household__in={household for household, _name in names})
    paid = sum((card.household_id, identity.name_key(card.holder)) in names for card in cards)  # type: ignore[attr-defined]
    if paid:
        sentence = ngettext(
            "%(n)s household is paid on the card of somebody who died. Ask for another card.",
            "%(n)s households are paid on the cards of people who died. Ask for other cards.",
            paid,
        )
        yield Finding(sentence % {"n": paid}, "cards")
