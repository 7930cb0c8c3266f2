"""Appeals in words: what was said, whose turn it is and until when, what was decided."""

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from kernel import clock
from kernel.dates import deadline_words
from kernel.shown import Fact, Link, Tag
from losses import permissions
from losses.models import WAITING_APPEALS, AppealStatus, LossAppeal, LossClaim
from losses.pages.words import day, day_time, head_name, title
from losses.selectors import appeals as selectors

TONES = {AppealStatus.UPHELD: "ok", AppealStatus.OPEN: "info", AppealStatus.ESCALATED: "warn"}


@dataclass(frozen=True, slots=True)
class AppealRow:
    """An appeal as a line of the list."""

    url: str
    title: str
    line: str
    meta: list[str]
    picture: str
    status: Tag


@dataclass(frozen=True, slots=True)
class AppealPage:
    """One appeal as this person may read it."""

    title: str
    picture: str
    status: Tag
    words: str
    refusal: str
    answer: str
    until: str
    facts: list[Fact]
    claim: Link | None  # its report, for those who see it
    anew: Link | None


def appeal_row(row: LossAppeal, user: User, at: dt.datetime) -> AppealRow:
    """Return one appeal of a list."""
    claim = row.claim
    waits = row.status in WAITING_APPEALS
    until = _("to be decided %(until)s") % {"until": deadline_words(row.decide_by_at, at)}
    return AppealRow(
        url=reverse("appeal", args=[row.pk]),
        title=title(claim),
        line=row.words,
        meta=[_name(row, user), claim.household.village.short_name, claim.number, until if waits else day(row.at)],
        picture=claim.goods.produce.picture,
        status=_status(row),
    )


def appeal_page(row: LossAppeal, user: User, at: dt.datetime) -> AppealPage:
    """Return one appeal: the refusal, what is said against it, and what became of it."""
    claim, decided = row.claim, row.decided_by
    seen = permissions.visible_claims(user).filter(pk=claim.pk).exists()
    facts = [
        Fact(pgettext("loss", "Whose"), f"{_name(row, user)} {claim.household.village.short_name}"),
        Fact(pgettext("appeal", "Said"), day_time(row.at), _person(row.by) if row.by_proxy else ""),
    ]
    if decided is not None and row.ended_at is not None:
        facts.append(Fact(pgettext("appeal", "Decided"), day_time(row.ended_at), _person(decided)))
    anew = row.anew if seen else None
    return AppealPage(
        title=title(claim),
        picture=claim.goods.produce.picture,
        status=_status(row),
        words=row.words,
        refusal=claim.reason,
        answer=row.answer,
        until=deadline_words(row.decide_by_at, at) if row.status in WAITING_APPEALS else "",
        facts=facts,
        claim=_to_claim(claim) if seen else None,
        anew=_to_claim(anew) if anew is not None else None,
    )


def appeal_links(claim: LossClaim, user: User) -> tuple[str, str, Link | None]:
    """Return where a refusal may be appealed and until when, and the newest appeal against it."""
    newest = selectors.appeals_of(claim).first()
    shown = Link(reverse("appeal", args=[newest.pk]), str(AppealStatus(newest.status).label)) if newest else None
    until = selectors.appeal_until(claim) if permissions.can_appeal(user, claim) else None
    if until is None:
        return "", "", shown
    return reverse("appeal-new", args=[claim.pk]), deadline_words(until, clock.now()), shown


def origin_link(claim: LossClaim) -> Link | None:
    """Return the appeal that a claim came of, if it did."""
    row = getattr(claim, "reopens", None)
    return Link(reverse("appeal", args=[row.pk]), row.claim.number) if row is not None else None


def _to_claim(claim: LossClaim) -> Link:
    return Link(reverse("claim-detail", args=[claim.pk]), claim.number)


def _name(row: LossAppeal, user: User) -> str:
    return head_name(row.claim, full=permissions.sees_names(user, row.claim))


def _person(user: User) -> str:
    return user.person.name if user.person is not None else ""


def _status(row: LossAppeal) -> Tag:
    return Tag(TONES.get(AppealStatus(row.status), "plain"), str(AppealStatus(row.status).label))
