"""One harm, several goods, one report: taken together, counted once, each line then goes its own way."""

import pytest
from django.urls import reverse

from accounts.models import Message
from losses.models import ClaimReport, ClaimStatus, LossClaim, Visit
from losses.selectors.claims import photos
from losses.services import answering, appealing, claiming, frequency, noticing, reporting, visiting
from losses.services.reporting import Line
from losses.services.rules import look
from records.models import Event
from tests import factories
from tests.factories import MONDAY, TUESDAY, WEDNESDAY, login
from tests.guards.rows import force
from tests.journeys.browsing import Person
from tests.losses.pages import a_jpeg
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
    with pytest.raises(reporting.LineRefused, match="第 2 样（包菜）：这批包菜只剩160 斤") as refused:
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


def sent(client, *lots, key="k1", **changes):
    data = {"cause": "unsold", "happened_on": f"{LOST_ON}", "photos": [a_jpeg()]} | changes
    for number, (lot, kg) in enumerate(lots):
        data |= {f"lines[{number}]listing": str(lot.pk), f"lines[{number}]kg": str(kg)}
    return client.post(reverse("api-claim-reports"), data, headers={"Idempotency-Key": key})


def test_a_program_reports_several_lots_once_and_reads_the_lines(
    client, now, scheme, lot, second_lot, xiuying, guiying, cadre_wu, opened_here
):
    login(client, xiuying)
    first, again = (sent(client, (lot, 50), (second_lot, 20), **{"lines[1]photos": [a_jpeg()]}) for _twice in range(2))

    assert (first.status_code, first.json()) == (201, again.json())
    told = first.json()
    assert [(line["line"], line["kg"], line["status"]) for line in told["lines"]] == [
        (1, "50", "filed"), (2, "20", "filed"),
    ]  # fmt: skip
    assert (told["of"], told["amount_yuan"], told["paid_yuan"]) == (2, "112.00", "0.00")
    claim = LossClaim.objects.get(line=2)
    assert client.get(reverse("api-claim-detail", args=[claim.pk])).json()["report_number"] == told["number"]
    assert [len(photos(one)) for one in LossClaim.objects.order_by("line")] == [1, 2]
    assert client.get(reverse("api-claim-reports")).json()["results"] == [told]

    answering.refuse(claim, code="not_found", reason="去看了没看见货", by=cadre_wu, at=TUESDAY)
    path = reverse("api-claim-report", args=[told["id"]])
    told = client.get(path).json()
    assert [line["status"] for line in told["lines"]] == ["filed", "refused"] and told["amount_yuan"] == "80.00"
    login(client, guiying)
    assert client.get(path).status_code == 404
    assert client.get(reverse("api-claim-reports")).json()["results"] == []


def test_a_program_is_told_which_line_is_refused(client, now, scheme, lot, second_lot, neighbours_lot, xiuying):
    login(client, xiuying)

    more = sent(client, (lot, 50), (second_lot, 81), key="k2")
    assert (more.status_code, more.json()["code"]) == (409, "not_enough_produce")
    assert more.json()["message"].startswith("第 2 样")
    assert sent(client, (lot, 50), (neighbours_lot, 10), key="k3").status_code == 404
    assert sent(client, key="k4").status_code == 400
    assert sent(client, (lot, 50), key="k5", photos=[]).status_code == 400
    assert not LossClaim.objects.exists()


@pytest.fixture
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def farmer(now, scheme, lot, second_lot, xiuying, own_media):
    """Her two lots ticked on the list, the form filled in and sent on Monday."""
    person = Person(xiuying)
    person.open(reverse("claim-choose"))
    assert person.page.says("几样一起报", lot.number, second_lot.number)
    person.open(f"{reverse('claim-new-several')}?lot={lot.pk}&lot={second_lot.pk}")
    typed = {f"lot{lot.pk}": "100", f"lot{second_lot.pk}": "40"}
    person.press("photos", cause="unsold", **typed, words="路断了", photos=[a_jpeg()], elsewhere="no")
    return person


def test_several_lots_are_ticked_shown_once_and_reported(farmer, lot, second_lot):
    assert farmer.page.says(
        "这样对吗", "100 斤（50 公斤）", "40 斤（20 公斤）", "112.00 元", "路断了", "已收到 1 张照片"
    )
    farmer.press("shown_on", again="1")
    form = farmer.page.form("photos").fields
    assert (form["cause"], form[f"lot{lot.pk}"], form[f"lot{second_lot.pk}"]) == ("unsold", "100", "40")
    farmer.press("photos", **{f"lot{second_lot.pk}": "200"})
    assert farmer.page.says("这批包菜只剩", "已收到 1 张照片") and "shown_on" not in farmer.page.form("photos").fields
    farmer.press("photos", **{f"lot{second_lot.pk}": "60"})
    page = farmer.press("shown_on", sure="1")

    report = ClaimReport.objects.get()
    assert page.path == reverse("claim-report", args=[report.pk])
    assert page.says("申报单", report.number, "1/2 包菜", "2/2 包菜", "60 斤（30 公斤）", "128.00 元")
    claim = report.lines.get(line=2)
    sheet = f"申报单 {report.number} 的第 2 样，共 2 样"
    assert farmer.open(reverse("claim-detail", args=[claim.pk])).says(sheet)
    assert farmer.open(reverse("claim-list-mine")).says(sheet)


