"""What the rules see on one claim, without writing anything: each with a colour, a sentence and its clause.

Red is impossible and blocks. Amber refuses nobody: another person looks and clears it with a reason.
"""

import datetime as dt
from collections.abc import Callable
from typing import TypeAlias

from django.db.models import BigIntegerField, F, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.selectors import live_card_of
from catalog.models import Listing, Movement
from catalog.selectors.seasons import newest_of, oldest_of
from catalog.services.plot_register import area_words
from kernel import clock, identity, masking, money, weight
from kernel.distance import metres_at_least
from kernel.present import known
from losses.models import Cause, ClaimStatus, LossClaim, LossNotice, are_animals
from losses.selectors.claims import claim_role, declared, present_computation, same_goods, written_visit
from losses.selectors.loss_notices import is_late
from losses.selectors.sales import day_of
from losses.services.card_rules import number_in_photo
from losses.services.elsewhere_rules import elsewhere_looks
from losses.services.habit_rules import check_pace, copied_report, pair_habits
from losses.services.hand_rules import filed_in_bulk, visit_pace
from losses.services.neighbour_rules import neighbour_looks
from losses.services.photo_rules import photo_looks
from losses.services.place_rules import km, made_up, signed_where, visited_where
from losses.services.recall_rules import recalled
from losses.services.register_rules import entered_before
from losses.services.seen import AMBER, GREEN, RED, Look
from losses.services.village_rules import village_harvest
from produce.selectors.prices import reference_price
from records.models import Attachment
from records.selectors.policy import policies_on, policy

WAITS = dt.timedelta(days=7)  # so long a phone without a net keeps a report, which then is as early as it was written
OF_AGE, OLDEST = 18, 110  # by the Civil Code; nobody is older
QUOTE_UNIT_G = 500

Rule: TypeAlias = Callable[[LossClaim, dt.datetime], Look]


def look(claim: LossClaim, *, at: dt.datetime) -> list[Look]:
    """Run every rule on a claim as things stand now."""
    rules = _rules_of(claim)
    visit = written_visit(claim)
    photos = [*photo_looks(claim), _taken_where(claim)] if claim.sale_id is None else []
    hands = [filed_in_bulk(claim), copied_report(claim), *check_pace(claim)]
    beside = [*neighbour_looks(claim), village_harvest(claim)]
    seen = [*(rule(claim, at) for rule in rules), *elsewhere_looks(claim), *hands, *beside, *photos]
    if visit is None:
        return seen
    where = [visited_where(claim, visit), *signed_where(claim, visit), *made_up(visit)]
    return [*seen, *where, visit_pace(visit), *pair_habits(visit), *number_in_photo(visit)]


def _rules_of(claim: LossClaim) -> tuple[Rule, ...]:
    if claim.sale_id is not None:
        return RULES_OF_SALES
    return RULES_OF_LOTS if claim.plot_season_id is None else RULES_OF_CROPS


