"""What the tables of claims, visits, amounts and awards refuse, whoever writes."""

import datetime as dt

import pytest
from django.db import transaction
from django.db.models import F

from catalog.models import MOST_G, Listing, Movement, PlotSeason
from kernel import clock
from kernel.entering import entering
from losses.models import (
    Award,
    AwardRelease,
    CallBack,
    CallDraw,
    ClaimFigure,
    ClaimPaper,
    ClaimReport,
    ClaimRound,
    ClaimScore,
    Computation,
    LossAppeal,
    LossClaim,
    LossNotice,
    OtherRelief,
    RecoveryInstalment,
    RecoveryReceipt,
    Rehearsal,
    RehearsalCell,
    RehearsalFall,
    RehearsalResult,
    Reinspection,
    ReinspectionDraw,
    ReliefRecovery,
    ReliefScheme,
    SampleDraw,
    SchemeMoney,
    SchemePaper,
    SchemeRate,
    Visit,
)
from losses.selectors.claims import held_fen
from records.models import MOST_FEN, Objection, StoredFile
from tests.factories import MONDAY
from tests.guards.cases import bounds, check, refuses_a_twin, refuses_each_change, unique, words
from tests.guards.rows import a_row, as_owner, force, refused_by, twin

CHECKS = [
    words("scheme_status_legal", ReliefScheme),
    bounds("other_relief_bounded", OtherRelief, "amount_fen", 1, MOST_FEN),
    check("other_relief_in_order", OtherRelief, {"to_on": F("from_on") - dt.timedelta(days=1)}),
    check("other_relief_two_hands", OtherRelief, {"by": F("confirmed_by")}),
    check("scheme_money_bounded", SchemeMoney, {"amount_fen": 0}, {"amount_fen": MOST_FEN + 1}),
    check("scheme_money_two_hands", SchemeMoney, {"by": F("confirmed_by")}),
    check("scheme_window_in_order", ReliefScheme, {"window_to": F("window_from") - dt.timedelta(days=1)}),
    bounds("scheme_cap_bounded", ReliefScheme, "household_cap_fen", 1, MOST_FEN),
    check(
        "scheme_days_bounded", ReliefScheme,
        {"village_days": 0}, {"village_days": 61}, {"county_days": 0}, {"county_days": 61},
    ),
    check(
        "scheme_rate_bounded", SchemeRate,
        {"rate_fen": 0}, {"rate_fen": 1_000_001}, {"rate_unit_g": 0}, {"permille": 1}, {"basis": "box"},
        {"basis": "value"}, {"basis": "value", "rate_fen": 0}, {"basis": "value", "rate_fen": 0, "permille": 1001},
    ),
    check(
        "rate_basis_fits_its_category", SchemeRate,
        {"basis": "mu"}, {"category": "A", "basis": "mu"}, {"category": "C", "basis": "head"}, category="B",
    ),
    bounds("scheme_paper_bounded", SchemePaper, "from_fen", 0, MOST_FEN),
    check("scheme_paper_known", SchemePaper, {"brought_by": "anybody"}, {"form": "words"}),
    check(
        "claim_paper_shown_or_numbered", ClaimPaper,
        {"number": "7"}, {"photo": None}, photo__isnull=False,
    ),
    check("claim_rate_bounded", LossClaim, {"per_fen": 0}, {"per_g": 0}),
    words("claim_status_legal", LossClaim),
    bounds("claim_line_bounded", LossClaim, "line", 1, 20),
    check(
        "claim_of_a_lot_or_a_season", LossClaim,
        {"listing": None}, {"plot_season": PlotSeason.objects.values("pk")[:1]}, listing__isnull=False,
    ),
    check(
        "figure_bounded", ClaimFigure,
        {"quantity": -1}, {"quantity": MOST_G + 1}, {"quantity_g": -1}, {"quantity_g": MOST_G + 1},
    ),
    check(
        "figure_place_whole", ClaimFigure,
        {"latitude_e6": None}, {"longitude_e6": None}, {"accuracy_m": None}, {"latitude_e6": -1},
        {"latitude_e6": 90_000_001}, {"longitude_e6": 180_000_001}, {"accuracy_m": 100_001},
        accuracy_m__isnull=False,
    ),
    check(
        "figure_shown_by_checkers", ClaimFigure,
        {"photo": StoredFile.objects.values("pk")[:1]}, {"latitude_e6": 1, "longitude_e6": 1, "accuracy_m": 1},
        stage="declared",
    ),
    check("two_verifiers", Visit, {"second": F("first")}),
    check(
        "second_signs_what_was_found", Visit, {"first_signed_at": None}, {"found": None},
        second_signed_at__isnull=False,
    ),
    check(
        "redrawn_says_who_fell_out", Visit,
        {"redrawn_at": MONDAY}, {"fell_out": F("first")}, {"redrawn_by": F("second")}, {"fell_why": "ill"},
        {"redrawn_at": MONDAY, "fell_out": F("first"), "redrawn_by": F("second")},
        {"redrawn_at": MONDAY, "fell_out": F("first"), "redrawn_by": F("second"), "fell_why": "ill"},
        second_signed_at__isnull=False,
    ),
    check(
        "conclusion_is_what_was_found", Visit,
        {"conclusion": "not_there"}, {"conclusion": ""}, {"found": 0, "conclusion": "less"}, found__gt=0,
    ),
    check(
        "visit_place_whole", Visit,
        {"latitude_e6": None}, {"longitude_e6": None}, {"accuracy_m": None}, {"latitude_e6": -1},
        {"latitude_e6": 90_000_001}, {"longitude_e6": 180_000_001}, {"accuracy_m": 100_001},
        accuracy_m__isnull=False,
    ),
    check(
        "second_place_whole", Visit,
        {"second_latitude_e6": 1}, {"second_longitude_e6": 1}, {"second_accuracy_m": 1},
        {"second_latitude_e6": 90_000_001, "second_longitude_e6": 1, "second_accuracy_m": 1},
        second_accuracy_m=None,
    ),
    check("witness_has_a_tie", Visit, {"witness_sealed": "x"}, {"witness_tie": "cadre"}, witness_tie=""),
    check(
        "odd_place_known", Visit, {"odd_place": "else"}, {"odd_place": "flat,"}, {"second_odd_place": "jump"},
        {"accuracy_m": None, "latitude_e6": None, "longitude_e6": None, "odd_place": "flat"},
        second_accuracy_m=None, accuracy_m__isnull=False,
    ),
    check(
        "contested_says_what", Visit, {"contested": "少"}, {"contested_at": MONDAY},
        {"contested": "少", "contested_at": MONDAY, "first_signed_at": None}, contested_at=None,
    ),
    check(
        "amount_is_the_least", Computation,
        {"amount_fen": 0}, {"lines_fen": F("amount_fen") - 1},
        {"elsewhere_fen": F("lines_fen") - F("amount_fen") + 1}, {"elsewhere_fen": -1},
        {"cap_left_fen": F("amount_fen") - 1}, {"money_left_fen": F("amount_fen") - 1},
        {"gap_fen": F("lines_fen") - 1},
    ),
    check(
        "check_says_what_it_looked_at", ClaimFigure,
        {"looked_at": []}, {"looked_at": ["all"]}, {"stage": "declared"}, {"stage": "county"}, stage="village",
    ),
    check(
        "got_elsewhere_says_what", ClaimRound,
        {"elsewhere": "maybe"}, {"elsewhere": "no", "elsewhere_fen": 1}, {"elsewhere": "", "elsewhere_from": "x"},
        {"elsewhere": "insured", "elsewhere_fen": 1}, {"elsewhere": "got", "elsewhere_from": "x"},
        {"elsewhere": "got", "elsewhere_fen": 1}, {"elsewhere": "got", "elsewhere_from": "x", "elsewhere_fen": 0},
    ),
    words("early_status_legal", LossNotice, status="open"),
    bounds("loss_notice_bounded", LossNotice, "about", 1, MOST_G),
    check(
        "loss_notice_of_a_lot_or_a_season", LossNotice,
        {"listing": None}, {"plot_season": PlotSeason.objects.values("pk")[:1]}, listing__isnull=False,
    ),
    check(
        "sold_low_names_its_sale", LossClaim,
        {"sale": None}, {"cause": "unsold"}, {"reference_fen": None},
        {"listing": None, "plot_season": PlotSeason.objects.values("pk")[:1]}, sale__isnull=False,
    ),
    bounds("scheme_sample_bounded", ReliefScheme, "sample_percent", 1, 100),
    check(
        "sample_draw_bounded", SampleDraw, {"percent": 0}, {"percent": 101}, {"picked": False}, percent=100,
        regime="normal",
    ),
    check(
        "call_draw_bounded", CallDraw, {"percent": 101}, {"picked": False}, {"percent": 0}, percent=100, picked=True,
    ),
    words("call_status_legal", CallBack, status="waiting"),
    check(
        "call_what_was_said", CallBack,
        {"words": ""}, {"by": None}, {"ended_at": None}, {"outcome": ""}, {"outcome": "maybe"},
        {"status": "not_called"},
        status="called",
    ),
    words("reinspection_status_legal", Reinspection, status="waiting"),
    check(
        "reinspection_what_was_found", Reinspection,
        {"words": ""}, {"by": None}, {"ended_at": None}, {"outcome": ""}, {"outcome": "maybe"},
        {"status": "missed"},
        status="done",
    ),
    bounds("reinspection_percent_bounded", ReinspectionDraw, "percent", 0, 100),
    bounds("reinspection_top_bounded", ReinspectionDraw, "top_percent", 0, 100),
    bounds("score_bounded", ClaimScore, "points", 0, 100),
    bounds("scheme_village_hours_bounded", ReliefScheme, "village_check_hours", 1, 336),
    bounds("scheme_township_hours_bounded", ReliefScheme, "township_check_hours", 1, 336),
    bounds("scheme_visit_hours_bounded", ReliefScheme, "visit_hours", 1, 336),
    bounds("scheme_review_days_bounded", ReliefScheme, "review_days", 1, 30),
    check(
        "scheme_no_visit_says_both", ReliefScheme,
        {"no_visit_below_fen": 1}, {"no_visit_listed_days": 1}, {"no_visit_below_fen": 0, "no_visit_listed_days": 1},
        {"no_visit_below_fen": MOST_FEN + 1, "no_visit_listed_days": 1},
        {"no_visit_below_fen": 1, "no_visit_listed_days": 0}, {"no_visit_below_fen": 1, "no_visit_listed_days": 181},
    ),
    check(
        "spared_is_not_picked", SampleDraw,
        {"spared_fen": 1}, {"spared_days": 1}, {"spared_fen": -1, "spared_days": 1, "picked": False},
        {"spared_fen": 1, "spared_days": 0, "picked": False}, {"spared_fen": 1, "spared_days": 1, "picked": True},
        {"spared_fen": 1, "spared_days": 1, "picked": False, "regime": "tightened"}, percent=100, regime="normal",
    ),
    check("a_full_regime_picks_all", SampleDraw, {"regime": "full", "percent": 99}, percent=100),
    check("loss_notice_has_its_claim", LossNotice, {"claim": None}, {"status": "open"}, status="claimed"),
    check("rehearsal_in_order", Rehearsal, {"to_on": F("from_on") - dt.timedelta(days=1)}),
    bounds("rehearsal_money_bounded", Rehearsal, "money_fen", 0, MOST_FEN),
    check("rehearsal_reported_are_losses", RehearsalResult, {"reported": F("losses") + 1}),
    check(
        "rehearsal_cell_adds_up", RehearsalCell,
        {"paid_fen": -1}, {"paid_fen": F("need_fen") + 1}, {"capped": F("households") + 1},
    ),
    check("rehearsal_cell_shares", RehearsalCell, {"shared_fen": -1}, {"shared_fen": F("need_fen") + 1}),
    bounds("scheme_claims_bounded", ReliefScheme, "most_claims", 1, 99),
    bounds("scheme_waiting_bounded", ReliefScheme, "waiting_days", 0, 366),
    bounds("scheme_pay_days_bounded", ReliefScheme, "pay_days", 1, 180),
    check("scheme_sharing_known", ReliefScheme, {"sharing": "so"}),
    check(
        "shared_is_a_part", Computation,
        {"full_fen": 1}, {"all_fen": 1}, {"full_fen": F("amount_fen") - 1, "all_fen": F("amount_fen")},
        {"full_fen": F("amount_fen"), "all_fen": F("amount_fen") - 1},
        {"full_fen": F("lines_fen") + 1, "all_fen": F("lines_fen") + 1},
        full_fen=None,
    ),
    check("rehearsal_fall_adds_up", RehearsalFall, {"households": F("rows") + 1}),
    words("appeal_status_legal", LossAppeal, status="open"),
    check(
        "appeal_who_decided", LossAppeal,
        {"answer": ""}, {"decided_by": None}, {"decided_by": F("by")}, {"ended_at": None}, {"status": "upheld"},
        status="dismissed",
    ),
    check("appeal_has_time", LossAppeal, {"decide_by_at": F("at")}),
    words("relief_recovery_status_legal", ReliefRecovery),
    bounds("relief_recovery_bounded", ReliefRecovery, "amount_fen", 1, MOST_FEN),
    check("relief_recovery_two_people", ReliefRecovery, {"decided_by": F("proposed_by")}),
    check("relief_recovery_is_decided", ReliefRecovery, {"decided_by": None}, {"decided_at": None}),
    bounds("instalment_bounded", RecoveryInstalment, "amount_fen", 1, MOST_FEN),
    words("recovery_receipt_status_legal", RecoveryReceipt, status="confirmed"),
    bounds("recovery_receipt_bounded", RecoveryReceipt, "amount_fen", 1, MOST_FEN),
    check("recovery_receipt_two_people", RecoveryReceipt, {"decided_by": F("proposed_by")}, status="confirmed"),
    check(
        "recovery_receipt_says_how", RecoveryReceipt, {"voucher_number": ""}, {"how": "estate"}, {"why": "没有钱"},
    ),
    check(
        "recovery_receipt_is_decided", RecoveryReceipt, {"decided_by": None}, {"decided_at": None},
        status="confirmed",
    ),
    check("release_says_why", AwardRelease, {"why": ""}),
    check("released_after_it_was_seen", AwardRelease, {"seen_until": F("at") + dt.timedelta(seconds=1)}),
    bounds("award_bounded", Award, "amount_fen", 1, MOST_FEN),
]  # fmt: skip

