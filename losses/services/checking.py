"""Village and township look: each writes what it found beside what was reported, and what the rules see."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kernel.dates import message_deadline
from kernel.errors import BadValue
from kernel.workflow import lock
from losses.models import ClaimStatus, LossClaim, Stage
from losses.selectors.claims import check_role, photos, quantity_words
from losses.services.deadlines import days_after, hours_after
from losses.services.findings import require_possible
from losses.services.holding import Seen, write_figure
from losses.services.papering import require_papers
from losses.services.photo_ties import ask_for_looks
from losses.services.sampling import draw_for_visit
from losses.services.telling import tell
from records.selectors.photos import same_picture
from records.services.files import attach
from records.services.participation import take_part

CHECKED = {Stage.VILLAGE: ClaimStatus.VILLAGE_CHECKED, Stage.TOWNSHIP: ClaimStatus.TOWNSHIP_CHECKED}


class CheckPhotoMissing(BadValue):
    code = "check_photo_missing"
    message = _("This scheme asks each check for a photo of its own. Go there and take one of what you see.")


class NothingLookedAt(BadValue):
    code = "nothing_looked_at"
    message = _("Tick what you looked at: the goods, the place, the papers. A check without a look is none.")


class NotYourPhoto(BadValue):
    code = "not_your_photo"
    message = _("This is the same picture as one that hangs there already. Take one of your own, on the spot.")


@transaction.atomic
def village_check(
    claim: LossClaim, *, quantity: int, why: str = "", seen: Seen, by: User, at: dt.datetime
) -> LossClaim:
    """Write what the village found; never by the household or by whoever filed for it."""
    claim = _look(claim, Stage.VILLAGE, quantity=quantity, why=why, seen=seen, by=by, at=at)
    _due(claim, hours_after("township_check_hours", at, claim.scheme))
    tell(
        claim,
        "village_checked",
        _("The village looked at %(number)s: %(quantity)s of %(produce)s. Next the township, before %(until)s."),
        at=at,
        quantity=lambda: quantity_words(claim),
        until=message_deadline(claim.due_at),
    )
    return claim


@transaction.atomic
def township_check(
    claim: LossClaim, *, quantity: int, why: str = "", seen: Seen, by: User, at: dt.datetime
) -> LossClaim:
    """Write what the township found; never by anybody who had a hand in it before."""
    claim = _look(claim, Stage.TOWNSHIP, quantity=quantity, why=why, seen=seen, by=by, at=at)
    require_papers(claim)
    draw_for_visit(claim, at=at)
    _due(claim, days_after("publish_days", at))
    tell(
        claim,
        "township_checked",
        _("The township looked at %(number)s: %(quantity)s of %(produce)s. Next it goes on the village wall."),
        at=at,
        quantity=lambda: quantity_words(claim),
    )
    return claim


def _look(
    claim: LossClaim, stage: Stage, *, quantity: int, why: str, seen: Seen, by: User, at: dt.datetime
) -> LossClaim:
    """Move a claim on with what this stage found, as a hand of this person, and refuse what cannot be."""
    claim = lock(claim)
    claim.move_to(CHECKED[stage], by=by, at=at, note=why)
    take_part(claim.reference, stage.value, by=by, at=at)
    if not seen.looked_at:
        raise NothingLookedAt
    if seen.photo is None and asks_for_photo(claim):
        raise CheckPhotoMissing
    if seen.photo is not None:
        if any(same_picture(seen.photo, hanging.file) for hanging in photos(claim)):
            raise NotYourPhoto
        role = check_role(claim.round, stage)
        ask_for_looks(claim, [attach(claim.reference, seen.photo, role, by=by, at=at)])
    write_figure(claim, stage, quantity, why=why, seen=seen, by=by, at=at)
    require_possible(claim, at=at)
    return claim


def asks_for_photo(claim: LossClaim) -> bool:
    """Return whether a check has to show the goods: the scheme asks for it, and they are still to be seen."""
    return claim.scheme.check_photos and claim.sale_id is None


def _due(claim: LossClaim, due_at: dt.datetime) -> None:
    claim.due_at = due_at
    claim.save(update_fields=["due_at"])
