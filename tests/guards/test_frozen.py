"""Columns that never change once they are written: each is tried alone, by the owner, whom no grant stops."""

import pytest

from accounts.models import Dispute, Grievance, RegisterFile, RegisterFileRow
from canteens.models import (
    ApprovalDeputy,
    BudgetChange,
    Fund,
    PlanGoods,
    PurchasePlan,
    SignedLine,
    SignedList,
    UnionList,
)
from catalog.models import Listing, Paper, PlotSeason, Recognition
from kernel.entering import entering
from ledger.models import Account, Heir, Payment, PayoutBatch
from losses.models import (
    CallBack,
    LossAppeal,
    LossClaim,
    LossNotice,
    RecoveryInstalment,
    RecoveryReceipt,
    Reinspection,
    ReliefRecovery,
    ReliefScheme,
    SchemeMoney,
    SchemePaper,
    SchemeRate,
    Visit,
)
from orders.models import Allocation, FundFile, KeptPlan, PurchaseOrder, ReadLink
from produce.models import ProduceChange
from records.models import MassReading, Objection, PhotoLook, PublicNotice, RefusedTry
from registers.models import RegisterChange, RegisterChangeRow
from tests.factories import MONDAY
from tests.guards.cases import owns
from tests.guards.rows import a_row, another, as_owner, force, refused_by


def all_but(model, *free: str) -> list[str]:
    return [field.name for field in model._meta.local_fields if field.name not in free]


SCHEME_KEEPS = ["id", "code", "account", "source_account", "bank_account"]
FROZEN = {
    "fund_stays": (Fund, ["organisation", "kind", "fiscal_year", "account", "source_account"]),
    "budget_stays": (BudgetChange, ["fund", "amount_fen", "document_number", "by", "at"]),
    "purchase_plan_stays": (PurchasePlan, all_but(PurchasePlan, "id", *PurchasePlan.CHANGES)),
    "plan_goods_stay": (PlanGoods, all_but(PlanGoods, "id", *PlanGoods.CHANGES)),
    "identity_stays": (Account, ["code", "kind", "guarded"]),
    "signed_list_stays": (SignedList, ["plan", "goods", "by", "at"]),
    "line_as_written": (SignedLine, ["list", "number", "member", "name_sealed"]),
    "union_list_stays": (UnionList, ["organisation", "on", "document_number", "size", "by", "at"]),
    "totals_stay": (PayoutBatch, ["number", "payer", "maker", "lines", "total_fen"]),
    "payment_frozen": (
        Payment, ["payable", "method", "snapshot", "amount_fen", "batch", "line_no", "line_reference", "maker"],
    ),
    "published_scheme_stays": (ReliefScheme, all_but(ReliefScheme, "status", *SCHEME_KEEPS)),
    "scheme_keeps_its_code": (ReliefScheme, SCHEME_KEEPS),
    "rate_stays": (SchemeRate, all_but(SchemeRate, "struck_on")),
    "money_stays": (SchemeMoney, all_but(SchemeMoney, "struck_on")),
    "asked_paper_stays": (SchemePaper, all_but(SchemePaper, "struck_on")),
    "claim_stays": (
        LossClaim,
        ["number", "report", "line", "scheme", "rate", "household", "listing", "plot_season", "sale",
         "reference_fen", "per_fen", "per_g", "cause", "filed_by"],
    ),
    "call_stays": (CallBack, ["draw", "claim", "at", "call_by_at"]),
    "reinspection_stays": (Reinspection, ["draw", "award", "why", "at", "due_at"]),
    "heir_stays": (Heir, all_but(Heir, "id", *Heir.CHANGES)),
    "appeal_stays": (LossAppeal, ["claim", "words", "by", "by_proxy", "at"]),
    "look_stays": (PhotoLook, ["ties"]),
    "relief_recovery_stays": (
        ReliefRecovery, ["award", "reason", "words", "amount_fen", "proposed_by", "proposed_at"],
    ),
    "instalment_stays": (RecoveryInstalment, ["recovery", "number", "due_on", "amount_fen"]),
    "recovery_receipt_stays": (
        RecoveryReceipt,
        ["recovery", "how", "amount_fen", "voucher_number", "why", "proposed_by", "proposed_at"],
    ),
    "loss_notice_stays": (LossNotice, all_but(LossNotice, *LossNotice.CHANGES)),
    "order_stays": (
        PurchaseOrder,
        ["number", "buyer", "fund", "purchase_plan", "kitchen", "requester", "deliver_on", "held_fen",
         "judged_fen", "needs_approval", "approval_persons", "transport_payer", "transport_permille", "transport_fen"],
    ),
    "deputy_stays": (ApprovalDeputy, all_but(ApprovalDeputy, "id", "to_on")),
    "allocation_stays": (
        Allocation, all_but(Allocation, "id", "status"),
    ),
    "frozen": (PublicNotice, all_but(PublicNotice, "status")),
    "words_stay": (Objection, ["number", "line", "words_sealed", "contact_sealed", "at", "due_at"]),
    "proposal_stays": (ProduceChange, ["produce", "becomes", "reason", "proposed_by", "at"]),
    "lot_stays": (
        Listing,
        [
            "number", "household", "cooperative", "produce", "stock_unit", "piece_g", "listed", "made_by",
            "payee_account",
        ],
    ),
    "kept_plan_stays": (KeptPlan, all_but(KeptPlan, *KeptPlan.CHANGES)),
    "fund_file_stays": (FundFile, ["fund", "first_on", "last_on", "by", "at"]),
    "read_link_stays": (ReadLink, ["code", "fund", "first_on", "last_on", "until_on", "by", "at"]),
    "paper_stays": (Paper, all_but(Paper, "status")),
    "grievance_stays": (Grievance, all_but(Grievance, *Grievance.CHANGES)),
    "dispute_stays": (Dispute, all_but(Dispute, *Dispute.CHANGES)),
    "register_file_stays": (RegisterFile, all_but(RegisterFile, "status", "decided_by", "decided_at")),
    "register_change_stays": (RegisterChange, all_but(RegisterChange, "status", "decided_by", "decided_at")),
    "register_change_row_stays": (RegisterChangeRow, all_but(RegisterChangeRow, "waits")),
    "register_file_row_stays": (RegisterFileRow, all_but(RegisterFileRow)),
    "recognition_stays": (Recognition, all_but(Recognition, "to_on")),
    "plot_season_stays": (
        PlotSeason, all_but(PlotSeason, "superseded_at", "contracted_g", "listed_g", "claimed_g"),
    ),
    "refused_try_stays": (RefusedTry, all_but(RefusedTry, "times")),
    "mass_reading_stays": (MassReading, all_but(MassReading, "asked_by", "asked_at", "answer")),
}  # fmt: skip


