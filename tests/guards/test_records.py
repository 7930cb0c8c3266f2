"""What the tables of files, findings, notices, objections and rules refuse, whoever writes."""

import pytest
from django.db.models import F

from records.models import (
    MOST_BYTES,
    Attachment,
    Finding,
    HandsException,
    IdempotencyKey,
    IncompatibleHands,
    Job,
    MassReading,
    NoticeLine,
    NoticeSignature,
    NumberLetter,
    Objection,
    Participation,
    PhotoMatch,
    PolicyValue,
    PublicNotice,
    Reading,
    RefusedTry,
    StoredFile,
)
from tests.factories import FRIDAY
from tests.guards.cases import bounds, check, refuses_a_twin, refuses_each_change, unique, words
from tests.guards.rows import a_row, refused_by

CHECKS = [
    bounds("file_size_bounded", StoredFile, "size", 1, MOST_BYTES),
    check(
        "finding_cleared_with_reason", Finding,
        {"cleared_at": FRIDAY}, {"cleared_at": FRIDAY, "cleared_reason": "看过"},
        cleared_by=None,
    ),
    check("hands_differ", IncompatibleHands, {"other": F("stage")}),
    check("hands_dates_in_order", IncompatibleHands, {"to_on": F("from_on")}),
    check("excepted_hands_differ", HandsException, {"other": F("stage")}),
    check("exception_two_hands", HandsException, {"confirmed_by": F("set_by")}),
    check("exception_ends", HandsException, {"to_on": F("from_on")}),
    check("scope_of_the_first_hand", Participation, {"scope": "organisation:1"}, document__startswith="claim:"),
    words("notice_status_legal", PublicNotice),
    check("notice_lasts", PublicNotice, {"ends_at": F("published_at")}),
    check("signed_while_valid", NoticeSignature, {"valid_until": F("at")}),
    words("objection_status_legal", Objection),
    check("settled_where_it_was_right", Objection, {"settled_at": FRIDAY}, status="open"),
    check("refused_try_counts", RefusedTry, {"times": 0}),
    check("reading_of_somebody", Reading, {"people": 0}),
    check("mass_reading_of_somebody", MassReading, {"people": 0}),
    check(
        "mass_reading_answered_whole", MassReading, {"asked_at": FRIDAY}, {"answer": "核对名册"}, asked_by=None,
    ),
    check(
        "mass_reading_by_somebody_else", MassReading,
        {"asked_by": F("by"), "asked_at": FRIDAY, "answer": "核对名册"}, asked_by=None,
    ),
    check("match_names_the_earlier", PhotoMatch, {"other": F("look")}),
    check("policy_two_hands", PolicyValue, {"confirmed_by": F("set_by")}),
]  # fmt: skip

UNIQUES = [
    unique("attachment_once", Attachment),
    unique("stage_once_a_person", Participation),
    unique("incompatible_hands_once", IncompatibleHands),
    unique("finding_once_a_run", Finding),
    unique("number", PublicNotice),
    unique("number", NumberLetter),
    unique("notice_line_no", NoticeLine),
    unique("notice_document_once", NoticeLine),
    unique("number", Objection),
    unique("job_once", Job),
    unique("refused_try_once_a_minute", RefusedTry),
    unique("mass_reading_once_a_day", MassReading),
    unique("idempotency_once", IdempotencyKey),
    unique("policy_value_once_a_day", PolicyValue),
    unique("match_once", PhotoMatch),
]


@pytest.mark.parametrize("case", CHECKS)
def test_a_row_cannot_become_what_its_check_forbids(case):
    refuses_each_change(case)


@pytest.mark.parametrize("case", UNIQUES)
def test_a_second_row_cannot_equal_the_first(case):
    refuses_a_twin(case)


@pytest.mark.guard("trigger records_participation.incompatible_hands")
def test_one_person_cannot_hold_two_hands_that_exclude_each_other():
    hand = a_row(Participation, document__startswith="claim:")

    with refused_by("incompatible_hands"):
        Participation.objects.create(document=hand.document, person_key=hand.person_key, stage="elsewhere", at=hand.at)
