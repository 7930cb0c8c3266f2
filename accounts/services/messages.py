"""Tell somebody something: a row in the outbox now, a text on the phone after commit; ids only in the queue."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.gateways import gateway
from accounts.models import Household, HouseholdMember, Message, User
from kernel.masking import mask_name
from kernel.present import StrOrPromise
from kernel.sealing import blind_index

NO_VALUES: Mapping[str, object] = MappingProxyType({})
MOST_TRIES = 6
LEASE = dt.timedelta(minutes=2)
# Somebody stands and waits for these: they are due before all that was written earlier.
AWAITED = {"sign_in", "fresh_code"}
AHEAD = dt.timedelta(days=1)


def write_message(
    *, phone: str = "", household: Household | None = None, kind: str, body: str, document: str = "", at: dt.datetime
) -> Message:
    """Put a text into the outbox; to a household it goes to the phone on record, and stays readable without one.

    `body` is a finished sentence in Chinese: it is read on a phone, whatever language the writer works in.
    """
    message = _drafted(phone=phone, household=household, kind=kind, body=body, document=document, at=at)
    message.save(force_insert=True)
    return message


def _drafted(
    *, phone: str = "", household: Household | None = None, kind: str, body: str, document: str, at: dt.datetime
) -> Message:
    phone = phone or (household.phone if household is not None else "")
    due = at - AHEAD if kind in AWAITED else at
    message = Message(kind=kind, document=document, household=household, next_try_at=due, created_at=at)
    message.phone, message.body = phone, body
    if not phone:
        message.state = Message.State.FAILED
    return message


def tell(
    sentence: StrOrPromise,
    values: Mapping[str, object] = NO_VALUES,
    *,
    household: Household | None = None,
    phone: str = "",
    kind: str,
    document: str,
    at: dt.datetime,
) -> Message:
    """Put one marked sentence with its values into somebody's messages, in Chinese, whoever acts."""
    body = in_chinese(sentence, values)
    return write_message(phone=phone, household=household, kind=kind, body=body, document=document, at=at)


@dataclass(frozen=True, slots=True)
class Word:
    """What one household, or whoever has this phone, is told: a marked sentence with its values, about a document."""

    sentence: StrOrPromise
    values: Mapping[str, object]
    household: Household | None
    kind: str
    document: str
    phone: str = ""


def tell_all(words: Iterable[Word], *, at: dt.datetime) -> None:
    """As `tell`, many people at once, in one statement."""
    Message.objects.bulk_create(
        _drafted(
            phone=word.phone,
            household=word.household,
            kind=word.kind,
            body=in_chinese(word.sentence, word.values),
            document=word.document,
            at=at,
        )
        for word in words
    )


def in_chinese(sentence: StrOrPromise, values: Mapping[str, object] = NO_VALUES) -> str:
    """Return a marked sentence with its values in the language of the people it is sent to.

    A value may be a function or a lazy word: it is put into words only once the language is set.
    """
    with translation.override("zh-hans"):
        words = {name: str(value()) if callable(value) else str(value) for name, value in values.items()}
        return str(sentence) % words if words else str(sentence)


def send_waiting(*, at: dt.datetime, most: int = 200) -> int:
    """Send what is due, each under its own short lease; return how many left. May run twice at once."""
    sent = 0
    for _turn in range(most):
        message = _take_one(at)
        if message is None:
            break
        sent += _send(message, at)
    return sent


@transaction.atomic
def _take_one(at: dt.datetime) -> Message | None:
    due = Message.objects.filter(state=Message.State.WAITING, next_try_at__lte=at).order_by("next_try_at")
    message = due.select_for_update(skip_locked=True).first()
    if message is not None:
        # The lease keeps a second sweep off while the gateway is asked, outside any transaction.
        message.tries, message.next_try_at = message.tries + 1, at + LEASE
        message.save(update_fields=["tries", "next_try_at"])
    return message


def _send(message: Message, at: dt.datetime) -> bool:
    phone, for_whom = _reach(message)
    if gateway().send(phone, for_whom + message.body, reference=str(message.pk)):
        message.state, message.sent_at = Message.State.SENT, at
    elif message.tries >= MOST_TRIES:
        message.state = Message.State.FAILED
    else:
        message.next_try_at = at + dt.timedelta(seconds=30 * 2**message.tries)
    message.save(update_fields=["state", "sent_at", "next_try_at"])
    return message.state == Message.State.SENT


def _reach(message: Message) -> tuple[str, str]:
    """Return the phone that reaches whom a text is for, and the words before it.

    Where the phone on record is that of somebody else's account, a text to a household goes to the account of its own
    head or of a member; where it has none, the phone stays, and the text begins with for whom it is.
    """
    household = message.household
    if household is None:
        return message.phone, ""
    owner = User.objects.filter(phone_index=blind_index("phone", message.phone)).values_list("person", flat=True)
    members = [
        household.head_id,
        *HouseholdMember.objects.filter(household=household, to_on=None).values_list("person", flat=True),
    ]
    if owner.first() in (None, *members):
        return message.phone, ""
    own = User.objects.filter(person__in=members, is_active=True).order_by("created_at")
    account = own.filter(person=household.head_id).first() or own.first()
    if account is not None:
        return account.phone, ""
    return message.phone, in_chinese(_("(for %(name)s) "), {"name": mask_name(household.head_name)})
