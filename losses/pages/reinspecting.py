"""Re-inspections in words: at which award, why it was drawn, how risky it was, what was found."""

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from kernel import clock, masking, money
from kernel.dates import deadline_words
from kernel.shown import Fact, Link, Tag, TaskRow
from losses import permissions
from losses.models import OVERPAID, Reinspection, ReinspectionOutcome, ReinspectionStatus, ReinspectionWhy
from losses.pages.words import day_time, head_name, time_left, title
from losses.selectors.claims import quantity_words
from losses.services.findings import latest_findings

TONES = {ReinspectionStatus.WAITING: "info", ReinspectionStatus.DONE: "ok", ReinspectionStatus.MISSED: "warn"}


@dataclass(frozen=True, slots=True)
class LookPage:
    """One re-inspection: at what, why, and what was found."""

    title: str
    waits: bool
    until: str
    facts: list[Fact]
    reasons: list[Fact]
    words: str
    status: Tag
    claim: Link | None  # its report, for those who see it


def look_task(row: Reinspection, user: User, *, at: dt.datetime) -> TaskRow:
    """Return one re-inspection of the list."""
    claim, waits = row.award.claim, row.status == ReinspectionStatus.WAITING
    place = claim.household.village.township.name + claim.household.village.short_name
    parts = [place, claim.number, _yuan(row), str(ReinspectionWhy(row.why).label)]
    return TaskRow(
        url=reverse("reinspection", args=[row.pk]) if permissions.makes_calls(user) else "",
        label=f"{head_name(claim, full=permissions.makes_calls(user))} {title(claim)}",
        hint="，".join(parts if waits else [place, claim.number, row.words]),
        left=time_left(row.due_at, at=at).text if waits else "",
        done=not waits,
        status=_status(row),
    )


def look_page(row: Reinspection, user: User) -> LookPage:
    """Return one re-inspection as whoever takes it reads it."""
    claim = row.award.claim
    household = claim.household
    seen = permissions.visible_claims(user).filter(pk=claim.pk).exists()
    facts = [
        Fact(pgettext("loss", "Whose"), f"{household.head_name} {household.village.short_name}"),
        Fact(pgettext("re-inspection", "Phone"), masking.mask_phone(household.phone) if household.phone else "—"),
        Fact(pgettext("re-inspection", "Awarded"), _yuan(row), quantity_words(claim)),
        Fact(pgettext("re-inspection", "Why drawn"), str(ReinspectionWhy(row.why).label), drawn_words(row)),
    ]
    if row.by is not None and row.ended_at is not None:
        name = row.by.person.name if row.by.person else ""
        facts.append(Fact(pgettext("re-inspection", "Looked at"), day_time(row.ended_at), name))
    waits = row.status == ReinspectionStatus.WAITING
    return LookPage(
        title=title(claim),
        waits=waits,
        until=deadline_words(row.due_at, clock.now()),
        facts=facts,
        reasons=_reasons(row),
        words=row.words,
        status=_status(row),
        claim=Link(reverse("claim-detail", args=[claim.pk]), claim.number) if seen else None,
    )


def _yuan(row: Reinspection) -> str:
    return _("%(amount)s yuan") % {"amount": money.yuan(row.award.amount_fen)}


def drawn_words(row: Reinspection) -> str:
    """Return by which draw a re-inspection came about."""
    draw = row.draw
    return _("%(month)s, %(n)s awards: %(percent)s of a hundred by lot, %(top)s as the riskiest, seed %(seed)s") % {
        "month": draw.month,
        "n": draw.awards,
        "percent": draw.percent,
        "top": draw.top_percent,
        "seed": draw.seed,
    }


def _reasons(row: Reinspection) -> list[Fact]:
    """Return how many points each rule gave, with what it saw; nothing where no rule doubted the claim."""
    score = getattr(row.award, "score", None)
    if score is None:
        return []
    found = latest_findings(row.award.claim)
    points = sorted(score.reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    rows = [(found[rule], n) for rule, n in points if rule in found]
    return [Fact(seen.title, _("%(n)s points") % {"n": n}, seen.detail) for seen, n in rows]


def _status(row: Reinspection) -> Tag:
    if row.outcome:
        tone = "warn" if row.outcome in OVERPAID else "ok"
        return Tag(tone, str(ReinspectionOutcome(row.outcome).label))
    return Tag(TONES[ReinspectionStatus(row.status)], str(ReinspectionStatus(row.status).label))
