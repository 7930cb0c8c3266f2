"""The registers of co-operatives as desks, and what a household sees of them: who asks, who may sell, how it ends."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import CoopMember, Household, Mandate, Organisation, Role, percent_plain
from accounts.selectors import Standing, coop_members_seen_by, in_force_on, mandates_seen_by
from kernel import money
from kernel.dates import day_words, deadline_words
from kernel.masking import mask_name
from kernel.shown import Action, Fact
from records.forms import new_key
from registers import filters, forms
from registers.models import RegisterChange
from registers.pages.changes import row_shown
from registers.pages.desks import Column, Desk, desk_of
from registers.selectors import asked_of_household
from registers.services.rules import Content


def _yes_no(value: bool) -> object:
    return _("yes") if value else _("no")


def _until(row: CoopMember | Mandate) -> str:
    return row.to_on.isoformat() if row.to_on else ""


def _begins(who: Standing, _asked: Mapping[str, str]) -> Content:
    """Return the co-operative managed, for whoever asks a household."""
    managed = Organisation.objects.filter(pk__in=who.organisations(Role.COOP_MANAGER)).order_by("pk").first()
    return {"cooperative": managed.name} if managed is not None else {}


def _end_action(row: CoopMember | Mandate, label: str) -> Action:
    door = "mandate-end" if isinstance(row, Mandate) else "coop-member-end"
    return Action(reverse(door, args=[row.pk]), label, post=True, fields={"idem": new_key()})


def _ended_tomorrow(who: Standing, row: CoopMember | Mandate) -> list[Action]:
    return [_end_action(row, _("End it from tomorrow on"))] if row.to_on is None else []


_WHO = (
    Column("household", gettext_lazy("Number of the household"), lambda row: row.household.number),
    Column("head", pgettext_lazy("register", "Head"), lambda row: mask_name(row.household.head_name)),
    Column("cooperative", gettext_lazy("Co-operative"), lambda row: row.cooperative.name),
)
_WHEN = (
    Column("from_on", pgettext_lazy("register", "From"), lambda row: row.from_on.isoformat()),
    Column("to_on", gettext_lazy("Until"), _until),
)

COOP_MEMBERS = Desk(
    key="coop-members",
    personal=True,
    name=gettext_lazy("Members of co-operatives"),
    about=gettext_lazy("A household belongs to a co-operative once it has agreed: by its phone or on signed paper."),
    add=gettext_lazy("Ask a household to join"),
    form=forms.CoopMemberForm,
    units="cooperative",
    unit_kinds=(Organisation.Kind.COOPERATIVE,),
    own_units=(Role.COOP_MANAGER,),
    rows=coop_members_seen_by,
    order=("cooperative_id", "household_id", "-from_on", "pk"),
    columns=(*_WHO, *_WHEN),
    narrowed=filters.CoopMemberFilter,
    acts=_ended_tomorrow,
    begins=_begins,
    by_file=True,
    example={"household": "R0001", "cooperative": "长溪果蔬专业合作社", "from_on": "2030-01-01"},
)

MANDATES = Desk(
    key="mandates",
    personal=True,
    name=gettext_lazy("Mandates to sell"),
    about=gettext_lazy("A co-operative lists goods and answers buyers only for members that have let it."),
    add=gettext_lazy("Ask a household for a mandate"),
    form=forms.MandateForm,
    units="cooperative",
    unit_kinds=(Organisation.Kind.COOPERATIVE,),
    own_units=(Role.COOP_MANAGER,),
    change_form=forms.MandateChangeForm,
    rows=mandates_seen_by,
    order=("cooperative_id", "household_id", "-from_on", "pk"),
    columns=(
        *_WHO,
        Column("may_list", gettext_lazy("May it put goods on sale?"), lambda row: _yes_no(row.may_list)),
        Column("may_confirm", gettext_lazy("May it answer buyers?"), lambda row: _yes_no(row.may_confirm)),
        Column("payee", gettext_lazy("Is the co-operative paid first?"), lambda row: _yes_no(row.payee_is_coop)),
        Column("fee", pgettext_lazy("register", "Fee"), lambda row: row.fee_in_words()),
        *_WHEN,
    ),
    narrowed=filters.MandateFilter,
    content_of=lambda row: {
        "household": row.household.number,
        "cooperative": row.cooperative.name,
        "may_list": row.may_list,
        "may_confirm": row.may_confirm,
        "payee_is_coop": row.payee_is_coop,
        "fee_bp": percent_plain(row.fee_bp) if row.fee_bp else "",
        "fee_fen_per_kg": money.yuan_plain(row.fee_fen_per_kg) if row.fee_fen_per_kg else "",
    },
    acts=_ended_tomorrow,
    begins=_begins,
    by_file=True,
    example={
        "household": "R0001",
        "cooperative": "长溪果蔬专业合作社",
        "from_on": "2030-01-01",
        "may_list": "是",
        "may_confirm": "是",
        "payee_is_coop": "否",
        "fee_bp": "1.5",
    },
)

DESKS = (COOP_MEMBERS, MANDATES)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a co-operative asks a household, in full, and the two answers."""

    title: str
    deadline: str
    facts: list[Fact]
    yes_url: str
    no_url: str
    key: str