def refuses_other_values(row, trigger: str, columns: list[str]) -> None:
    """Write another value into each of these columns alone, and hear this trigger refuse it."""
    model = type(row)
    for name in columns:
        field = model._meta.get_field(name)
        with refused_by(f"{model._meta.db_table}.{trigger}"), as_owner():
            model._base_manager.filter(pk=row.pk).update(**{name: another(field, getattr(row, field.attname))})


@pytest.mark.parametrize(
    ("trigger", "model", "columns"),
    [
        owns(f"trigger {model._meta.db_table}.{trigger}", trigger, model, columns)
        for trigger, (model, columns) in FROZEN.items()
    ],
)
def test_what_was_agreed_on_stays(trigger, model, columns):
    refuses_other_values(a_row(model), trigger, columns)


@pytest.mark.parametrize("status", ["published", "closed"])
def test_what_a_scheme_says_stays_once_it_is_published_and_not_before(status):
    scheme = a_row(ReliefScheme, status="draft")
    with as_owner(), entering("test:1"):
        assert ReliefScheme.objects.filter(pk=scheme.pk).update(name="改", most_claims=2, tiers=["lifted"]) == 1
    force(scheme, status=status)

    refuses_other_values(scheme, "published_scheme_stays", all_but(ReliefScheme, "status", *SCHEME_KEEPS))
    refuses_other_values(scheme, "scheme_keeps_its_code", SCHEME_KEEPS)


def test_a_draft_keeps_its_code_and_its_accounts():
    refuses_other_values(a_row(ReliefScheme, status="draft"), "scheme_keeps_its_code", SCHEME_KEEPS)


@pytest.mark.parametrize(
    "model",
    [
        owns(f"trigger {model._meta.db_table}.struck_in_a_draft", model)
        for model in (SchemeRate, SchemePaper, SchemeMoney)
    ],
)
def test_a_part_of_the_rules_is_struck_once_and_out_of_a_draft_alone(model):
    row = a_row(model)
    for status in ("published", "closed"):
        force(row.scheme, status=status)
        refuses_other_values(row, "struck_in_a_draft", ["struck_on"])
    force(row.scheme, status="draft")
    with as_owner(), entering("test:1"):
        assert model.objects.filter(pk=row.pk).update(struck_on=MONDAY.date()) == 1

    refuses_other_values(row, "struck_in_a_draft", ["struck_on"])
    assert not model.objects.filter(pk=row.pk).exists()


@pytest.mark.guard("trigger losses_visit.draw_stays")
def test_who_was_drawn_for_a_visit_stays_before_anybody_has_signed():
    visit = a_row(Visit)
    force(visit, first_signed_at=None, second_signed_at=None)

    refuses_other_values(visit, "draw_stays", ["claim", "round", "first", "second", "seed", "drawn_at"])


@pytest.mark.guard("trigger losses_visit.redrawn_visit_stays")
def test_a_visit_in_whose_place_another_came_stays():
    visit = a_row(Visit)
    said = {"fell_why": "ill", "redrawn_by": visit.second, "redrawn_at": MONDAY, "fell_out": visit.first}
    force(visit, second_signed_at=None, **said)

    refuses_other_values(visit, "redrawn_visit_stays", ["found", "why", "first_signed_at", "fell_note", "redrawn_at"])


@pytest.mark.guard("trigger losses_visit.signed_visit_stays")
def test_a_visit_that_two_have_signed_stays():
    visit = a_row(Visit, second_signed_at__isnull=False)

    refuses_other_values(visit, "signed_visit_stays", ["found", "why", "signed", "first_signed_at", "second_signed_at"])


@pytest.mark.guard("trigger losses_recoveryinstalment.reminded_once")
def test_a_part_is_reminded_of_once():
    part = a_row(RecoveryInstalment)
    force(part, reminded_at=MONDAY)
    refuses_other_values(part, "reminded_once", ["reminded_at"])
