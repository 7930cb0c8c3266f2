"""Policy values: the ⟨…⟩ of the rules, dated, set by one person and confirmed by a second."""

import datetime as dt

from django.db.models import IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce

from records.models import CalendarDay, PolicyValue

# What holds while the county has confirmed nothing else; the unit is in the name.
DEFAULTS = {
    "seller_answer_hours": 24,
    "call_off_hours": 12,
    "lookback_days": 30,
    "approval_hours": 72,
    "tolerance_permille": 20,
    "reason_above_permille": 50,  # so much less at the scale than was sent needs its reason
    "refusal_photo": 1,  # 1: goods refused for what is wrong with them are shown by a photo; 0: they need not be
    "papers_at_scale": 1,  # 0: none; 1: what every buyer must see; 2: also the test slips of schools and hospitals
    "piece_tolerance_permille": 200,  # an animal weighs what it weighs
    "transit_loss_permille": 20,  # natural loss on the way, which the seller bears; above it the haulier
    "silence_hours": 48,
    "dispatch_days": 2,  # after the delivery day; what has not left by then is given back
    "arrival_days": 3,  # a trip nobody saw arrive by then counts as not arrived
    "payment_days": 30,
    "relief_pay_days": 30,  # after the award
    "relief_interest_bp": 0,  # a year, of relief that is paid late; 0 is none
    "correction_days": 7,  # after signing; later no receipt is corrected
    "return_days": 3,  # after signing; later nothing is sent back
    "return_answer_hours": 48,  # the seller's; silence is for the bureau to decide
    "return_decision_days": 7,  # the bureau's; then what the seller never answered stands as asked
    "rating_days": 30,  # after signing or payment; later nobody says how a sale went
    "rating_change_days": 7,  # within which it may be said anew
    "rating_shown_from": 5,  # so many must have spoken before everybody reads what farmers say of a buyer
    "complaint_days": 7,  # after signing or payment; later nobody complains of a delivery
    "complaint_answer_days": 3,  # working days of each side; silence is for the county
    "complaint_decision_days": 5,  # working days of the county; then silence decides
    "fund_file_days": 14,  # how long a whole file made in the background is kept
    "file_link_days": 90,  # how long a link to a file opens for people without an account
    "rest_days": 60,  # what a seller was paid too much and no later statement made up for is then claimed
    "sack_g": 25_000,  # what goes into one sack
    "ordering_lock_days": 0,  # after the due day; a buyer who has not paid by then orders nothing
    "remind_before_days": 5,
    "remind_every_days": 7,
    "pay_speed_days": 180,
    "late_interest_bp": 1825,  # a year: 0.05 % a day, as 《保障中小企业款项支付条例》 sets where nothing was agreed
    "stale_days": 3,
    "expiry_days": 7,
    "test_slip_days": 7,
    "min_parcel_g": 10_000,
    "high_price_permille": 1300,
    "low_price_permille": 500,
    "loss_notice_hours": 72,  # after the day a loss was seen; a later notice is taken and said to be late
    "loss_notice_days": 14,  # a notice of loss that nobody made a report of ends then
    "appeal_days": 15,  # so long after its refusal a claim may be appealed
    "appeal_decide_days": 10,  # then the appeal goes to the head
    "appeal_head_days": 5,  # the head's; then it ends undecided, and may be said again
    "village_check_hours": 24,
    "township_check_hours": 48,
    "visit_hours": 72,
    "sample_tolerance_permille": 50,  # so much less than the township had is still accepted
    "callback_percent": 10,  # so many of a hundred that nobody visits are called by telephone
    "callback_days": 3,  # working days; then the head is told and nobody calls any more
    "review_days": 5,
    "publish_days": 5,
    "complete_days": 7,
    "desk_idle_minutes": 30,
    "field_idle_hours": 12,
    "household_idle_days": 30,
    "register_file_days": 7,
    "register_change_days": 7,
    "card_wait_days": 3,
    "mass_reading_people": 300,
    "cards_shown_a_day": 30,
    "household_agrees_days": 7,
    "inspected_yield_permille": 1500,  # of the yield of a good year: so much a look at the field may find
    "phone_of_few_households": 3,
    "duplicate_from_score": 40,
    "dispute_told_again_days": 3,
    "payee_asked_days": 30,  # so long after a payment its payee is asked whether it arrived
    "grievance_answer_days": 5,  # then it goes to the head
    "grievance_head_days": 5,  # the head's; then it ends unanswered, and everybody is told
    "grievance_reopen_days": 15,  # so long after its end it may be opened again, once
    "basket_ceiling_permille": 1100,  # of the reference price: the ceiling of a line whose buyer wrote none
    "people_without_exception": 4,  # of a buyer: so many keep all its steps apart
    "plan_kept_minutes": 15,  # so long the lots of a chosen plan are kept for its buyer, and once more where asked for
    "plan_kept_most_g": 2_000_000,  # so much is kept for one buyer at a time
    "order_least_fen": 0,  # an order comes to so much at least; 0: any
    "order_least_g": 0,  # and weighs so much
    "proxy_reports_an_hour": 10,  # one person files so many losses an hour for others; more are looked at
    "visits_a_day": 20,  # of one verifier; more are looked at
    "visit_speed_kmh": 80,  # from one visit to the next; faster is looked at
    "neighbour_claims_permille": 2_000,  # of the middle of the neighbours' losses; more is looked at
    "neighbours_least": 3,  # so many households must have reported before anybody is compared with them
    "same_figures_a_day": 5,  # of one checker, of the same quantity in the same words; more are looked at
    "photo_cluster_m": 15,  # photos of two households taken so near
    "photo_cluster_minutes": 30,  # and so soon after each other are looked at
    "photos_compared": 300,  # of the same household, village and produce, or sender: so many with each new photo
    "season_days": 180,  # over which it is counted who was served how much
    "season_cap_g": 0,  # of one produce a household sells so much a season by a ready plan; 0 is no cap
    "freight_stop_fen": 12_00,
    "freight_100kg_fen": 6_00,
    "transport_payer": 0,  # 0: settled outside; 1: the buyer; 2: sellers by weight; 3: sellers by weight and way
    "transport_most_permille": 100,  # of what the goods of a trip fetch: its cart costs at most this
    "cart_leaves_minute": 270,  # half past four in the morning
    "cart_stop_minutes": 20,
    "procurement_limit_yuan": 300_000,  # a year of one class of goods; above it only by a procurement project
    "procurement_told_permille": 800,  # from so much of the limit on a buyer is told
    "invoice_tolerance_fen": 5,  # an amount on an invoice may differ by so much from its statement's
    "invoice_tolerance_permille": 5,  # a weight or a price on it
    "share_least_permille": 100,  # of a year's food, a canteen keeps at least so much for poor households' goods
    "share_declared_until": 51,  # the day of the year: the 51st is 20 February
    "share_told_before_days": 14,
    "invoice_needed": 0,  # 1: a pay run leaves out what has no matched invoice
}


