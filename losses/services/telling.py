"""Tell the household what happened to its claim, in plain Chinese, whatever language the officer works in."""

import datetime as dt
from typing import Any

from django.db.models import Q

from accounts.models import Membership, Message, Role, User
from accounts.selectors import holders
from accounts.selectors.grievances import HEADS_OF_BUREAU
from accounts.services import messages
from kernel import clock
from kernel.present import StrOrPromise
from losses.models import LossClaim, LossNotice


def of_the_desk(*, head: bool, at: dt.datetime) -> list[User]:
    """Return the accounts of the bureau's desk, with those of its head where it is the head's turn too."""
    posts = Q(role=Role.BUREAU_APPROVER)
    if head:
        posts |= HEADS_OF_BUREAU
    return holders(Membership.objects.filter(posts), clock.county_day(at))


def tell(claim: LossClaim, kind: str, sentence: StrOrPromise, *, at: dt.datetime, **values: Any) -> Message:
    """Put one sentence about a claim, with its number and its produce, into the household's messages."""
    facts = {"number": claim.number, "produce": claim.goods.produce.name, **values}
    kind = f"claim.{kind}"
    return messages.tell(sentence, facts, household=claim.household, kind=kind, document=claim.reference, at=at)


def tell_of_report(claim: LossClaim, kind: str, sentence: StrOrPromise, *, at: dt.datetime, **values: Any) -> Message:
    """Put one sentence about several lines of a report into the household's messages, beside one of them."""
    facts = {"sheet": claim.report.number, **values}
    kind = f"claim.{kind}"
    return messages.tell(sentence, facts, household=claim.household, kind=kind, document=claim.reference, at=at)


def tell_of(notice: LossNotice, kind: str, sentence: StrOrPromise, *, at: dt.datetime, **values: Any) -> Message:
    """Put one sentence about a notice of loss, with its produce, into the household's messages."""
    facts = {"produce": notice.goods.produce.name, **values}
    kind = f"loss_notice.{kind}"
    return messages.tell(sentence, facts, household=notice.household, kind=kind, document=notice.reference, at=at)
