"""What of relief waits for somebody, by its name: claims to take up, visits of the day, awards that stand still."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Role, User
from accounts.selectors import Standing
from kernel.clock import county_day
from kernel.dates import spoken_day
from kernel.masking import mask_name
from kernel.piles import NAMED, first_of, pile_of, whole_pile
from kernel.present import known, name_of
from kernel.shown import Case, Pile
from losses.models import LossClaim
from losses.pages.desks import STEPS
from losses.pages.stopped_awards import doubted
from losses.pages.words import short_words, time_left
from losses.permissions import lists_objections, objections_to_answer
from losses.selectors.elsewhere import stopped_awards
from losses.selectors.stopped_awards import doubted_awards
from losses.selectors.turns import Turns, Waiting, to_take_up, visits_of_the_day
from records.models import Objection
from records.pages.objections import objection_case

MOST_VISITS = 30  # of a day that a home names


def stopped(who: Standing, at: dt.datetime) -> list[Pile]:
    """Return the awards that stand still: by money got elsewhere, and by what came to light later."""
    by_rows, by_doubts = first_of(stopped_awards(who), doubted_awards(who))
    return [_got_elsewhere(who, at, by_rows), doubted(who, at, by_doubts)]


def _got_elsewhere(who: Standing, at: dt.datetime, first: Sequence[Any]) -> Pile:
    """Return the awards that a row of money got elsewhere stops, until the row is struck out; the bureau's turn."""
    looks = who.has(Role.BUREAU_APPROVER)
    register = reverse("register", args=["other-relief"])

    def case(award: Any) -> Case:
        day, today = county_day(award.stopped_at), county_day(at)
        n = (today - day).days
        age = ngettext("for %(n)s day", "for %(n)s days", n) % {"n": n}
        since = _("stopped %(day)s") % {"day": spoken_day(day, today)}
        return Case(
            title=_("Relief of %(name)s is not paid: money got elsewhere")
            % {"name": mask_name(award.payable.payee_name)},
            facts=[award.claim.number, since, *([age] if n else [])],
            url=f"{register}?q={award.row_number}" if looks else reverse("batch-list"),
            act=pgettext("case", "See whether it is so") if looks else "",
            amount_fen=award.amount_fen,
            waits="" if looks else _("Waits for the bureau"),
        )

    url = register if looks else reverse("batch-list")
    return pile_of(stopped_awards(who), case, amount="amount_fen", url=url, first=first)


def desk(who: Standing, user: User, turns: Turns, at: dt.datetime) -> tuple[Pile, Pile]:
    """Return the claims whose next step this person of the bureau may take, and what waits for time or for others."""
    url = reverse("check-list")
    mine, others = turns.own, turns.others
    cases = [_claim(claim, at) for claim in to_take_up(who, user, at)[:NAMED]]
    waiting = [_of_others(kind) for kind in others]
    count, fen = sum(kind.count for kind in others), sum(kind.fen for kind in others)
    return Pile(cases, mine.count, mine.fen, url), Pile(waiting, count, fen, url)


def _claim(claim: Any, at: dt.datetime) -> Case:
    title, act = {
        "draw": (_("Draw who looks at the %(produce)s of %(name)s"), pgettext("case", "Draw two verifiers")),
        "compute": (_("Compute the relief for the %(produce)s of %(name)s"), pgettext("case", "Compute")),
        "decide": (_("Decide on the %(produce)s of %(name)s"), pgettext("case", "Open and decide")),
        "objected": (
            _("An objection to the %(produce)s of %(name)s was right"),
            pgettext("case", "Refuse it or send it back"),
        ),
    }[claim.step]
    since = max(claim.moved_at, claim.county_notice.ends_at) if claim.step == "decide" else claim.moved_at
    return Case(
        title=title % _whose(claim),
        facts=[
            claim.household.village.short_name,
            short_words(claim.goods, claim.quantity),
            claim.number,
            _waits_since(since, at),
        ],
        url=reverse(STEPS[claim.step], args=[claim.pk]),
        act=act,
        amount_fen=claim.fen,
        due=time_left(claim.due_at, at=at).tag("plain"),
        due_on=county_day(claim.due_at),
    )


