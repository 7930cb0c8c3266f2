"""Mend the card of money that came back: one person proposes the new payee, a second confirms it, and it is paid anew.

The payable stays as it was written; what is confirmed is a snapshot beside it, used by the next payment.
"""

import datetime as dt
import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import BankCard, User
from accounts.selectors import card_in_force
from accounts.services import people
from accounts.services.messages import tell
from accounts.services.two_hands import send_back
from kernel import identity
from kernel.entering import entering
from kernel.errors import BadValue, DomainError
from kernel.masking import card_tail
from kernel.money import yuan
from kernel.present import StrOrPromise, known
from kernel.sealing import blind_index
from kernel.workflow import Workflow, lock
from ledger.models import CaseStatus, Contradiction, Payable, PayeeSnapshot, ReturnCase
from ledger.selectors import hands_for
from ledger.services.payables import live_card
from records.models import Move
from records.selectors.participation import documents_of_interest
from records.services.participation import AlreadyTookPart, HasInterest, take_part

PROPOSES, CONFIRMS = "payee_propose", "payee_confirm"
MENDED = {
    Payable.Kind.RELIEF.value: _("Your relief of %(amount)s yuan will be paid anew, on your card ending in %(tail)s."),
    Payable.Kind.PURCHASE.value: _(
        "The %(amount)s yuan for your goods will be paid anew, on your card ending in %(tail)s."
    ),
}


class SecondPersonNeeded(DomainError):
    code = "second_person_needed"
    message = _("You proposed this yourself. Another person of your office checks and confirms it.")


@transaction.atomic
def propose_payee(
    case: ReturnCase, *, number: str = "", holder: str = "", bank: str = "", by: User, at: dt.datetime
) -> ReturnCase:
    """Propose on which card the money is paid anew: one typed here, or without a number the card on record now."""
    case = lock(case)
    take_a_hand(case, case.payable, PROPOSES, by=by, at=at)
    if number.strip():
        if not bank.strip():
            raise BadValue(_("Write the bank of the card."))
        case.card = identity.bank_card(number).number
        case.payee_name = _holder(case.payable, holder)
        case.bank = bank.strip()[:40]
    else:
        card = live_card(household=case.payable.household, organisation=case.payable.organisation, at=at)
        case.card, case.payee_name, case.bank = card.number, card.holder, card.bank
    case.card_index = blind_index("card", case.card)
    _refuse_card_of_another(case)
    case.proposed_by = by
    columns = ("card_sealed", "payee_name_sealed", "bank", "card_index", "proposed_by")
    return case.move_to(CaseStatus.PROPOSED, by=by, at=at, along=columns)


@transaction.atomic
def reject_payee(case: ReturnCase, *, why: str, by: User, at: dt.datetime) -> ReturnCase:
    """Send a proposed card back with words; the case is open as before."""
    return send_back(case, CaseStatus.OPEN, why=why, by=by, at=at)


@transaction.atomic
def confirm_payee(case: ReturnCase, *, by: User, at: dt.datetime) -> ReturnCase:
    """Confirm the proposed card as the second person: it becomes the card on record and the next payment goes to it."""
    case = lock(case)
    take_a_hand(case, case.payable, CONFIRMS, by=by, at=at)
    payable = case.payable
    owner: dict[str, Any] = {"household": payable.household, "organisation": payable.organisation}
    on_record = BankCard.objects.filter(card_in_force(at), **owner).first()
    if on_record is None or (on_record.index, on_record.bank) != (case.card_index, case.bank):
        with entering(case.reference):
            people.set_card(**owner, number=case.card, holder=case.payee_name, bank=case.bank, at=at)
    case.confirmed_by = by
    case.snapshot = _snapshot(case, at=at)
    case.move_to(CaseStatus.MENDED, by=by, at=at, along=("confirmed_by", "snapshot"))
    tell_payee(payable, MENDED[payable.kind], payable.amount_fen, case.card, "payment.mended", at=at)
    return case


def tell_payee(
    payable: Payable, sentence: StrOrPromise, amount_fen: int, card: str, kind: str, *, at: dt.datetime
) -> None:
    """Tell the household or the co-operative that is owed money what becomes of it, with the tail of the card."""
    phone = payable.organisation.phone if payable.organisation is not None else ""
    if payable.household is not None or phone:
        values, document = {"amount": yuan(amount_fen), "tail": card_tail(card)}, payable.document
        tell(sentence, values, household=payable.household, phone=phone, kind=kind, document=document, at=at)


def take_a_hand(
    document: ReturnCase | Contradiction, payable: Payable, stage: str, *, by: User, at: dt.datetime
) -> None:
    """Put this person down for one stage of a case; refuse whoever holds the other one, or has an interest in it.

    A proposal that was sent back begins anew: its hands are those of the next proposal.
    """
    hands = hands_for(payable.kind)
    if documents_of_interest([payable.document, *hands.behind([payable.document])], hands.makes, by=by):
        raise HasInterest
    try:
        take_part(f"{document.REFERENCE}:{document.pk}:{_proposals(document, stage)}", stage, by=by, at=at)
    except AlreadyTookPart:
        raise SecondPersonNeeded from None


def _proposals(document: Workflow, stage: str) -> int:
    """Return which proposal of a case a stage belongs to: the next one, or the one that lies there."""
    begun = Move.objects.filter(document=document.reference, after="proposed").count()
    return begun + 1 if stage.endswith("_propose") else begun


def _snapshot(case: ReturnCase, *, at: dt.datetime) -> PayeeSnapshot:
    snapshot = PayeeSnapshot(
        id=uuid.uuid4(),
        payable=case.payable,
        number=case.payable.snapshots.count() + 1,
        card_index=case.card_index,
        bank=case.bank,
        proposed_by=known(case.proposed_by),
        confirmed_by=known(case.confirmed_by),
        at=at,
    )
    snapshot.payee_name, snapshot.card = case.payee_name, case.card
    snapshot.save(force_insert=True)
    return snapshot


def _holder(payable: Payable, holder: str) -> str:
    """Return the name on the card as it is kept; an empty one is that of the payee."""
    holder = holder.strip() or payable.payee.payee_name
    return identity.person_name(holder) if payable.household is not None else holder


def _refuse_card_of_another(case: ReturnCase) -> None:
    """Refuse a card that another household or organisation is paid on."""
    taken = BankCard.objects.filter(index=case.card_index, to_at=None).exclude(
        household=case.payable.household, organisation=case.payable.organisation
    )
    if taken.exists():
        raise people.CardTaken
