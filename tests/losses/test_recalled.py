"""A lot under recall is never reported as unsold, whichever way it comes; what else befell it is looked at."""

import uuid

import pytest
from django.urls import reverse

from catalog.services.recalls import mark_recalled
from losses.models import LossClaim, LossNotice
from losses.services import answering, claiming, findings
from tests.factories import MONDAY, TUESDAY, login
from tests.losses.pages import a_jpeg
from tests.losses.steps import LOST_ON, a_photo
from tests.losses.test_kept import a_report, send, send_photo
from tests.losses.test_texting import back_to, texted
from tests.losses.unreliable import drawn_photo

pytestmark = pytest.mark.django_db
SAID = "这批货已召回，不是没人买才剩下的，不能按卖不掉报损。"


@pytest.fixture
def recalled(lot, director_lin):
    return mark_recalled(lot, reason="农残超标", by=director_lin, at=MONDAY)


def on_the_page(client, lot):
    typed = {
        "cause": "unsold", "quantity_0": "60", "quantity_1": "jin", "happened_on": f"{LOST_ON}", "words": "",
        "photos": [a_jpeg()], "idem": "a", "sure": "1", "elsewhere": "no",
    }  # fmt: skip
    return client.post(reverse("claim-new", args=[lot.pk]), typed).content.decode()


def by_a_program(client, lot):
    typed = {"listing": lot.pk, "cause": "unsold", "kg": "30", "happened_on": f"{LOST_ON}", "photos": [a_jpeg()]}
    answer = client.post(reverse("api-claims"), typed, headers={"Idempotency-Key": uuid.uuid4().hex})
    assert (answer.status_code, answer.json()["code"]) == (409, "under_recall")
    return answer.json()["message"]


def kept_on_a_phone(client, lot):
    photo, draft = drawn_photo(1), str(uuid.uuid4())
    send_photo(client, lot, draft, 1, photo)
    return send(client, lot, a_report([photo], draft)).json()["message"]


@pytest.mark.parametrize("door", [on_the_page, by_a_program, kept_on_a_phone])
def test_it_is_not_reported_as_unsold(client, now, scheme, recalled, xiuying, settings, tmp_path, door):
    settings.MEDIA_ROOT = tmp_path
    login(client, xiuying)

    assert SAID in door(client, recalled)
    assert not LossClaim.objects.exists()


def test_nor_noticed_so_by_a_text(now, recalled, xiuying_household):
    assert SAID in back_to(texted(xiuying_household, "报损 包菜 60斤 没人收"))
    assert not LossNotice.objects.exists()


def test_its_row_says_so(client, now, scheme, recalled, xiuying):
    assert "已召回" in login(client, xiuying).get(reverse("claim-choose")).content.decode()


def test_what_else_befell_it_is_reported_and_looked_at(story, recalled):
    claim = story.filed(recalled, cause="spoiled")

    seen = findings.latest_findings(claim)["recalled"]
    assert seen.colour == "amber" and "2026-11-02" in seen.detail


def test_one_recalled_after_its_report_is_looked_at_too(story, lot, director_lin, cadre_wu, xiuying):
    claim = story.filed(lot)
    assert findings.latest_findings(claim)["recalled"].colour == "green"
    mark_recalled(lot, reason="农残超标", by=director_lin, at=TUESDAY)

    answering.send_back(claim, code="photos", reason="请拍一张近的。", by=cadre_wu, at=TUESDAY)
    claiming.file_again(
        LossClaim.objects.get(), quantity=20_000, happened_on=LOST_ON, words="", photos=[a_photo(by=xiuying)],
        by=xiuying, at=TUESDAY,
    )  # fmt: skip

    assert findings.latest_findings(claim)["recalled"].colour == "amber"
