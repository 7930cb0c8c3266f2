"""The same doors for programs: same services, same refusals, keys that act once."""

import pytest

from ledger.models import PayoutBatch
from losses.models import LossClaim
from tests.factories import login
from tests.losses.pages import a_jpeg
from tests.losses.steps import KG

pytestmark = pytest.mark.django_db
LOOKED = {"looked_at": ["goods", "household"]}


def filed(client, lot, *, key="k1", **changes):
    data = {
        "listing": str(lot.pk),
        "cause": "unsold",
        "kg": "50",
        "happened_on": "2026-11-02",
        "photos": [a_jpeg()],
    } | changes
    headers = {"Idempotency-Key": key} if key else {}
    return client.post("/api/v1/claims/", data, headers=headers)


def post(client, path, data=None, key="k"):
    return client.post(path, data or {}, content_type="application/json", headers={"Idempotency-Key": key})


def test_a_claim_is_filed_once_under_one_key(client, now, scheme, lot, xiuying):
    login(client, xiuying)

    first, again = filed(client, lot), filed(client, lot)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["number"] == again.json()["number"] == LossClaim.objects.get().number
    assert first.json()["kg"] == "50" and first.json()["amount_yuan"] is None
    assert LossClaim.objects.count() == 1


def test_the_same_key_with_other_content_is_refused(client, now, scheme, lot, xiuying):
    login(client, xiuying)
    filed(client, lot)

    other = filed(client, lot, kg="60")

    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert LossClaim.objects.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"key": ""},
        {"kg": "NaN"},
        {"kg": "-1"},
        {"kg": "1e3"},
        {"kg": "1_000"},
        {"kg": ""},
        {"cause": "hail"},
        {"happened_on": "2026-02-30"},
        {"happened_on": "2099-01-01"},
        {"listing": "9" * 30},
        {"photos": []},
    ],
)
def test_what_cannot_be_read_is_400_and_nothing_changes(client, now, scheme, lot, xiuying, changes):
    login(client, xiuying)

    answer = filed(client, lot, **changes)

    assert answer.status_code in (400, 409), answer.content
    assert answer.json()["message"]
    assert not LossClaim.objects.exists()
    lot.refresh_from_db()
    assert lot.claimed == 0


def test_more_than_is_left_is_a_refusal_in_words(client, now, scheme, lot, xiuying):
    login(client, xiuying)

    answer = filed(client, lot, kg="100.001")

    assert (answer.status_code, answer.json()["code"]) == (409, "not_enough_produce")
    assert not LossClaim.objects.exists()


def test_somebody_else_s_lot_is_not_found(client, now, scheme, neighbours_lot, xiuying):
    login(client, xiuying)

    assert filed(client, neighbours_lot).status_code == 404


def test_status_household_and_amount_cannot_be_sent_along(client, now, scheme, lot, xiuying, xiuying_household):
    login(client, xiuying)

    filed(client, lot, status="awarded", household="x", amount_yuan="9999", filed_by="x")

    claim = LossClaim.objects.get()
    assert (claim.status, claim.household) == ("filed", xiuying_household)


def test_checks_go_through_the_api(client, now, story, lot, cadre_wu, township_officer):
    claim = story.filed(lot)
    login(client, township_officer)
    assert post(client, f"/api/v1/claims/{claim.pk}/village-check/", {"kg": "50"} | LOOKED).status_code == 403
    login(client, cadre_wu)
    less = post(client, f"/api/v1/claims/{claim.pk}/village-check/", {"kg": "40"} | LOOKED)
    assert (less.status_code, less.json()["code"]) == (400, "why_needed")

    done = post(
        client,
        f"/api/v1/claims/{claim.pk}/village-check/",
        {"kg": "40", "why": "十公斤还能卖"} | LOOKED,
    )

    assert done.json()["status"] == "village_checked"
    assert [(f["stage"], f["kg"]) for f in done.json()["figures"]] == [("declared", "50"), ("village", "40")]


