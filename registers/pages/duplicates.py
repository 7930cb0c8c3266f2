"""The desk of households that may be one: the two beside each other, with two verdicts."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import BankCard, Household, HouseholdMember, Role, Tier
from accounts.selectors import Standing, spoken_time, tier_on
from kernel import clock
from kernel.masking import card_tail, mask_id, mask_name, mask_phone
from kernel.shown import Action
from registers import filters, forms
from registers.models import Duplicate, DuplicateStatus, Sign
from registers.pages.desks import Column, Desk
from registers.services.households import title_of
from registers.services.rules import Content

MOST_NAMES = 8


def _rows(_who: Standing) -> QuerySet[Duplicate]:
    return Duplicate.objects.select_related("one__village__parent", "other__village__parent")


def _village(row: Any) -> str:
    here, there = (f"{one.village.township.name}{one.village.short_name}" for one in (row.one, row.other))
    return here if here == there else f"{here} / {there}"


def reasons_in_words(row: Any) -> str:
    """Return why two households may be one."""
    return "、".join(str(Sign(reason).label) for reason in row.reasons)


def beside(row: Any) -> list[tuple[str, str, str]]:
    """Return what tells two households as one or as two, one beside the other."""
    one, other = _told(row.one), _told(row.other)
    return [(label, value, other[label]) for label, value in one.items()]


def _told(household: Household) -> dict[str, str]:
    members = HouseholdMember.objects.filter(household=household, to_on=None).select_related("person").order_by("pk")
    cards = BankCard.objects.filter(household=household).order_by("-from_at")[:3]
    return {
        _("Household number"): household.number,
        _("Household head"): mask_name(household.head_name),
        _("ID number"): mask_id(household.head.id_number),
        _("Village"): f"{household.village.township.name}{household.village.short_name}",
        _("Phone"): mask_phone(household.phone) if household.phone else "",
        _("People"): str(household.people),
        _("Members"): "、".join(mask_name(member.person.name) for member in members[:MOST_NAMES]),
        _("Kind of household"): str(Tier(tier_on(household, clock.county_day(clock.now()))).label),
        _("Bank cards"): "、".join(f"…{card_tail(card.number)}" for card in cards),
        _("In the register since"): spoken_time(household.created_at),
    }


def _acts(who: Standing, row: Any) -> list[Action]:
    """Return the other verdict: that the two are one."""
    if row.status != DuplicateStatus.OPEN or not who.has(Role.RELIEF_CLERK):
        return []
    url = f"{reverse('register-new', args=['merges'])}?pair={row.pk}"
    return [Action(url, _("They are one household: propose a merge"), main=True)]


def merge_of_pair(_who: Standing, asked: Mapping[str, str]) -> Content:
    """Return the merge that a pair begins with: the household that came later counts by the earlier one."""
    try:
        pair = Duplicate.objects.filter(pk=asked["pair"]).select_related("one", "other").first()
    except (KeyError, ValidationError):
        return {}
    if pair is None:
        return {}
    earlier, later = sorted((pair.one, pair.other), key=lambda household: household.created_at)
    return {"household": later.number, "into": earlier.number}


DUPLICATES = Desk(
    key="duplicates",
    personal=True,
    name=gettext_lazy("Households that may be one"),
    about=gettext_lazy(
        "Compared every night: the same or a like name, person, card or phone. Two clerks say what is true."
    ),
    add=gettext_lazy("Write down two that are not one"),
    form=forms.DuplicateForm,
    change_form=forms.DuplicateChangeForm,
    rows=_rows,
    order=("-status", "-score", "pk"),  # those to be compared first
    columns=(
        Column("pair", gettext_lazy("One household"), lambda row: title_of(row.one)),
        Column("other", gettext_lazy("The other household"), lambda row: title_of(row.other)),
        Column("village", gettext_lazy("Village"), _village),
        Column("reasons", gettext_lazy("What they have in common"), reasons_in_words),
        Column("score", gettext_lazy("Likeness (of 100)"), lambda row: row.score),
        Column("state", pgettext_lazy("register", "State"), lambda row: str(DuplicateStatus(row.status).label)),
        Column("found_at", pgettext_lazy("register", "Found"), lambda row: spoken_time(row.found_at)),
        Column("why", gettext_lazy("Why they are two households"), lambda row: row.why),
    ),
    narrowed=filters.DuplicateFilter,
    content_of=lambda row: {"duplicate": row.pk, "why": ""},
    acts=_acts,
    beside=beside,
)


def open_pairs() -> tuple[int, str]:
    """Return how many pairs are to be compared, and the address of their list."""
    to_compare = f"{reverse('register', args=['duplicates'])}?state={DuplicateStatus.OPEN}"
    return Duplicate.objects.filter(status=DuplicateStatus.OPEN).count(), to_compare
