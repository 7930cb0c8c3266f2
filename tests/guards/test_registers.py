"""What the tables of registers refuse, whoever writes: other writers, one hand alone, posts that exclude each other."""

import datetime as dt

import pytest
from django.db import connection, transaction
from django.db.models import F

from accounts.models import (
    MOST_FEE_BP,
    MOST_FEE_FEN,
    BankCard,
    Channel,
    CoopMember,
    Household,
    HouseholdMember,
    HouseholdTier,
    Kin,
    Mandate,
    Membership,
    Organisation,
    Person,
    Place,
    Role,
)
from canteens.models import (
    ApprovalTier,
    Canteen,
    CanteenSize,
    Fund,
    Kitchen,
    KitchenShare,
    PlanRequirement,
    ShareDeclaration,
    ShareException,
    ShareUnit,
    UnionAllowance,
    UnionMember,
    UnionRule,
)
from catalog.models import Listing, NotServed, PlotSeason, Sanction
from kernel.entering import SETTING
from losses.models import OtherRelief, ReliefScheme, SchemeMoney, SchemePaper, SchemeRate
from orders.models import OrderUnit
from records.models import CalendarDay, HandsException, IncompatibleHands, PolicyValue
from registers.models import MOST_ROWS, Duplicate, RegisterChange, RegisterChangeRow
from tests.guards.cases import bounds, check, owns, refuses_a_twin, refuses_each_change, unique, words
from tests.guards.rows import a_row, as_owner, force, insert, past_triggers, refused_by, twin

CHECKS = [
    words("register_change_status_legal", RegisterChange, status="confirmed"),
    check(
        "register_change_two_hands", RegisterChange,
        {"decided_by": F("by")}, {"decided_by": None}, {"decided_at": None}, {"status": "proposed"},
        status="confirmed",
    ),
    words("duplicate_status_legal", Duplicate, status="apart"),
    check("pair_of_households_in_order", Duplicate, {"one": F("other"), "other": F("one")}, {"other": F("one")}),
    bounds("duplicate_score_bounded", Duplicate, "score", 0, 100),
    check("duplicate_decided_at_a_time", Duplicate, {"decided_at": None}, {"status": "open"}, status="apart"),
    bounds("register_change_size_bounded", RegisterChange, "size", 1, MOST_ROWS),
    check("coop_member_in_order", CoopMember, {"to_on": F("from_on") - dt.timedelta(days=1)}),
    check("mandate_in_order", Mandate, {"to_on": F("from_on") - dt.timedelta(days=1)}),
    check("mandate_allows_something", Mandate, {"may_list": False, "may_confirm": False}),
    check("mandate_has_one_fee", Mandate, {"fee_bp": 100, "fee_fen_per_kg": 10}),
    check("mandate_fee_share_bounded", Mandate, {"fee_bp": MOST_FEE_BP + 1}),
    check("mandate_fee_a_kilo_bounded", Mandate, {"fee_fen_per_kg": MOST_FEE_FEN + 1}),
    check("deputy_has_a_last_day", Membership, {"deputises": F("pk"), "to_on": None}, to_on=None),
]  # fmt: skip

UNIQUES = [
    unique("register_change_row_position", RegisterChangeRow, waits=False),
    unique("pair_of_households_once", Duplicate),
    unique("one_change_waits_a_subject", RegisterChangeRow, waits=True),
]

REGISTERS = [
    ApprovalTier, BankCard, CalendarDay, Canteen, CanteenSize, Channel, CoopMember, Fund, HandsException, Household,
    HouseholdMember,
    HouseholdTier, IncompatibleHands, Kin, Kitchen, KitchenShare, Mandate, Membership, NotServed, OrderUnit,
    Organisation, OtherRelief, Place, PlanRequirement, PlotSeason,
    PolicyValue, ReliefScheme, Sanction, SchemeMoney, SchemePaper, SchemeRate,
    ShareDeclaration, ShareException, ShareUnit, UnionAllowance, UnionMember, UnionRule,
]  # fmt: skip


@pytest.mark.parametrize("case", CHECKS)
def test_a_row_cannot_become_what_its_check_forbids(case):
    refuses_each_change(case)


@pytest.mark.parametrize("case", UNIQUES)
def test_a_second_row_cannot_equal_the_first(case):
    refuses_a_twin(case)