def test_a_check_shows_its_photo_through_the_api(client, now, story, lot, cadre_wu):
    claim = story.filed(lot)
    login(client, cadre_wu)
    shown = {
        "kg": "50",
        "looked_at": ["papers"],
        "photo": a_jpeg(),
        "latitude_e6": 26327100,
        "longitude_e6": 116354800,
        "accuracy_m": 8,
    }

    done = client.post(f"/api/v1/claims/{claim.pk}/village-check/", shown, headers={"Idempotency-Key": "p"})

    assert [(f["shown"], f["accuracy_m"]) for f in done.json()["figures"]] == [(False, None), (True, 8)]


def test_a_visit_is_recorded_and_signed(client, now, story, lot):
    visit = story.drawn(story.filed(lot))
    now.at = visit.drawn_at
    path = f"/api/v1/claims/{visit.claim_id}/visit/"
    login(client, visit.first)

    photos = {"whole": a_jpeg("red"), "near": a_jpeg("blue"), "people": a_jpeg("grey")}
    wrote = client.post(
        path, {"kg": "50", "conclusion": "there", "signed": "paper", **photos}, headers={"Idempotency-Key": "v"}
    )
    assert wrote.status_code == 200, wrote.content
    assert post(client, f"{path}sign/").status_code == 403
    login(client, visit.second)
    assert post(client, f"{path}sign/").json()["status"] == "visited"


def test_award_and_refuse_meet_the_same_walls(client, now, story, lot, clerk_ma, director_lin):
    claim = story.on_county_notice(story.filed(lot))
    path = f"/api/v1/claims/{claim.pk}"
    login(client, director_lin)
    assert post(client, f"{path}/award/").json()["code"] == "notice_still_runs"
    now.at = claim.county_notice.ends_at
    login(client, clerk_ma)
    assert post(client, f"{path}/award/").json()["code"] == "already_took_part"
    login(client, director_lin)

    done = post(client, f"{path}/award/", key="k2")

    assert (done.json()["status"], done.json()["amount_yuan"]) == ("awarded", "80.00")
    late = post(client, f"{path}/refuse/", {"code": "rules", "reason": "不在范围内"}, key="k3")
    assert (late.status_code, late.json()["code"]) == (409, "illegal_move")


def test_my_claims_are_mine(client, now, story, lot, neighbours_lot, xiuying):
    story.filed(lot)
    story.filed(neighbours_lot)
    login(client, xiuying)

    found = client.get("/api/v1/claims/").json()["results"]

    assert [one["name"] for one in found] == ["黄秀英"]


def test_a_batch_is_read_masked_and_sent_by_the_second_person(
    client, now, story, lot, finance_maker, finance_checker, finance_bureau, chef_chen
):
    from ledger.services import payouts

    claim = story.awarded(story.filed(lot))
    batch = payouts.build_batch(finance_bureau, by=finance_maker, at=claim.award.at)
    path = f"/api/v1/payouts/{batch.pk}/"
    login(client, chef_chen)
    assert client.get(path).status_code == 404
    assert client.get("/api/v1/payouts/").status_code == 403
    login(client, finance_maker)
    assert post(client, f"{path}send/").status_code == 403

    login(client, finance_checker)
    body = client.get(path).content.decode()
    assert "黄*英" in body and "黄秀英" not in body and claim.award.payable.card not in body
    assert post(client, f"{path}send/").json()["status"] == "sent"
    assert PayoutBatch.objects.get().checker == finance_checker


def test_rules_are_public(client, scheme):
    (one,) = client.get("/api/v1/schemes/").json()

    assert one["household_cap_yuan"] == "2000.00"
    assert {rate["rate_yuan"] for rate in one["rates"]} == {"1.60"}
    assert one["min_loss_kg"] == str(10 * KG // 1000)