UNIQUES = [
    unique("code", ReliefScheme),
    unique("account", ReliefScheme),
    unique("source_account", ReliefScheme),
    unique("bank_account", ReliefScheme),
    unique("scheme_rate_once", SchemeRate, struck_on=None),
    unique("scheme_paper_once", SchemePaper, struck_on=None),
    unique("scheme_money_once_a_paper", SchemeMoney, struck_on=None),
    unique("other_relief_once", OtherRelief, struck_on=None),
    unique("number", LossClaim),
    unique("number", ClaimReport),
    unique("one_claim_a_line", LossClaim),
    unique("one_open_claim_a_lot_and_cause", LossClaim, status="filed", listing__isnull=False, sale=None),
    unique("a_sale_is_reported_once", LossClaim, status="filed", sale__isnull=False),
    unique("one_open_claim_a_season_and_cause", LossClaim, status="filed", plot_season__isnull=False),
    unique("one_open_notice_of_goods", LossNotice, status="open", changes={"at": MONDAY}),
    unique("claim", LossNotice, status="claimed"),
    unique("text", LossNotice, text__isnull=False, changes={"status": "lapsed"}),
    unique("figure_once_a_stage", ClaimFigure),
    unique("one_visit_a_round", Visit),
    unique("one_sample_draw_a_round", SampleDraw),
    unique("one_call_draw_a_round", CallDraw),
    unique("said_once_a_round", ClaimRound),
    unique("draw", CallBack, status="waiting"),
    unique("award", Reinspection, status="waiting"),
    unique("award", ClaimScore),
    unique("month", ReinspectionDraw),
    unique("one_computation_a_round", Computation),
    unique("appeal_once", LossAppeal, status="open"),
    unique("anew", LossAppeal, status="upheld"),
    unique("rehearsal", RehearsalResult),
    unique("rehearsal_cell_once", RehearsalCell),
    unique("rehearsal_fall_once", RehearsalFall),
    unique("one_open_recovery_an_award", ReliefRecovery),
    unique("instalment_once", RecoveryInstalment),
    unique("one_open_receipt_a_recovery", RecoveryReceipt, status="proposed", changes={"voucher_number": "另一张"}),
    unique("recovery_voucher_once", RecoveryReceipt, status="confirmed"),
    unique("claim", Award),
    unique("payable", Award),
]