def _of_others(kind: Waiting) -> Case:
    title, waits, where = {
        "on_wall": (
            _("On the village notice"),
            _("Until its days are over and objections are answered"),
            "notice-running",
        ),
        "found_right": (_("An objection was right"), _("For a colleague, since you had a hand in them"), "check-list"),
        "visit": (_("Waiting for the visit"), _("For the two verifiers who were drawn"), "check-list"),
        "running": (
            _("On the county notice"),
            _("Until its days are over and objections are answered"),
            "notice-running",
        ),
        "shared": (
            pgettext("queue", "To be shared"),
            _("Until the scheme is closed; then all are computed together"),
            "check-list",
        ),
        "earlier": (
            pgettext("queue", "To draw or to compute"),
            _("For a colleague, since you had a hand in them"),
            "check-list",
        ),
        "colleague": (pgettext("queue", "To decide"), _("For a colleague, since you had a hand in them"), "check-list"),
    }[kind.kind]
    count = ngettext("%(n)s report", "%(n)s reports", kind.count) % {"n": kind.count}
    return Case(title=title, facts=[count], url=reverse(where), amount_fen=kind.fen, waits=waits)


def objections(user: User, at: dt.datetime) -> Pile:
    """Return the objections to relief that this person of the bureau may answer, what is due first in front."""

    def case(row: Objection) -> Case:
        return objection_case(row, url=reverse("objection-answer", args=[row.pk]), at=at)

    return pile_of(
        objections_to_answer(user), case, url=reverse("objection-list" if lists_objections(user) else "home")
    )


def visits(user: User, at: dt.datetime) -> tuple[Pile, Pile]:
    """Return the visits that are this verifier's to make or to sign, and those that wait for the other of the two."""
    url = reverse("visit-list")
    rows = [(visit.turn, _visit(visit, at)) for visit in visits_of_the_day(user)[:MOST_VISITS]]  # type: ignore[attr-defined]
    own = [case for turn, case in rows if turn in ("write", "sign")]
    theirs = [case for turn, case in rows if turn not in ("write", "sign")]
    return whole_pile(own, url=url), whole_pile(theirs, url=url)


def _visit(visit: Any, at: dt.datetime) -> Case:
    claim, turn = visit.claim, visit.turn
    village = claim.household.village
    name = known((visit.second if turn in ("write", "second") else visit.first).person).name
    title, act, waits = {
        "write": (_("Look at the %(produce)s of %(name)s"), pgettext("case", "Go and look"), ""),
        "sign": (_("Sign what was found of the %(produce)s of %(name)s"), pgettext("case", "Read and sign"), ""),
        "second": (_("The %(produce)s of %(name)s"), "", _("You wrote it; %(who)s still signs")),
        "first": (_("The %(produce)s of %(name)s"), "", _("Go along with %(who)s, who writes it")),
    }[turn]
    return Case(
        title=title % _whose(claim),
        facts=[
            f"{village.township.name}{village.short_name}",
            short_words(claim.goods, visit.quantity),
            claim.number,
            *([_("with %(who)s") % {"who": name}] if act else []),
        ],
        url=reverse("visit-record" if turn in ("write", "second") else "visit-sign", args=[claim.pk]),
        act=act,
        due=time_left(claim.due_at, at=at).tag("plain"),
        due_on=county_day(claim.due_at),
        waits=waits % {"who": name} if waits else "",
    )


def _whose(claim: LossClaim) -> dict[str, str]:
    return {"produce": name_of(claim.goods.produce), "name": mask_name(claim.household.head_name)}


def _waits_since(since: dt.datetime, at: dt.datetime) -> str:
    return _("waits since %(day)s") % {"day": spoken_day(county_day(since), county_day(at))}
