"""Claim paid relief back: proposed by the bureau, decided by somebody without a hand in the claim, paid in parts.

Money that comes back goes onto the scheme's account by two people of finance, and counts in the household's cap no
more. What the household cannot pay is waived by two people of the bureau, with words that it reads. What never left for
the bank is taken back whole: once decided it is the scheme's again and is never paid.
"""

import calendar
import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kernel import clock
from kernel.dates import day_words
from kernel.errors import BadValue, DomainError
from kernel.money import yuan
from kernel.workflow import IllegalMove, lock
from ledger.selectors import is_being_paid
from ledger.services import transfers
from losses.models import (
    WAIVERS,
    Award,
    LossClaim,
    ReceiptHow,
    ReceiptStatus,
    RecoveryInstalment,
    RecoveryReason,
    RecoveryReceipt,
    RecoveryStatus,
    ReliefRecovery,
)
from losses.selectors.recovering import claimable_fen, is_open, late_instalments, never_left, standing_of
from losses.services.telling import tell
from records.services import events
from records.services.participation import take_part

DECIDES = "recover"  # a stage of the claim: whoever had another one never decides
PROPOSE, DECIDE = "propose", "decide"
SHORTEST, MOST = 2, 500  # letters of a reason, recoveries of one run
MOST_PARTS, LONGEST_DAYS = 36, 366  # what is agreed beyond is a slip of the pen

CLAIMED = _(
    "%(amount)s yuan of the relief for report %(number)s is to be given back: %(words)s The first part, %(first)s"
    " yuan, by %(day)s. If this is not right, say so under “Grievances”."
)
BACK = _("%(amount)s yuan of the relief for report %(number)s came back from you. %(left)s yuan is left.")
ALL_BACK = _("%(amount)s yuan of the relief for report %(number)s came back from you. You owe nothing more.")
WAIVED = _("%(amount)s yuan of the relief for report %(number)s is not asked of you any more: %(why)s")
LATE = _(
    "%(amount)s yuan of the relief for report %(number)s was to be given back by %(day)s and is not here yet. If you "
    "cannot pay, call the bureau."
)


NEVER_PAID = _(
    "The relief for report %(number)s, %(amount)s yuan, is not paid: %(words)s If this is not right, say so under "
    "“Grievances”."
)


class NothingToClaimBack(DomainError):
    code = "nothing_to_claim_back"
    message = _("Nothing of this award can be claimed back: it has not arrived, or is claimed back already.")


class MoreThanWasPaid(BadValue):
    code = "more_than_was_paid"

    def __init__(self, left_fen: int) -> None:
        super().__init__(
            gettext("At most %(left)s yuan of this award can still be claimed back.") % {"left": yuan(left_fen)}
        )


class OnlyWhole(BadValue):
    code = "only_whole"
    message = _("This award has not left for the bank. It is taken back whole, in one part.")


class InABatch(DomainError):
    code = "award_in_a_batch"
    message = _("This award stands in a batch. Finance dissolves the batch first; then decide.")


class RecoveryIsOpen(DomainError):
    code = "recovery_is_open"
    message = _("This award is being claimed back already. Open it to see where it stands.")


class MoreThanIsLeft(BadValue):
    code = "more_than_is_left"

    def __init__(self, left_fen: int) -> None:
        super().__init__(
            gettext("Only %(left)s yuan is still to be given back. Write that much at most.") % {"left": yuan(left_fen)}
        )


class ReceiptWaits(DomainError):
    code = "receipt_waits"
    message = _("Something written before still waits for its second person. It is confirmed or struck out first.")


class VoucherUsed(DomainError):
    code = "recovery_voucher_used"
    message = _("This voucher already stands for other money that came back. Look at its number again.")