@pytest.mark.parametrize("case", CHECKS)
def test_a_row_cannot_become_what_its_check_forbids(case):
    refuses_each_change(case)


@pytest.mark.parametrize("case", UNIQUES)
def test_a_second_row_cannot_equal_the_first(case):
    refuses_a_twin(case)


@pytest.mark.guard("trigger losses_lossclaim.unvisited_for_a_reason")
def test_nothing_goes_unvisited_but_a_sale_and_what_a_draw_did_not_pick():
    claim = a_row(LossClaim, sale=None, status="filed")
    force(claim, status="village_notice")
    with refused_by("losses_lossclaim.unvisited_for_a_reason"), as_owner():
        LossClaim.objects.filter(pk=claim.pk).update(status="unvisited")


@pytest.mark.guard("trigger losses_lossclaim.line_of_its_report")
def test_a_line_is_of_the_household_and_the_harm_of_its_report():
    claim = a_row(LossClaim, status="filed", sale=None, listing__isnull=False)
    listing = a_row(Listing)
    force(claim, status="refused")
    like = {"line": 2, "listing": listing.pk, "status": "filed"}
    with transaction.atomic():
        with as_owner():
            LossClaim.objects.bulk_create([twin(claim, **like)])
        transaction.set_rollback(True)
    other = LossClaim.objects.exclude(household=claim.household_id).exclude(filed_by=claim.filed_by_id).first()
    day = claim.happened_on - dt.timedelta(days=1)
    at = claim.filed_at + dt.timedelta(seconds=1)
    for said in (
        {"household": other.household_id}, {"cause": "road"}, {"happened_on": day}, {"filed_by": other.filed_by_id},
        {"by_proxy": not claim.by_proxy}, {"filed_at": at}, {"report": other.report_id},
    ):  # fmt: skip
        with refused_by("losses_lossclaim.line_of_its_report"), as_owner():
            LossClaim.objects.bulk_create([twin(claim, **like | said)])


