"""Rows that are written once and stay: no role changes, deletes or empties them, not even their owner."""

import pytest
from django.apps import apps
from django.db.models import F

from accounts.models import Consent, Dispute, Grievance, OpenSession, RegisterFile, RegisterFileRow
from canteens.models import (
    ApprovalDeputy,
    BudgetChange,
    CanteenSize,
    Kitchen,
    KitchenShare,
    Menu,
    MenuDay,
    MenuDish,
    MenuPart,
    PlanDraft,
    PlanGoods,
    PlanQuote,
    PlanRequirement,
    PurchasePlan,
    ShareDeclaration,
    ShareException,
    ShareReason,
    ShareReminder,
    ShareUnit,
    SignedLine,
    SignedList,
    SignedSheet,
    UnionAllowance,
    UnionList,
    UnionMember,
    UnionRule,
)
from catalog.models import Listing, Movement, NotServed, Paper, PriceChange, Recognition, Sanction, SellerPause
from ledger.models import (
    Account,
    AppliedReturn,
    BankReturn,
    BankReturnLine,
    BankStatement,
    CardShown,
    Payable,
    PayableOffset,
    PayeeAnswer,
    PayeeSnapshot,
    StatementEntry,
    Transfer,
)
from losses.models import (
    Award,
    AwardRelease,
    CallDraw,
    ClaimFigure,
    ClaimPaper,
    ClaimReport,
    ClaimRound,
    ClaimScore,
    Computation,
    OtherRelief,
    RecoveryInstalment,
    Rehearsal,
    RehearsalCell,
    RehearsalFall,
    RehearsalResult,
    ReinspectionDraw,
    SampleDraw,
    SchemeMoney,
    SchemePaper,
    SchemeRate,
    Visit,
)
from marketplace.management.commands.grant_app_role import changeable_columns, our_models
from orders.models import (
    Amendment,
    ApprovalStep,
    Arrival,
    Basket,
    Delivery,
    DeliveryLine,
    FundFile,
    HandOver,
    HandOverAnswer,
    HandOverEnd,
    InvoiceDifference,
    InvoiceLine,
    InvoiceStatement,
    KeptLot,
    KeptPlan,
    LimitReminder,
    LineTerms,
    OrderLine,
    OrderUnit,
    PaymentReminder,
    Rating,
    ReadLink,
    ReceiptLine,
    Recovery,
    SettlementStatement,
    StatementLine,
    TextAnswer,
    TripPrice,
)
from produce.models import Grade, PriceMedian, Produce, ProduceCategory, ProduceChange
from records.models import (
    Attachment,
    Event,
    Finding,
    HistorySeal,
    Job,
    MassReading,
    Move,
    NoticeLine,
    NoticeSignature,
    NumberLetter,
    Participation,
    PhotoLook,
    PhotoMatch,
    PhotoPoints,
    PhotoPrint,
    PolicyValue,
    Reading,
    RefusedTry,
    StoredFile,
    Trace,
)
from registers.models import Duplicate, RegisterChange, RegisterChangeRow
from selling.models import EntryRow, EntrySheet, ListingDraft
from tests.guards.cases import owns
from tests.guards.rows import a_row, as_owner, ask, refused_by

HISTORIES = [
    AppliedReturn, Attachment, Award, AwardRelease, BankReturn, BankReturnLine, BankStatement, CallDraw,
    CardShown, ClaimFigure, ClaimReport, ClaimRound, ClaimScore, ReinspectionDraw,
    ClaimPaper, Computation, Consent,
    Amendment, Arrival, Delivery, DeliveryLine, Event, HandOver, HandOverAnswer, HandOverEnd,
    CanteenSize,
    InvoiceDifference, InvoiceLine, InvoiceStatement,
    KeptLot, LineTerms, Move, Movement, NoticeLine, NoticeSignature, OrderLine, OrderUnit, Participation,
    Payable, PayableOffset,
    LimitReminder, PaymentReminder,
    PayeeAnswer, PayeeSnapshot, PhotoMatch, PhotoPoints, PhotoPrint,
    PlanQuote,
    PriceChange, Rating, ReceiptLine, Recovery,
    Menu, MenuDay, MenuDish, MenuPart,
    Rehearsal, RehearsalCell, RehearsalFall, RehearsalResult, SampleDraw,
    SellerPause,
    SettlementStatement, ShareDeclaration, ShareException, ShareReason, ShareReminder, SignedSheet,
    StatementEntry, StatementLine, StoredFile,
    TextAnswer, Trace, Transfer, TripPrice, UnionAllowance, HistorySeal, NumberLetter, Reading,
]  # fmt: skip
NEVER_DELETED = [
    Account,
    ApprovalDeputy,
    ApprovalStep,
    BudgetChange,
    PurchasePlan,
    Dispute,
    Duplicate,
    Finding,
    Grievance,
    KeptPlan,
    Kitchen,
    KitchenShare,
    Listing,
    MassReading,
    NotServed,
    OtherRelief,
    Paper,
    PhotoLook,
    PlanGoods,
    PlanRequirement,
    PolicyValue,
    ProduceChange,
    FundFile,
    ReadLink,
    Recognition,
    RecoveryInstalment,
    RefusedTry,
    RegisterChange,
    RegisterChangeRow,
    RegisterFile,
    Sanction,
    SchemeMoney,
    SchemePaper,
    SchemeRate,
    ShareUnit,
    SignedLine,
    SignedList,
    UnionList,
    UnionMember,
    UnionRule,
    Visit,
]
NEVER_EMPTIED = [
    *HISTORIES,
    Account,
    ApprovalDeputy,
    ApprovalStep,
    BudgetChange,
    PurchasePlan,
    Dispute,
    Duplicate,
    Finding,
    Grievance,
    KeptPlan,
    Kitchen,
    KitchenShare,
    Listing,
    MassReading,
    NotServed,
    OtherRelief,
    Paper,
    PhotoLook,
    PlanGoods,
    PlanRequirement,
    PolicyValue,
    ProduceChange,
    FundFile,
    ReadLink,
    RecoveryInstalment,
    RefusedTry,
    RegisterChange,
    RegisterChangeRow,
    RegisterFile,
    Sanction,
    SchemeMoney,
    SchemePaper,
    SchemeRate,
    ShareUnit,
    SignedLine,
    SignedList,
    UnionList,
    UnionMember,
    UnionRule,
    Visit,
]
OURS = our_models()
SOME_COLUMNS = {model._meta.db_table for model in OURS if changeable_columns(model) != []}
KEPT = [model for model in OURS if changeable_columns(model) is not None]
ADDED_TO = [model for model in KEPT if changeable_columns(model) == []]
CHANGED = [model for model in KEPT if changeable_columns(model)]
# Tables that tell nothing of what was done: work under way, the dictionary (told by its proposals), what is computed.
FREE = {
    Basket,
    EntryRow,
    EntrySheet,
    Grade,
    Job,
    ListingDraft,
    OpenSession,
    PlanDraft,
    PriceMedian,
    Produce,
    ProduceCategory,
    RegisterFileRow,
}