@transaction.atomic
def propose(
    claim: LossClaim,
    *,
    reason: str,
    words: str,
    amount_fen: int,
    first_on: dt.date,
    parts: int,
    by: User,
    at: dt.datetime,
) -> ReliefRecovery:
    """Propose to claim paid relief back, in equal parts a month apart; somebody without a hand in it decides."""
    claim, words = lock(claim), words.strip()
    award = Award.objects.filter(claim=claim).first()
    if award is not None and is_open(award):
        raise RecoveryIsOpen
    if award is None or claimable_fen(award) < 1:
        raise NothingToClaimBack
    if reason not in RecoveryReason.values:
        raise BadValue(_("Say why the money is claimed back."))
    if len(words) < SHORTEST:
        raise BadValue(_("Write what happened, in plain words. The household reads it."))
    if not 1 <= amount_fen <= claimable_fen(award):
        raise MoreThanWasPaid(claimable_fen(award))
    if not 1 <= parts <= min(MOST_PARTS, amount_fen):
        raise BadValue(_("It is given back in 1 to 36 parts."))
    if never_left(award) and (amount_fen, parts) != (award.amount_fen, 1):
        raise OnlyWhole
    today = clock.county_day(at)
    if not today < first_on <= today + dt.timedelta(days=LONGEST_DAYS):
        raise BadValue(_("Choose a first day after today, within a year."))
    row = ReliefRecovery(
        award=award, reason=reason, words=words[:300], amount_fen=amount_fen, proposed_by=by, proposed_at=at
    ).begin(by=by, at=at)
    take_part(row.reference, PROPOSE, by=by, at=at)
    RecoveryInstalment.objects.bulk_create(
        RecoveryInstalment(recovery=row, number=number, due_on=due_on, amount_fen=fen)
        for number, (due_on, fen) in enumerate(plan(amount_fen, first_on, parts), start=1)
    )
    events.record("claim.recovery_proposed", claim.reference, by=by, at=at, amount_fen=amount_fen)
    return row


def plan(amount_fen: int, first_on: dt.date, parts: int) -> list[tuple[dt.date, int]]:
    """Return the days and the sums of equal parts, one a month; the last one bears what does not divide."""
    each = amount_fen // parts
    sums = [each] * (parts - 1) + [amount_fen - each * (parts - 1)]
    return [(_months_after(first_on, number), fen) for number, fen in enumerate(sums)]


