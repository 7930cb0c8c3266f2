"""Policy values: the ⟨…⟩ of the rules, dated, set by one person and confirmed by a second."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import connection
from django.db.models import IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce

from kernel import clock
from kernel.workdays import UnknownCalendarYear, add_workdays
from records.models import CalendarDay, PolicyValue


@dataclass(frozen=True, slots=True)
class Settable:
    """A value that a county may set: what holds until it does, its bounds, and the modules whose rule reads it."""

    default: int
    least: int  # outside of its bounds a rule would not work, or harm somebody
    most: int
    rules: tuple[str, ...]


def settable(default: int, least: int, most: int, *rules: str) -> Settable:
    """Return what is known of one value, written as one line."""
    return Settable(default, least, most, rules)


# The unit is in the name, the rules in words, with their functions: docs/rules.md. Pages are not named.
SETTABLE = {
    # Goods on sale:
    "stale_days": settable(3, 1, 30, "catalog.services.stale"),
    "expiry_days": settable(7, 1, 90, "catalog.services.stale"),
    "test_slip_days": settable(7, 1, 30, "catalog.selectors.papers"),
    # of the yield of a good year: so much a look at the field may find
    "inspected_yield_permille": settable(1500, 1000, 5000, "catalog.services.plots"),
    "high_price_permille": settable(
        1300, 1001, 10_000, "produce.services.pricing", "catalog.selectors.market", "losses.services.rules"
    ),
    "low_price_permille": settable(500, 1, 999, "produce.services.pricing", "catalog.selectors.market"),
    "away_days": settable(60, 1, 180, "catalog.services.pauses"),  # a seller says it is away for at most so long
    # Plans and carts:
    # over which it is counted who was served how much
    "season_days": settable(
        180,
        30,
        366,
        "records.services.second_look",
        "orders.selectors.plans",
        "orders.selectors.replay",
        "orders.selectors.served",
        "losses.services.neighbour_rules",
        "losses.services.village_rules",
        "losses.services.rules",
    ),
    # of one produce a household sells so much a season by a ready plan; 0 is no cap
    "season_cap_g": settable(0, 0, 100_000_000, "orders.selectors.plans"),
    "min_parcel_g": settable(10_000, 1, 1_000_000, "orders.selectors.plans"),
    # of the reference price: the ceiling of a line whose buyer wrote none
    "basket_ceiling_permille": settable(1100, 1000, 10_000, "orders.selectors.baskets"),
    # so long the lots of a chosen plan are kept for its buyer, and once more where asked for
    "plan_kept_minutes": settable(15, 1, 60, "orders.selectors.keeping", "orders.services.keeping"),
    # so much is kept for one buyer at a time
    "plan_kept_most_g": settable(
        2_000_000, 10_000, 100_000_000, "orders.services.keeping", "orders.services.resharing"
    ),
    # 0: settled outside; 1: the buyer; 2: sellers by weight; 3: sellers by weight and way
    "transport_payer": settable(0, 0, 3, "orders.selectors.judging", "orders.selectors.plans"),
    # of what the goods of a trip fetch: its cart costs at most this
    "transport_most_permille": settable(100, 0, 300, "orders.selectors.judging", "orders.selectors.plans"),
    "freight_stop_fen": settable(12_00, 0, 100_000, "orders.selectors.carting"),
    "freight_100kg_fen": settable(6_00, 0, 100_000, "orders.selectors.carting"),
    "cart_leaves_minute": settable(270, 0, 1200, "orders.selectors.carting"),  # half past four in the morning
    "cart_stop_minutes": settable(20, 1, 240, "orders.selectors.carting"),
    # Ordering and approving:
    # an order comes to so much at least; 0: any
    "order_least_fen": settable(0, 0, 1_000_000, "orders.selectors.judging"),
    "order_least_g": settable(0, 0, 1_000_000, "orders.selectors.judging"),  # and weighs so much
    # after the due day; a buyer who has not paid by then orders nothing
    "ordering_lock_days": settable(0, 0, 30, "orders.selectors.judging"),
    "lookback_days": settable(30, 1, 366, "orders.selectors.judging"),
    # then the plan goes back
    "plan_objection_days": settable(5, 1, 30, "records.services.notices", "canteens.services.publicity"),
    # so long those who may decide a plan have alone, and as long again all approvers of the buyer; then it ends
    "plan_decision_hours": settable(72, 2, 336, "canteens.services.purchase_plans"),
    # a draft of a plan that its author neither changes nor sends is thrown away
    "plan_draft_days": settable(60, 7, 366, "canteens.selectors.plan_drafts"),
    "approval_hours": settable(72, 2, 336, "orders.services.placing"),
    # of a buyer: so many keep all its steps apart
    "people_without_exception": settable(4, 2, 8, "orders.services.hand_registers"),
    # a year of one class of goods; above it only by a procurement project
    "procurement_limit_yuan": settable(
        300_000, 10_000, 100_000_000, "orders.selectors.classes", "orders.selectors.judging"
    ),
    # from so much of the limit on a buyer is told
    "procurement_told_permille": settable(800, 100, 1000, "orders.selectors.classes"),
    # of a year's food, a canteen keeps at least so much for poor households' goods
    "share_least_permille": settable(100, 10, 1000, "canteens.services.shares"),
    # the day of the year: the 51st is 20 February
    "share_declared_until": settable(51, 1, 365, "canteens.selectors.shares"),
    "share_told_before_days": settable(14, 0, 60, "reports.services.shares"),
    # Promised, sent, weighed:
    "seller_answer_hours": settable(24, 1, 168, "orders.services.asking", "orders.services.reoffering"),
    "call_off_hours": settable(12, 0, 72, "orders.services.asking"),
    # after the delivery day; what has not left by then is given back
    "dispatch_days": settable(2, 0, 30, "orders.services.asking"),
    # a trip nobody saw arrive by then counts as not arrived
    "arrival_days": settable(3, 1, 14, "orders.services.delivering"),
    "silence_hours": settable(48, 12, 336, "orders.services.delivering"),
    "sack_g": settable(25_000, 1_000, 100_000, "orders.views.papers"),  # what goes into one sack
    "tolerance_permille": settable(20, 0, 200, "orders.services.delivering"),
    "piece_tolerance_permille": settable(200, 0, 500, "orders.services.delivering"),  # an animal weighs what it weighs
    # so much less at the scale than was sent needs its reason
    "reason_above_permille": settable(50, 0, 1000, "orders.services.delivering"),
    # 1: goods refused for what is wrong with them are shown by a photo; 0: they need not be
    "refusal_photo": settable(1, 0, 1, "orders.services.delivering"),
    # 0: none; 1: what every buyer must see; 2: also the test slips of schools and hospitals
    "papers_at_scale": settable(1, 0, 2, "orders.services.delivering"),
    # natural loss on the way, which the seller bears; above it the haulier
    "transit_loss_permille": settable(20, 0, 100, "orders.selectors.transit"),
    # After the scale:
    "correction_days": settable(7, 1, 30, "orders.services.correcting"),  # after signing; later no receipt is corrected
    # after signing; later nothing is sent back
    "return_days": settable(3, 1, 30, "catalog.selectors.returning"),
    # the seller's; silence is for the bureau to decide
    "return_answer_hours": settable(48, 12, 168, "orders.services.correcting", "orders.services.returning"),
    # the bureau's; then what the seller never answered stands as asked
    "return_decision_days": settable(7, 1, 30, "orders.services.returning"),
    # after signing or payment; later nobody complains of a delivery
    "complaint_days": settable(7, 1, 60, "orders.selectors.complaints", "orders.services.complaining"),
    # working days of each side; silence is for the county
    "complaint_answer_days": settable(3, 1, 15, "orders.services.complaining"),
    # working days of the county; then silence decides
    "complaint_decision_days": settable(5, 1, 30, "orders.services.complaining"),
    # after signing or payment; later nobody says how a sale went
    "rating_days": settable(30, 1, 180, "orders.selectors.ratings", "orders.services.rating"),
    "rating_change_days": settable(7, 0, 60, "orders.services.rating"),  # within which it may be said anew
    # so many must have spoken before everybody reads what farmers say of a buyer
    "rating_shown_from": settable(5, 1, 100, "orders.selectors.ratings"),
    # how long a whole file made in the background is kept
    "fund_file_days": settable(14, 1, 90, "orders.selectors.fund_files"),
    # how long a link to a file opens for people without an account
    "file_link_days": settable(90, 1, 366, "orders.services.linking"),
    # Paid:
    # 保障中小企业款项支付条例: at most 60 days after delivery
    "payment_days": settable(30, 1, 60, "orders.services.settling"),
    "invoice_needed": settable(0, 0, 1, "orders.selectors.runs"),  # 1: a pay run leaves out what has no matched invoice
    # an amount on an invoice may differ by so much from its statement's
    "invoice_tolerance_fen": settable(5, 0, 10_000, "orders.selectors.invoices"),
    "invoice_tolerance_permille": settable(5, 0, 100, "orders.selectors.invoices"),  # a weight or a price on it
    "remind_before_days": settable(5, 0, 30, "orders.services.reminding", "orders.services.settling"),
    "remind_every_days": settable(7, 1, 60, "orders.services.reminding", "losses.services.late_relief"),
    "pay_speed_days": settable(
        180, 30, 730, "orders.selectors.ageing", "orders.selectors.cards", "orders.selectors.ratings"
    ),
    # a year: 0.05 % a day, as 《保障中小企业款项支付条例》 sets where nothing was agreed
    "late_interest_bp": settable(1825, 1, 10_000, "orders.selectors.ageing"),
    # what a seller was paid too much and no later statement made up for is then claimed
    "rest_days": settable(60, 1, 366, "orders.services.sweeping"),
    # so long after a payment its payee is asked whether it arrived
    "payee_asked_days": settable(30, 1, 180, "ledger.selectors.arriving"),
    "cards_shown_a_day": settable(30, 1, 500, "ledger.services.showing"),
    # Losses, in the order of their flow:
    # after the day a loss was seen; a later notice is taken and said to be late
    "loss_notice_hours": settable(72, 1, 720, "losses.selectors.loss_notices"),
    # a notice of loss that nobody made a report of ends then
    "loss_notice_days": settable(14, 3, 90, "losses.services.loss_notices"),
    # so long after its last day of harvest a crop may be reported
    "crop_report_days": settable(60, 1, 366, "losses.selectors.lots"),
    # so long after it a sale below the reference may be reported
    "sale_report_days": settable(60, 1, 366, "losses.selectors.sales"),
    "village_check_hours": settable(24, 1, 336, "losses.services.claiming"),
    "township_check_hours": settable(48, 1, 336, "losses.services.checking"),
    "complete_days": settable(7, 1, 60, "losses.services.answering"),
    # until a list must hang, today the first; how long it hangs, its scheme says
    "publish_days": settable(
        5,
        5,
        30,
        "losses.services.awarding",
        "losses.services.checking",
        "losses.services.noticing",
        "losses.services.sharing",
    ),
    # after its end; then nobody reads the lines of a notice about people any more
    "notice_lines_days": settable(30, 0, 90, "records.selectors.notices"),
    "visit_hours": settable(72, 1, 336, "losses.services.noticing", "losses.services.deadlines"),
    # so much less than the township had is still accepted
    "sample_tolerance_permille": settable(50, 0, 500, "losses.selectors.sampling"),
    # so many of a hundred that nobody visits are called by telephone
    "callback_percent": settable(10, 0, 100, "losses.services.calling"),
    # working days; then the head is told and nobody calls any more
    "callback_days": settable(3, 1, 30, "losses.services.calling"),
    # so many of a hundred awards of a month are looked at once more by lot, and so many as the riskiest
    "reinspect_percent": settable(2, 0, 100, "losses.services.reinspecting"),
    "reinspect_top_percent": settable(5, 0, 100, "losses.services.reinspecting"),
    # working days; then the head is told and nobody looks any more
    "reinspect_days": settable(20, 1, 60, "losses.services.reinspecting"),
    # the bureau's, today the first
    "review_days": settable(
        5, 1, 30, "losses.services.noticing", "losses.services.visiting", "losses.services.objecting"
    ),
    # working days in which an objection to relief is answered; then the head is told too
    "objection_answer_days": settable(3, 1, 15, "records.services.notices", "records.selectors.notices"),
    "relief_pay_days": settable(30, 1, 180, "losses.services.schemes"),  # after the award, unless a scheme says
    # a year, of relief that is paid late; 0 is none
    "relief_interest_bp": settable(0, 0, 10_000, "losses.selectors.late_relief"),
    "appeal_days": settable(15, 1, 90, "losses.selectors.appeals"),  # so long after its refusal a claim may be appealed
    "appeal_decide_days": settable(10, 1, 60, "losses.services.appealing"),  # then the appeal goes to the head
    # the head's; then it ends undecided, and may be said again
    "appeal_head_days": settable(5, 1, 30, "losses.services.appealing"),
    # What is looked at again on a loss:
    "late_report_days": settable(30, 1, 366, "losses.services.rules"),  # after the loss; a later report is looked at
    # of one household
    "many_reports": settable(3, 2, 50, "losses.services.rules"),
    "many_reports_days": settable(30, 1, 366, "losses.services.rules"),  # are looked at if they come within so many
    # more than a household tills: what it listed in a season of one produce would take more land
    "plausible_plot_mu": settable(10, 1, 1_000, "losses.services.rules"),
    # from the village's point, or as far as the village reaches; a visit written farther away is looked at
    "visit_far_m": settable(5_000, 100, 50_000, "losses.services.place_rules"),
    # between the phones of the two verifiers; more is looked at
    "verifiers_apart_m": settable(1_000, 100, 50_000, "losses.services.place_rules"),
    # before the day of a loss and after it: losses of the same time
    "neighbour_days": settable(3, 0, 30, "losses.services.neighbour_rules"),
    # what households that belong together reported so long before is added up
    "split_days": settable(30, 1, 366, "losses.services.neighbour_rules"),
    # a household stood on the register for less than this before its loss, in a village whose register is older
    "entered_before_days": settable(30, 0, 366, "losses.services.register_rules"),
    # one person files so many losses an hour for others; more are looked at
    "proxy_reports_an_hour": settable(10, 1, 500, "losses.services.hand_rules"),
    "visits_a_day": settable(20, 1, 200, "losses.services.hand_rules"),  # of one verifier; more are looked at
    # from one visit to the next; faster is looked at
    "visit_speed_kmh": settable(80, 10, 200, "losses.services.hand_rules"),
    # of the middle of the neighbours' losses; more is looked at
    "neighbour_claims_permille": settable(2_000, 1_000, 20_000, "losses.services.neighbour_rules"),
    # so many households must have reported before anybody is compared with them
    "neighbours_least": settable(3, 1, 50, "losses.services.neighbour_rules"),
    # of one checker, of the same quantity in the same words; more are looked at
    "same_figures_a_day": settable(5, 1, 200, "losses.services.neighbour_rules"),
    # so many reports of a village, produce and season are needed to see which are the largest
    "largest_least": settable(20, 5, 500, "losses.services.neighbour_rules"),
    # larger than so many of them is looked at
    "largest_permille": settable(950, 500, 999, "losses.services.neighbour_rules"),
    # of what the written land of the village gives; all its reports of a season together above it are looked at
    "village_claims_permille": settable(1_000, 100, 5_000, "losses.services.village_rules"),
    # so much less than an amount from which on a scheme asks for more papers
    "just_below_permille": settable(50, 1, 300, "losses.services.neighbour_rules"),
    # so many reports are looked at
    "just_below_reports": settable(3, 2, 50, "losses.services.neighbour_rules"),
    "just_below_days": settable(30, 1, 366, "losses.services.neighbour_rules"),  # if they come within so many
    # for so many households of a township in like words and of equal quantity; more are looked at
    "proxy_alike_most": settable(3, 1, 100, "losses.services.habit_rules"),
    "proxy_alike_days": settable(7, 1, 90, "losses.services.habit_rules"),  # if others filed them within so many
    # words so much alike are like words: of pairs that were tried, copies with a word changed were from 850 on, and
    # what two people wrote of one storm up to 750
    "proxy_alike_permille": settable(800, 500, 1_000, "losses.services.habit_rules"),
    "checks_a_minute": settable(10, 1, 60, "losses.services.habit_rules"),  # of one person; more are looked at
    "pair_days": settable(90, 7, 366, "losses.services.habit_rules"),  # so long back the visits of two are counted
    "pair_visits_least": settable(10, 3, 200, "losses.services.habit_rules"),  # so many are needed to see a habit
    # of the visits of one verifier with the same second one; more is looked at
    "pair_permille": settable(800, 100, 999, "losses.services.habit_rules"),
    # of the visits of two that found exactly what was reported; more is looked at
    "pair_exact_permille": settable(950, 500, 999, "losses.services.habit_rules"),
    # from the village's point, or as far as the village reaches; a photo taken farther away is looked at
    "photo_far_m": settable(5_000, 100, 50_000, "losses.services.rules"),
    "photo_early_days": settable(7, 0, 90, "losses.services.photo_rules"),  # older than the loss by more: looked at
    # photos of two households taken so near
    "photo_cluster_m": settable(15, 1, 500, "losses.services.neighbour_rules"),
    # and so soon after each other are looked at
    "photo_cluster_minutes": settable(30, 1, 240, "losses.services.neighbour_rules"),
    # 1 asks at every visit for a sheet with number and date, by hand, in a photo; 0 where photos leave a doubt
    "card_always": settable(0, 0, 1, "losses.selectors.cards"),
    # of the same household, village and produce, or sender: so many with each new photo
    "photos_compared": settable(300, 20, 2_000, "records.services.second_look"),
    # People, registers and sessions:
    "desk_idle_minutes": settable(30, 5, 240, "accounts.selectors"),
    "field_idle_hours": settable(12, 1, 48, "accounts.selectors"),
    "household_idle_days": settable(30, 1, 90, "accounts.selectors"),
    "register_file_days": settable(7, 1, 60, "accounts.services.register_files"),
    "register_change_days": settable(7, 1, 60, "registers.services.rules"),
    "household_agrees_days": settable(7, 1, 60, "registers.services.coops"),
    "card_wait_days": settable(3, 0, 30, "registers.services.cards"),
    "duplicate_from_score": settable(40, 20, 100, "registers.services.duplicates"),
    "phone_of_few_households": settable(3, 1, 20, "registers.services.duplicates"),
    "mass_reading_people": settable(300, 20, 100_000, "accounts.services.readings"),
    "dispute_told_again_days": settable(3, 1, 30, "accounts.services.acts"),
    "grievance_answer_days": settable(5, 1, 30, "accounts.services.grievances"),  # then it goes to the head
    # the head's; then it ends unanswered, and everybody is told
    "grievance_head_days": settable(5, 1, 30, "accounts.services.grievances"),
    # so long after its end it may be opened again, once
    "grievance_reopen_days": settable(15, 1, 90, "accounts.services.grievances"),
}

DEFAULTS = {name: one.default for name, one in SETTABLE.items()}


_kept: ContextVar[dict[dt.date, dict[str, int]] | None] = ContextVar("policies kept", default=None)


@contextmanager
def policies_read_once() -> Iterator[None]:
    """Ask for the values of each day once within this, where many rules are asked one after the other."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def policy(name: str, on: dt.date) -> int:
    """Return the value in force on this day."""
    if _kept.get() is not None:
        return policies_on(on)[name]
    with connection.cursor() as cursor:  # asked many times by every act: not built anew each time
        cursor.execute(
            "SELECT value FROM records_policyvalue WHERE name = %s AND from_on <= %s"
            " AND confirmed_by_id IS NOT NULL ORDER BY from_on DESC LIMIT 1",
            [name, on],
        )
        row = cursor.fetchone()
    return int(row[0]) if row is not None else DEFAULTS[name]