@pytest.mark.guard("trigger losses_claimfigure.check_shows_the_goods")
def test_a_check_shows_the_goods_where_its_scheme_asks_for_it():
    figure = a_row(ClaimFigure, stage="village", claim__sale=None)
    force(figure.claim.scheme, check_photos=True)
    with refused_by("losses_claimfigure.check_shows_the_goods"), as_owner():
        ClaimFigure.objects.bulk_create([twin(figure, claim=figure.claim_id, stage="village", round=2)])


@pytest.mark.guard("trigger losses_sampledraw.spared_as_the_scheme_says")
def test_a_visit_is_spared_as_the_scheme_says_alone():
    draw = a_row(SampleDraw, regime="normal", claim__cause="unsold", claim__sale=None, claim__listing__isnull=False)
    claim = draw.claim
    days = (claim.happened_on - clock.county_day(claim.listing.listed_at)).days
    force(claim, happened_on=claim.happened_on + dt.timedelta(days=5 - days))
    spared = {"round": 99, "picked": False, "spared_days": 5, "spared_fen": 99}
    with refused_by("losses_sampledraw.spared_as_the_scheme_says"), as_owner():
        SampleDraw.objects.bulk_create([twin(draw, **spared)])  # its scheme spares none
    force(claim.scheme, no_visit_below_fen=100, no_visit_listed_days=5)
    for other in ({"spared_fen": 100}, {"spared_days": 4}, {"spared_days": 6}):
        with refused_by("losses_sampledraw.spared_as_the_scheme_says"), as_owner():
            SampleDraw.objects.bulk_create([twin(draw, **spared | other)])
    with as_owner():
        SampleDraw.objects.bulk_create([twin(draw, **spared)])


