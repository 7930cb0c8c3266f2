"""Texts that come back from phones: kept once as the gateway brings them, taken by a sweep, ended with a word back."""

import datetime as dt
from collections.abc import Callable

from django.db import IntegrityError, transaction

from accounts.models import Household, HouseholdMember, InboundMessage, User
from accounts.selectors import users_of_household
from accounts.services.messages import write_message
from kernel import clock, identity
from kernel.sealing import blind_index
from kernel.typed import fold_typed

LONGEST = 1000
MOST_A_DAY = 100  # texts of one phone; a phone that answers itself fills no table
MOST_TRIES = 6
LEASE = dt.timedelta(minutes=2)
ASKED_BACK_ONCE = (InboundMessage.State.UNREADABLE, InboundMessage.State.STRANGER)
Reader = Callable[[InboundMessage, dt.datetime], bool]  # acts on a text and returns whether it ended it
_READERS: dict[str, Reader] = {}


def add_reader(word: str, reader: Reader) -> None:
    """Let a room read the texts that begin with its own word; all others answer a question of a buyer."""
    _READERS[word] = reader


def reader_of(text: InboundMessage) -> Reader | None:
    """Return who reads a text by the word it begins with, if any room does."""
    said = fold_typed(text.body)
    return next((reader for word, reader in _READERS.items() if said.startswith(word)), None)


@transaction.atomic
def take_in(*, gateway_id: str, phone: str, body: str, at: dt.datetime) -> bool:
    """Keep a text that the gateway brought; return whether it is new. Brought again it changes nothing."""
    number = identity.phone(phone)
    index = blind_index("phone", number)
    of_phone = InboundMessage.objects.filter(phone_index=index, received_at__gt=at - dt.timedelta(days=1))
    if InboundMessage.objects.filter(gateway_id=gateway_id).exists() or of_phone.count() >= MOST_A_DAY:
        return False
    text = InboundMessage(gateway_id=gateway_id, next_try_at=at, received_at=at)
    text.phone, text.body = number, body[:LONGEST]
    try:
        with transaction.atomic():
            text.save(force_insert=True)
    except IntegrityError:  # brought twice at the same instant
        return False
    return True


@transaction.atomic
def take_waiting(at: dt.datetime) -> InboundMessage | None:
    """Return a text that waits, under a lease that grows with each try; None when nothing is due."""
    due = InboundMessage.objects.filter(state=InboundMessage.State.WAITING, next_try_at__lte=at)
    text = due.order_by("next_try_at", "received_at").select_for_update(skip_locked=True).first()
    if text is not None:
        text.tries, text.next_try_at = text.tries + 1, at + LEASE * 2**text.tries
        text.save(update_fields=["tries", "next_try_at"])
    return text


def lock_waiting(text: InboundMessage) -> bool:
    """Lock a text and return whether it still waits for its end."""
    row = InboundMessage.objects.select_for_update().filter(pk=text.pk, state=InboundMessage.State.WAITING)
    return row.exists()


@transaction.atomic
def end_text(
    text: InboundMessage, state: InboundMessage.State, *, household: Household | None, back: str, at: dt.datetime
) -> bool:
    """Write what became of a text and send `back` to its phone; return whether this hand ended it.

    Where it was not understood, or nobody knows the phone, it is answered once a day at most.
    """
    if not lock_waiting(text):
        return False
    text.state, text.household, text.ended_at = state, household, at
    text.save(update_fields=["state", "household", "ended_at"])
    if back and (state not in ASKED_BACK_ONCE or _asked_back(text, at)):
        write_message(phone=text.phone, kind="sale.text_back", body=back, document=f"text:{text.pk}", at=at)
    return True


def _asked_back(text: InboundMessage, at: dt.datetime) -> bool:
    text.told_on = clock.county_day(at)
    try:
        with transaction.atomic():
            text.save(update_fields=["told_on"])
    except IntegrityError:  # asked today already
        return False
    return True


def households_of_phone(text: InboundMessage) -> tuple[User | None, list[Household]]:
    """Return whose account a text comes from, and the households this phone may speak of.

    The account of the phone speaks for the household of its owner; a phone without one for the household it stands for
    in the register, by the account of its head.
    """
    on_record = list(Household.objects.filter(phone_index=text.phone_index, merged_into=None).order_by("pk"))
    owner = User.objects.filter(phone_index=text.phone_index, is_active=True).first()
    if owner is not None:
        own = Household.objects.filter(
            pk__in=HouseholdMember.objects.filter(person=owner.person_id, to_on=None).values("household")
        )
        household = own.first()
        if household is not None and household.merged_into_id is not None:  # type: ignore[attr-defined]
            household = household.merged_into
        others = [row for row in on_record if household is None or row.pk != household.pk]
        return (owner, [household, *others]) if household is not None else (None, on_record)
    if len(on_record) != 1:
        return None, on_record
    accounts = users_of_household(on_record[0]).order_by("created_at", "pk")
    return accounts.filter(person=on_record[0].head_id).first() or accounts.first(), on_record  # type: ignore[attr-defined]
