"""Relief claimed back: what of an award still can be, how much of it came back, what is late, who sees it."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Sum

from accounts.models import Role, User
from accounts.selectors import households_tied_to, standing
from accounts.selectors.grievances import heads_bureau
from ledger.selectors import arrived_fen, sent_ever
from losses.models import (
    IS_BACK,
    Award,
    LossClaim,
    ReceiptHow,
    ReceiptStatus,
    RecoveryInstalment,
    RecoveryReceipt,
    RecoveryStatus,
    ReliefRecovery,
)

VILLAGE = "award__claim__household__village_id"
STOPPING = (RecoveryStatus.PROPOSED, RecoveryStatus.CLAIMED, RecoveryStatus.PAID)


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a recovery came back, is waived and is still owed, and how much of it is past its day."""

    back_fen: int
    waived_fen: int
    left_fen: int
    late_fen: int


def recoveries_seen_by(user: User) -> QuerySet[ReliefRecovery]:
    """Return what is claimed back: to bureau, finance and auditor of the area; to a household what was decided."""
    who = standing(user)
    area = who.within(VILLAGE, Role.BUREAU_APPROVER, Role.FINANCE_MAKER, Role.FINANCE_CHECKER, Role.AUDITOR)
    own = Q(award__claim__household__in=who.households) & ~Q(status__in=[RecoveryStatus.PROPOSED, "rejected"])
    rows = ReliefRecovery.objects.all() if heads_bureau(who) else ReliefRecovery.objects.filter(area | own)
    rows = rows.select_related(
        "award__claim__household__head",
        "award__claim__household__village",
        "award__claim__scheme",
        "award__claim__rate__produce",
        "proposed_by__person",
        "decided_by__person",
    )
    receipts = RecoveryReceipt.objects.select_related("proposed_by__person", "decided_by__person").order_by("pk")
    return rows.prefetch_related(
        Prefetch("instalments", RecoveryInstalment.objects.order_by("number"), to_attr="plan"),
        Prefetch("receipts", receipts, to_attr="written"),
    )


def recoveries_to_decide(user: User) -> QuerySet[ReliefRecovery]:
    """Return what of relief claimed back waits for this person's second hand, the oldest first."""
    who = standing(user)
    bureau, finance = Q(pk__in=[]), Q(award__claim__scheme__payer__in=who.organisations(Role.FINANCE_CHECKER))
    if heads_bureau(who):
        bureau = Q()
    elif who.has(Role.BUREAU_APPROVER):
        bureau = who.within(VILLAGE, Role.BUREAU_APPROVER)
    written = RecoveryReceipt.objects.filter(recovery=OuterRef("pk"), status=ReceiptStatus.PROPOSED)
    written = written.exclude(proposed_by__person=user.person_id)
    back = finance & Exists(written.filter(how=ReceiptHow.PAID_BACK))
    waived = bureau & Exists(written.exclude(how=ReceiptHow.PAID_BACK))
    proposed = bureau & Q(status=RecoveryStatus.PROPOSED) & ~Q(proposed_by__person=user.person_id)
    return ReliefRecovery.objects.filter(proposed | back | waived).order_by("pk")


def taken_back() -> QuerySet[ReliefRecovery]:
    """Return what took an award, as OuterRef, back before it left for the bank."""
    back = RecoveryReceipt.objects.filter(how=ReceiptHow.NEVER_LEFT, status=ReceiptStatus.CONFIRMED)
    return ReliefRecovery.objects.filter(Exists(back.filter(recovery=OuterRef("pk"))), award=OuterRef("pk"))


def was_taken_back(award: Award) -> bool:
    """Return whether an award was taken back before it left for the bank."""
    return Award.objects.filter(Exists(taken_back()), pk=award.pk).exists()


def open_award(claim: LossClaim) -> Award | None:
    """Return the award of a claim of which something can still be claimed back, and nothing is being claimed."""
    award = Award.objects.filter(claim=claim).first()
    return award if award is not None and claimable_fen(award) > 0 and not is_open(award) else None


def claimable_fen(award: Award) -> int:
    """Return how much of an award arrived, or all of it while it has not left, and is not claimed back yet."""
    claimed = award.recoveries.exclude(status=RecoveryStatus.REJECTED).aggregate(fen=Sum("amount_fen"))["fen"]
    there = award.amount_fen if never_left(award) else arrived_fen(award.payable_id)
    return there - (claimed or 0)


def never_left(award: Award) -> bool:
    """Return whether no payment of an award was ever sent to the bank."""
    return not sent_ever(award.payable_id)


def is_open(award: Award) -> bool:
    """Return whether something of an award is being claimed back now."""
    return award.recoveries.filter(status__in=[RecoveryStatus.PROPOSED, RecoveryStatus.CLAIMED]).exists()


def plan_of(row: ReliefRecovery) -> list[RecoveryInstalment]:
    """Return the parts of a recovery in their order."""
    return row.plan if hasattr(row, "plan") else list(row.instalments.order_by("number"))


def receipts_of(row: ReliefRecovery) -> list[RecoveryReceipt]:
    """Return what was written of money that came back or is waived, oldest first."""
    return row.written if hasattr(row, "written") else list(row.receipts.order_by("pk"))


def open_receipt(row: ReliefRecovery) -> RecoveryReceipt | None:
    """Return what waits for its second person."""
    return next((one for one in receipts_of(row) if one.status == ReceiptStatus.PROPOSED), None)


def standing_of(row: ReliefRecovery, day: dt.date) -> Standing:
    """Return what of a recovery came back, is waived and is still owed on a day."""
    done = [one for one in receipts_of(row) if one.status == ReceiptStatus.CONFIRMED]
    back = sum(one.amount_fen for one in done if one.how in IS_BACK)
    waived = sum(one.amount_fen for one in done if one.how not in IS_BACK)
    left = 0 if row.status in (RecoveryStatus.PROPOSED, RecoveryStatus.REJECTED) else row.amount_fen - back - waived
    due = sum(part.amount_fen for part in plan_of(row) if part.due_on < day)
    return Standing(back, waived, left, min(left, max(0, due - back - waived)))


def late_instalments(day: dt.date) -> QuerySet[RecoveryInstalment]:
    """Return the parts of what is claimed whose day has passed and of which nobody was reminded."""
    rows = RecoveryInstalment.objects.filter(due_on__lt=day, reminded_at=None, recovery__status=RecoveryStatus.CLAIMED)
    return rows.order_by("due_on", "pk")


def stops_payment() -> Exists:
    """Say of a payable that it is claimed back, so that it is not paid anew if the bank sends it back."""
    return Exists(ReliefRecovery.objects.filter(award__payable=OuterRef("pk"), status__in=STOPPING))


def tied_recoveries(documents: Collection[str], stage: str, by: User) -> set[str]:
    """Return those of these recoveries and receipts whose household is this person's or tied to it."""
    tied = households_tied_to(by)
    barred = set()
    for kind, where in ((ReliefRecovery, "award"), (RecoveryReceipt, "recovery__award")):
        numbers = [int(name.partition(":")[2]) for name in documents if name.startswith(f"{kind.REFERENCE}:")]
        if numbers:
            rows = kind.objects.filter(pk__in=numbers, **{f"{where}__claim__household__in": tied})
            barred |= {row.reference for row in rows.only("pk")}
    return barred