@pytest.mark.guard("trigger losses_claimfigure.finds_no_more_than_before")
def test_a_check_finds_no_more_than_was_reported_and_says_why_it_is_less():
    figure = a_row(ClaimFigure, stage="declared", claim__status="filed")
    checked = {"claim": figure.claim_id, "stage": "county", "round": 1}
    one = {"quantity": figure.quantity, "quantity_g": figure.quantity_g}
    less, why = {name: count - 1 for name, count in one.items()}, {"why": "四十公斤还能卖"}
    for found in (one, less | why):
        with transaction.atomic():
            with as_owner():
                ClaimFigure.objects.bulk_create([twin(figure, **checked, **found)])
            transaction.set_rollback(True)
    for found in (less, *(one | why | {name: count + 1} for name, count in one.items())):
        with refused_by("losses_claimfigure.finds_no_more_than_before"), as_owner():
            ClaimFigure.objects.bulk_create([twin(figure, **checked, **found)])


@pytest.mark.guard("trigger losses_schemerate.by_the_head_is_counted_by_the_head")
def test_what_is_weighed_has_no_rate_by_the_head():
    rate = a_row(SchemeRate, category="B", produce__stock_unit="g")
    with refused_by("losses_schemerate.by_the_head_is_counted_by_the_head"), as_owner(), entering("test:1"):
        SchemeRate.objects.bulk_create([twin(rate, basis="head")])


