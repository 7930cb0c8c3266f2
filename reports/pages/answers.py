"""What people wait to hear, of every kind in one queue: what is said, until when, and where it is answered."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from accounts.models import DisputeStatus, User
from accounts.pages.acts import dispute_rows
from accounts.pages.grievances import grievance_rows
from accounts.selectors import ANSWERERS, disputes_seen_by, standing
from accounts.selectors.grievances import grievances_to_answer
from kernel.clock import county_day
from kernel.dates import deadline_words, due_words
from kernel.shown import Link, Tab, Tag
from losses.pages.appeals import appeal_row
from losses.pages.notices import objection_row
from losses.permissions import objections_to_answer
from losses.selectors.appeals import appeals_to_decide
from orders.models import Complaint
from orders.pages.complaints import complaint_row
from orders.selectors.complaints import complaints_to_decide
from orders.selectors.returns import DECIDERS
from records.models import Participation
from records.selectors.policy import policy

MOST = 50  # of each kind, the most pressing
KINDS = [
    ("not_me", pgettext_lazy("answers", "“This was not me”")),
    ("grievance", pgettext_lazy("answers", "Grievance")),
    ("objection", pgettext_lazy("answers", "Objection")),
    ("appeal", pgettext_lazy("answers", "Appeal")),
    ("complaint", pgettext_lazy("answers", "Complaint about goods")),
]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One who waits for this person's answer, as a line of the queue."""

    kind: str
    url: str
    label: str
    hint: str
    due_at: dt.datetime
    left: str
    status: Tag
    done: bool = False


@dataclass(frozen=True, slots=True)
class Answers:
    """The queue of one person, the most pressing in front; of what is too much for it, where all of a kind stand."""

    rows: list[Waiting]
    tabs: list[Tab]
    more: list[Link]


Rows: TypeAlias = list[tuple[dt.datetime, str, str, str]]  # until when, where, what, of whom


def answers(user: User, at: dt.datetime, kind: str = "") -> Answers:
    """Return what waits for this person's answer, of one kind or of all; never where they had a hand."""
    words = {key: str(label) for key, label in KINDS}
    queue, counts = [], {}
    for key, (waiting, rows_of) in _questions(user).items():
        some = list(waiting[: MOST + 1])
        counts[key] = len(some) if len(some) <= MOST else waiting.count()
        if kind in ("", key):
            queue += [_waiting(key, words[key], row, at) for row in rows_of(some[:MOST], user, at)]
    tabs = [Tab("?", pgettext("answers", "All"), not kind, sum(counts.values()))]
    tabs += [Tab(f"?kind={key}", words[key], key == kind, n) for key, n in counts.items()]
    more = [key for key, n in counts.items() if n > MOST and kind in ("", key)]
    return Answers(
        sorted(queue, key=lambda row: row.due_at),
        tabs,
        [Link(reverse(_LISTS[key]), _("All %(n)s: %(kind)s") % {"n": counts[key], "kind": words[key]}) for key in more],
    )


def _questions(user: User) -> dict[str, tuple[QuerySet[Any], Callable[[list[Any], User, dt.datetime], Rows]]]:
    """Return what waits for this person by kind, with how its rows are shown."""
    who = standing(user)
    asked: dict[str, tuple[QuerySet[Any], Callable[[list[Any], User, dt.datetime], Rows]]] = {}
    if who.has(*ANSWERERS):
        disputes = disputes_seen_by(who).filter(status=DisputeStatus.OPEN).order_by("told_at", "pk")
        others = disputes.exclude(acted_by__person=user.person_id).exclude(by__person=user.person_id)
        asked["not_me"] = others, _not_me
    asked["grievance"] = grievances_to_answer(who), _grievances
    asked["objection"] = objections_to_answer(user), _objections
    asked["appeal"] = appeals_to_decide(who), _appeals
    if who.has(*DECIDERS):
        name = Concat(Value(f"{Complaint.REFERENCE}:"), Cast(OuterRef("pk"), CharField()))
        hands = Participation.objects.filter(document=name, person_key__in=who.keys())
        asked["complaint"] = complaints_to_decide().exclude(Exists(hands)), _complaints
    return asked


def _not_me(some: list[Any], user: User, at: dt.datetime) -> Rows:
    """Return who says 「不是我」, each until the officers are told again."""
    days = dt.timedelta(days=policy("dispute_told_again_days", county_day(at)))
    shown = zip(some, dispute_rows(some, at), strict=True)
    return [(dispute.told_at + days, row.url, row.label, row.hint) for dispute, row in shown]


def _grievances(some: list[Any], user: User, at: dt.datetime) -> Rows:
    shown = zip(some, grievance_rows(some, user, at), strict=True)
    return [(grievance.answer_by_at, row.url, row.label, row.hint) for grievance, row in shown]


def _objections(some: list[Any], user: User, at: dt.datetime) -> Rows:
    shown = [(objection, objection_row(objection, now=at)) for objection in some]
    return [(objection.due_at, row.url, row.label, row.hint) for objection, row in shown]


def _appeals(some: list[Any], user: User, at: dt.datetime) -> Rows:
    shown = [(appeal, appeal_row(appeal, user, at)) for appeal in some]
    return [
        (appeal.decide_by_at, row.url, f"{row.title} {appeal.claim.number}", " ".join(row.meta[:2]))
        for appeal, row in shown
    ]


def _complaints(some: list[Any], user: User, at: dt.datetime) -> Rows:
    shown = [(complaint, complaint_row(complaint, user, at)) for complaint in some]
    return [(complaint.until_at, row.url, f"{row.title} {row.number}", row.sides) for complaint, row in shown]


def _waiting(kind: str, word: str, row: tuple[dt.datetime, str, str, str], at: dt.datetime) -> Waiting:
    due_at, url, label, hint = row
    late = due_at <= at
    left = due_words(county_day(due_at), county_day(at)) if late else deadline_words(due_at, at)
    return Waiting(kind, url, label, hint, due_at, left, Tag("danger" if late else "info", word))


_LISTS = {
    "not_me": "dispute-list",
    "grievance": "grievance-list",
    "objection": "objection-list",
    "appeal": "appeal-list",
    "complaint": "complaint-list",
}
