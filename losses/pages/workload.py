"""The work on losses in words: what waits where, who did how much, how often each rule was right, who objected."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import pgettext

from accounts.models import User
from kernel import clock
from kernel.dates import day_words
from kernel.masking import mask_name
from losses import permissions
from losses.selectors.workload import (
    LATE_DAYS,
    PersonLoad,
    RuleHits,
    StepLoad,
    VillageVoice,
    by_person,
    by_rule,
    by_step,
    by_village,
)

RULE_DAYS = 180  # of the reports of which it is counted what rules and villages saw


@dataclass(frozen=True, slots=True)
class StepRow:
    """What waits at one step of one township."""

    township: str
    key: str
    step: str
    waiting: int
    late: int
    due_at: dt.datetime
    due_first: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    """What one person did, by kind, and the visits that wait for this person."""

    name: str
    checked: int
    visited: int
    computed: int
    awarded: int
    cleared: int
    visits: int


@dataclass(frozen=True, slots=True)
class RuleRow:
    """How often one rule said to look again, and what came of it."""

    key: str
    rule: str
    seen: int
    cleared: int
    refused: int


@dataclass(frozen=True, slots=True)
class Workload:
    """All four tables; people count the last `days`, rules and villages the reports of the last `rule_days`."""

    steps: list[StepRow]
    people: list[PersonRow]
    rules: list[RuleRow]
    villages: list[VillageVoice]
    days: int = LATE_DAYS
    rule_days: int = RULE_DAYS


def workload(user: User, at: dt.datetime) -> Workload:
    """Return the work of the area of somebody who may see it."""
    area = permissions.access_workload(user)
    return Workload(
        [_step(load) for load in by_step(area, at)],
        [_person(load) for load in by_person(area, at - dt.timedelta(days=LATE_DAYS))],
        [_rule(hits) for hits in by_rule(area, at - dt.timedelta(days=RULE_DAYS))],
        by_village(area, at - dt.timedelta(days=RULE_DAYS)),
    )


def step_words(step: str) -> str:
    """Return for what a claim waits at a step."""
    return {
        "village": pgettext("work", "Village check"),
        "township": pgettext("work", "Township check"),
        "publish": pgettext("work", "Village notice"),
        "draw": pgettext("work", "Draw of verifiers"),
        "visit": pgettext("work", "Visit"),
        "compute": pgettext("work", "Computation"),
        "county": pgettext("work", "County notice"),
        "decide": pgettext("work", "Decision"),
        "household": pgettext("work", "Answer of the household"),
    }[step]


def _step(load: StepLoad) -> StepRow:
    due = day_words(clock.county_day(load.due_first))
    return StepRow(load.township, load.step, step_words(load.step), load.waiting, load.late, load.due_first, due)


def _person(load: PersonLoad) -> PersonRow:
    done = load.done
    return PersonRow(
        mask_name(load.name),
        done["village"] + done["township"],
        done["visit"],
        done["compute"],
        done["award"],
        done["clear"],
        load.visits,
    )


def _rule(hits: RuleHits) -> RuleRow:
    return RuleRow(hits.rule, hits.title, hits.seen, hits.cleared, hits.refused)