@pytest.mark.guard("trigger losses_claimpaper.paper_as_asked_for")
def test_a_paper_is_one_the_scheme_asks_for_as_it_asks_and_in_time():
    paper = a_row(ClaimPaper, photo__isnull=False)
    late = a_row(LossClaim, status="computed")
    for changes in ({"claim": late.pk}, {"photo": None, "number": "7"}):
        force(paper.claim, status="filed")
        with refused_by("losses_claimpaper.paper_as_asked_for"), as_owner():
            ClaimPaper.objects.bulk_create([twin(paper, **changes)])


@pytest.mark.guard("trigger losses_lossclaim.claim_has_its_papers")
def test_a_claim_without_its_papers_is_not_put_on_notice():
    claim = a_row(LossClaim, status="computed")
    force(claim, status="township_checked")
    paper = a_row(SchemePaper)
    with as_owner(), entering("test:1"):
        SchemePaper.objects.bulk_create([twin(paper, scheme=claim.scheme_id, kind="vet", from_fen=0)])
    with refused_by("losses_lossclaim.claim_has_its_papers"), as_owner():
        LossClaim.objects.filter(pk=claim.pk).update(status="village_notice")
    force(SchemePaper.objects.get(scheme=claim.scheme_id, kind="vet"), struck_on=MONDAY.date())
    with as_owner():
        assert LossClaim.objects.filter(pk=claim.pk).update(status="village_notice") == 1


@pytest.mark.guard("trigger losses_award.awarded_after_its_notice")
def test_nothing_is_awarded_while_the_notice_hangs_or_somebody_objects():
    award = a_row(Award)
    notice = award.claim.county_notice
    line = notice.lines.get(document=award.claim.reference)
    with refused_by("losses_award.awarded_after_its_notice"), as_owner():
        Award.objects.bulk_create([twin(award, claim=award.claim_id, at=notice.ends_at - dt.timedelta(seconds=1))])
    for status in ("open", "upheld"):
        with transaction.atomic():
            force(a_row(Objection), line=line.pk, status=status)
            with refused_by("losses_award.awarded_after_its_notice"), as_owner():
                Award.objects.bulk_create([twin(award, claim=award.claim_id)])
            transaction.set_rollback(True)
    force(notice, status="withdrawn")
    with refused_by("losses_award.awarded_after_its_notice"), as_owner():
        Award.objects.bulk_create([twin(award, claim=award.claim_id)])


