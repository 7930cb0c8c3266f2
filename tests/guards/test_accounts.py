"""What the tables of people, households and organisations refuse, whoever writes."""

import datetime as dt

import pytest
from django.db.models import F

from accounts.models import (
    BankCard,
    Channel,
    Dispute,
    Grievance,
    Household,
    HouseholdMember,
    HouseholdTier,
    InboundMessage,
    Kin,
    Membership,
    OpenSession,
    Organisation,
    Person,
    Place,
    PlaceName,
    RegisterFile,
    RegisterFileRow,
    User,
)
from tests.guards.cases import check, refuses_a_twin, refuses_each_change, unique, words
from tests.guards.rows import a_row, refused_by, twin

DAY = dt.timedelta(days=1)
HERE = {"latitude_e6": 26_320_000, "longitude_e6": 116_340_000}

CHECKS = [
    check(
        "place_in_china_or_unknown", Place,
        HERE | {"latitude_e6": 2_999_999}, HERE | {"latitude_e6": 54_000_001},
        HERE | {"longitude_e6": 72_999_999}, HERE | {"longitude_e6": 136_000_001},
        HERE | {"latitude_e6": None}, HERE | {"longitude_e6": None},
    ),
    check("place_name_in_order", PlaceName, {"valid_to": F("valid_from")}, {"valid_to": F("valid_from") - DAY}),
    check("buyers_have_a_channel", Organisation, {"channel": None}, {"kind": "finance"}, kind="buyer"),
    words("membership_role_known", Membership, "role"),
    check("membership_in_order", Membership, {"to_on": F("from_on")}, {"to_on": F("from_on") - DAY}),
    check(
        "merged_into_another", Household,
        {"merged_into": F("pk"), "merged_at": F("created_at")}, {"merged_at": F("created_at")},
        merged_into=None,
    ),
    check("household_size_bounded", Household, {"people": 0}, {"people": 41}),
    words("tier_known", HouseholdTier, "tier"),
    check(
        "only_watched_for_a_cause", HouseholdTier,
        {"cause": "laziness", "tier": "marginal"}, {"cause": "illness", "tier": "lifted"},
        {"cause": "illness", "tier": "cleared"},
    ),
    check("tier_in_order", HouseholdTier, {"to_on": F("from_on")}, {"to_on": F("from_on") - DAY}),
    check(
        "member_in_order", HouseholdMember,
        {"to_on": F("from_on")}, {"ending": "left"}, {"to_on": F("from_on") - DAY, "ending": "left"},
        {"to_on": F("from_on"), "ending": "elsewhere"},
        to_on=None,
    ),
    check("kin_in_order", Kin, {"to_on": F("from_on")}, {"to_on": F("from_on") - DAY}),
    check(
        "text_ends_once", InboundMessage,
        {"state": "waiting"}, {"ended_at": None}, {"state": "lost"},
        state="understood",
    ),
    words("grievance_status_legal", Grievance, status="upheld"),
    words("grievance_category_known", Grievance, "category"),
    check("grievance_of_somebody", Grievance, {"household": None}, household__isnull=False),
    check(
        "grievance_answered_by_another", Grievance,
        {"answered_by": F("by")}, {"answered_by": None}, {"ended_at": None}, {"answer": ""}, {"status": "withdrawn"},
        status="upheld",
    ),
    check("grievance_escalated_at_a_time", Grievance, {"escalated_at": F("at")}, status="open"),
    check("grievance_has_time", Grievance, {"answer_by_at": F("at")}, {"answer_by_at": F("at") - DAY}),
    words("dispute_status_legal", Dispute, status="upheld"),
    check(
        "dispute_answered_by_another", Dispute,
        {"answered_by": F("acted_by")}, {"answered_by": F("by")}, {"answered_by": None}, {"answered_at": None},
        {"answer": ""}, {"status": "open"},
        status="upheld",
    ),
    check("died_after_birth", Person, {"died_on": F("born_on") - DAY}, born_on__isnull=False),
    words("register_file_status_legal", RegisterFile, status="entered"),
    check("register_file_two_hands", RegisterFile, {"decided_by": F("by")}, status="entered"),
    check(
        "register_file_decided_by_somebody", RegisterFile,
        {"decided_by": None}, {"decided_at": None}, {"status": "proposed"},
        status="entered",
    ),
    check("register_file_has_households", RegisterFile, {"households": 0}, households=1, changed=0),
    check("card_has_one_owner", BankCard, {"household": None}, household__isnull=False),
]  # fmt: skip

UNIQUES = [
    unique("session_key", OpenSession),
    unique("place_name_from_once", PlaceName),
    unique("position", Channel),
    unique("name", Organisation),
    unique("organisation_uscc_once", Organisation, uscc="91360735MA35F0001X"),
    unique("key", Person),
    unique("phone_index", User),
    unique("gateway_id", InboundMessage),
    unique("asked_back_once_a_day", InboundMessage, told_on__isnull=False),
    unique("membership_once", Membership, to_on=None),
    unique("number", Household),
    unique("one_household_a_head", Household, merged_into=None),
    unique("one_household_a_person", HouseholdMember, to_on=None),
    unique("kin_once", Kin, to_on=None),
    unique("consent", Dispute),
    unique("grievance_once", Grievance, reopens=None),
    unique("grievance_one_at_a_time", Grievance, category="other", status="open"),
    unique("number", Grievance),
    unique("reopens", Grievance, reopens__isnull=False),
    unique("tier_from_once", HouseholdTier, changes={"to_on": dt.date(2026, 12, 31)}),
    unique("one_tier_now", HouseholdTier, to_on=None),
    unique("register_file_waits_once", RegisterFile, status="proposed"),
    unique("register_file_row_position", RegisterFileRow),
    unique("register_file_row_head_once", RegisterFileRow),
    unique("one_owner_a_card", BankCard, to_at=None, household__isnull=False),
    unique("one_live_card_a_household", BankCard, to_at=None, household__isnull=False),
    unique("one_live_card_an_organisation", BankCard, to_at=None, organisation__isnull=False),
]


@pytest.mark.parametrize("case", CHECKS)
def test_a_row_cannot_become_what_its_check_forbids(case):
    refuses_each_change(case)


@pytest.mark.parametrize("case", UNIQUES)
def test_a_second_row_cannot_equal_the_first(case):
    refuses_a_twin(case)


@pytest.mark.guard("trigger accounts_grievance.reopens_an_ended_one")
def test_only_what_has_ended_is_opened_again_and_never_twice_over():
    again = a_row(Grievance, reopens__isnull=False)

    for other, about in ((again, again.about), (a_row(Grievance, reopens=None), "payment:0")):
        row = twin(again, reopens=other.pk, about=about)
        with refused_by("accounts_grievance.reopens_an_ended_one"):
            row.save(force_insert=True)
