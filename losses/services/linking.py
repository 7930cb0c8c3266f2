"""The report that answers a notice of loss: linked both ways, whichever door it came in by."""

import datetime as dt

from accounts.models import User
from losses.models import EarlyStatus, LossClaim
from losses.selectors.claims import people_of
from losses.selectors.interest import FILER
from losses.selectors.loss_notices import open_notices_of
from records.services.participation import take_part_as


def answer_notice(claim: LossClaim, *, by: User, at: dt.datetime) -> None:
    """Link a report that was just filed with the open notice of its goods, if there is one.

    Whoever gave the notice for the household has a hand in the report, as whoever files one has.
    """
    for notice in open_notices_of(claim.goods).select_related("by__person").select_for_update(of=("self",)):
        notice.claim = claim
        notice.move_to(EarlyStatus.CLAIMED, by=by, at=at, along=["claim"])
        person = notice.by.person
        if person is not None and person.pk != by.person_id and person.key not in people_of(claim.household):
            take_part_as(claim.reference, FILER, person_key=person.key, at=at)
