"""Calls in words: whom to call, until when, what was said, and by which draw."""

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from kernel import clock, masking
from kernel.dates import deadline_words
from kernel.shown import Fact, Link, Tag, TaskRow
from losses import permissions
from losses.models import CallBack, CallOutcome, CallStatus, LossClaim
from losses.pages.words import day_time, head_name, time_left, title
from losses.selectors.calling import call_of
from losses.selectors.claims import quantity_words

TONES = {CallStatus.WAITING: "info", CallStatus.CALLED: "ok", CallStatus.NOT_CALLED: "warn"}


@dataclass(frozen=True, slots=True)
class CallPage:
    """One call: whom, about what, and what to ask."""

    title: str
    name: str
    phone: str
    waits: bool
    until: str
    facts: list[Fact]
    words: str
    status: Tag
    claim: Link | None  # its report, for those who see it


def call_task(row: CallBack, user: User, *, at: dt.datetime) -> TaskRow:
    """Return one call of the list, with the number masked."""
    claim, waits = row.claim, row.status == CallStatus.WAITING
    makes = permissions.makes_calls(user)
    phone = claim.household.phone
    place = claim.household.village.township.name + claim.household.village.short_name
    parts = [place, quantity_words(claim), claim.number, *([masking.mask_phone(phone)] if phone else [])]
    return TaskRow(
        url=reverse("call", args=[row.pk]) if makes else "",
        label=f"{head_name(claim, full=makes)} {title(claim)}",
        hint="，".join(parts if waits else [place, claim.number, row.words or day_time(row.call_by_at)]),
        left=time_left(row.call_by_at, at=at).text if waits else "",
        done=not waits,
        status=_status(row),
    )


def call_page(row: CallBack, user: User) -> CallPage:
    """Return one call as whoever makes it reads it."""
    claim, household = row.claim, row.claim.household
    seen = permissions.visible_claims(user).filter(pk=claim.pk).exists()
    facts = [
        Fact(pgettext("loss", "Whose"), f"{household.head_name} {household.village.short_name}"),
        Fact(pgettext("call", "Reported"), quantity_words(claim), day_time(claim.filed_at)),
        Fact(pgettext("call", "By whom"), _("somebody for the household") if claim.by_proxy else _("the household")),
    ]
    if row.by is not None and row.ended_at is not None:
        facts.append(
            Fact(pgettext("call", "Called"), day_time(row.ended_at), row.by.person.name if row.by.person else "")
        )
    waits = row.status == CallStatus.WAITING
    return CallPage(
        title=title(claim),
        name=household.head_name,
        phone=household.phone if waits else "",
        waits=waits,
        until=deadline_words(row.call_by_at, clock.now()),
        facts=facts,
        words=row.words,
        status=_status(row),
        claim=Link(reverse("claim-detail", args=[claim.pk]), claim.number) if seen else None,
    )


def call_words(claim: LossClaim) -> tuple[str, str] | None:
    """Return what became of the call about a claim and by which draw it was called; nothing while it waits."""
    row = call_of(claim)
    if row is None or row.status == CallStatus.WAITING:
        return None
    said = _("Called by the bureau: %(said)s") % {"said": CallOutcome(row.outcome).label} if row.outcome else ""
    how = _("%(percent)s of a hundred that nobody visits, seed %(seed)s") % {
        "percent": row.draw.percent,
        "seed": row.draw.seed,
    }
    return said or _("Drawn for a call, but nobody called in time"), how


def _status(row: CallBack) -> Tag:
    label = CallOutcome(row.outcome).label if row.outcome else CallStatus(row.status).label
    return Tag(TONES[CallStatus(row.status)], str(label))
