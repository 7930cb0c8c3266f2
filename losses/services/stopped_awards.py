"""Awards that something which came later has stopped: who is told, and the look that lets them be paid."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kernel.errors import BadValue, DomainError
from kernel.present import StrOrPromise
from kernel.workflow import lock
from losses.models import Award, AwardRelease
from losses.selectors.stopped_awards import later_of, stopped_unpaid
from losses.services.elsewhere_register import GOES_ON, YOURS_GOES_ON, tell_of_awards
from losses.services.findings import DESK
from records.models import Event
from records.services import events
from records.services.participation import take_part

MOST = 500
KIND = "award.doubted"
STOPPED = _(
    "The relief of report %(number)s, %(amount)s yuan, is not paid for now: something came to light after the award. "
    "The bureau looks at it and lets it be paid, or claims it back."
)
YOURS_STOPPED = _(
    "Your relief for report %(number)s waits: something about it came to light after the award. The bureau looks at "
    "it. If you do not know what that is, ask the village or the bureau."
)


class NotStopped(DomainError):
    code = "award_not_stopped"
    message = _("Nothing that came later stops this award now. Open the claim again.")


class SeenMeanwhile(DomainError):
    code = "award_seen_meanwhile"
    message = _("Something more has come to light of this award meanwhile. Read it, then decide again.")


@transaction.atomic
def release(award: Award, *, why: str, seen_until: dt.datetime, by: User, at: dt.datetime) -> AwardRelease:
    """Let a stopped award be paid, with a reason, as the desk: not by whoever checked or awarded the claim.

    What came to light after `seen_until`, the newest that the person has read, is not covered by the look.
    """
    claim = lock(award.claim)
    if not why.strip():
        raise BadValue(_("Write why it is fine."))
    later = later_of(award)
    if later is None:
        raise NotStopped
    if later.newest > seen_until:
        raise SeenMeanwhile
    take_part(claim.reference, DESK, by=by, at=at)
    row = AwardRelease.objects.create(award=award, why=why.strip(), seen_until=later.newest, by=by, at=at)
    _tell(award, GOES_ON, YOURS_GOES_ON, at=at)
    return row


def tell_of_stopped(*, at: dt.datetime) -> int:
    """Tell the bureau and whoever pays of each award that was stopped, once for each stop."""
    stopped = list(stopped_unpaid().order_by("pk"))
    names = [award.claim.reference for award in stopped]
    said = set(Event.objects.filter(kind=KIND, document__in=names).values_list("document", "data__since"))
    fresh = [award for award in stopped if (award.claim.reference, award.since.isoformat()) not in said]
    return sum(_tell_once(award, at) for award in fresh[:MOST])


@transaction.atomic
def _tell_once(award: Award, at: dt.datetime) -> bool:
    """Send the sentences and write the event that keeps them from being sent again, together."""
    claim, since = lock(award.claim), award.since.isoformat()  # type: ignore[attr-defined]
    if Event.objects.filter(kind=KIND, document=claim.reference, data__since=since).exists():
        return False
    events.record(KIND, claim.reference, by=None, at=at, since=since)
    _tell(award, STOPPED, YOURS_STOPPED, at=at)
    return True


def _tell(award: Award, sentence: StrOrPromise, to_it: StrOrPromise, *, at: dt.datetime) -> None:
    """Tell the bureau, whoever pays and the household."""
    tell_of_awards(Award.objects.filter(pk=award.pk), sentence, to_it, at=at)
