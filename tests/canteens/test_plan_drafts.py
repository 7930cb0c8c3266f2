"""A purchase plan before it is sent: kept as it is typed, gone on with, sent or thrown away, ended with a word."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Message
from canteens.models import PlanDraft, PurchasePlan
from canteens.services import plan_drafts
from canteens.tasks import end_old_drafts
from tests.canteens.test_purchase_plans import typed
from tests.factories import MONDAY, a_fund, a_user, login
from tests.guards.rows import force

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]
DAYS = dt.timedelta(days=60)


@pytest.fixture
def fund(school, treasurer_zhou, vegetables):
    return a_fund(school, by=treasurer_zhou)


@pytest.fixture
def draft(chef_chen):
    said = {"occasion": "中秋", "goods": "包菜 五百斤\r\n说不清", "total": "大约三千", "apart": ""}
    return plan_drafts.keep(said, by=chef_chen, at=MONDAY)


def test_an_unfinished_plan_is_kept_gone_on_with_and_sent(client, fund, chef_chen):
    login(client, chef_chen)
    said = {"fund": str(fund.pk), "occasion": "中秋", "goods": "说不清\r\n多少", "idem": "a" * 32}
    for _tap in range(2):
        kept = client.post(reverse("plan-draft-new"), said)
    draft = PlanDraft.objects.get()
    assert kept.url == reverse("plan-draft", args=[draft.pk])
    page = client.get(kept.url).content.decode()
    assert 'value="中秋"' in page and "说不清\n多少" in page.replace("\r", "")
    assert "中秋" in client.get(reverse("purchase-plan-list")).content.decode()

    wrong = client.post(reverse("purchase-plan-new"), {**said, "draft": draft.pk})  # the same page, its other button
    assert wrong.status_code == 400 and reverse("plan-draft-drop", args=[draft.pk]) in wrong.content.decode()
    more = {"total": "3000", "committee_record": "12号", "idem": "b" * 32}
    assert client.post(kept.url, {**said, **more}).status_code == 302
    draft.refresh_from_db()
    assert (draft.typed["total"], draft.typed["committee_record"]) == ("3000", "12号")

    sent = client.post(reverse("purchase-plan-new"), typed(fund, idem="c" * 32, draft=draft.pk))
    assert sent.url == reverse("purchase-plan-detail", args=[PurchasePlan.objects.get().pk])
    assert not PlanDraft.objects.exists()


def test_a_new_plan_begins_with_a_purse_of_this_year_and_says_what_is_too_long(client, school, fund, chef_chen):
    later = a_fund(school, fund.kind, year=fund.fiscal_year + 1)
    login(client, chef_chen)

    new = client.get(reverse("purchase-plan-new")).content.decode()
    refused = client.post(reverse("purchase-plan-new"), typed(fund, idem="c" * 32, occasion="节" * 61)).content.decode()

    assert 0 < new.index(f'value="{fund.pk}"') < new.index(f'value="{later.pk}"')
    assert "最多写 60 个字，现在是 61 个，请写短些。" in refused


def test_a_draft_takes_no_record_and_counts_nowhere(client, fund, chef_chen):
    plan_drafts.keep(typed(fund), by=chef_chen, at=MONDAY)

    assert login(client, chef_chen).post(reverse("purchase-plan-new"), typed(fund, idem="a" * 32)).status_code == 302
    assert (PurchasePlan.objects.count(), PlanDraft.objects.count()) == (1, 1)


def test_it_is_its_authors_alone(client, draft, school, chef_chen):
    login(client, a_user("温师傅", "buyer", school))
    for name in ("plan-draft", "api-plan-draft"):
        assert client.get(reverse(name, args=[draft.pk])).status_code == 404
    for name in ("plan-draft", "plan-draft-drop"):
        assert client.post(reverse(name, args=[draft.pk]), {"idem": "a" * 32, "occasion": "端午"}).status_code == 404
    assert draft.occasion not in client.get(reverse("purchase-plan-list")).content.decode()

    drop = reverse("plan-draft-drop", args=[draft.pk])
    assert login(client, chef_chen).post(drop, {"idem": "b" * 32}).status_code == 302
    assert not PlanDraft.objects.exists()


def test_what_cannot_be_kept_is_said_over_what_was_typed(client, draft, chef_chen, monkeypatch):
    login(client, chef_chen)
    monkeypatch.setattr(plan_drafts, "MOST_DRAFTS", 1)
    many = client.post(reverse("plan-draft-new"), {"idem": "a" * 32, "occasion": "端午"})
    nothing = client.post(reverse("plan-draft-new"), {"idem": "b" * 32, "occasion": " "})

    assert (many.status_code, nothing.status_code, PlanDraft.objects.count()) == (409, 400, 1)
    assert "已经存了 1 份草稿" in many.content.decode() and 'value="端午"' in many.content.decode()


def test_what_was_written_on_a_draft_that_is_gone_stands_there_still(client, fund, draft, chef_chen):
    login(client, chef_chen)
    page = reverse("plan-draft", args=[draft.pk])
    plan_drafts.drop(draft, by=chef_chen, at=MONDAY)

    with pytest.raises(plan_drafts.DraftGone):  # dropped between the look and the act
        plan_drafts.keep({"occasion": "端午"}, draft, by=chef_chen, at=MONDAY)
    gone = client.post(page, {"idem": "a" * 32, "occasion": "端午"})

    said = gone.content.decode()
    assert (gone.status_code, 'value="端午"' in said, "草稿" in said) == (404, True, True)
    assert f'formaction="{reverse("plan-draft-new")}"' in said and not PlanDraft.objects.exists()


def test_a_program_ticks_in_a_draft_what_the_page_ticks(client, fund, chef_chen):
    login(client, chef_chen)
    answers = [
        client.post(
            reverse("api-plan-draft-list"), {"apart": said}, "application/json", headers={"Idempotency-Key": said}
        )
        for said in ("false", "on")
    ]
    assert [answer.status_code for answer in answers] == [400, 201]


def test_programs_keep_send_and_drop_drafts_too(client, fund, chef_chen):
    login(client, chef_chen)

    def post(name, body=None, *args):
        headers = {"Idempotency-Key": f"{name}-{args}-{len(body or {})}"}
        return client.post(reverse(f"api-{name}", args=args), body or {}, "application/json", headers=headers)

    one = post("plan-draft-list", {"occasion": "中秋"}).json()
    assert (one["typed"]["occasion"], one["ends_on"]) == ("中秋", (MONDAY + DAYS).date().isoformat())
    assert post("plan-draft", {"occasion": "端午", "total": "?"}, one["id"]).json()["typed"]["total"] == "?"
    [listed] = client.get(reverse("api-plan-draft-list")).json()["results"]
    assert listed == client.get(reverse("api-plan-draft", args=[one["id"]])).json()
    body = typed(fund, goods=[{"category": "vegetable"}], draft=one["id"])
    assert post("purchase-plan-list", body).status_code == 201
    two = post("plan-draft-list", {"occasion": "端午", "total": "1"}).json()
    assert post("plan-draft-drop", None, two["id"]).json() == {"dropped": True}
    assert client.get(reverse("api-plan-draft-list")).json() == {"results": []}


@pytest.mark.parametrize(("late", "left"), [(dt.timedelta(0), 1), (dt.timedelta(days=1), 0)])
def test_what_nobody_changes_ends_and_its_author_is_told_once(now, draft, chef_chen, late, left):
    force(draft, changed_at=MONDAY - DAYS - late)

    assert [end_old_drafts(), end_old_drafts()] == [1 - left, 0]

    assert PlanDraft.objects.count() == left
    told = Message.objects.filter(kind="plan.draft_ended")
    said = [(row.phone, "中秋" in row.body, "60 天" in row.body) for row in told]
    assert said == [(chef_chen.phone, True, True)] * (1 - left)
