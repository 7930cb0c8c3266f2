"""Whoever is refused at a door of money or of a decision leaves a row, and the auditor reads it."""

import datetime as dt
import json
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, InterfaceError, OperationalError
from django.test import Client
from django.urls import reverse
from psycopg_pool import PoolTimeout

import canteens.services.purses
import marketplace.tries
from canteens.models import BudgetChange
from canteens.services import propose_budget
from kernel.errors import DomainError
from ledger.models import Account
from ledger.services import applying
from ledger.views import payouts
from records.models import Move, RefusedTry
from records.services import tries
from reports.pages import tries as try_pages
from reports.pages.tries import DOORS, door_of, why
from tests.county.access_table import POSTED
from tests.factories import MONDAY, a_fund, a_listing, login
from tests.guards.forms import FORMS
from tests.guards.process import endpoints_that_take_a_post

pytestmark = pytest.mark.django_db
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)

# What takes a POST and is neither money nor a decision about others: one's own goods, words, photos, settings, sign-in.
PLAIN = {
    "api-proposal-list",
    "menu-new", "api-menu-new", "deputy-list", "api-deputy-list", "deputy-end", "api-deputy-end",
    "account_confirm_login_code", "mfa_activate_totp", "mfa_authenticate", "sign-in", "sign-out", "elder-toggle",
    "act-not-me", "api-act-not-me", "language-switch", "mass-reading-answer", "api-mass-reading-answer",
    "plan-draft-new", "plan-draft", "plan-draft-drop", "api-plan-draft-list", "api-plan-draft", "api-plan-draft-drop",
    "share-cause", "api-share-cause",
    "api-listing-confirm", "api-listing-list", "api-listing-price", "api-listing-smallest",
    "api-listing-withdraw",
    "api-notice-object", "api-pause", "api-pause-end", "api-sheet-list", "api-sheet-on-sale",
    "api-sheet-paste", "api-sheet-rows", "listing-confirm", "listing-dispute", "listing-harvest", "listing-price",
    "listing-smallest",
    "listing-withdraw", "lot-file", "notice-object", "paper-cancel", "paper-slip", "pause", "pause-end", "place-point",
    "order-basket", "api-order-basket-read", "api-kept-plan-list", "api-kept-basket", "api-kept-plan-extend",
    "api-kept-plan-let-go",
    "loss-notice-lot", "loss-notice-crop", "loss-notice-withdraw", "api-loss-notice-list", "api-loss-notice-withdraw",
    "appeal-withdraw", "api-appeal-withdraw", "rehearsal-new", "api-rehearsal-new",
    "sell-photo", "sell-quantity", "sheet-check", "sheet-row", "api-text-in",
    "money-answer", "api-money-answer", "grievance-withdraw", "api-grievance-withdraw", "grievance-reopen",
    "grievance-new", "api-grievance-list", "fund-file-new", "api-fund-file-list",
    "api-grievance-reopen", "read-link-new", "read-link-revoke", "api-read-link-list", "api-read-link-revoke",
}  # fmt: skip


@pytest.fixture
def fund(school, treasurer_zhou):
    return a_fund(school, by=treasurer_zhou)


@pytest.fixture
def change(fund, treasurer_zhou):
    return propose_budget(fund, 6_000_00, "石中工〔2026〕9号", by=treasurer_zhou, at=MONDAY)


def confirm(client, user, change, key="a"):
    return login(client, user).post(reverse("budget-confirm", args=[change.pk]), {"idem": key * 32})


def rows() -> list[tuple]:
    return list(RefusedTry.objects.order_by("pk").values_list("door", "document", "code", "times"))


def a_try(by, *, document="order:1", door="order-approve", at=MONDAY, code="illegal_move"):
    tries.note_refusal(by=by, door=door, document=document, code=code, at=at)


# --- What leaves a row ----------------------------------------------------------------------------


def test_every_door_that_takes_something_is_of_money_or_a_decision_or_plainly_neither():
    doors = POSTED | FORMS | endpoints_that_take_a_post()

    watched = {name for name in doors if door_of(name)}

    assert doors - watched == PLAIN
    assert set(DOORS) == {door_of(name) for name in watched}


def test_whoever_may_not_leaves_a_row(client, now, change, treasurer_zhou):
    assert confirm(client, treasurer_zhou, change).status_code == 403

    row = RefusedTry.objects.get()
    assert rows() == [("budget-confirm", f"budget:{change.pk}", "not_allowed", 1)]
    assert (row.by, row.at) == (treasurer_zhou, MONDAY)


def test_so_does_whoever_does_not_even_see_the_document(client, change, xiuying):
    assert confirm(client, xiuying, change).status_code == 404

    assert rows() == [("budget-confirm", f"budget:{change.pk}", "not_there", 1)]


def test_and_whoever_a_rule_refuses_on_a_page(client, change, chair_tan):
    confirm(client, chair_tan, change, "a")
    assert rows() == []

    confirm(client, chair_tan, change, "b")

    assert rows() == [("budget-confirm", f"budget:{change.pk}", "illegal_move", 1)]


