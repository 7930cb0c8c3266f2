"""The doors of relief: what each hand sees, does, and is refused; typed words and photos stay."""

import pytest
from django.urls import reverse

from ledger.models import PayoutBatch
from losses.models import LossClaim
from losses.services import noticing
from records.models import IdempotencyKey, Objection, PublicNotice, StoredFile
from records.services import second_look
from tests import factories
from tests.factories import TUESDAY, login
from tests.ledger.steps import answer_line, return_file
from tests.losses.pages import a_jpeg, hidden
from tests.losses.steps import KG, a_lot

pytestmark = pytest.mark.django_db


def a_report(**changes):
    return {
        "cause": "unsold",
        "quantity_0": "100",
        "quantity_1": "jin",
        "happened_on": "2026-11-02",
        "words": "下雨路断了",
        "idem": "one-form",
        "photos": [a_jpeg()],
        "sure": "1",
        "elsewhere": "no",
    } | changes


def test_a_farmer_reports_a_loss_and_reads_whose_turn_it_is(client, now, scheme, lot, xiuying):
    login(client, xiuying)
    form = client.get(reverse("claim-new", args=[lot.pk]))
    assert "还有 200 斤（100 公斤）" in form.content.decode()

    sent = client.post(reverse("claim-new", args=[lot.pk]), a_report())

    claim = LossClaim.objects.get()
    assert sent["Location"] == reverse("claim-receipt", args=[claim.pk])
    assert claim.number in client.get(sent["Location"]).content.decode()
    page = client.get(reverse("claim-detail", args=[claim.pk])).content.decode()
    assert "100 斤（50 公斤）" in page
    assert "<b>村里</b>来看" in page
    assert "明天上午 9 点前" in page
    assert "包菜没卖掉" in client.get(reverse("claim-list-mine")).content.decode()


def test_the_same_form_twice_is_one_report(client, now, scheme, lot, xiuying):
    login(client, xiuying)

    answers = [client.post(reverse("claim-new", args=[lot.pk]), a_report()) for _turn in range(2)]

    assert answers[0]["Location"] == answers[1]["Location"]
    assert LossClaim.objects.count() == IdempotencyKey.objects.count() == 1


def test_words_and_photos_stay_when_a_number_cannot_be_read(client, now, scheme, lot, xiuying):
    login(client, xiuying)
    url = reverse("claim-new", args=[lot.pk])

    refused = client.post(url, a_report(quantity_0="很多"))

    page = refused.content.decode()
    assert refused.status_code == 200
    assert "有错" in page and 'value="很多"' in page and "下雨路断了" in page
    assert "已收到 1 张照片" in page
    assert not LossClaim.objects.exists()

    sent = client.post(url, a_report(photos=[], kept=hidden(refused, "kept")))
    assert sent.status_code == 302
    assert LossClaim.objects.get().figures.get().quantity == 50 * KG


def test_a_note_of_photos_of_somebody_else_holds_nothing(client, now, scheme, lot, xiuying, guiying, neighbours_lot):
    login(client, xiuying)
    refused = client.post(reverse("claim-new", args=[lot.pk]), a_report(quantity_0="x"))
    login(client, guiying)

    answer = client.post(
        reverse("claim-new", args=[neighbours_lot.pk]), a_report(photos=[], kept=hidden(refused, "kept"))
    )

    assert "至少拍一张" in answer.content.decode()
    assert not LossClaim.objects.exists()


def test_what_is_no_photo_is_refused_in_words_and_nothing_is_kept(client, now, scheme, lot, xiuying):
    from django.core.files.uploadedfile import SimpleUploadedFile

    login(client, xiuying)
    svg = SimpleUploadedFile("a.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/jpeg")

    answer = client.post(reverse("claim-new", args=[lot.pk]), a_report(photos=[svg]))

    assert answer.status_code == 200
    assert not LossClaim.objects.exists() and not StoredFile.objects.exists()


def test_nobody_reports_the_loss_of_another_household(
    client, now, scheme, neighbours_lot, xiuying, olga, other_village
):
    for somebody in (xiuying, olga):
        login(client, somebody)
        assert client.get(reverse("claim-new", args=[neighbours_lot.pk])).status_code == 404
        assert client.post(reverse("claim-new", args=[neighbours_lot.pk]), a_report()).status_code == 404

    assert not LossClaim.objects.exists()


def test_a_cadre_reports_for_a_household_and_must_say_how_it_agreed(client, now, scheme, lot, cadre_liu):
    login(client, cadre_liu)
    url = reverse("claim-new", args=[lot.pk])
    assert "他家怎么同意的" in client.get(url).content.decode()

    assert client.post(url, a_report()).status_code == 200
    assert not LossClaim.objects.exists()

    assert client.post(url, a_report(consent="visit")).status_code == 302
    assert LossClaim.objects.get().by_proxy


