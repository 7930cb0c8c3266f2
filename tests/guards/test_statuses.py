"""Every document begins in its first status and moves along legal edges, whatever path leads to the table."""

import itertools

import pytest
from django.apps import apps
from django.db import DatabaseError, transaction

from accounts.models import Dispute, Grievance, RegisterFile, User
from canteens.models import UNDECIDED, BudgetChange, PurchasePlan, SignedList, UnionList
from catalog.models import Listing, Paper
from kernel.workflow import Workflow
from ledger.models import Contradiction, FrozenBatch, Heir, PayeeSnapshot, Payment, PayoutBatch, Restore, ReturnCase
from losses.models import (
    MOST_LINES,
    CallBack,
    LossAppeal,
    LossClaim,
    LossNotice,
    RecoveryReceipt,
    Reinspection,
    ReliefRecovery,
    ReliefScheme,
    SampleDraw,
)
from orders.models import (
    Allocation,
    Complaint,
    GoodsReceipt,
    GoodsReturn,
    Invoice,
    KeptPlan,
    OrderLine,
    PurchaseOrder,
    RecoveryEnd,
)
from produce.models import ProduceChange
from records.models import Objection, PublicNotice
from registers.models import Duplicate, RegisterChange
from tests.factories import FRIDAY
from tests.guards.cases import owns
from tests.guards.rows import a_row, force, name_of, refused_by, twin

DOCUMENTS = [
    Allocation, BudgetChange, CallBack, Complaint, Contradiction, Dispute, Duplicate, FrozenBatch, GoodsReceipt,
    GoodsReturn, Grievance, Heir, Invoice, KeptPlan, Listing,
    LossAppeal, LossClaim, LossNotice,
    Objection, Paper, Payment, PayoutBatch, ProduceChange, PublicNotice, PurchaseOrder, PurchasePlan, UnionList,
    RegisterChange, SignedList,
    RecoveryEnd, RecoveryReceipt, RegisterFile, Reinspection, ReliefRecovery, ReliefScheme, Restore, ReturnCase,
]  # fmt: skip
# Of several rows the one that may stand anywhere: one list of a union waits at a time.
WHICH = {UnionList: {"status": "proposed"}}
# Decided by somebody, at a time.
DECIDED_AT = (BudgetChange, RecoveryEnd, RecoveryReceipt, RegisterChange, RegisterFile, ReliefRecovery)


def under(trigger: str):
    return [owns(f"trigger {model._meta.db_table}.{trigger}", model) for model in DOCUMENTS]


def another(row) -> User:
    """Return somebody whom the row does not name."""
    named = [getattr(row, field.attname) for field in row._meta.fields if field.related_model is User]
    return User.objects.exclude(pk__in=[key for key in named if key is not None]).order_by("pk").last()


def along(row, status) -> dict:
    """Return the columns that must go with a status: what waits for a second person, or was decided by one."""
    model, somebody = type(row), None if status == "proposed" else another(row)
    if model is Dispute:
        return answered(row, status)
    if model is Grievance:
        return looked_into(row, status)
    if model is GoodsReturn:
        return sent_back(status)
    if model is Complaint:
        return complained(status)
    if model is CallBack:
        return called(row, status)
    if model is Reinspection:
        return looked_at_again(row, status)
    if model is LossAppeal:
        return appealed(row, status)
    if model is LossNotice:
        return {"claim": LossClaim.objects.filter(early=None).first() if status == "claimed" else None}
    if model is LossClaim:
        return not_drawn(row)
    if model is KeptPlan:
        return given_up(status)
    if model is PurchaseOrder:
        return {"answer_by_at": FRIDAY, "dispatch_by_at": FRIDAY}
    if model is Heir:
        return inherited(row, status)
    if model is Duplicate:
        return {"decided_at": None if status == "open" else FRIDAY}
    if model is Invoice:
        return judged(row, status) | {"differences": 0}
    if model is PurchasePlan:
        return planned(row, status)
    if model is UnionList:
        return listed(row, status)
    if model is SignedList:
        return signed_off(row, status)
    if model in DECIDED_AT:
        return {"decided_by": somebody, "decided_at": None if somebody is None else FRIDAY}
    return {"produce": None, "decided_by": somebody} if model is ProduceChange else {}


def planned(row, status) -> dict:
    """Return who decided a purchase plan with this status and when; one that ended was shown to all in vain."""
    if status == "ended":
        return {"decided_by": None, "decided_at": row.due_at, "shown_at": row.at}
    open_yet = status in UNDECIDED
    return {"decided_by": None if open_yet else another(row), "decided_at": None if open_yet else FRIDAY}


def appealed(row, status) -> dict:
    """Return what stands of an appeal with this status: who decided it, and the claim that it opened."""
    decided = status in ("upheld", "dismissed")
    return {
        "answer": "看过了" if decided else "",
        "decided_by": another(row) if decided else None,
        "ended_at": None if status in ("open", "escalated") else FRIDAY,
        "anew": LossClaim.objects.filter(reopens=None).first() if status == "upheld" else None,
    }


def signed_off(row, status) -> dict:
    """Return what stands of a signed list with this status: who signed it off."""
    open_yet = status == "open"
    decided = {"decided_by": None if open_yet else another(row), "decided_at": None if open_yet else FRIDAY}
    return decided | {"explained": ""}


def of_something_else(row) -> dict:
    """Return what a second document like this one must be of: of a plan one signed list, of a report another line."""
    if isinstance(row, LossClaim):
        return {"report": row.report_id, "line": MOST_LINES}
    if not isinstance(row, SignedList):
        return {}
    return {"plan": PurchasePlan.objects.get(committee_record="15号").pk}