def test_a_cadre_reports_for_a_household_and_the_report_is_seen_by_its_own_side_alone(
    client, now, scheme, lot, second_lot, neighbours_lot, cadre_liu, guiying, township_officer, own_media
):
    login(client, cadre_liu)
    several = reverse("claim-new-several")
    page = client.get(several, {"lot": [lot.pk, neighbours_lot.pk]})
    assert page.status_code == 400 and "一张申报单只报一户的" in page.content.decode()
    assert client.get(several).url == reverse("claim-choose")
    url = f"{several}?lot={lot.pk}&lot={second_lot.pk}"
    typed = {
        "cause": "unsold", f"lot{lot.pk}": "100", f"lot{second_lot.pk}": "40", "day": "today", "photos": [a_jpeg()],
        "idem": "k", "sure": "1", "elsewhere": "no",
    }  # fmt: skip
    assert client.post(url, typed).context["form"].errors.keys() == {"consent"}
    answer = client.post(url, typed | {"consent": "phone", "photos": [a_jpeg()]})
    claim = LossClaim.objects.get(line=1)
    assert answer.url == reverse("claim-report", args=[claim.report_id]) and claim.by_proxy
    login(client, township_officer)
    assert client.get(answer.url).status_code == 200
    login(client, guiying)
    assert client.get(answer.url).status_code == 404
    assert client.get(url).status_code == 404


@pytest.fixture
def to_visit(report, story, lot, second_lot, third_lot):
    """Three lines of one report, whose village notice has ended."""
    claims = list(report((lot, 50), (second_lot, 40), (third_lot, 30)).lines.order_by("line"))
    notice = story.on_village_notice(*claims)
    return [noticing.go_on_after_village_notice(claim, at=notice.ends_at) for claim in claims]


def pairs(claims):
    return {
        (visit.first, visit.second, visit.seed) for visit in Visit.objects.filter(claim__in=claims, redrawn_at=None)
    }


def test_the_lines_of_a_report_are_drawn_together_and_each_is_found_by_itself(
    client, now, to_visit, story, cast, clerk_ma
):
    first, second, third = to_visit
    answering.refuse(third, code="sold", reason="这批菜已经卖了", by=cast["approver"], at=third.due_at)
    login(client, clerk_ma)
    asked = client.get(reverse("visit-draw", args=[first.pk])).content.decode()
    assert f"{second.number}跟它一起抽" in " ".join(asked.split())

    visit = visiting.draw(first, by=clerk_ma, at=first.village_notice.ends_at)
    assert len(pairs([first, second])) == 1 and not Visit.objects.filter(claim=third).exists()
    told = Message.objects.get(kind="claim.drawn")
    assert first.report.number in told.body and "2 样" in told.body
    events = Event.objects.filter(kind="visit.drawn")
    assert {tuple(event.data["lines"]) for event in events} == {(first.number, second.number)} and len(events) == 2
    with pytest.raises(visiting.AlreadyDrawn):
        visiting.draw(second, by=clerk_ma, at=first.village_notice.ends_at)
    asked = client.get(reverse("visit-draw", args=[second.pk])).content.decode()
    assert f"和同一张申报单的{first.number}一起抽的" in " ".join(asked.split())
    login(client, visit.first)
    listed = client.get(reverse("visit-list")).content.decode()
    assert f"申报单 {first.report.number} 的第 1 样，共 3 样" in listed

    story.found(visit, kg=50)
    story.found(Visit.objects.get(claim=second), kg=10, why="只剩十公斤")
    assert list(Visit.objects.order_by("claim").values_list("found", flat=True)) == [50 * KG, 10 * KG]


def test_whoever_falls_out_is_replaced_on_the_whole_trip(to_visit, bureau, clerk_ma):
    for name in ("温检查", "赖检查"):
        factories.a_user(name, "verifier", bureau)
    at = to_visit[0].village_notice.ends_at
    visit = visiting.draw(to_visit[0], by=clerk_ma, at=at)
    new = visiting.redraw(visit, who="second", why="ill", by=clerk_ma, at=at)

    ((first, second, seed),) = pairs(to_visit)
    assert (first, second, seed) == (visit.first, new.second, new.seed) and second != visit.second
    assert Visit.objects.filter(fell_out=visit.second).count() == 3


def test_a_line_that_comes_later_is_drawn_by_itself(to_visit, report, story, clerk_ma):
    first, second, third = to_visit
    force(third, status="village_notice")
    visiting.draw(first, by=clerk_ma, at=first.village_notice.ends_at)
    force(third, status="to_visit")
    visiting.draw(third, by=clerk_ma, at=first.village_notice.ends_at)

    assert len(pairs([first, second])) == 1 and len(pairs(to_visit)) == 2


def test_what_an_appeal_brings_back_counts_as_the_report_it_was_refused_in(
    report, story, finance_bureau, director_lin, cabbage, lot, second_lot, third_lot, cadre_wu, xiuying
):
    story.scheme = a_scheme(finance_bureau, director_lin, cabbage, most_claims=2, waiting_days=2)
    first = report((lot, 50), (second_lot, 20))
    refused = answering.refuse(first.lines.get(line=1), code="not_found", reason="没看见货", by=cadre_wu, at=TUESDAY)
    row = appealing.appeal(refused, words="货在下屋", by=xiuying, at=WEDNESDAY)
    anew = appealing.decide(row, upheld=True, words="确实在", by=director_lin, at=WEDNESDAY).anew

    assert (anew.report.takes_up, anew.line) == (first, 1)
    assert report((third_lot, 20), at=WEDNESDAY).lines.count() == 1  # the second, two days after the first
    with pytest.raises(frequency.TooManyReports):
        report((a_lot(lot.household, cabbage, kg=50, by=xiuying), 20), at=WEDNESDAY)
