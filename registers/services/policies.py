"""The rules of what a county decides about its rules: policy values and the working days of a year."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role, User
from kernel import clock
from kernel.errors import BadValue
from kernel.workdays import announced
from records.models import CalendarDay, PolicyValue
from records.selectors.policy import SETTABLE, policy
from registers.services.rules import Content, Hands, Rules, Step, seat

MOST_AHEAD = dt.timedelta(days=2 * 366)

# What each value is called, with its unit.
POLICY_NAMES = [
    ("seller_answer_hours", gettext_lazy("Sellers answer an order within (hours)")),
    ("call_off_hours", gettext_lazy("What a seller promised is called off so long before its day (hours)")),
    ("plan_objection_days", gettext_lazy("An objection to a purchase plan is answered within (days)")),
    (
        "plan_decision_hours",
        gettext_lazy("A purchase plan nobody decides goes on to others, then ends, each after (hours)"),
    ),
    ("plan_draft_days", gettext_lazy("A draft of a purchase plan is kept for (days)")),
    ("objection_answer_days", gettext_lazy("An objection to a notice of relief is answered within (working days)")),
    ("approval_hours", gettext_lazy("A waiting approval ends after (hours)")),
    ("lookback_days", gettext_lazy("Orders are added up for approval over (days)")),
    ("tolerance_permille", gettext_lazy("At the scale more than ordered is taken up to (thousandths)")),
    ("piece_tolerance_permille", gettext_lazy("Of animals more than ordered is taken up to (thousandths)")),
    ("reason_above_permille", gettext_lazy("Above this shortage at the scale a reason is asked for (thousandths)")),
    ("refusal_photo", gettext_lazy("What goes back at the scale needs a photo (1 yes, 0 no)")),
    ("papers_at_scale", gettext_lazy("Papers without which nothing is accepted (0 none, 1 by law, 2 also test slips)")),
    ("transit_loss_permille", gettext_lazy("Natural loss on the way that the seller bears (thousandths)")),
    ("ordering_lock_days", gettext_lazy("Days after the due day from which a buyer in debt orders nothing")),
    ("remind_before_days", gettext_lazy("Buyers are reminded so long before a payment is due (days)")),
    ("remind_every_days", gettext_lazy("Whoever pays late, relief too, is reminded every so often (days)")),
    ("pay_speed_days", gettext_lazy("How fast buyers pay, and what is said of them, is shown of the last (days)")),
    ("late_interest_bp", gettext_lazy("Interest on late payment, in hundredths of a percent a year")),
    ("dispatch_days", gettext_lazy("Days after the delivery day within which goods must leave")),
    ("arrival_days", gettext_lazy("Days after which a trip nobody saw arrive counts as not arrived")),
    ("silence_hours", gettext_lazy("Silence after the arrival is consent after (hours)")),
    (
        "relief_pay_days",
        gettext_lazy("Relief is on the card after the award within, unless a scheme says (days)"),
    ),
    ("relief_interest_bp", gettext_lazy("Interest on relief paid late, hundredths of a percent a year, 0 for none")),
    ("payment_days", gettext_lazy("Sellers are paid within (days)")),
    ("correction_days", gettext_lazy("A buyer proposes to correct a receipt within, after signing (days)")),
    ("return_days", gettext_lazy("A buyer asks to send goods back within, after signing (days)")),
    ("return_answer_hours", gettext_lazy("The seller answers a return or a correction within (hours)")),
    ("return_decision_days", gettext_lazy("The bureau decides a return within (days)")),
    ("rating_days", gettext_lazy("How a sale went is said within, after signing or payment (days)")),
    ("rating_change_days", gettext_lazy("How a sale went may be said anew within (days)")),
    ("rating_shown_from", gettext_lazy("Everybody reads what farmers say of a buyer once so many have spoken")),
    ("complaint_days", gettext_lazy("Either side complains of a delivery within, after signing or payment (days)")),
    ("complaint_answer_days", gettext_lazy("The other side answers a complaint within (working days)")),
    ("complaint_decision_days", gettext_lazy("The county decides a complaint within (working days)")),
    ("fund_file_days", gettext_lazy("A whole file made in the background is kept for (days)")),
    ("file_link_days", gettext_lazy("A link to a canteen's file opens for (days)")),
    ("rest_days", gettext_lazy("What a seller was paid too much is claimed after (days)")),
    ("sack_g", gettext_lazy("What goes into one sack (grams)")),
    ("stale_days", gettext_lazy("Whether goods are still there is asked after (days)")),
    ("expiry_days", gettext_lazy("Goods nobody answered for leave the market after (days)")),
    ("away_days", gettext_lazy("A seller is away for at most (days)")),
    ("test_slip_days", gettext_lazy("A test slip counts for (days)")),
    ("basket_ceiling_permille", gettext_lazy("A line of a basket pays at most, of the reference price (thousandths)")),
    ("min_parcel_g", gettext_lazy("The least that one seller sends (grams)")),
    ("order_least_fen", gettext_lazy("An order comes to at least, 0 for any (fen)")),
    ("order_least_g", gettext_lazy("An order weighs at least, 0 for any (grams)")),
    ("entered_before_days", gettext_lazy("A household entered less than this before its loss is looked at (days)")),
    ("proxy_reports_an_hour", gettext_lazy("Losses one person files for others an hour, more are looked at (reports)")),
    ("visits_a_day", gettext_lazy("Visits of one verifier a day, more are looked at (visits)")),
    ("visit_speed_kmh", gettext_lazy("From one visit to the next, faster is looked at (km/h)")),
    (
        "neighbour_claims_permille",
        gettext_lazy("A loss above so much of the middle of its neighbours is looked at (thousandths)"),
    ),
    ("neighbours_least", gettext_lazy("Neighbours needed to compare a loss with them (households)")),
    ("same_figures_a_day", gettext_lazy("Equal figures of one checker a day, more are looked at (figures)")),
    ("largest_least", gettext_lazy("Reports of a season needed to see which are the largest (reports)")),
    ("largest_permille", gettext_lazy("A report larger than so many of its season is looked at (thousandths)")),
    (
        "village_claims_permille",
        gettext_lazy("A village's losses above so much of what its land gives are looked at (thousandths)"),
    ),
    ("just_below_permille", gettext_lazy("Just below an amount that asks for more papers is within (thousandths)")),
    ("just_below_reports", gettext_lazy("So many reports just below it are looked at (reports)")),
    ("just_below_days", gettext_lazy("… if they come within so many days (days)")),
    ("proxy_alike_most", gettext_lazy("Reports for others in like words, more are looked at (households)")),
    ("proxy_alike_days", gettext_lazy("… if they come from one township within (days)")),
    ("proxy_alike_permille", gettext_lazy("… and their words are so much alike (thousandths)")),
    ("checks_a_minute", gettext_lazy("Checks of one person a minute, more are looked at (checks)")),
    ("pair_days", gettext_lazy("The visits of two verifiers are counted over the last (days)")),
    ("pair_visits_least", gettext_lazy("Visits needed to see a habit of verifiers (visits)")),
    ("pair_permille", gettext_lazy("Visits with the same second verifier, more are looked at (thousandths)")),
    (
        "pair_exact_permille",
        gettext_lazy("Visits that found exactly what was reported, more are looked at (thousandths)"),
    ),
    ("photo_far_m", gettext_lazy("A photo taken farther from its village than this is looked at (metres)")),
    ("verifiers_apart_m", gettext_lazy("Two verifiers whose phones lie farther apart are looked at (metres)")),
    ("photo_early_days", gettext_lazy("A photo older than the loss by more than this is looked at (days)")),
    ("photo_cluster_m", gettext_lazy("Photos of two households taken so near are looked at (metres)")),
    ("photo_cluster_minutes", gettext_lazy("… and so soon after each other (minutes)")),
    (
        "card_always",
        gettext_lazy("Number and date by hand in a photo of a visit: 0 where photos leave a doubt, 1 always"),
    ),
    ("photos_compared", gettext_lazy("A photo of a loss is compared with so many earlier ones (photos)")),
    ("season_days", gettext_lazy("A season, for who was served and for looking at losses, is the last (days)")),
    ("plan_kept_minutes", gettext_lazy("The lots of a chosen plan are kept for its buyer for (minutes)")),
    ("plan_kept_most_g", gettext_lazy("So much is kept for one buyer at a time at most (grams)")),
    ("season_cap_g", gettext_lazy("A household sells of one produce a season at most, 0 for no cap (grams)")),
    ("freight_stop_fen", gettext_lazy("A cart costs for each village it stops in (fen)")),
    ("freight_100kg_fen", gettext_lazy("A cart costs for each 100 kg begun (fen)")),
    (
        "transport_payer",
        gettext_lazy("A cart is paid by: 0 settled outside, 1 the buyer, 2 sellers by weight, 3 by weight and way"),
    ),
    ("transport_most_permille", gettext_lazy("A cart costs at most, of what its goods fetch (thousandths)")),
    ("cart_leaves_minute", gettext_lazy("The cart leaves after midnight at (minutes)")),
    ("cart_stop_minutes", gettext_lazy("The cart needs for each village (minutes)")),
    ("procurement_limit_yuan", gettext_lazy("Bought of one class of goods a year without a project (yuan)")),
    ("procurement_told_permille", gettext_lazy("A buyer is told from, of the procurement limit (thousandths)")),
    ("invoice_tolerance_fen", gettext_lazy("Amounts on an invoice may differ by (fen)")),
    ("invoice_tolerance_permille", gettext_lazy("Weights and prices on an invoice may differ by (thousandths)")),
    ("share_least_permille", gettext_lazy("Kept of a canteen's food for poor households, at least (thousandths)")),
    ("share_declared_until", gettext_lazy("Shares are declared until the day of the year (51: 20 February)")),
    ("share_told_before_days", gettext_lazy("Buyers are told to declare their share so long before (days)")),
    ("invoice_needed", gettext_lazy("Statements are paid only with a matched invoice (0 no, 1 yes)")),
    ("high_price_permille", gettext_lazy("A price is high from, of the reference price (thousandths)")),
    ("low_price_permille", gettext_lazy("A price is low up to, of the reference price (thousandths)")),
    ("loss_notice_hours", gettext_lazy("Notice of a loss is given within (hours after the day it was seen)")),
    ("loss_notice_days", gettext_lazy("A notice of loss without a report ends after, today the first (days)")),
    ("crop_report_days", gettext_lazy("A crop is reported lost within, after its last day of harvest (days)")),
    ("sale_report_days", gettext_lazy("A sale below the reference is reported within (days)")),
    ("late_report_days", gettext_lazy("A loss reported later than this is looked at (days)")),
    ("many_reports", gettext_lazy("So many reports of one household are looked at (reports)")),
    ("many_reports_days", gettext_lazy("… if they come within (days)")),
    ("plausible_plot_mu", gettext_lazy("Goods of one season that take more land than this are looked at (mu)")),
    ("visit_far_m", gettext_lazy("A visit written farther from its village than this is looked at (metres)")),
    ("neighbour_days", gettext_lazy("Losses of the same time lie apart by at most (days)")),
    ("split_days", gettext_lazy("Reports of households that belong together are added up over (days)")),
    ("appeal_days", gettext_lazy("A refused loss may be appealed for (days)")),
    ("appeal_decide_days", gettext_lazy("An appeal is decided within, today the first (days)")),
    ("appeal_head_days", gettext_lazy("The head decides a late appeal within, today the first (days)")),
    ("village_check_hours", gettext_lazy("The village checks a loss within (hours)")),
    ("township_check_hours", gettext_lazy("The township checks a loss within (hours)")),
    ("sample_tolerance_permille", gettext_lazy("A visit may find less than the township by (thousandths)")),
    ("callback_percent", gettext_lazy("Of a hundred losses nobody visits, so many households are called")),
    ("callback_days", gettext_lazy("A household drawn for a call is called within (working days)")),
    ("reinspect_percent", gettext_lazy("Of a hundred awards of a month, so many are looked at once more by lot")),
    ("reinspect_top_percent", gettext_lazy("Of a hundred awards of a month, so many are looked at as the riskiest")),
    ("reinspect_days", gettext_lazy("An award drawn for re-inspection is looked at within (working days)")),
    ("visit_hours", gettext_lazy("A loss is visited within (hours)")),
    ("review_days", gettext_lazy("The bureau reviews a loss within, today the first (days)")),
    ("publish_days", gettext_lazy("A list is put on public notice within, today the first (days)")),
    ("notice_lines_days", gettext_lazy("The lines of a notice are read after its end for (days)")),
    ("complete_days", gettext_lazy("A claim sent back is completed within, today the first (days)")),
    ("desk_idle_minutes", gettext_lazy("A session at a desk ends without use after (minutes)")),
    ("field_idle_hours", gettext_lazy("A session in the field ends without use after (hours)")),
    ("household_idle_days", gettext_lazy("A household's session ends without use after (days)")),
    ("register_file_days", gettext_lazy("A file of households waits for its second person (days)")),
    ("card_wait_days", gettext_lazy("A new bank card is used after (days)")),
    ("mass_reading_people", gettext_lazy("The auditor is told once somebody reads of, within an hour (people)")),
    ("cards_shown_a_day", gettext_lazy("One person sees whole card numbers a day (times)")),
    ("phone_of_few_households", gettext_lazy("A phone tells households as one if it serves up to (households)")),
    ("duplicate_from_score", gettext_lazy("Two households are compared from a likeness of (of 100)")),
    ("dispute_told_again_days", gettext_lazy("An unanswered 「不是我」 is told again after (days)")),
    ("payee_asked_days", gettext_lazy("Who was paid is asked whether it arrived, for (days)")),
    ("grievance_answer_days", gettext_lazy("A grievance is answered within (days)")),
    ("grievance_head_days", gettext_lazy("The head answers a late grievance within (days)")),
    ("grievance_reopen_days", gettext_lazy("A grievance may be opened again for (days)")),
    ("people_without_exception", gettext_lazy("A buyer needs no exception from its number of (people) on")),
    ("register_change_days", gettext_lazy("A change of a register waits for its second person (days)")),
    ("inspected_yield_permille", gettext_lazy("A look at the field finds at most, of a good year (thousandths)")),
    ("household_agrees_days", gettext_lazy("What a household is asked waits for its yes or no (days)")),
]
COUNTY = Hands(
    (seat(Role.BUREAU_APPROVER), seat(Role.FINANCE_MAKER), seat(Role.FINANCE_CHECKER)),
    (seat(Role.BUREAU_APPROVER), seat(Role.FINANCE_CHECKER)),
)


class PolicyRules(Rules):
    """Policy values: one number of the rules, from a day on."""

    key = "policies"
    roles = (Role.BUREAU_APPROVER, Role.FINANCE_MAKER, Role.FINANCE_CHECKER)

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return which value would hold from its day on, instead of which."""
        name, value, from_on = content["name"], int(content["value"]), dt.date.fromisoformat(content["from_on"])
        known = SETTABLE[name]
        if not known.least <= value <= known.most:
            raise BadValue(_("Write a number from %(least)s to %(most)s.") % {"least": known.least, "most": known.most})
        if from_on <= clock.county_day(at):
            raise BadValue(_("A value holds from tomorrow at the earliest: what was decided today keeps its rule."))
        if from_on > clock.county_day(at) + MOST_AHEAD:
            raise BadValue(
                _("Within two years, please: until a value holds, no other can be set. Choose an earlier day.")
            )
        last = PolicyValue.objects.filter(name=name, confirmed_by__isnull=False).order_by("-from_on").first()
        if last is not None and from_on <= last.from_on:
            raise BadValue(
                _("A value is in force from %(day)s on already. Choose a later day.")
                % {"day": last.from_on.isoformat()}
            )
        stood = policy(name, from_on)
        return Step(
            subject=name,
            title=str(dict(POLICY_NAMES)[name]),
            facts=[
                ("name", name, name),
                ("value", str(stood), str(value)),
                ("from_on", last.from_on.isoformat() if last else "", from_on.isoformat()),
            ],
            hands=COUNTY,
        )

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Write the value with both its hands and its document."""
        PolicyValue.objects.create(
            name=content["name"],
            value=str(content["value"]),
            from_on=dt.date.fromisoformat(content["from_on"]),
            document=document,
            set_by=by,
            confirmed_by=confirmed_by,
            confirmed_at=at,
        )


class CalendarRules(Rules):
    """Working days: where the county's days differ from the national calendar, and whole years it does not know yet."""

    key = "calendar"
    roles = (Role.BUREAU_APPROVER,)

    def stands_out(self, content: Content) -> bool:
        """Return whether a day is not worked or rested as its weekday is."""
        return bool(content["is_workday"]) != (dt.date.fromisoformat(content["day"]).weekday() < 5)

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return whether a day would be worked; days that are over stay as they were."""
        day = dt.date.fromisoformat(content["day"])
        if day <= clock.county_day(at):
            raise BadValue(_("Only days to come may be set: clocks have already counted the others."))
        there = CalendarDay.objects.filter(pk=day).first()
        stood = there.is_workday if there else announced(day)
        word = {True: "yes", False: "no", None: ""}
        return Step(
            subject=day.isoformat(),
            title=day.isoformat(),
            facts=[("is_workday", word[stood], word[bool(content["is_workday"])])],
            hands=Hands((seat(Role.BUREAU_APPROVER),), (seat(Role.BUREAU_APPROVER),)),
        )

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Write the day."""
        day = dt.date.fromisoformat(content["day"])
        values = {"is_workday": bool(content["is_workday"]), "document": document}
        CalendarDay.objects.update_or_create(day=day, defaults=values)
