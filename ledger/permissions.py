"""Who may see payouts, make, send and answer them: the maker's and the checker's posts, each for the own office."""

from collections.abc import Callable
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from accounts.models import Organisation, Role, Somebody, User
from accounts.selectors import Standing, standing
from ledger.models import (
    BankStatement,
    Contradiction,
    FrozenBatch,
    Heir,
    Payable,
    Payment,
    PayoutBatch,
    Restore,
    ReturnCase,
)
from ledger.selectors import (
    FINANCE,
    PAYING,
    batches_seen_by,
    cases_seen_by,
    contradictions_seen_by,
    heirs_seen_by,
    payers_of,
)
from ledger.selectors.arriving import may_be_paid, own_payments
from ledger.selectors.statements import statements_seen_by

READERS = (*FINANCE, Role.BUREAU_APPROVER, Role.AUDITOR)


def access_problems(user: Somebody) -> None:
    """Let in who pays, of finance or a buyer, the bureau and the auditor."""
    if not standing(user).has(*READERS, *PAYING):
        raise PermissionDenied


def reads_restores(user: Somebody) -> bool:
    """Return whether this person may read what was compared with the bank after a restore."""
    return standing(user).has(*READERS)


def access_batches(user: Somebody) -> None:
    """Let in finance, the bureau and the auditor."""
    if not standing(user).has(*READERS):
        raise PermissionDenied


def access_batch(user: Somebody, batch_id: int, *, to: Callable[[Somebody, PayoutBatch], bool]) -> PayoutBatch:
    """Return one batch: 404 when not theirs to see, 403 when not theirs to do."""
    batch = get_object_or_404(batches_seen_by(user), pk=batch_id)
    if not to(user, batch):
        raise PermissionDenied
    return batch


def access_payer(user: Somebody) -> Organisation:
    """Return the office for which this person makes batches."""
    payer = payers_of(user).first()
    if payer is None or not can_make(user, payer):
        raise PermissionDenied
    return payer


def access_statement(user: Somebody, statement_id: int) -> BankStatement:
    """Return one statement of the bank: to whoever sees the batches of its office."""
    access_batches(user)
    return get_object_or_404(statements_seen_by(user), pk=statement_id)


def access_statement_payer(user: Somebody) -> Organisation:
    """Return the office whose bank's statements this person loads: finance's own; of which batch, the service says."""
    payer = payers_of(user).first()
    if payer is None:
        raise PermissionDenied
    return payer


def can_see(user: Somebody, batch: PayoutBatch) -> bool:
    """Return whether somebody who sees the batch may open it: everybody who sees it."""
    return True


def can_make(user: Somebody, payer: Organisation) -> bool:
    """Return whether this person makes batches for this office."""
    return payer.pk in standing(user).organisations(Role.FINANCE_MAKER)


def can_cancel(user: Somebody, batch: PayoutBatch) -> bool:
    """Return whether this person may dissolve a batch that was not sent: whoever makes or checks for its office."""
    return batch.payer_id in standing(user).organisations(*FINANCE)


def can_send(user: Somebody, batch: PayoutBatch) -> bool:
    """Return whether this person checks and sends batches of this office; the maker is refused by the service."""
    return batch.payer_id in standing(user).organisations(Role.FINANCE_CHECKER)


def can_download(user: Somebody, batch: PayoutBatch) -> bool:
    """Return whether this person may take the bank's file: finance checkers alone."""
    return can_send(user, batch)


def can_load_return(user: Somebody, batch: PayoutBatch) -> bool:
    """Return whether this person may load the bank's answer: finance, but never the maker of the batch."""
    return batch.payer_id in standing(user).organisations(*FINANCE) and batch.maker.person_id != (
        user.person_id if isinstance(user, User) else None
    )


Problem = ReturnCase | Contradiction


def access_case(user: Somebody, case_id: UUID, *, to: Callable[[Somebody, Problem], bool]) -> ReturnCase:
    """Return one case of money that came back: 404 when not theirs to see, 403 when not theirs to do."""
    case = get_object_or_404(cases_seen_by(user), pk=case_id)
    if not to(user, case):
        raise PermissionDenied
    return case


def access_contradiction(
    user: Somebody, contradiction_id: int, *, to: Callable[[Somebody, Problem], bool]
) -> Contradiction:
    """Return one contradiction of the bank: 404 when not theirs to see, 403 when not theirs to do."""
    row = get_object_or_404(contradictions_seen_by(user), pk=contradiction_id)
    if not to(user, row):
        raise PermissionDenied
    return row


def can_see_case(user: Somebody, problem: Problem) -> bool:
    """Return whether somebody who sees a case may open it: everybody who sees it."""
    return True


def can_mend(user: Somebody, problem: Problem) -> bool:
    """Return whether this person mends cases of this office; which of the two hands it is, the service says."""
    return problem.payment.payable.payer_id in standing(user).organisations(*PAYING)


def can_pay(user: Somebody, payable: Payable) -> bool:
    """Return whether this person is of the finance office that pays this."""
    return payable.payer_id in standing(user).organisations(*FINANCE)


def access_payable(user: Somebody, payable_id: UUID) -> Payable:
    """Return relief that the own finance office owes, for naming the heir of its payee."""
    payable = get_object_or_404(
        Payable.objects.select_related("household__village"),
        pk=payable_id,
        kind=Payable.Kind.RELIEF,
        payer__in=standing(user).organisations(*FINANCE),
    )
    return payable


def access_heir(user: Somebody, heir_id: UUID, *, to_act: bool) -> Heir:
    """Return one heir: 404 when not theirs to see, 403 when not theirs to do."""
    access_batches(user)
    heir = get_object_or_404(heirs_seen_by(user), pk=heir_id)
    if to_act and not can_pay(user, heir.payable):
        raise PermissionDenied
    return heir


def access_frozen(user: Somebody, frozen_id: int, *, to_act: bool) -> FrozenBatch:
    """Return one frozen batch: 404 when not theirs to see, 403 when not theirs to compare."""
    rows = FrozenBatch.objects.select_related("batch__payer", "proposed_by__person", "confirmed_by__person")
    frozen = get_object_or_404(rows, pk=frozen_id, batch__in=batches_seen_by(user))
    if to_act and not can_compare(user, frozen):
        raise PermissionDenied
    return frozen


def access_restore(user: Somebody, restore_id: int, *, to_act: bool) -> Restore:
    """Return one restore: to whoever sees batches; 403 when not theirs to close."""
    access_batches(user)
    if to_act and not can_close(user):
        raise PermissionDenied
    return get_object_or_404(
        Restore.objects.select_related("proposed_by__person", "confirmed_by__person"), pk=restore_id
    )


def can_compare(user: Somebody, frozen: FrozenBatch) -> bool:
    """Return whether this person compares a frozen batch with the bank: finance of its office."""
    return frozen.batch.payer_id in standing(user).organisations(*PAYING)


def can_close(user: Somebody) -> bool:
    """Return whether this person closes a restore: finance."""
    return standing(user).has(*FINANCE)


def access_own_money(user: Somebody) -> Standing:
    """Let in whoever is paid: a household, or who speaks for a co-operative."""
    who = standing(user)
    if not may_be_paid(who):
        raise PermissionDenied
    return who


def access_own_payment(user: Somebody, payment_id: int) -> Payment:
    """Return a payment to this person's household or co-operative."""
    return get_object_or_404(own_payments(access_own_money(user)), pk=payment_id)