def test_and_in_the_api(client, chef_chen, xiuying):
    post = {"data": json.dumps({}), "content_type": "application/json", "headers": {"Idempotency-Key": "k"}}
    login(client, chef_chen)

    assert client.post(reverse("api-order-approve", args=[77]), **post).status_code == 404
    login(client, xiuying)
    assert client.post(reverse("api-batch-send", args=[5]), **post).status_code in (403, 404)

    assert [row[:2] for row in rows()] == [("order-approve", "order:77"), ("batch-send", "batch:5")]


def test_and_whoever_a_rule_refuses_in_the_api(client, fund, chef_chen, xiuying_household, cabbage, now):
    lot = a_listing(xiuying_household, cabbage, kg=100)
    line = {"produce": "cabbage", "lots": [{"listing": lot.pk, "kg": "40", "price": "0.70"}]}
    body = json.dumps({"fund": fund.pk, "deliver_on": "2026-11-05", "lines": [line]})
    login(client, chef_chen)

    answer = client.post(
        reverse("api-order-list"), body, content_type="application/json", headers={"Idempotency-Key": "k"}
    )

    assert answer.status_code == 409
    assert rows() == [("order-new", "", answer.json()["code"], 1)]


@pytest.mark.django_db(transaction=True)
def test_the_row_stays_and_the_act_is_undone(client, change, chair_tan, monkeypatch):
    class TooLate(DomainError):
        code = "too_late_for_this_test"

    def refuse(**_money):
        assert BudgetChange.objects.get(pk=change.pk).status == "confirmed"
        raise TooLate

    monkeypatch.setattr(canteens.services.purses.transfers, "transfer", refuse)
    moves = Move.objects.count()

    confirm(client, chair_tan, change)

    assert BudgetChange.objects.get(pk=change.pk).status == "proposed"
    assert Move.objects.count() == moves
    assert rows() == [("budget-confirm", f"budget:{change.pk}", "too_late_for_this_test", 1)]


@pytest.mark.django_db(transaction=True)
def test_what_the_database_refuses_leaves_a_row_too(client, change, chair_tan, monkeypatch):
    def overdraw(*, debit_id, **_money):
        Account.objects.filter(pk=debit_id).update(credits_posted_fen=-1)

    monkeypatch.setattr(canteens.services.purses.transfers, "transfer", overdraw)

    assert confirm(client, chair_tan, change).status_code == 409
    assert rows() == [("budget-confirm", f"budget:{change.pk}", "refused", 1)]


def test_an_answer_of_the_bank_that_is_refused_leaves_a_row(client, finance_checker, finance_bureau, monkeypatch):
    def refuse(raw, **_how):
        raise applying.MakerMayNotLoad

    class Batch:
        pk, number, total_fen, lines = 5, "P1", 100, 1

    monkeypatch.setattr(applying, "load_return", refuse)
    monkeypatch.setattr(payouts.permissions, "access_batch", lambda *_who, **_to: Batch)
    monkeypatch.setattr(payouts.selectors, "returns_of", lambda batch: [])
    monkeypatch.setattr(payouts.selectors, "answers_to_look_into", lambda batch: [])
    login(client, finance_checker).post(
        reverse("batch-return", args=[5]), {"file": SimpleUploadedFile("a.txt", b"x"), "idem": "a" * 32}
    )

    assert rows() == [("batch-return", "batch:5", "maker_may_not_load", 1)]


def test_looking_typing_and_one_s_own_goods_leave_none(client, change, fund, xiuying, treasurer_zhou):
    login(client, xiuying)
    client.get(reverse("budget-confirm", args=[change.pk]))
    client.get(reverse("fund-budget", args=[fund.pk]))
    client.post(reverse("listing-price", args=[9]), {"price": "1"})
    login(client, treasurer_zhou)
    typed = {"direction": "more", "amount": "NaN", "idem": "k"}
    assert client.post(reverse("fund-budget", args=[fund.pk]), typed).status_code == 400
    Client().post(reverse("budget-confirm", args=[change.pk]), {})

    assert rows() == []


def test_what_somebody_typed_into_an_address_is_not_kept(client, director_lin):
    login(client, director_lin)

    for typed in ("黄秀英", "13800000001", "362137197103050010"):
        client.post(reverse("notice-publish-village", args=[1, typed]), {"idem": "a" * 32})

    assert {row[:2] for row in rows()} == {("notice-publish-village", "scheme:1")}
    assert sum(row[3] for row in rows()) == 3


def test_the_same_within_a_minute_counts_on_one_row(client, now, change, xiuying):
    for _try in range(3):
        confirm(client, xiuying, change)
    now.at += MINUTE
    confirm(client, xiuying, change)

    assert [row[3] for row in rows()] == [3, 1]