# Within which bounds a county sets each: outside of them a rule would not work, or harm somebody.
LIMITS = {
    "seller_answer_hours": (1, 168),
    "call_off_hours": (0, 72),
    "lookback_days": (1, 366),
    "approval_hours": (2, 336),
    "tolerance_permille": (0, 200),
    "reason_above_permille": (0, 1000),
    "refusal_photo": (0, 1),
    "papers_at_scale": (0, 2),
    "piece_tolerance_permille": (0, 500),
    "transit_loss_permille": (0, 100),
    "silence_hours": (12, 336),
    "dispatch_days": (0, 30),
    "arrival_days": (1, 14),
    "relief_pay_days": (1, 180),
    "relief_interest_bp": (0, 10_000),
    "payment_days": (1, 60),  # 保障中小企业款项支付条例: at most 60 days after delivery
    "correction_days": (1, 30),
    "return_days": (1, 30),
    "return_answer_hours": (12, 168),
    "return_decision_days": (1, 30),
    "rating_days": (1, 180),
    "rating_change_days": (0, 60),
    "rating_shown_from": (1, 100),
    "complaint_days": (1, 60),
    "complaint_answer_days": (1, 15),
    "complaint_decision_days": (1, 30),
    "fund_file_days": (1, 90),
    "file_link_days": (1, 366),
    "rest_days": (1, 366),
    "sack_g": (1_000, 100_000),
    "ordering_lock_days": (0, 30),
    "remind_before_days": (0, 30),
    "remind_every_days": (1, 60),
    "pay_speed_days": (30, 730),
    "late_interest_bp": (1, 10_000),
    "stale_days": (1, 30),
    "expiry_days": (1, 90),
    "test_slip_days": (1, 30),
    "min_parcel_g": (1, 1_000_000),
    "basket_ceiling_permille": (1000, 10_000),
    "high_price_permille": (1001, 10_000),
    "low_price_permille": (1, 999),
    "loss_notice_hours": (1, 720),
    "loss_notice_days": (3, 90),
    "appeal_days": (1, 90),
    "appeal_decide_days": (1, 60),
    "appeal_head_days": (1, 30),
    "village_check_hours": (1, 336),
    "township_check_hours": (1, 336),
    "visit_hours": (1, 336),
    "sample_tolerance_permille": (0, 500),
    "callback_percent": (0, 100),
    "callback_days": (1, 30),
    "review_days": (1, 30),
    "publish_days": (5, 30),
    "complete_days": (1, 60),
    "desk_idle_minutes": (5, 240),
    "field_idle_hours": (1, 48),
    "household_idle_days": (1, 90),
    "register_file_days": (1, 60),
    "register_change_days": (1, 60),
    "card_wait_days": (0, 30),
    "mass_reading_people": (20, 100_000),
    "cards_shown_a_day": (1, 500),
    "household_agrees_days": (1, 60),
    "inspected_yield_permille": (1000, 5000),
    "phone_of_few_households": (1, 20),
    "duplicate_from_score": (20, 100),
    "dispute_told_again_days": (1, 30),
    "payee_asked_days": (1, 180),
    "grievance_answer_days": (1, 30),
    "grievance_head_days": (1, 30),
    "grievance_reopen_days": (1, 90),
    "people_without_exception": (2, 8),
    "plan_kept_minutes": (1, 60),
    "plan_kept_most_g": (10_000, 100_000_000),
    "order_least_fen": (0, 1_000_000),
    "procurement_limit_yuan": (10_000, 100_000_000),
    "procurement_told_permille": (100, 1000),
    "order_least_g": (0, 1_000_000),
    "proxy_reports_an_hour": (1, 500),
    "visits_a_day": (1, 200),
    "visit_speed_kmh": (10, 200),
    "neighbour_claims_permille": (1_000, 20_000),
    "neighbours_least": (1, 50),
    "same_figures_a_day": (1, 200),
    "photo_cluster_m": (1, 500),
    "photo_cluster_minutes": (1, 240),
    "photos_compared": (20, 2_000),
    "season_days": (30, 366),
    "season_cap_g": (0, 100_000_000),
    "freight_stop_fen": (0, 100_000),
    "freight_100kg_fen": (0, 100_000),
    "transport_payer": (0, 3),
    "transport_most_permille": (0, 300),
    "cart_leaves_minute": (0, 1200),
    "cart_stop_minutes": (1, 240),
    "invoice_tolerance_fen": (0, 10_000),
    "invoice_tolerance_permille": (0, 100),
    "share_least_permille": (10, 1000),
    "share_declared_until": (1, 365),
    "share_told_before_days": (0, 60),
    "invoice_needed": (0, 1),
}


def policy(name: str, on: dt.date) -> int:
    """Return the value in force on this day."""
    row = _confirmed(name, on).values_list("value", flat=True).first()
    return int(row) if row is not None else DEFAULTS[name]


def policies_on(on: dt.date) -> dict[str, int]:
    """Return every value in force on this day, by its name."""
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