@dataclass(frozen=True, slots=True)
class Held:
    """A membership or a mandate of a household, and how it is ended."""

    title: str
    facts: list[Fact]
    acts: list[Action]


def asked_of(household: Household, at: dt.datetime) -> list[Asked]:
    """Return what a household is asked and has not answered."""
    asked = []
    for change in asked_of_household(household).prefetch_related("rows"):
        desk = desk_of(change.register)
        (row,) = change.rows.all()
        shown = row_shown(row, desk).differences
        asked.append(
            Asked(
                title=_title(change, desk),
                deadline=_("Answer %(when)s") % {"when": deadline_words(change.confirm_by_at, at)},
                facts=[
                    Fact(line.label, line.new, note=_("before: %(old)s") % {"old": line.old} if line.old else "")
                    for line in shown
                    if line.new and line.new != household.number
                ],
                yes_url=reverse("register-change-confirm", args=[change.pk]),
                no_url=reverse("register-change-refuse", args=[change.pk]),
                key=new_key(),
            )
        )
    return asked


def _title(change: RegisterChange, desk: Desk) -> str:
    """Return what a household is asked, in one line."""
    words = {COOP_MEMBERS.key: _("Will you join as a member?"), MANDATES.key: _("May it sell for you?")}
    return words.get(change.register, str(desk.name))


def held_by(household: Household, today: dt.date) -> list[Held]:
    """Return the memberships and mandates of a household that are in force, each with its end."""
    rows: list[CoopMember | Mandate] = [
        *household.mandates.filter(in_force_on(today)).select_related("cooperative").order_by("from_on", "pk"),
        *household.coop_memberships.filter(in_force_on(today)).select_related("cooperative").order_by("from_on", "pk"),
    ]
    return [Held(row.cooperative.name, _facts_of(row), [_end_action(row, _end_words(row))]) for row in rows]


def _end_words(row: CoopMember | Mandate) -> str:
    if isinstance(row, Mandate):
        return _("It no longer sells for me")
    return _("Leave the co-operative")


def _facts_of(row: CoopMember | Mandate) -> list[Fact]:
    since = Fact(_("Since"), day_words(row.from_on))
    if isinstance(row, CoopMember):
        return [Fact(_("You are"), _("a member")), since]
    return [
        Fact(_("May it put goods on sale?"), str(_yes_no(row.may_list))),
        Fact(_("May it answer buyers?"), str(_yes_no(row.may_confirm))),
        Fact(_("Is the co-operative paid first?"), str(_yes_no(row.payee_is_coop))),
        Fact(_("It keeps"), row.fee_in_words()),
        since,
    ]