def test_a_flood_of_different_tries_is_one_row_beyond_thirty(xiuying, guiying):
    for number in range(45):
        a_try(xiuying, document=f"order:{number}")
    a_try(xiuying, document="order:3")
    a_try(guiying, document="order:99")

    assert RefusedTry.objects.filter(by=xiuying).count() == 31
    many = RefusedTry.objects.get(code="many")
    assert (many.by, many.document, many.times) == (xiuying, "", 15)
    assert RefusedTry.objects.get(by=xiuying, document="order:3").times == 2
    assert RefusedTry.objects.get(by=guiying).document == "order:99"


@pytest.mark.parametrize("away", [DatabaseError, InterfaceError, OperationalError, PoolTimeout])
def test_a_row_that_cannot_be_written_changes_no_answer(client, change, xiuying, monkeypatch, away):
    def fail(**_row):
        raise away

    monkeypatch.setattr(marketplace.tries, "note_refusal", fail)

    assert confirm(client, xiuying, change).status_code == 404


# --- What the auditor reads -----------------------------------------------------------------------


def test_the_auditor_reads_who_when_what_and_why(client, auditor, xiuying, chair_tan):
    a_try(xiuying, code="not_allowed")
    a_try(chair_tan, document="budget:7", door="budget-confirm", code="illegal_move")
    a_try(chair_tan, document="budget:7", door="budget-confirm", code="illegal_move")

    page = login(client, auditor).get(reverse("refused-tries")).content.decode()

    assert "被拦下的事" in page and "审批订单" in page and "确认预算" in page
    assert "黄*英" in page and "黄秀英" not in page and "谭主席" in page  # she holds no post
    assert "这个人没有办这件事的权限。" in page and str(why("illegal_move")) in page
    assert reverse("order-detail", args=[1]) in page and "订单 1" in page and "预算调整 7" in page
    assert reverse("refused-tries") in client.get("/").content.decode(), "it is one of the auditor's main places"


def test_the_list_is_narrowed_by_person_door_and_day(client, auditor, xiuying, guiying, now):
    a_try(xiuying)
    a_try(guiying, door="claim-award", document="claim:3")
    a_try(guiying, door="claim-award", document="claim:4", at=MONDAY - DAY)
    login(client, auditor)

    def shown(**limits) -> list[str]:
        answer = client.get(reverse("api-refused-tries"), limits).json()["results"]
        page = client.get(reverse("refused-tries"), limits).content.decode()
        assert all(try_pages.document_link(row["document"]).label in page for row in answer)
        assert page.count('data-label="单据"') == len(answer)
        return [row["document"] for row in answer]

    assert shown() == ["claim:4", "claim:3", "order:1"]
    assert shown(person=str(guiying.pk)) == ["claim:4", "claim:3"]
    assert shown(door="order-approve") == ["order:1"]
    assert shown(day="2026-11-01") == ["claim:4"]
    assert shown(day="2026-11-02", person=str(guiying.pk), door="claim-award") == ["claim:3"]


@pytest.mark.parametrize("bad", [{"day": "gestern"}, {"person": "1"}, {"door": "elsewhere"}])
def test_limits_that_cannot_be_read_are_said(client, auditor, bad):
    login(client, auditor)

    assert client.get(reverse("refused-tries"), bad).status_code == 400
    assert client.get(reverse("api-refused-tries"), bad).status_code == 400


def test_a_long_list_is_paged_and_keeps_its_limits(client, auditor, xiuying, django_assert_max_num_queries):
    for number in range(70):
        a_try(xiuying, document=f"order:{number}", at=MONDAY + number * MINUTE)
    login(client, auditor)
    client.get(reverse("refused-tries"))

    with django_assert_max_num_queries(8):
        first = client.get(reverse("refused-tries"), {"door": "order-approve"})
    page = first.content.decode()
    following = next(part.split('"')[0] for part in page.split('href="')[1:] if "cursor=" in part.split('"')[0])

    second = client.get(reverse("refused-tries") + following.replace("&amp;", "&")).content.decode()
    assert "订单 69<" in page and "订单 20<" in page and "订单 19<" not in page
    assert "订单 19<" in second and "订单 0<" in second
    assert "door=order-approve" in following


def test_the_api_tells_the_same(client, auditor, xiuying):
    a_try(xiuying, code="not_allowed")

    [row] = login(client, auditor).get(reverse("api-refused-tries")).json()["results"]

    assert row["person"] == str(xiuying.pk) and row["name"] == "黄*英"
    assert (row["door"], row["document"], row["code"], row["times"]) == ("order-approve", "order:1", "not_allowed", 1)
    assert row["why"] == "这个人没有办这件事的权限。"
    assert client.get(reverse("api-refused-tries"), {"person": str(uuid.uuid4())}).json()["results"] == []


def test_nobody_else_reads_it(client, xiuying, director_lin, official):
    for who in (xiuying, director_lin, official):
        login(client, who)
        assert client.get(reverse("refused-tries")).status_code == 403
        assert client.get(reverse("api-refused-tries")).status_code == 403


def test_each_refusal_has_a_sentence():
    assert str(why("illegal_move")) != str(DomainError.message)
    assert str(why("of_a_rule_that_is_gone")) == str(DomainError.message)
