"""Tell the household what happened to its claim, in plain Chinese, whatever language the officer works in."""

import datetime as dt
from typing import Any

from django.utils import translation

from accounts.models import Message
from accounts.services.messages import write_message
from kernel.present import StrOrPromise
from losses.models import LossClaim


def tell(claim: LossClaim, kind: str, sentence: StrOrPromise, *, at: dt.datetime, **values: Any) -> Message:
    """Put one sentence about a claim into the household's messages; values are said in Chinese as well.

    `sentence` is lazy and its values may be functions: everything is put into words only once the language is set.
    """
    with translation.override("zh-hans"):
        said = {name: value() if callable(value) else str(value) for name, value in values.items()}
        body = str(sentence) % {"number": claim.number, "produce": claim.listing.produce.name, **said}
    return write_message(household=claim.household, kind=f"claim.{kind}", body=body, document=claim.reference, at=at)