def _capacity(claim: LossClaim, at: dt.datetime) -> Look:
    """Compare all the household listed of this produce in a season with what a plausible plot can bear."""
    if are_animals(claim.goods):
        return _heads(claim, at)
    title = _("The harvest is plausible")
    produce = claim.goods.produce
    if produce.yield_g_per_mu is None:
        return Look("capacity", GREEN, title, _("No yield per mu is set for this produce."))
    values = policies_on(clock.county_day(claim.filed_at))
    since = at - dt.timedelta(days=values["season_days"])
    lots = Listing.objects.filter(household=claim.household, produce=produce, listed_at__gte=since)
    listed_g = lots.aggregate(sum=Sum("listed"))["sum"] or 0
    tenths = -(-listed_g * 10 // produce.yield_g_per_mu)
    detail = _("%(listed)s listed this season: that takes %(mu)s mu at the most the land bears.") % {
        "listed": weight.both(listed_g),
        "mu": f"{tenths // 10}.{tenths % 10}",
    }
    return Look("capacity", AMBER if tenths > values["plausible_plot_mu"] * 10 else GREEN, title, detail)


def _heads(claim: LossClaim, at: dt.datetime) -> Look:
    """Say how many heads the household listed in a season: animals take no land that they could be measured by."""
    days = policy("season_days", clock.county_day(claim.filed_at))
    lots = Listing.objects.filter(
        household=claim.household, produce=claim.goods.produce, listed_at__gte=at - dt.timedelta(days=days)
    )
    heads = lots.aggregate(sum=Sum("listed"))["sum"] or 0
    detail = _("%(heads)s listed in %(days)s days. Animals are not measured by land.")
    said = {"heads": weight.heads(heads, claim.goods.produce.count_word), "days": days}
    return Look("capacity", GREEN, _("The number is plausible"), detail % said)


def _taken_where(claim: LossClaim) -> Look:
    """Compare where the camera says that the photos of the report were taken with the point of the village."""
    rule, title = "photo_far", _("The photos were taken where the goods lie")
    hanging = Attachment.objects.filter(
        document=claim.reference, role=claim_role(claim.round), file__facts__gps="read"
    ).select_related("file")
    spots = [(row.file.facts["latitude_e6"], row.file.facts["longitude_e6"]) for row in hanging]
    if not spots:
        return Look(rule, GREEN, title, _("Unknown: no photo of the report says where it was taken."))
    village = claim.household.village
    if village.latitude_e6 is None or village.longitude_e6 is None:
        return Look(rule, GREEN, title, _("Unknown: nobody has said where the village lies."))
    away = max(metres_at_least(spot, (village.latitude_e6, village.longitude_e6)) for spot in spots)
    most = max(village.radius_m or 0, policy("photo_far_m", clock.county_day(claim.filed_at)))
    detail = _("Up to %(km)s km from the village's point; more than %(most)s km is looked at (%(clause)s).") % {
        "km": km(away),
        "most": km(most),
        "clause": claim.scheme.legal_basis,
    }
    return Look(rule, AMBER if away > most else GREEN, title, detail)


def _never_listed(claim: LossClaim, at: dt.datetime) -> Look:
    """Say that nobody saw these goods on the market: somebody without a hand in the claim always looks."""
    season = known(claim.plot_season)
    if are_animals(season):
        unseen = _("Never on sale, so nobody saw them: %(parcel)s, at most %(capacity)s.")
        said = {"parcel": season.parcel, "capacity": weight.both(season.capacity_g)}
        return Look("never_listed", AMBER, _("The animals were there"), unseen % said)
    detail = _("Never on sale, so nobody saw it: %(parcel)s, %(mu)s mu, at most %(capacity)s.") % {
        "parcel": season.parcel,
        "mu": area_words(season.area_cmu),
        "capacity": weight.both(season.capacity_g),
    }
    return Look("never_listed", AMBER, _("The crop stood in the field"), detail)


def _crop_capacity(claim: LossClaim, at: dt.datetime) -> Look:
    """Show what is taken of the season beside what it may give, as it stands after any correction."""
    season = newest_of(known(claim.plot_season))
    detail = _("Reported %(claimed)s, on sale or sold %(listed)s, promised %(promised)s, of %(capacity)s.") % {
        "claimed": weight.both(season.claimed_g),
        "listed": weight.both(season.listed_g),
        "promised": weight.both(season.contracted_g),
        "capacity": weight.both(season.capacity_g),
    }
    over = declared(claim).quantity > season.capacity_g
    title = _("The number is plausible") if are_animals(season) else _("The harvest is plausible")
    return Look("capacity", AMBER if over else GREEN, title, detail)


def _sold(claim: LossClaim, at: dt.datetime) -> Look:
    """See whether the household sold the same produce after the loss."""
    goods = claim.goods
    sales = Movement.objects.filter(
        listing__household=claim.household,
        listing__produce=goods.produce,
        target=Movement.Side.SOLD,
        at__gte=clock.day_start(claim.happened_on),
    )
    if claim.listing is None:
        sales = sales.annotate(stock=F("quantity") * Coalesce("listing__piece_g", 1))
    else:
        sales = sales.annotate(stock=F("quantity"))
    after = sales.aggregate(sum=Sum("stock", output_field=BigIntegerField()))["sum"] or 0
    if after:
        detail = _("%(sold)s of this produce was sold after the day of the loss.") % {"sold": goods.in_words(after)}
        return Look("already_sold", AMBER, _("Nothing is sold twice"), detail)
    if claim.listing is None:
        detail = _("Nothing of this produce was sold since the day of the loss.")
        return Look("already_sold", GREEN, _("Nothing is sold twice"), detail)
    lot = claim.listing
    words = {"sold": lot.in_words(lot.sold), "booked": lot.in_words(lot.reserved)}
    detail = _("Sold %(sold)s and booked %(booked)s are taken off.") % words
    return Look("already_sold", GREEN, _("Nothing is sold twice"), detail)


def _quantity(claim: LossClaim, at: dt.datetime) -> Look:
    """Compare what is claimed with what was listed."""
    listing, claimed = known(claim.listing), declared(claim).quantity
    detail = _("%(claimed)s claimed of %(listed)s listed.") % {
        "claimed": listing.in_words(claimed),
        "listed": listing.in_words(listing.listed),
    }
    return Look("quantity", RED if claimed > listing.listed else GREEN, _("Not more than was listed"), detail)


def _time(claim: LossClaim, at: dt.datetime) -> Look:
    """Compare the day of the loss with harvest, listing and report."""
    title = _("The days fit together")
    listing, day = known(claim.listing), claim.happened_on
    listed_on = clock.county_day(listing.listed_at)
    if listing.harvested_on is None:
        unready, unharvested = _("The animals are not ready for sale yet."), _("The goods are not harvested yet.")
        return Look("time_of_loss", RED, title, unready if are_animals(listing) else unharvested)
    if day < listing.harvested_on:
        before = _("The loss is said to be before the harvest.")
        grown = _("The loss is said to be before the day on which the animals were ready.")
        return Look("time_of_loss", RED, title, grown if are_animals(listing) else before)
    if day < listed_on:
        return Look("time_of_loss", AMBER, title, _("The goods were listed after the day of the loss."))
    if (late := _late(claim, title)) is not None:
        return late
    detail = _("Listed on %(listed)s, lost on %(lost)s.") % {
        "listed": f"{listed_on:%Y-%m-%d}",
        "lost": f"{day:%Y-%m-%d}",
    }
    return Look("time_of_loss", GREEN, title, detail)


def _crop_time(claim: LossClaim, at: dt.datetime) -> Look:
    """Compare the day of the loss with the season: its days of harvest, and when it was written down."""
    title = _("The days fit together")
    season, day = known(claim.plot_season), claim.happened_on
    said_on = clock.county_day(season.at)
    first_said_on = clock.county_day(oldest_of(season).at)
    if first_said_on >= day:
        said = _("What grows there was written down on %(day)s only, not before the loss.")
        return Look("time_of_loss", AMBER, title, said % {"day": f"{first_said_on:%Y-%m-%d}"})
    if said_on >= day:
        said = _("What grows there was corrected on %(day)s, not before the loss.")
        return Look("time_of_loss", AMBER, title, said % {"day": f"{said_on:%Y-%m-%d}"})
    if not season.harvest_from <= day <= season.harvest_to:
        return Look("time_of_loss", AMBER, title, _("The loss is outside the days of harvest."))
    if (late := _late(claim, title)) is not None:
        return late
    detail = _("Written down on %(said)s, lost on %(lost)s.") % {
        "said": f"{said_on:%Y-%m-%d}",
        "lost": f"{day:%Y-%m-%d}",
    }
    return Look("time_of_loss", GREEN, title, detail)


def _noticed(claim: LossClaim, at: dt.datetime) -> Look:
    """See whether the loss was said in time, by a notice before the report or by the report itself."""
    title = _("Said in time")
    notice = LossNotice.objects.filter(claim=claim).first()
    seen_on, said_at = (notice.seen_on, notice.at) if notice else (claim.happened_on, claim.filed_at)
    seen_on = min(seen_on, claim.happened_on)
    written_at = claim.written_at if notice is None else None
    if written_at and dt.timedelta(0) <= claim.filed_at - written_at <= WAITS and not is_late(seen_on, written_at):
        waited = _("Seen on %(seen)s, written without a net on %(written)s, arrived on %(said)s.") % {
            "seen": f"{seen_on:%Y-%m-%d}",
            "written": f"{clock.county_day(written_at):%Y-%m-%d}",
            "said": f"{clock.county_day(said_at):%Y-%m-%d}",
        }
        return Look("notice", GREEN, title, waited)
    values = {"seen": f"{seen_on:%Y-%m-%d}", "said": f"{clock.county_day(said_at):%Y-%m-%d}"}
    if is_late(seen_on, said_at):
        return Look("notice", AMBER, title, _("Seen on %(seen)s, said only on %(said)s.") % values)
    return Look("notice", GREEN, title, _("Seen on %(seen)s, said on %(said)s.") % values)


def _late(claim: LossClaim, title: str) -> Look | None:
    filed_on = clock.county_day(claim.filed_at)
    days = policy("late_report_days", filed_on)
    if (filed_on - claim.happened_on).days <= days:
        return None
    late = _("Reported more than %(days)s days after the loss.") % {"days": days}
    return Look("time_of_loss", AMBER, title, late)


def _card(claim: LossClaim, at: dt.datetime) -> Look:
    """See that the card is the household's own, and the one of the report and of the computation."""
    title = _("The card belongs to the household")
    card = live_card_of(claim.household, at)
    if card is None:
        return Look("card", AMBER, title, _("No bank card is on record."))
    if identity.name_key(card.holder) != identity.name_key(claim.household.head_name):
        return Look("card", AMBER, title, _("The holder of the card is not the head of the household."))
    tail = masking.card_tail(card.number)
    computed = present_computation(claim)
    if computed is not None and card.from_at > computed.at:
        changed = _("The card was changed after the amount was computed; it ends in %(tail)s.") % {"tail": tail}
        return Look("card", AMBER, title, changed)
    if card.from_at > claim.filed_at:
        changed = _("The card was changed after the report; it ends in %(tail)s.") % {"tail": tail}
        return Look("card", AMBER, title, changed)
    return Look("card", GREEN, title, _("It ends in %(tail)s.") % {"tail": tail})


def _head(claim: LossClaim, at: dt.datetime) -> Look:
    """See that the head of the household lives and is of an age to act for it; for a child a guardian does."""
    title = _("The head of the household acts for it")
    born, died = claim.household.head.born_on, claim.household.head.died_on
    day = clock.county_day(claim.filed_at)
    if died is not None:
        dead = _("The head died on %(died)s: see who reports for the household, and write down its new head.")
        return Look("head", AMBER, title, dead % {"died": f"{died:%Y-%m-%d}"})
    if born is None:
        return Look("head", GREEN, title, _("No day of birth is on record."))
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    if years < OF_AGE:
        child = _("The head is %(years)s years old: see that a guardian acts for the household.") % {"years": years}
        return Look("head", AMBER, title, child)
    if years > OLDEST:
        ancient = _("The head would be %(years)s years old: see whether the register is right.") % {"years": years}
        return Look("head", AMBER, title, ancient)
    return Look("head", GREEN, title, _("The head is of age."))


def _often(claim: LossClaim, at: dt.datetime) -> Look:
    """Count what the household reported in these weeks: many small reports, or the same lot twice."""
    values = policies_on(clock.county_day(claim.filed_at))
    days = values["many_reports_days"]
    others = LossClaim.objects.filter(
        household=claim.household,
        filed_at__lte=claim.filed_at,
        filed_at__gte=claim.filed_at - dt.timedelta(days=days),
    ).exclude(pk=claim.pk)
    title = _("Not relieved before")
    if others.filter(same_goods(claim), status=ClaimStatus.AWARDED).exists():
        return Look("relieved_before", AMBER, title, _("These goods were relieved before."))
    apart = others.exclude(status=ClaimStatus.WITHDRAWN).exclude(report=claim.report_id)
    count = apart.values("report").distinct().count() + 1
    detail = _("Report no. %(n)s of this household in %(days)s days.") % {"n": count, "days": days}
    return Look("relieved_before", AMBER if count >= values["many_reports"] else GREEN, title, detail)


def _price(claim: LossClaim, at: dt.datetime) -> Look:
    """See whether unsold goods were asked for far above the quote; quote and rule are those of the day of the claim."""
    title = _("The goods were offered at a fair price")
    listing, day = known(claim.listing), clock.county_day(claim.filed_at)
    words = {"price": money.price_per_jin(listing.price_fen, listing.price_unit_g)}
    quote = reference_price(listing.produce, day)
    if claim.cause != Cause.UNSOLD or quote is None:
        return Look("price", GREEN, title, _("Asked %(price)s yuan/jin.") % words)
    detail = _("Asked %(price)s yuan/jin; the county's quote is %(quote)s yuan/jin.") % {
        **words,
        "quote": money.price_per_jin(quote, QUOTE_UNIT_G),
    }
    most_permille = policy("high_price_permille", day)
    high = listing.price_fen * QUOTE_UNIT_G * 1000 > most_permille * quote * listing.price_unit_g
    return Look("price", AMBER if high else GREEN, title, detail)


def _sold_low(claim: LossClaim, at: dt.datetime) -> Look:
    """Show at what a sale was and what it was worth that day; amber where the price files say otherwise by now."""
    title, sale, worth = _("Sold below the reference price"), known(claim.sale), known(claim.reference_fen)
    words = {
        "day": f"{day_of(sale):%Y-%m-%d}",
        "price": money.price_per_jin(known(sale.price_fen), known(sale.price_unit_g)),
        "quote": money.price_per_jin(worth, QUOTE_UNIT_G),
    }
    newest = reference_price(known(claim.listing).produce, day_of(sale))
    if newest != worth:
        words["newest"] = money.price_per_jin(newest, QUOTE_UNIT_G) if newest is not None else "—"
        corrected = _(
            "The county's quote of %(day)s was %(quote)s yuan/jin at the report and is %(newest)s yuan/jin now."
        )
        return Look("sold_low", AMBER, title, corrected % words)
    detail = _("Sold on %(day)s at %(price)s yuan/jin; the county's quote was %(quote)s yuan/jin.") % words
    return Look("sold_low", GREEN, title, detail)


def _of_the_sale(claim: LossClaim, at: dt.datetime) -> Look:
    """Compare what is claimed with what the buyer weighed and took."""
    lot, sale, claimed = known(claim.listing), known(claim.sale), declared(claim).quantity
    detail = _("%(claimed)s claimed of %(sold)s that were weighed and taken.") % {
        "claimed": lot.in_words(claimed),
        "sold": lot.in_words(sale.quantity),
    }
    return Look("quantity", RED if claimed > sale.quantity else GREEN, _("Not more than was sold"), detail)


def _sale_time(claim: LossClaim, at: dt.datetime) -> Look:
    """See whether a sale was reported soon after it."""
    title = _("The days fit together")
    if (late := _late(claim, title)) is not None:
        return late
    detail = _("Sold on %(sold)s, reported on %(day)s.") % {
        "sold": f"{claim.happened_on:%Y-%m-%d}",
        "day": f"{clock.county_day(claim.filed_at):%Y-%m-%d}",
    }
    return Look("time_of_loss", GREEN, title, detail)


RULES_OF_SALES = (_sold_low, _of_the_sale, _sale_time, recalled, _card, _head, entered_before, _often)
RULES_OF_LOTS = (_capacity, _sold, _quantity, _time, recalled, _noticed, _card, _head, entered_before, _often, _price)
RULES_OF_CROPS = (_never_listed, _crop_capacity, _sold, _crop_time, _noticed, _card, _head, entered_before, _often)
