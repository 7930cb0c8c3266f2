"""Tell the household what happened to its claim, in plain Chinese, whatever language the officer works in."""

import datetime as dt
from typing import Any

from accounts.models import Message
from accounts.services import messages
from kernel.present import StrOrPromise
from losses.models import LossClaim, LossNotice


def tell(claim: LossClaim, kind: str, sentence: StrOrPromise, *, at: dt.datetime, **values: Any) -> Message:
    """Put one sentence about a claim, with its number and its produce, into the household's messages."""
    facts = {"number": claim.number, "produce": claim.goods.produce.name, **values}
    kind = f"claim.{kind}"
    return messages.tell(sentence, facts, household=claim.household, kind=kind, document=claim.reference, at=at)


def tell_of(notice: LossNotice, kind: str, sentence: StrOrPromise, *, at: dt.datetime, **values: Any) -> Message:
    """Put one sentence about a notice of loss, with its produce, into the household's messages."""
    facts = {"produce": notice.goods.produce.name, **values}
    kind = f"loss_notice.{kind}"
    return messages.tell(sentence, facts, household=notice.household, kind=kind, document=notice.reference, at=at)
