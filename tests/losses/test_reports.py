"""One harm, several goods, one report: taken together, counted once, each line then goes its own way."""

import pytest

from accounts.models import Message
from losses.models import ClaimReport, ClaimStatus, LossClaim
from losses.services import answering, claiming, frequency, reporting
from losses.services.reporting import Line
from losses.services.rules import look
from tests import factories
from tests.factories import MONDAY, TUESDAY, WEDNESDAY
from tests.losses.steps import KG, LOST_ON, a_lot, a_photo, a_scheme

pytestmark = pytest.mark.django_db


@pytest.fixture
def second_lot(xiuying_household, cabbage, xiuying):
    return a_lot(xiuying_household, cabbage, kg=80, by=xiuying)


@pytest.fixture
def third_lot(xiuying_household, cabbage, xiuying):
    return a_lot(xiuying_household, cabbage, kg=60, by=xiuying)


@pytest.fixture
def report(story, xiuying):
    """Return the verb that reports lots with their kilos."""

    def file(*lots, at=MONDAY, photos=None, **more) -> ClaimReport:
        lines = [Line(story.scheme, lot, kg * KG) for lot, kg in lots]
        said = {"cause": "unsold", "happened_on": LOST_ON, "words": "路断了", "by": xiuying} | more
        return reporting.file_report(lines, photos=photos or [a_photo(by=xiuying)], at=at, **said)

    return file


def test_several_lots_are_reported_at_once_and_told_once(report, lot, second_lot, third_lot):
    filed = report((lot, 50), (third_lot, 60), (second_lot, 20))

    lines = list(filed.lines.order_by("line"))
    assert [(claim.line, claim.listing, claim.figures.get().quantity) for claim in lines] == [
        (1, lot, 50 * KG), (2, third_lot, 60 * KG), (3, second_lot, 20 * KG),
    ]  # fmt: skip
    assert filed.number.startswith("SB") and {claim.status for claim in lines} == {ClaimStatus.FILED}
    for listing, claimed in ((lot, 50), (third_lot, 60), (second_lot, 20)):
        listing.refresh_from_db()
        assert listing.claimed == claimed * KG
    told = Message.objects.get(kind="claim.filed")
    assert filed.number in told.body and "3 样" in told.body


def test_all_lines_are_taken_or_none_and_the_refused_one_is_named(report, lot, second_lot, neighbours_lot):
    with pytest.raises(reporting.LineRefused, match="第 2 样（包菜）：包菜只剩160 斤") as refused:
        report((lot, 50), (second_lot, 81))
    assert (refused.value.code, refused.value.number) == ("not_enough_produce", 2)
    report((second_lot, 20))
    with pytest.raises(reporting.LineRefused, match="第 2 样") as refused:
        report((lot, 50), (second_lot, 20))
    assert refused.value.code == claiming.AlreadyReported.code
    for lines, refusal in (
        ([(lot, 50), (neighbours_lot, 50)], reporting.NotOneHousehold),
        ([(lot, 50), (lot, 20)], reporting.SameGoodsTwice),
        ([], reporting.TooManyLines),
    ):
        with pytest.raises(refusal):
            report(*lines)
    lot.refresh_from_db()
    assert (lot.claimed, LossClaim.objects.count(), ClaimReport.objects.count()) == (0, 1, 1)


def test_one_line_is_refused_and_the_others_go_on(report, story, lot, second_lot, cadre_wu):
    first, second = report((lot, 50), (second_lot, 20)).lines.order_by("line")
    answering.refuse(first, code="not_found", reason="去看了没看见货", by=cadre_wu, at=TUESDAY)

    assert story.township_checked(second).status == ClaimStatus.TOWNSHIP_CHECKED
    lot.refresh_from_db()
    second_lot.refresh_from_db()
    assert (lot.claimed, second_lot.claimed) == (0, 20 * KG)


def test_a_lot_and_a_crop_stand_on_one_report(report, cast, finance_bureau, director_lin, cabbage, lot, xiuying):
    story_scheme = a_scheme(finance_bureau, director_lin, cabbage, crop_fen=60)
    crop = factories.a_season(
        lot.household, cabbage, parcel="河边三号", by=cast["cadre"], confirmed_by=cast["township"]
    )
    lines = [Line(story_scheme, crop, 30 * KG), Line(story_scheme, lot, 40 * KG)]
    said = {"cause": "road", "happened_on": LOST_ON, "words": "", "photos": [a_photo(by=xiuying)]}
    filed = reporting.file_report(lines, **said, by=xiuying, at=MONDAY)

    assert [claim.rate.category for claim in filed.lines.order_by("line")] == ["C", "B"]
    crop.refresh_from_db()
    assert crop.claimed_g == 30 * KG


def test_a_photo_of_several_lines_of_a_report_is_no_finding_and_elsewhere_it_is(
    report, lot, second_lot, third_lot, xiuying
):
    shared = a_photo(by=xiuying)
    first, second = report((lot, 50), (second_lot, 20), photos=[shared]).lines.order_by("line")
    (apart,) = report((third_lot, 20), photos=[shared], at=TUESDAY).lines.all()

    colours = [
        {one.rule: one.colour for one in look(claim, at=TUESDAY)}["same_photo"] for claim in (first, second, apart)
    ]
    assert colours == ["green", "green", "amber"]


def test_a_scheme_counts_reports_and_not_their_lines(
    report, story, finance_bureau, director_lin, cabbage, lot, second_lot, third_lot
):
    story.scheme = a_scheme(finance_bureau, director_lin, cabbage, most_claims=2, waiting_days=1)
    report((lot, 20), (second_lot, 20))
    with pytest.raises(frequency.TooSoon):
        report((third_lot, 20))
    report((third_lot, 20), at=WEDNESDAY)
    fourth = a_lot(lot.household, cabbage, kg=50, by=lot.made_by)
    with pytest.raises(frequency.TooManyReports, match="2 次"):
        report((fourth, 20), at=WEDNESDAY + 2 * (WEDNESDAY - TUESDAY))