def under(trigger: str, models):
    return [owns(f"trigger {model._meta.db_table}.{trigger}", model) for model in models]


def withheld(verb: str, models):
    return [owns(f"grant no {verb} on {model._meta.db_table}", model._meta.db_table, verb) for model in models]


def columns_of(model) -> set[str]:
    return {field.column for field in model._meta.local_fields}


def test_every_model_that_calls_itself_history_is_here():
    assert set(HISTORIES) == {model for model in apps.get_models() if getattr(model, "HISTORY", False)}


def test_only_what_tells_nothing_may_be_rewritten():
    assert set(OURS) - set(KEPT) == FREE


@pytest.mark.parametrize("told", [{}, {"HISTORY": True, "FREE": True}, {"CHANGES": ("kind",), "FREE": True}])
def test_a_table_that_does_not_say_what_may_become_of_its_rows_gets_no_grants(told):
    model = type("Unsaid", (), {"_meta": Event._meta, **told})

    with pytest.raises(LookupError, match=r"records\.Event must say one of"):
        changeable_columns(model)


@pytest.mark.parametrize("model", under("append_only", HISTORIES))
def test_not_even_the_owner_changes_or_deletes_history(model):
    row, key = a_row(model), model._meta.pk.name

    with refused_by(f"{model._meta.db_table}.append_only"), as_owner():
        model._base_manager.filter(pk=row.pk).update(**{key: F(key)})
    with refused_by(f"{model._meta.db_table}.append_only"), as_owner():
        model._base_manager.filter(pk=row.pk)._raw_delete(using="default")


@pytest.mark.parametrize("model", under("no_delete", NEVER_DELETED))
def test_not_even_the_owner_deletes_what_others_stand_on(model):
    row = a_row(model)

    with refused_by(f"{model._meta.db_table}.no_delete"), as_owner():
        model._base_manager.filter(pk=row.pk)._raw_delete(using="default")


@pytest.mark.parametrize("model", under("no_truncate", NEVER_EMPTIED))
def test_not_even_the_owner_empties_the_table(model):
    table = model._meta.db_table

    with refused_by(f"{table}.no_truncate"), as_owner() as cursor:
        cursor.execute(f'TRUNCATE "{table}" CASCADE')


@pytest.mark.parametrize(
    ("table", "verb"),
    [*withheld("UPDATE", ADDED_TO), *withheld("DELETE", KEPT), *withheld("TRUNCATE", OURS)],
)
def test_the_app_role_may_add_to_the_table_and_not_do_that(table, verb):
    may = "SELECT has_table_privilege(%s, %s, %s)"

    assert ask(may, "liujin_app", table, "INSERT") is True
    assert ask(may, "liujin_app", table, verb) is False
    assert ask("SELECT has_any_column_privilege(%s, %s, 'UPDATE')", "liujin_app", table) is (table in SOME_COLUMNS)


@pytest.mark.parametrize(
    "model", [owns(f"grant no other UPDATE on {model._meta.db_table}", model) for model in CHANGED]
)
def test_the_app_role_may_change_these_columns_of_the_table_and_no_other(model):
    may = "SELECT has_column_privilege(%s, %s, %s, 'UPDATE')"

    open_columns = {name for name in columns_of(model) if ask(may, "liujin_app", model._meta.db_table, name)}

    assert open_columns == set(changeable_columns(model)) < columns_of(model)
