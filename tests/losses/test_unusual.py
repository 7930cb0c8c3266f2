"""An amount far above what is usually lost is asked about once, in words; whoever says that it is meant is heard."""

import uuid

import pytest
from django.urls import reverse

from accounts.models import Household
from losses.models import LossClaim
from losses.selectors.usual import usual_losses
from losses.services import answering
from tests import factories
from tests.factories import MONDAY, a_season, login
from tests.losses.pages import a_jpeg, hidden
from tests.losses.steps import KG, LOST_ON, a_lot, a_scheme
from tests.losses.test_kept import a_report as a_kept_report
from tests.losses.test_kept import send, send_photo
from tests.losses.test_pages import a_report

pytestmark = pytest.mark.django_db
ASKED = "真的是 61 斤（30.5 公斤）吗？以前一次最多报过 20 斤（10 公斤）。"


@pytest.fixture
def before(now, story, xiuying, xiuying_household, cabbage):
    """A report of 10 kg of another lot, some days ago."""
    return story.filed(a_lot(xiuying_household, cabbage, kg=20, by=xiuying), kg=10)


def one_report_of(household):
    return LossClaim.objects.filter(household=household).order_by("-pk").first()


def test_three_times_the_most_before_is_no_question(client, before, lot, xiuying):
    login(client, xiuying)

    shown = client.post(reverse("claim-new", args=[lot.pk]), a_report(quantity_0="60", sure=""))

    assert "60 斤（30 公斤）" in shown.content.decode() and "真的是" not in shown.content.decode()


def test_more_is_asked_about_where_it_is_shown_once_more_with_everything_typed(client, before, lot, xiuying):
    login(client, xiuying)
    url = reverse("claim-new", args=[lot.pk])

    asked = client.post(url, a_report(quantity_0="61", sure=""))

    page = asked.content.decode()
    assert ASKED in page and "对，就这样报" in page
    assert 'value="61"' in page and "下雨路断了" in page and "已收到 1 张照片" in page
    assert LossClaim.objects.get() == before
    sent = client.post(url, a_report(quantity_0="61", photos=[], kept=hidden(asked, "kept"), sure="on"))
    assert sent.status_code == 302 and one_report_of(lot.household).figures.get().quantity == 30_500


def test_what_was_refused_or_taken_back_is_no_measure(client, before, lot, xiuying):
    answering.withdraw(before, by=xiuying, at=MONDAY)
    login(client, xiuying)

    shown = client.post(reverse("claim-new", args=[lot.pk]), a_report(quantity_0="61", sure="")).content.decode()
    assert "61 斤" in shown and "真的是" not in shown


def test_a_first_report_is_measured_by_five_others_of_the_county(client, now, scheme, story, lot, xiuying, changxi):
    login(client, xiuying)
    for _n in range(5):
        household = factories.a_household(changxi, name="黄邻居")
        of_others = a_lot(household, lot.produce, kg=20, by=factories.a_user("张三"))
        few = usual_losses(lot.household, [lot.produce_id], crops=False)
        story.filed(of_others, kg=10, by=of_others.made_by, consent="paper")

    assert few == {}
    url = reverse("claim-new", args=[lot.pk])
    asked = client.post(url, a_report(quantity_0="101", sure="")).content.decode()
    assert "真的是 101 斤（50.5 公斤）吗？别家多半报 20 斤（10 公斤）上下。" in asked
    assert "真的是" not in client.post(url, a_report(quantity_0="100", sure="")).content.decode()


def test_a_program_is_asked_too_and_says_sure(client, before, lot, xiuying):
    login(client, xiuying)

    def post(**said):
        typed = {"listing": lot.pk, "cause": "unsold", "kg": "30.5", "happened_on": LOST_ON.isoformat()}
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        return client.post(reverse("api-claims"), typed | {"photos": [a_jpeg()]} | said, headers=headers)

    asked = post()
    assert (asked.status_code, asked.json()["code"], asked.json()["message"]) == (400, "sure_needed", ASKED)
    assert post(sure="true").status_code == 201


def test_a_report_completed_is_measured_by_its_own_round_before(client, before, story, xiuying, cadre_wu):
    answering.send_back(before, code="photos", reason="请拍一张近的。", by=cadre_wu, at=MONDAY)
    login(client, xiuying)
    url = reverse("claim-complete", args=[before.pk])

    page = client.post(url, a_report(quantity_0="61", sure="")).content.decode()
    assert ASKED in page and "没错，就是这么多" in page
    api = {"kg": "30.5", "happened_on": LOST_ON.isoformat(), "photos": [a_jpeg()]}
    asked = client.post(reverse("api-claim-complete", args=[before.pk]), api, headers={"Idempotency-Key": "one"})
    assert asked.json()["code"] == "sure_needed"


def test_a_crop_is_asked_about_where_it_is_shown_once_more(client, now, story, finance_bureau, director_lin, xiuying,
    xiuying_household, cabbage):  # fmt: skip
    story.scheme = a_scheme(finance_bureau, director_lin, cabbage, crop_fen=60)
    small, large = (a_season(xiuying_household, cabbage, by=xiuying, parcel=name) for name in ("村东", "村西"))
    story.filed(small, kg=10, by=xiuying, cause="field")
    login(client, xiuying)
    typed = a_report(cause="field", quantity_0="61", day="other", sure="")

    shown = client.post(reverse("claim-new-crop", args=[large.pk]), typed)

    assert ASKED in shown.content.decode() and "就这样报上去" not in shown.content.decode()
    again = typed | {"photos": [], "kept": hidden(shown, "kept"), "sure": "1"}
    assert client.post(reverse("claim-new-crop", args=[large.pk]), again).status_code == 302


def test_a_phone_is_told_from_what_on_to_ask_and_what_it_kept_is_not_held_back(client, before, lot, xiuying):
    login(client, xiuying)
    page = client.get(reverse("report-offline")).json()[f"new/{lot.pk}"]
    photo, draft = a_jpeg().read(), str(uuid.uuid4())
    send_photo(client, lot, draft, 1, photo)

    assert f'data-most="{30 * KG}"' in page and "真的是 {n}吗？以前一次最多报过 20 斤（10 公斤）。" in page
    assert send(client, lot, a_kept_report([photo], draft, quantity_0="61")).status_code == 200
    assert Household.objects.get(pk=lot.household_id).claims.count() == 2
