"""Pay the heir of a payee who died: one person names the heir on a paper, another confirms it, the next batch pays.

The register of cards stays as it is: the heir's card is of this money alone.
"""

import datetime as dt
import uuid

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, User
from accounts.services.messages import tell
from accounts.services.two_hands import words_for_the_first
from kernel import clock, identity
from kernel.errors import BadValue, DomainError
from kernel.masking import card_tail
from kernel.money import yuan
from kernel.sealing import blind_index
from kernel.workflow import lock
from ledger.models import (
    LIVE_PAYMENTS,
    CaseStatus,
    Heir,
    HeirStatus,
    Payable,
    PayeeSnapshot,
    Payment,
    ReturnCase,
)
from ledger.selectors import MAKES
from ledger.services import offsets
from ledger.services.mending import SecondPersonNeeded
from records.models import StoredFile
from records.selectors.participation import documents_of_interest
from records.services.files import attach
from records.services.participation import AlreadyTookPart, HasInterest, take_part

PROPOSES, CONFIRMS, PAPER = "heir_propose", "heir_confirm", "paper"
TO_THE_HEIR = _("Your household's relief of %(amount)s yuan goes to the heir, on the card ending in %(tail)s.")


class StillBeingPaid(DomainError):
    code = "still_being_paid"
    message = _("A payment of this is under way or has arrived. Wait for the bank; only what came back is paid.")


class HeirWaits(DomainError):
    code = "heir_waits"
    message = _("An heir is named already. Another person of your office confirms it or sends it back first.")


class CardIsProposed(DomainError):
    code = "card_is_proposed"
    message = _("Another card is proposed for this money. Send that proposal back first.")


class NotOfRelief(DomainError):
    code = "not_of_relief"
    message = _("Only relief of a household goes to an heir here.")


@transaction.atomic
def name_heir(
    payable: Payable,
    *,
    died_on: dt.date,
    document: str,
    name: str,
    id_number: str,
    number: str,
    bank: str,
    paper: StoredFile | None,
    by: User,
    at: dt.datetime,
) -> Heir:
    """Name who gets the money of a payee who died, by the number and the photo of a paper."""
    if payable.kind != Payable.Kind.RELIEF or payable.household_id is None:
        raise NotOfRelief
    if died_on > clock.county_day(at):
        raise BadValue(_("This day is still to come. Write the day of death."))
    document, bank = document.strip()[:60], bank.strip()[:40]
    if not document:
        raise BadValue(_("Write the number of the paper: of the death certificate, or of the notary."))
    if not bank:
        raise BadValue(_("Write the bank of the card."))
    if paper is None:
        raise BadValue(_("Add a photo of the paper."))
    _refuse_while_paid(payable)
    heir = Heir(
        id=uuid.uuid4(), payable=payable, died_on=died_on, document=document, paper=paper, bank=bank, proposed_by=by,
        proposed_at=at,
    )  # fmt: skip
    heir.payee_name, heir.id_number = identity.person_name(name), identity.id_number(id_number)
    heir.card = identity.bank_card(number).number
    heir.card_index = blind_index("card", heir.card)
    _as_registered(heir)
    try:
        with transaction.atomic():
            heir.begin(by=by, at=at)
    except IntegrityError as twice:
        if "one_heir_waits_a_payable" not in str(twice):
            raise
        raise HeirWaits from None
    _take_part(heir, PROPOSES, by=by, at=at)
    attach(heir.reference, paper, PAPER, by=by, at=at)
    return heir


@transaction.atomic
def confirm_heir(heir: Heir, *, by: User, at: dt.datetime) -> Heir:
    """Confirm an heir as the second person: the next payment of this money goes to the heir's card."""
    heir = lock(heir)
    _take_part(heir, CONFIRMS, by=by, at=at)
    payable = heir.payable
    _refuse_while_paid(payable)
    case = ReturnCase.objects.select_for_update().filter(payable=payable, status__in=["open", "proposed"]).first()
    if case is not None and case.status == CaseStatus.PROPOSED:
        raise CardIsProposed
    heir.confirmed_by, heir.snapshot = by, _snapshot(heir, by=by, at=at)
    heir.move_to(HeirStatus.CONFIRMED, by=by, at=at, along=("confirmed_by", "snapshot"))
    if case is not None:
        _mend(case, heir, at=at)
    if payable.household is not None:
        values = {"amount": yuan(payable.amount_fen), "tail": card_tail(heir.card)}
        tell(TO_THE_HEIR, values, household=payable.household, kind="payment.heir", document=payable.document, at=at)
    return heir


@transaction.atomic
def reject_heir(heir: Heir, *, why: str, by: User, at: dt.datetime) -> Heir:
    """Send a named heir back with words; the money waits as before."""
    return lock(heir).move_to(HeirStatus.REJECTED, by=by, at=at, note=words_for_the_first(why))


def _mend(case: ReturnCase, heir: Heir, *, at: dt.datetime) -> None:
    """Mend what came back with the heir's card, by the two hands of the heir."""
    case.card, case.payee_name = heir.card, heir.payee_name
    case.card_index, case.bank, case.proposed_by = heir.card_index, heir.bank, heir.proposed_by
    columns = ("card_sealed", "payee_name_sealed", "bank", "card_index", "proposed_by")
    case.move_to(CaseStatus.PROPOSED, by=heir.proposed_by, at=at, along=columns)
    case.confirmed_by, case.snapshot = heir.confirmed_by, heir.snapshot
    case.move_to(CaseStatus.MENDED, by=heir.confirmed_by, at=at, along=("confirmed_by", "snapshot"))


def _refuse_while_paid(payable: Payable) -> None:
    """Refuse while money of this payable is under way or there; its payee stays locked."""
    offsets.lock_payees([payable])
    if Payment.objects.filter(payable=payable, status__in=LIVE_PAYMENTS).exists():
        raise StillBeingPaid


def _take_part(heir: Heir, stage: str, *, by: User, at: dt.datetime) -> None:
    if documents_of_interest([heir.payable.document], MAKES, by=by):
        raise HasInterest
    try:
        take_part(heir.reference, stage, by=by, at=at)
    except AlreadyTookPart:
        raise SecondPersonNeeded from None


def _as_registered(heir: Heir) -> None:
    """Refuse an ID number that stands for another name in the register, or for somebody who died."""
    known = Person.objects.filter(key=blind_index("id_number", heir.id_number)).first()
    if known is None:
        return
    if identity.name_key(known.name) != identity.name_key(heir.payee_name):
        raise BadValue(_("This ID number stands for another name in the register. Look at the ID card again."))
    if known.died_on is not None:
        raise BadValue(_("This person died too. Name somebody who is alive."))


def _snapshot(heir: Heir, *, by: User, at: dt.datetime) -> PayeeSnapshot:
    snapshot = PayeeSnapshot(
        id=uuid.uuid4(),
        payable=heir.payable,
        number=heir.payable.snapshots.count() + 1,
        card_index=heir.card_index,
        bank=heir.bank,
        proposed_by=heir.proposed_by,
        confirmed_by=by,
        at=at,
    )
    snapshot.payee_name, snapshot.card = heir.payee_name, heir.card
    snapshot.save(force_insert=True)
    return snapshot