def listed(row, status) -> dict:
    """Return what stands of a list of members with this status: who decided it, and its names while it waits."""
    open_yet = status in ("proposed", "withdrawn")
    decided = {"decided_by": None if open_yet else another(row), "decided_at": None if open_yet else FRIDAY}
    return decided | {"content_sealed": "k:AA" if status == "proposed" else ""}


def inherited(row, status) -> dict:
    """Return what stands of an heir with this status: who confirmed it, and on which card it is paid."""
    confirmed = status == "confirmed"
    snapshot = PayeeSnapshot.objects.filter(heir=None).first() if confirmed else None
    return {"confirmed_by": another(row) if confirmed else None, "snapshot": snapshot}


def looked_at_again(row, status) -> dict:
    """Return what a re-inspection with this status says."""
    if status == "waiting":
        return {"outcome": "", "words": "", "by": None, "ended_at": None}
    if status == "missed":
        return {"outcome": "", "words": "", "by": None, "ended_at": FRIDAY}
    return {"outcome": "as_awarded", "words": "对的", "by": another(row), "ended_at": FRIDAY}


def called(row, status) -> dict:
    """Return what stands of a call with this status: who made it, and what was said."""
    said = status == "called"
    return {
        "outcome": "as_reported" if said else "", "words": "对的" if said else "", "by": another(row) if said else None,
        "ended_at": None if status == "waiting" else FRIDAY,
    }  # fmt: skip


def not_drawn(row) -> dict:
    """Let a draw of this claim not have picked it, so that it may go on without a visit."""
    said = {"village": row.household.village, "month": FRIDAY.date(), "regime": "normal", "percent": 50, "at": FRIDAY}
    draw, _new = SampleDraw.objects.get_or_create(claim=row, round=row.round, defaults={**said, "picked": False})
    force(draw, picked=False, percent=50, regime="normal")
    return {}


def given_up(status) -> dict:
    """Return what stands of a kept plan with this status."""
    line = OrderLine.objects.filter(kept_plan=None).first() if status == "ordered" else None
    return {"ended_at": None if status == "kept" else FRIDAY, "order_line": line}


def looked_into(row, status) -> dict:
    """Return what stands of a grievance with this status."""
    answered_so = status in ("upheld", "explained")
    return {
        "answer": "看过了" if answered_so else "", "answered_by": another(row) if answered_so else None,
        "ended_at": None if status in ("open", "escalated") else FRIDAY,
        "escalated_at": None if status == "open" else FRIDAY,
    }  # fmt: skip


def sent_back(status) -> dict:
    """Return what stands of a return with this status."""
    agreed = status == "agreed"
    return {
        "agreed_g": 1 if agreed else 0, "refund_fen": 0, "fate": "free" if agreed else "", "decide_by_at": FRIDAY,
        "ended_at": None if status in ("asked", "contested") else FRIDAY,
    }  # fmt: skip


def complained(status) -> dict:
    """Return what stands of a complaint with this status."""
    ended = None if status in ("raised", "offered", "county") else FRIDAY
    return {"agreed_g": 0, "agreed_fen": 0, "ended_at": ended}


def judged(row, status) -> dict:
    """Return what stands of an invoice with this status."""
    if status == "waiting":
        return {"decided_by": None, "decided_at": None, "words": ""}
    return {"decided_by": another(row), "decided_at": FRIDAY, "words": "看过了"}


def answered(row, status) -> dict:
    """Return what stands of a dispute with this status."""
    if status == "open":
        return {"answer": "", "answered_by": None, "answered_at": None}
    return {"answer": "看过了", "answered_by": another(row), "answered_at": FRIDAY}


def edges_taken(row) -> set[tuple[str, str]]:
    """Return the edges that the database lets the app role take, of all between two words."""
    model, taken = type(row), set()
    for before, after in itertools.permutations(model.MOVES, 2):
        try:
            with transaction.atomic():
                force(row, status=before, **along(row, before))
                model.objects.filter(pk=row.pk).update(status=after, **decision(row, after))
                transaction.set_rollback(True)
        except DatabaseError as refused:
            assert name_of(refused.__cause__.diag) == f"{model._meta.db_table}.status_edges", refused
        else:
            taken.add((before, after))
    return taken


def decision(row, after) -> dict:
    """Return what is written with a decision; also back on "proposed", which the edges refuse before any check."""
    model = type(row)
    if model is Invoice:
        return judged(row, after)
    if model in (
        CallBack,
        Complaint,
        Dispute,
        Duplicate,
        GoodsReturn,
        Grievance,
        Heir,
        KeptPlan,
        LossAppeal,
        LossNotice,
        PurchasePlan,
        Reinspection,
        SignedList,
        UnionList,
    ):
        return along(row, after)
    if model not in (*DECIDED_AT, ProduceChange):
        return {}
    by = {"decided_by": another(row)}
    return by | {"decided_at": FRIDAY} if model in DECIDED_AT else by


def test_every_document_is_here():
    assert set(DOCUMENTS) == {model for model in apps.get_models() if issubclass(model, Workflow)}


@pytest.mark.parametrize("model", under("status_edges"))
def test_only_legal_edges_are_taken(model):
    legal = {(before, after) for before, afters in model.MOVES.items() for after in afters}

    assert edges_taken(a_row(model, **WHICH.get(model, {}))) == legal


@pytest.mark.parametrize("model", under("first_status"))
def test_a_document_begins_in_its_first_status(model):
    row, (first, *later) = a_row(model), model.MOVES

    for status in later:
        with refused_by(f"{model._meta.db_table}.first_status"):
            model.objects.bulk_create([twin(row, status=status)])
    with transaction.atomic():
        model.objects.bulk_create([twin(row, status=first, **along(row, first), **of_something_else(row))])
        transaction.set_rollback(True)