@pytest.mark.guard("trigger losses_computation.within_the_households_cap")
def test_no_household_has_more_of_a_scheme_than_its_cap():
    given = a_row(Computation, claim__status="awarded", claim__award__recoveries=None)
    other = a_row(LossClaim, status="filed", scheme=given.claim.scheme_id)
    force(other, household=given.claim.household_id)
    rest = {"claim": other.pk, "amount_fen": 1, "lines_fen": 1}
    scheme = given.claim.scheme
    had = held_fen(given.claim.household, scheme)
    force(scheme, household_cap_fen=had)
    with refused_by("losses_computation.within_the_households_cap"), as_owner():
        Computation.objects.bulk_create([twin(given, **rest)])
    force(scheme, household_cap_fen=had + 1)
    with as_owner():
        Computation.objects.bulk_create([twin(given, **rest)])


@pytest.mark.guard("trigger losses_award.awarded_as_computed")
def test_nothing_but_what_was_computed_is_awarded():
    award = a_row(Award)
    with refused_by("losses_award.awarded_as_computed"), as_owner():
        Award.objects.bulk_create([twin(award, claim=award.claim_id, amount_fen=award.amount_fen + 1)])


@pytest.mark.guard("trigger losses_lossclaim.sale_is_of_the_lot")
def test_a_report_names_a_sale_of_its_lot_below_the_reference():
    claim = a_row(LossClaim, sale__isnull=False, status="filed")
    other = a_row(LossClaim, sale__isnull=False, status="computed").sale
    held = Movement.objects.exclude(target="sold").first()
    like = {"status": "filed", "report": claim.report_id, "line": 2, "sale": claim.sale_id}
    for changes in ({"sale": other.pk}, {"sale": held.pk}, {"reference_fen": 60}):
        with refused_by("losses_lossclaim.sale_is_of_the_lot"), as_owner():
            LossClaim.objects.bulk_create([twin(claim, **like | changes)])


@pytest.mark.guard("trigger losses_reliefrecovery.never_more_than_paid")
def test_no_more_of_an_award_is_claimed_back_than_was_paid():
    row = a_row(ReliefRecovery)
    left = row.award.amount_fen - row.amount_fen
    anew = {"status": "proposed", "decided_by": None, "decided_at": None}

    with refused_by("losses_reliefrecovery.never_more_than_paid"):
        twin(row, **anew, award=row.award_id, amount_fen=left + 1).save(force_insert=True)


@pytest.mark.guard("trigger losses_recoveryreceipt.never_more_than_claimed")
def test_no_more_comes_back_than_is_claimed():
    row = a_row(RecoveryReceipt, status="confirmed")
    left = row.recovery.amount_fen - row.amount_fen
    anew = {"status": "proposed", "decided_by": None, "decided_at": None, "voucher_number": "另一张"}

    with refused_by("losses_recoveryreceipt.never_more_than_claimed"):
        twin(row, **anew, recovery=row.recovery_id, amount_fen=left + 1).save(force_insert=True)


@pytest.mark.guard("trigger losses_recoveryreceipt.had_not_left")
def test_what_is_being_paid_is_not_taken_back_as_if_it_had_not_left():
    row = a_row(RecoveryReceipt, status="confirmed", how="paid_back")
    anew = {"status": "proposed", "decided_by": None, "decided_at": None}
    said = anew | {"how": "never_left", "voucher_number": "", "amount_fen": 1}

    with refused_by("losses_recoveryreceipt.had_not_left"), as_owner():
        RecoveryReceipt.objects.bulk_create([twin(row, recovery=row.recovery_id, **said)])