def test_goods_without_rules_say_so(client, now, finance_bureau, xiuying, lot):
    login(client, xiuying)

    assert "现在的救助办法里没有包菜" in client.get(reverse("claim-new", args=[lot.pk])).content.decode()


def test_a_farmer_takes_a_report_back(client, now, story, lot, xiuying):
    claim = story.filed(lot)
    login(client, xiuying)

    answer = client.post(reverse("claim-withdraw", args=[claim.pk]), {"idem": "w"}, follow=True)

    assert "撤回了，货可以接着卖。" in answer.content.decode()
    claim.refresh_from_db()
    assert claim.status == "withdrawn"


def test_a_report_that_was_sent_back_is_completed(client, now, story, lot, xiuying, cadre_wu):
    claim = story.filed(lot)
    login(client, cadre_wu)
    client.post(
        reverse("claim-send-back", args=[claim.pk]), {"code": "photos", "reason": "请拍一张近的。", "idem": "b"}
    )
    login(client, xiuying)
    assert "请拍一张近的。" in client.get(reverse("claim-detail", args=[claim.pk])).content.decode()

    answer = client.post(reverse("claim-complete", args=[claim.pk]), a_report(quantity_0="80"))

    assert answer.status_code == 302
    claim.refresh_from_db()
    assert (claim.status, claim.round) == ("filed", 2)


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("xiuying", 200),
        ("cadre_wu", 200),
        ("township_officer", 200),
        ("director_lin", 200),
        ("auditor", 200),
        ("guiying", 404),
        ("inspector_he", 404),
        ("finance_maker", 404),
        ("chef_chen", 404),
        ("olga", 404),
    ],
)
def test_who_may_see_a_claim_before_it_is_awarded(client, now, story, lot, request, who, sees):
    claim = story.filed(lot)
    login(client, request.getfixturevalue(who))

    assert client.get(reverse("claim-detail", args=[claim.pk])).status_code == sees


def test_a_cadre_of_the_next_village_sees_nothing(client, now, story, lot, other_village):
    committee = factories.an_organisation("village", "湖坑村民委员会", other_village)
    login(client, factories.a_user("熊支书", "cadre", committee, other_village))
    claim = story.filed(lot)

    assert client.get(reverse("claim-detail", args=[claim.pk])).status_code == 404
    assert client.get(reverse("claim-village-check", args=[claim.pk])).status_code == 404
    assert "黄秀英" not in client.get(reverse("check-list")).content.decode()


def test_the_auditor_reads_names_masked(client, now, story, lot, auditor):
    claim = story.filed(lot)
    login(client, auditor)

    page = client.get(reverse("claim-detail", args=[claim.pk])).content.decode()

    assert "黄*英" in page and "黄秀英" not in page


def test_evidence_is_shown_to_those_who_may_see_it(
    client, now, scheme, lot, xiuying, cadre_wu, olga, guiying, finance_maker
):
    login(client, xiuying)
    client.post(reverse("claim-new", args=[lot.pk]), a_report())
    claim = LossClaim.objects.get()
    url = reverse("claim-photo", args=[claim.pk, StoredFile.objects.get().pk])

    for who, status in ((xiuying, 200), (cadre_wu, 200), (olga, 404), (guiying, 404), (finance_maker, 404)):
        login(client, who)
        answer = client.get(url)
        assert answer.status_code == status
        assert b"".join(answer)  # reading it to the end closes the file
    client.logout()
    assert client.get(url).status_code == 302


def test_a_photo_of_another_claim_is_not_found_under_this_one(client, now, story, lot, neighbours_lot, xiuying):
    claim, theirs = story.filed(lot), story.filed(neighbours_lot)
    photo = StoredFile.objects.filter(attachments__document=theirs.reference).get()
    login(client, xiuying)

    assert client.get(reverse("claim-photo", args=[claim.pk, photo.pk])).status_code == 404


def test_wrong_hands_meet_403_and_the_wrong_moment_a_sentence(client, now, story, lot, cadre_wu, township_officer):
    claim = story.filed(lot)
    login(client, township_officer)
    assert client.get(reverse("claim-village-check", args=[claim.pk])).status_code == 403

    answer = client.post(
        reverse("claim-township-check", args=[claim.pk]),
        {"quantity": "100", "why": "", "idem": "t", "looked_at": ["goods"]},
    )

    assert answer.status_code == 200
    assert "已经有人办理过了" in answer.content.decode()
    claim.refresh_from_db()
    assert claim.status == "filed"