@pytest.mark.parametrize("model", [owns(f"trigger {model._meta.db_table}.entered_only", model) for model in REGISTERS])
def test_a_register_takes_no_row_but_by_its_hands(model):
    table = model._meta.db_table
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, '', true)", [SETTING])
        with refused_by(f"{table}.entered_only"), as_owner():
            cursor.execute(f"INSERT INTO {table} SELECT * FROM {table} WHERE false")  # noqa: S608  (our own tables)
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("model", "name"),
    [
        owns("check one_membership_of_a_coop_a_day", CoopMember, "one_membership_of_a_coop_a_day"),
        owns("check one_mandate_of_a_coop_a_day", Mandate, "one_mandate_of_a_coop_a_day"),
    ],
)
def test_a_household_and_a_co_operative_have_one_of_a_day(model, name):
    row = a_row(model, to_on=None)
    with refused_by(name):
        insert(twin(row, ("household", "cooperative"), from_on=row.from_on + dt.timedelta(days=9)))
    insert(twin(row, ("cooperative",), household=Household.objects.exclude(pk=row.household_id).first().pk))


@pytest.mark.guard("trigger accounts_membership.exclusive_posts")
def test_an_administrator_holds_no_other_post():
    post = a_row(Membership, to_on=None)
    later = post.from_on + dt.timedelta(days=1)
    for held, new in (("auditor", "buyer"), ("buyer", "security_admin"), ("auditor", "system_admin")):
        with past_triggers():
            Membership.objects.filter(pk=post.pk).update(role=held)
        with refused_by("accounts_membership.exclusive_posts"), as_owner():
            Membership.objects.bulk_create([twin(post, role=Role(new))])
        with transaction.atomic():  # one after the other is allowed
            Membership.objects.filter(pk=post.pk).update(to_on=later)
            Membership.objects.bulk_create([twin(post, role=Role(new), from_on=later)])
            transaction.set_rollback(True)


@pytest.mark.parametrize(
    "model", [owns(f"trigger {model._meta.db_table}.living_only", model) for model in (HouseholdMember, Membership)]
)
def test_nobody_who_died_is_entered(model):
    here = {"to_on": None, "ending": ""} if model is HouseholdMember else {"to_on": None}
    over = here | {"ending": "left"} if model is HouseholdMember else here
    row = a_row(model, **here)
    later = row.from_on + dt.timedelta(days=1)
    force(row.person, died_on=dt.date(2026, 11, 1))
    force(row, **over | {"to_on": later})
    with refused_by(f"{model._meta.db_table}.living_only"), as_owner():
        model.objects.bulk_create([twin(row, ("person",), **here, from_on=later)])


@pytest.mark.guard("trigger accounts_household.merged_once")
def test_a_household_is_merged_once_into_one_that_stands():
    first, second = Household.objects.order_by("pk")[:2]
    third = twin(first, head_id=Person.objects.exclude(pk__in=Household.objects.values("head")).first().pk)
    with transaction.atomic():
        insert_here(third, merged_into_id=second.pk, merged_at=first.created_at)
        for household, into in ((second, first), (first, third)):  # a survivor; into a merged one
            with refused_by("accounts_household.merged_once"), as_owner():
                Household.objects.filter(pk=household.pk).update(merged_into=into, merged_at=first.created_at)
        with refused_by("accounts_household.merged_once"), as_owner():
            Household.objects.filter(pk=third.pk).update(merged_into=None, merged_at=None)
        transaction.set_rollback(True)


@pytest.mark.guard("trigger catalog_listing.merged_lists_no_more")
def test_a_merged_household_lists_nothing_more():
    lot = a_row(Listing, household__isnull=False)
    other = Household.objects.exclude(pk=lot.household_id).first()
    with transaction.atomic():
        with past_triggers():
            Household.objects.filter(pk=lot.household_id).update(merged_into=other, merged_at=other.created_at)
        with refused_by("catalog_listing.merged_lists_no_more"), as_owner():
            Listing.objects.bulk_create([twin(lot)])
        transaction.set_rollback(True)


def insert_here(household, **columns):
    """Insert a household past triggers, until the transaction is taken back."""
    for name, value in columns.items():
        setattr(household, name, value)
    with past_triggers():
        Household.objects.bulk_create([household])
