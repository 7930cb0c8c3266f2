"""For whom something of a buyer waits, since when and until when: names, posts, hours."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Role
from accounts.selectors import spoken_time
from canteens.models import PurchasePlan
from canteens.selectors.deputies import Asked
from kernel.dates import deadline_words


def who_words(asked: Iterable[Asked]) -> str:
    """Return who may answer, each with the post, and whom a deputy stands for."""
    return pgettext("list", ", ").join(_one(person) for person in asked)


def deputy_words(name: str, holder: str) -> str:
    """Return somebody as the deputy of another."""
    return _("%(name)s (deputy of %(holder)s)") % {"name": name, "holder": holder}


def since_words(asked: Iterable[Asked], since: dt.datetime) -> str:
    """Return for whom something waits and since when, in one line."""
    return _("Waits for %(who)s, since %(since)s") % {"who": who_words(asked), "since": spoken_time(since)}


def plan_waits(plan: PurchasePlan, asked: Sequence[Asked] | None) -> str:
    """Return for whom a plan waits and since when; empty where it does not wait."""
    if asked is None:
        return ""
    if not asked:
        return _(
            "Nobody is there to decide it. The head of your unit, or the security administrator, appoints somebody"
        )
    return since_words(asked, plan.at)


def plan_turns(plan: PurchasePlan, asked: Sequence[Asked] | None, at: dt.datetime) -> list[str]:
    """Return of a plan that waits who is asked next and when it ends; nothing where it does not wait."""
    if asked is None:
        return []
    words = []
    if plan.shown_at is None:
        next_ones = _("Without an answer %(until)s the other approvers are asked too.")
        words.append(next_ones % {"until": deadline_words(plan.due_at, at)})
    ends = _("Without an answer %(until)s the plan ends, its record is free again, and all of them are told.")
    return [*words, ends % {"until": deadline_words(plan.ends_at(), at)}]


def _one(person: Asked) -> str:
    if person.for_name:
        return deputy_words(person.name, person.for_name)
    return _("%(name)s (%(post)s)") % {"name": person.name, "post": str(Role(person.post).label)}