def _months_after(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@transaction.atomic
def decide(row: ReliefRecovery, *, claimed: bool, words: str, by: User, at: dt.datetime) -> ReliefRecovery:
    """Decide as somebody without a hand in the claim whether the money is claimed back; the household is told."""
    claim = lock(LossClaim.objects.get(pk=row.award.claim_id))
    row, words = lock(row), words.strip()
    if len(words) < SHORTEST:
        raise BadValue(_("Write why, in plain words."))
    take_part(row.reference, DECIDE, by=by, at=at)
    take_part(claim.reference, DECIDES, by=by, at=at)
    row.decided_by, row.decided_at, row.answer = by, at, words[:300]
    status = RecoveryStatus.CLAIMED if claimed else RecoveryStatus.REJECTED
    row.move_to(status, by=by, at=at, note=words[:200], along=("decided_by", "decided_at", "answer"))
    if claimed and never_left(row.award):
        _keep(row, claim, by=by, at=at)
    elif claimed:
        first = row.instalments.order_by("number")[0]
        values = {"words": row.words, "first": yuan(first.amount_fen), "day": lambda: day_words(first.due_on)}
        tell(claim, "recovered", CLAIMED, at=at, amount=yuan(row.amount_fen), **values)
    return row


def _keep(row: ReliefRecovery, claim: LossClaim, *, by: User, at: dt.datetime) -> None:
    """Let the scheme have again what never left; the payee's account is locked, as by whoever begins a payment."""
    payable = row.award.payable
    transfers.lock_accounts([payable.account_id])
    if is_being_paid(payable.pk):
        raise InABatch
    receipt = RecoveryReceipt(
        recovery=row,
        how=ReceiptHow.NEVER_LEFT,
        amount_fen=row.amount_fen,
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
    ).begin(by=row.proposed_by, at=at)
    receipt.decided_by, receipt.decided_at = by, at
    receipt.move_to(ReceiptStatus.CONFIRMED, by=by, at=at, along=("decided_by", "decided_at"))
    transfers.transfer(
        reference=receipt.reference,
        debit_id=payable.account_id,
        credit_id=claim.scheme.account_id,
        amount_fen=row.amount_fen,
        at=at,
    )
    row.move_to(RecoveryStatus.PAID, by=by, at=at)
    tell(claim, "never_paid", NEVER_PAID, at=at, amount=yuan(row.amount_fen), words=row.words)


@transaction.atomic
def receive(row: ReliefRecovery, *, amount_fen: int, voucher_number: str, by: User, at: dt.datetime) -> RecoveryReceipt:
    """Write down money that came back by bank, with the number of the voucher; a second person confirms it."""
    voucher_number = voucher_number.strip()[:40]
    if not voucher_number:
        raise BadValue(_("Write the number of the bank's voucher."))
    return _write(row, ReceiptHow.PAID_BACK, amount_fen, voucher_number=voucher_number, by=by, at=at)


@transaction.atomic
def waive(row: ReliefRecovery, *, how: str, why: str, by: User, at: dt.datetime) -> RecoveryReceipt:
    """Propose that the rest is not asked for any more, with words that the household reads."""
    if how not in WAIVERS:
        raise BadValue(_("Say why the rest is waived."))
    why = why.strip()[:200]
    if len(why) < SHORTEST:
        raise BadValue(_("Write why, in plain words. The second person and the household read it."))
    left = standing_of(lock(row), clock.county_day(at)).left_fen
    return _write(row, how, left, why=why, by=by, at=at)


def _write(
    row: ReliefRecovery, how: str, amount_fen: int, *, by: User, at: dt.datetime, **said: str
) -> RecoveryReceipt:
    row = lock(row)
    if row.status != RecoveryStatus.CLAIMED:
        raise IllegalMove
    if row.receipts.filter(status=ReceiptStatus.PROPOSED).exists():
        raise ReceiptWaits
    left = standing_of(row, clock.county_day(at)).left_fen
    if not 1 <= amount_fen <= left:
        raise MoreThanIsLeft(left)
    receipt = RecoveryReceipt(recovery=row, how=how, amount_fen=amount_fen, proposed_by=by, proposed_at=at, **said)
    try:
        with transaction.atomic():
            receipt.begin(by=by, at=at)
    except IntegrityError as twice:
        if "recovery_voucher_once" not in str(twice):
            raise
        raise VoucherUsed from None
    take_part(receipt.reference, PROPOSE, by=by, at=at)
    return receipt


@transaction.atomic
def confirm(receipt: RecoveryReceipt, *, by: User, at: dt.datetime) -> RecoveryReceipt:
    """Confirm as the second person: money that came back is the scheme's again, or the rest is waived."""
    row = lock(ReliefRecovery.objects.get(pk=receipt.recovery_id))
    receipt = _decide(receipt, ReceiptStatus.CONFIRMED, by=by, at=at)
    claim = LossClaim.objects.select_related("scheme").get(pk=row.award.claim_id)
    left = standing_of(row, clock.county_day(at)).left_fen
    amount = yuan(receipt.amount_fen)
    if receipt.how == ReceiptHow.PAID_BACK:
        transfers.transfer(
            reference=receipt.reference,
            debit_id=claim.scheme.bank_account_id,
            credit_id=claim.scheme.account_id,
            amount_fen=receipt.amount_fen,
            at=at,
        )
        tell(claim, "given_back", BACK if left else ALL_BACK, at=at, amount=amount, left=yuan(left))
    else:
        tell(claim, "recovery_waived", WAIVED, at=at, amount=amount, why=receipt.why)
    if not left:
        ended = RecoveryStatus.PAID if receipt.how == ReceiptHow.PAID_BACK else RecoveryStatus.WAIVED
        row.move_to(ended, by=by, at=at)
    return receipt


@transaction.atomic
def strike(receipt: RecoveryReceipt, *, why: str, by: User, at: dt.datetime) -> RecoveryReceipt:
    """Strike out, as the second person, what was written; it is owed as before."""
    lock(ReliefRecovery.objects.get(pk=receipt.recovery_id))
    if len(why.strip()) < SHORTEST:
        raise BadValue(_("Write why it does not stand so. The first person reads it."))
    return _decide(receipt, ReceiptStatus.REJECTED, by=by, at=at, note=why.strip()[:200])


def _decide(
    receipt: RecoveryReceipt, status: ReceiptStatus, *, by: User, at: dt.datetime, note: str = ""
) -> RecoveryReceipt:
    receipt = lock(receipt)
    if receipt.status != ReceiptStatus.PROPOSED:
        raise IllegalMove
    take_part(receipt.reference, DECIDE, by=by, at=at)
    receipt.decided_by, receipt.decided_at = by, at
    return receipt.move_to(status, by=by, at=at, note=note, along=("decided_by", "decided_at"))


def remind(*, at: dt.datetime) -> int:
    """Remind households of parts whose day has passed, once for each part."""
    keys = list(late_instalments(clock.county_day(at)).values_list("pk", flat=True)[:MOST])
    return sum(_remind(key, at) for key in keys)


@transaction.atomic
def _remind(key: int, at: dt.datetime) -> bool:
    part = late_instalments(clock.county_day(at)).select_for_update(of=("self",)).filter(pk=key).first()
    if part is None:
        return False
    part.reminded_at = at
    part.save(update_fields=["reminded_at"])
    row = part.recovery
    due = sum(one.amount_fen for one in row.instalments.filter(number__lte=part.number))
    now = standing_of(row, clock.county_day(at))
    late_fen = min(part.amount_fen, due - now.back_fen - now.waived_fen)
    if late_fen < 1:
        return False
    claim = LossClaim.objects.get(pk=row.award.claim_id)
    tell(claim, "recovery_late", LATE, at=at, amount=yuan(late_fen), day=lambda: day_words(part.due_on))
    return True
