"""A report is shown once before it is filed, and its day is today, yesterday or another one, whatever way it comes."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from losses.models import LossClaim
from tests.factories import MONDAY, TUESDAY, login
from tests.journeys.browsing import Person
from tests.losses.pages import a_jpeg
from tests.losses.steps import LOST_ON
from tests.losses.test_kept import a_report, send, send_photo
from tests.losses.unreliable import drawn_photo

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def farmer(now, scheme, lot, xiuying):
    """Her own lot's form, filled in and sent on Monday: a hundred jin, today."""
    person = Person(xiuying)
    person.open(reverse("claim-new", args=[lot.pk]))
    assert person.page.form("quantity_0").fields["day"] == "today"
    person.press("quantity_0", cause="unsold", quantity_0="100", words="路断了", photos=[a_jpeg()], elsewhere="no")
    return person


def test_it_is_shown_and_nothing_is_filed_and_changing_loses_nothing(farmer):
    assert farmer.page.says("这样对吗", "100 斤（50 公斤）", "11 月 2 日", "80.00 元", "路断了", "已收到 1 张照片")
    assert farmer.page.says("会有人来看货") and not LossClaim.objects.exists()

    farmer.press("shown_on", again="1")

    form = farmer.page.form("quantity_0").fields
    assert (form["cause"], form["quantity_0"], form["day"]) == ("unsold", "100", "today") and "shown_on" not in form
    assert farmer.page.says("路断了", "已收到 1 张照片")
    assert farmer.press("quantity_0", quantity_0="90").says("这样对吗", "90 斤（45 公斤）")
    assert farmer.press("shown_on", sure="1").path.endswith("/receipt/")
    assert LossClaim.objects.get().figures.get().quantity == 45_000


def test_more_than_is_left_is_refused_before_it_is_shown(farmer):
    farmer.press("shown_on", again="1")

    farmer.press("quantity_0", quantity_0="100000")

    form = farmer.page.form("quantity_0").fields
    assert farmer.page.says("只剩", "已收到 1 张照片") and (form["quantity_0"], "shown_on" in form) == ("100000", False)


def test_what_was_shown_is_what_is_filed_also_after_midnight(farmer, now):
    now.at = TUESDAY

    farmer.press("shown_on", sure="1")

    assert LossClaim.objects.get().happened_on == LOST_ON


def test_an_answer_counts_for_what_was_shown_alone(farmer):
    farmer.press("shown_on", quantity_0="300", sure="1")

    form = farmer.page.form("quantity_0").fields
    assert form["quantity_0"] == "300" and "sure" not in form and not LossClaim.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"day": "yesterday"}, "11 月 1 日"),
        ({"day": "other", "happened_on": "2026-10-30"}, "10 月 30 日"),
        ({"day": "", "happened_on": "2026-10-30"}, "10 月 30 日"),
        ({"day": "other"}, "请写是哪一天"),
        ({"day": ""}, "请写是哪一天"),
    ],
)
def test_the_day_is_today_yesterday_or_written(farmer, typed, said):
    farmer.press("shown_on", again="1")

    assert farmer.press("quantity_0", **typed).says(said), farmer.page.words


def test_form_and_preview_are_read_aloud(farmer):
    shown = farmer.page.answer.content.decode()
    asked = farmer.open(farmer.page.path).answer.content.decode()

    assert 'data-speak="main h1, main dl' in shown and "js/speak" in shown
    assert 'data-speak="main h1, main h2, main legend' in asked and "js/speak" in asked


@pytest.mark.parametrize(("waited", "day"), [(3 * DAY, LOST_ON), (-3 * DAY, LOST_ON + 3 * DAY)])
def test_today_of_a_phone_without_a_net_is_when_it_wrote_and_never_to_come(
    client, now, scheme, lot, xiuying, waited, day
):
    login(client, xiuying)
    photo, draft = drawn_photo(1), str(uuid.uuid4())
    now.at = MONDAY + 3 * DAY
    send_photo(client, lot, draft, 1, photo)
    written = str(int((now.at - waited).timestamp() * 1000))

    report = a_report([photo], draft, day="today", happened_on="", phone_at=written)

    assert [send(client, lot, report).status_code for _twice in range(2)] == [200, 200]
    assert LossClaim.objects.get().happened_on == day
