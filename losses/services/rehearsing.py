"""Rehearse a draft over a past season: asked for by the bureau, run in the background, kept as rows with its version.

Nothing is paid and nobody is told. A run that falls wrote nothing but its share done, and is begun anew by the next.
"""

import datetime as dt
from contextlib import ExitStack

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kernel import clock
from kernel.dates import period_words
from kernel.errors import BadValue, DomainError
from kernel.money import yuan
from kernel.versions import fingerprint
from kernel.workflow import lock
from losses.models import (
    Basis,
    Rehearsal,
    RehearsalCell,
    RehearsalFall,
    RehearsalResult,
    ReliefScheme,
    SchemeStatus,
)
from losses.relief import Loss, Rehearsing
from losses.selectors import rehearsing
from losses.services.schemes import SchemeIsPublished
from records.services import events, jobs

STEP = 5_000  # losses between two looks at how far it is
MOST_DAYS = 731


class NothingToRehearse(DomainError):
    code = "nothing_to_rehearse"
    message = _("This draft has no rate yet. Enter its rates first, then rehearse it.")


class RehearsalRuns(DomainError):
    code = "rehearsal_runs"
    message = _("A rehearsal of this draft is still running. Look at it first.")


@transaction.atomic
def ask(scheme: ReliefScheme, *, from_on: dt.date, to_on: dt.date, by: User, at: dt.datetime) -> Rehearsal:
    """Ask to run a draft over a season that is over; what it says and has now is kept with it."""
    scheme = lock(scheme)
    if scheme.status != SchemeStatus.DRAFT:
        raise SchemeIsPublished
    if to_on < from_on or to_on >= clock.county_day(at):
        raise BadValue(_("Choose a season that is over: its last day lies after the first and before today."))
    if (to_on - from_on).days >= MOST_DAYS:
        raise BadValue(_("A season has two years at most. Choose a shorter one."))
    if not scheme.rates.exists():
        raise NothingToRehearse
    if rehearsing.waiting_rehearsals().filter(scheme=scheme).exists():
        raise RehearsalRuns
    rules = rehearsing.as_said(scheme)
    rehearsal = Rehearsal.objects.create(
        scheme=scheme,
        rules=rules,
        version=version_of(rules),
        money_fen=scheme.account.available_fen(),
        from_on=from_on,
        to_on=to_on,
        by=by,
        at=at,
    )
    events.record("scheme.rehearsed", scheme.reference, by=by, at=at, rehearsal=rehearsal.pk)
    return rehearsal


def version_of(rules: dict[str, object]) -> str:
    """Return the version of what a scheme says: the same rules have the same."""
    return fingerprint(rules)[:16]


def rehearsed_words(scheme: ReliefScheme) -> str:
    """Return what the last rehearsal of a scheme told, or that nobody rehearsed it."""
    found = rehearsing.last_result(scheme)
    if found is None:
        return gettext("Nobody has rehearsed these rules over a past season.")
    rehearsal = found.rehearsal
    told = gettext("Rehearsed over %(season)s: it would have cost %(need)s yuan for what was reported.") % {
        "season": period_words(rehearsal.from_on, rehearsal.to_on),
        "need": yuan(rehearsing.need_fen(rehearsal, Basis.REPORTED)),
    }
    changed = rehearsal.version != version_of(rehearsing.as_said(scheme))
    return f"{told}{gettext('The draft was changed since.')}" if changed else told


def run_waiting(*, at: dt.datetime) -> int:
    """Run the rehearsals that wait, each by one worker; return how many were run.

    One that falls keeps none of the others waiting: it is taken up again when its lease is over, and what fell is
    raised once they have run.
    """
    done: list[bool] = []
    with ExitStack() as each:  # goes on with the next when one falls; the last one put on is the first
        for rehearsal in reversed(rehearsing.waiting_rehearsals()):
            each.callback(lambda one: done.append(_run(one, at=at)), rehearsal)
    return sum(done)


def _run(rehearsal: Rehearsal, *, at: dt.datetime) -> bool:
    job = jobs.take(rehearsing.JOB, str(rehearsal.pk), at=at)
    if job is None:
        return False
    losses = rehearsing.losses_of(rehearsal.from_on, rehearsal.to_on, sold_low=rehearsing.relieves_sales(rehearsal))
    jobs.count(job, total=len(losses))
    runs = {basis: begin(rehearsal) for basis in Basis}
    for start in range(0, len(losses), STEP):
        for loss in losses[start : start + STEP]:
            runs[Basis.ALL].add(loss)
            if loss.reported:
                runs[Basis.REPORTED].add(loss)
        jobs.beat(job, done=min(start + STEP, len(losses)), at=clock.now())
    for run in runs.values():
        run.count_households()
    _keep(rehearsal, losses, runs, at=clock.now())
    jobs.finish(job, at=clock.now())
    return True


def begin(rehearsal: Rehearsal) -> Rehearsing:
    """Return a run of the draft as it stood, with the money it then had, over nothing yet."""
    rules = rehearsing.rules_kept(rehearsal)
    return Rehearsing(rules, rehearsal.money_fen, rehearsing.elsewhere_of(rehearsal.from_on, rehearsal.to_on))


@transaction.atomic
def _keep(rehearsal: Rehearsal, losses: list[Loss], runs: dict[Basis, Rehearsing], *, at: dt.datetime) -> None:
    """Write what came of a run, whole or not at all; a second worker that comes to the same end is refused."""
    RehearsalResult.objects.create(
        rehearsal=rehearsal,
        losses=len(losses),
        reported=sum(loss.reported for loss in losses),
        awarded_fen=rehearsing.awarded_fen(rehearsal.from_on, rehearsal.to_on),
        at=at,
    )
    RehearsalCell.objects.bulk_create(
        RehearsalCell(
            rehearsal=rehearsal,
            basis=basis,
            township_id=township,
            tier=tier,
            rows=given.rows,
            grams=given.grams,
            households=given.households,
            need_fen=given.need_fen,
            paid_fen=given.paid_fen,
            shared_fen=given.shared_fen,
            capped=given.capped,
        )
        for basis, run in runs.items()
        for (township, tier), given in sorted(run.given.items())
    )
    RehearsalFall.objects.bulk_create(
        RehearsalFall(
            rehearsal=rehearsal,
            basis=basis,
            township_id=township,
            why=why,
            rows=fallen.rows,
            grams=fallen.grams,
            households=fallen.households,
        )
        for basis, run in runs.items()
        for (township, why), fallen in sorted(run.fallen.items())
    )