def test_a_check_sent_again_after_switching_the_language_is_still_one_check(client, now, story, lot, cadre_wu):
    claim = story.filed(lot)
    login(client, cadre_wu)
    url, form = (
        reverse("claim-village-check", args=[claim.pk]),
        {"quantity": "100", "why": "", "idem": "v", "looked_at": ["goods"]},
    )

    for language in ("zh-hans", "en"):
        client.cookies["django_language"] = language
        assert client.post(url, form)["Location"] == f"{reverse('check-list')}?view=village"

    assert claim.figures.filter(stage="village").count() == 1


def test_the_work_queue_counts_what_waits_in_each_view(client, now, story, lot, neighbours_lot, cadre_wu, clerk_ma):
    story.township_checked(story.filed(lot))
    story.filed(neighbours_lot)
    login(client, cadre_wu)
    assert "温桂英" in client.get(reverse("check-list")).content.decode()

    login(client, clerk_ma)
    page = client.get(reverse("check-list")).content.decode()

    assert "待村级公示" in page and "黄秀英" in page and "温桂英" not in page


def test_the_work_queue_costs_the_same_for_one_or_many(
    client, now, story, xiuying_household, xiuying, cabbage, cadre_wu, django_assert_max_num_queries
):
    for _turn in range(4):
        story.filed(a_lot(xiuying_household, cabbage, by=xiuying), kg=20)
    login(client, cadre_wu)

    with django_assert_max_num_queries(12):
        client.get(reverse("check-list"))


def test_nobody_publishes_outside_the_desk(client, now, story, scheme, lot, cadre_wu, township_officer):
    story.township_checked(story.filed(lot))
    url = reverse("notice-publish-village", args=[scheme.pk, lot.village_id])

    for who in (cadre_wu, township_officer):
        login(client, who)
        assert client.post(url, {"idem": "p"}).status_code == 403

    assert not PublicNotice.objects.exists()


def test_publishing_into_an_unknown_year_shows_why_not(client, now, story, scheme, lot, clerk_ma):
    import datetime as dt

    story.township_checked(story.filed(lot))
    now.at = dt.datetime(2026, 12, 29, 2, tzinfo=dt.UTC)
    login(client, clerk_ma)
    url = reverse("notice-publish-village", args=[scheme.pk, lot.village_id])

    page = client.get(url).content.decode()
    client.post(url, {"idem": "p"})

    assert "2027" in page
    assert not PublicNotice.objects.exists()


def test_only_the_drawn_record_and_sign(client, now, story, lot, bureau):
    visit = story.drawn(story.filed(lot))
    other = factories.a_user("刘检查", "verifier", bureau)
    record, sign = (reverse(name, args=[visit.claim_id]) for name in ("visit-record", "visit-sign"))

    for who, url, status in (
        (other, record, 404),
        (visit.second, record, 403),
        (visit.first, sign, 403),
        (visit.first, record, 200),
        (visit.second, sign, 200),
    ):
        login(client, who)
        assert client.get(url).status_code == status