def policies_on(on: dt.date) -> dict[str, int]:
    """Return every value in force on this day, by its name."""
    kept = _kept.get()
    if kept is None:
        return _read(on)
    if on not in kept:
        kept[on] = _read(on)
    return kept[on]


def _read(on: dt.date) -> dict[str, int]:
    rows = PolicyValue.objects.filter(confirmed_by__isnull=False, from_on__lte=on).order_by("from_on", "pk")
    return DEFAULTS | {name: int(value) for name, value in rows.values_list("name", "value") if name in DEFAULTS}


def policy_in_sql(name: str, on: dt.date | OuterRef) -> Coalesce:
    """Return the value in force on a day, this one or that of each row, as part of a statement that needs it."""
    newest = _confirmed(name, on).annotate(number=Cast("value", IntegerField())).values("number")[:1]
    return Coalesce(Subquery(newest), Value(DEFAULTS[name]), output_field=IntegerField())


def _confirmed(name: str, on: dt.date | OuterRef) -> QuerySet[PolicyValue]:
    rows = PolicyValue.objects.filter(name=name, from_on__lte=on, confirmed_by__isnull=False)
    return rows.order_by("-from_on")


def calendar_overrides() -> dict[dt.date, bool]:
    """Return the days on which the county departs from the national calendar."""
    return dict(CalendarDay.objects.values_list("day", "is_workday"))


def end_of_workday_after(day: dt.date, days: int) -> dt.datetime:
    """Return the end of the working day so many after a day; twice as many days where their year is not announced."""
    try:
        return clock.day_end(add_workdays(day, days, calendar_overrides()))
    except UnknownCalendarYear:
        return clock.day_end(day + dt.timedelta(days=2 * days))
