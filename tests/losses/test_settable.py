"""What a county sets of the rules of losses: on both sides of each value, and by the rule of its day."""

import datetime as dt

import pytest

from accounts.models import Household
from losses.models import LossClaim
from losses.selectors.lots import crops_to_report
from losses.selectors.sales import sales_to_report
from losses.services import holding
from losses.services.rules import look
from produce.models import ReferencePrice
from records.models import PolicyValue
from records.selectors.notices import page_of
from records.selectors.policy import DEFAULTS
from tests.factories import FRIDAY, MONDAY, TUESDAY, a_season
from tests.losses.steps import LOST_ON, a_lot
from tests.losses.test_sold_low import sold
from tests.losses.test_visiting import write_down

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def seen(claim, rule, at=MONDAY):
    (found,) = [row for row in look(LossClaim.objects.get(pk=claim.pk), at=at) if row.rule == rule]
    return found


@pytest.mark.parametrize(("from_on", "colour"), [(MONDAY, "amber"), (TUESDAY, "green")])
def test_a_late_report_is_judged_by_the_rule_of_the_day_of_the_report(
    story, xiuying, xiuying_household, cabbage, clerk_ma, director_lin, from_on, colour
):
    early = a_lot(xiuying_household, cabbage, by=xiuying, at=MONDAY - 13 * DAY)
    claim = story.filed(early, happened_on=LOST_ON - 10 * DAY)
    PolicyValue.objects.create(
        name="late_report_days", value="9", from_on=from_on.date(), set_by=clerk_ma, confirmed_by=director_lin,
        confirmed_at=from_on,
    )  # fmt: skip

    assert seen(claim, "time_of_loss").colour == colour


@pytest.mark.parametrize(("days", "colour"), [(9, "amber"), (10, "green")])
def test_a_report_later_than_the_county_says_is_looked_at(
    story, xiuying, xiuying_household, cabbage, monkeypatch, days, colour
):
    monkeypatch.setitem(DEFAULTS, "late_report_days", days)
    early = a_lot(xiuying_household, cabbage, by=xiuying, at=MONDAY - 13 * DAY)

    assert seen(story.filed(early, happened_on=LOST_ON - 10 * DAY), "time_of_loss").colour == colour


@pytest.mark.parametrize(
    ("many", "days", "colour"), [(2, 30, "amber"), (3, 30, "green"), (2, 3, "amber"), (2, 2, "green")]
)
def test_many_reports_within_the_days_of_the_county_are_looked_at(
    story, xiuying, xiuying_household, cabbage, monkeypatch, many, days, colour
):
    monkeypatch.setitem(DEFAULTS, "many_reports", many)
    monkeypatch.setitem(DEFAULTS, "many_reports_days", days)
    lots = [a_lot(xiuying_household, cabbage, by=xiuying) for _lot in range(2)]
    story.filed(lots[0])

    claim = story.filed(lots[1], at=MONDAY + 3 * DAY)
    assert seen(claim, "relieved_before").colour == colour


@pytest.mark.parametrize(("mu", "days", "colour"), [(1, 180, "amber"), (2, 180, "green"), (1, 1, "green")])
def test_more_than_a_plausible_plot_bears_in_a_season_is_looked_at(
    story, xiuying, xiuying_household, cabbage, monkeypatch, mu, days, colour
):
    monkeypatch.setitem(DEFAULTS, "plausible_plot_mu", mu)
    monkeypatch.setitem(DEFAULTS, "season_days", days)
    big = a_lot(xiuying_household, cabbage, listed=cabbage.yield_g_per_mu * 3 // 2, by=xiuying)

    assert seen(story.filed(big, kg=50), "capacity").colour == colour


@pytest.mark.parametrize(("metres", "colour"), [(8_000, "amber"), (9_500, "green")])
def test_a_visit_written_farther_than_the_county_says_is_looked_at(story, lot, monkeypatch, metres, colour):
    monkeypatch.setitem(DEFAULTS, "visit_far_m", metres)
    visit = story.drawn(story.filed(lot))
    place = visit.claim.household.village
    place.latitude_e6, place.longitude_e6 = 26_300_000, 116_300_000
    write_down(visit, spot=holding.Spot(26_380_000, 116_300_000, 8))

    (found,) = [row for row in look(visit.claim, at=FRIDAY) if row.rule == "visit_place"]
    assert found.colour == colour


@pytest.mark.parametrize(("days", "said"), [(2, "3 天内没有"), (3, "连同")])
def test_reports_of_one_telephone_are_added_up_over_the_days_of_the_county(
    story, lot, neighbours_lot, monkeypatch, days, said
):
    monkeypatch.setitem(DEFAULTS, "split_days", days)
    Household.objects.filter(pk__in=[lot.household_id, neighbours_lot.household_id]).update(phone_index="one")
    story.filed(neighbours_lot, kg=50)

    found = seen(story.filed(lot, kg=50, at=MONDAY + 3 * DAY), "split").detail
    assert found.startswith(said.replace("3", str(days)))


@pytest.mark.parametrize(("apart", "said"), [(3, "说不清"), (4, "报了")])
def test_losses_of_the_same_time_lie_apart_by_the_days_of_the_county(
    story, lot, neighbours_lot, monkeypatch, apart, said
):
    monkeypatch.setitem(DEFAULTS, "neighbours_least", 1)
    monkeypatch.setitem(DEFAULTS, "neighbour_days", apart)
    claim, other = story.filed(lot), story.filed(neighbours_lot)
    LossClaim.objects.filter(pk=other.pk).update(happened_on=other.happened_on + 4 * DAY)

    assert seen(claim, "neighbours").detail.startswith(said)


@pytest.mark.parametrize(("days", "count"), [(9, 0), (10, 1)])
def test_a_crop_and_a_sale_are_reported_within_the_days_of_the_county(
    xiuying, xiuying_household, cabbage, now, monkeypatch, days, count
):
    monkeypatch.setitem(DEFAULTS, "crop_report_days", days)
    monkeypatch.setitem(DEFAULTS, "sale_report_days", days)
    first, last = LOST_ON - 20 * DAY, LOST_ON - 10 * DAY
    a_season(xiuying_household, cabbage, by=xiuying, at=MONDAY - 40 * DAY, harvest_from=first, harvest_to=last)
    ReferencePrice.objects.create(produce=cabbage, day=first, source="县发改委", avg_fen=80)
    sold(a_lot(xiuying_household, cabbage, by=xiuying, at=MONDAY - 20 * DAY), at=MONDAY - 10 * DAY)

    assert crops_to_report(xiuying).count() == count
    assert sales_to_report(xiuying).count() == count


@pytest.mark.parametrize(("days", "shown"), [(2, 0), (3, 1)])
def test_the_lines_of_a_notice_are_read_as_long_as_the_county_says(story, lot, monkeypatch, days, shown):
    monkeypatch.setitem(DEFAULTS, "notice_lines_days", days)
    notice = story.on_village_notice(story.filed(lot))

    assert len(page_of(notice, at=notice.ends_at + 3 * DAY - dt.timedelta(minutes=1)).lines) == shown