def test_the_whole_way_over_the_pages(
    client,
    now,
    scheme,
    lot,
    xiuying,
    cadre_wu,
    township_officer,
    inspector_he,
    inspector_xu,
    clerk_ma,
    director_lin,
    finance_maker,
    finance_checker,
):
    login(client, xiuying)
    client.post(reverse("claim-new", args=[lot.pk]), a_report())
    claim = LossClaim.objects.get()

    now.at = TUESDAY
    login(client, cadre_wu)
    client.post(
        reverse("claim-village-check", args=[claim.pk]),
        {"quantity": "90", "why": "十斤还能卖", "idem": "1", "looked_at": ["goods"]},
    )
    login(client, township_officer)
    client.post(
        reverse("claim-township-check", args=[claim.pk]),
        {"quantity": "90", "why": "", "idem": "2", "looked_at": ["goods"]},
    )
    login(client, clerk_ma)
    client.post(reverse("notice-publish-village", args=[scheme.pk, lot.village_id]), {"idem": "3"})

    claim.refresh_from_db()
    now.at = claim.village_notice.ends_at
    noticing.go_on_after_village_notice(claim, at=now.at)
    client.post(reverse("visit-draw", args=[claim.pk]), {"idem": "4"})
    visit = claim.visits.get()
    login(client, visit.first)
    record = reverse("visit-record", args=[claim.pk])
    seen = {"conclusion": "less", "signed": "paper"}
    seen |= {"latitude_e6": "26327100", "longitude_e6": "116354800", "accuracy_m": "8"}
    half = client.post(record, {"found": "90", "idem": "5", **seen, "whole": a_jpeg("red")})
    assert "还差 2 张" in half.content.decode()
    client.post(
        record,
        {
            "found": "90",
            "idem": "5",
            **seen,
            "near": a_jpeg("blue"),
            "people": a_jpeg("grey"),
            "kept": hidden(half, "kept"),
        },
    )
    login(client, visit.second)
    client.post(reverse("visit-sign", args=[claim.pk]), {"idem": "6"})
    login(client, clerk_ma)
    compute = reverse("claim-compute", args=[claim.pk])
    assert "90 斤 × 0.80 元/斤 = 72.00 元" in client.get(compute).content.decode()
    client.post(compute, {"idem": "7"})
    client.post(reverse("notice-publish-county", args=[scheme.pk, lot.township_id]), {"idem": "8"})

    claim.refresh_from_db()
    login(client, director_lin)
    review = reverse("claim-review", args=[claim.pk])
    assert client.get(reverse("review-desk"))["Location"] == review
    assert "公示到" in client.get(review).content.decode()
    client.post(reverse("claim-award", args=[claim.pk]), {"idem": "9"})
    claim.refresh_from_db()
    assert claim.status == "county_notice"
    now.at = claim.county_notice.ends_at
    assert "同意，72.00 元" in client.get(review).content.decode()
    assert second_look.look_at_waiting(at=now.at) == 4
    client.post(reverse("claim-award", args=[claim.pk]), {"idem": "10"})

    login(client, finance_maker)
    new = client.get(reverse("batch-new"))
    made = client.post(reverse("batch-new"), {"idem": "11", "sum": hidden(new, "sum")})
    assert client.post(made["Location"] + "send/", {"idem": "12"}).status_code == 403
    login(client, finance_checker)
    client.post(made["Location"] + "send/", {"idem": "12"})
    batch = PayoutBatch.objects.get()
    raw = return_file(batch, [answer_line(batch.payments.get())])
    client.post(made["Location"] + "return/", {"file": _text_file(raw)})
    page = client.get(made["Location"] + "reconcile/").content.decode()
    assert "账是平的。" in page and "发放 72.00 = 到账 72.00 + 退票 0.00 + 未知 0.00。" in page
    claim.refresh_from_db()
    assert claim.award.payable.payments.get().status == "paid"


def _text_file(raw):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("RET.txt", raw, "text/plain")


def test_the_review_desk_says_why_this_person_may_not_decide(client, now, story, lot, clerk_ma):
    claim = story.on_county_notice(story.filed(lot))
    login(client, clerk_ma)

    page = client.get(reverse("claim-review", args=[claim.pk])).content.decode()

    assert "你经手过这一户前面的步骤" in page
    assert 'data-shortcut="a"' not in page


def test_a_refusal_without_a_sentence_is_shown_again(client, now, story, lot, director_lin):
    claim = story.on_county_notice(story.filed(lot))
    login(client, director_lin)

    answer = client.post(reverse("claim-refuse", args=[claim.pk]), {"code": "rules", "reason": " ", "idem": "r"})

    assert answer.status_code == 400
    claim.refresh_from_db()
    assert claim.status == "county_notice"


def test_an_objection_is_answered_by_somebody_else(client, now, story, lot, clerk_ma, director_lin):
    from records.services import notices

    claim = story.filed(lot)
    notice = story.on_village_notice(claim)
    objection = notices.object_to(notice.lines.get(), words="早卖了", contact="", at=notice.published_at)
    url = reverse("objection-answer", args=[objection.pk])

    login(client, clerk_ma)
    own = client.post(url, {"verdict": "rejected", "reason": "as_shown", "answer": "没问题", "idem": "a"})
    assert "发布公示的人不能答复" in own.content.decode() and "没问题" in own.content.decode()
    login(client, director_lin)
    assert "早卖了" in client.get(url).content.decode()
    client.post(url, {"verdict": "rejected", "reason": "as_shown", "answer": "看过了，货还在", "idem": "a"})

    assert Objection.objects.get().status == "rejected"


def test_everybody_reads_the_published_rules(client, scheme):
    page = client.get(reverse("scheme-detail", args=[scheme.pk])).content.decode()

    assert "2,000.00 元" in page and "0.80" in page and "<script" not in page
    assert scheme.name in client.get(reverse("scheme-list")).content.decode()


@pytest.mark.parametrize(
    "name", ["claim-list-mine", "check-list", "visit-list", "review-desk", "objection-list", "batch-list", "batch-new"]
)
def test_strangers_are_asked_to_sign_in_and_those_without_a_post_are_refused(client, name, olga):
    assert client.get(reverse(name)).status_code == 302

    login(client, olga)
    assert client.get(reverse(name)).status_code == (200 if name == "claim-list-mine" else 403)
