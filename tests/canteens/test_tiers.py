"""The register of approval tiers: proposed, confirmed and ended by two hands, from a day on."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from canteens.models import ApprovalTier
from canteens.selectors import tiers_of
from canteens.services import load_default_tiers
from kernel.errors import BadValue
from records.services.participation import AlreadyTookPart
from registers.models import RegisterChange
from registers.services import changes
from tests.factories import MONDAY, login

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
TODAY = MONDAY.date()


@pytest.fixture(autouse=True)
def tiers(db, now):
    load_default_tiers()


def tier(**values):
    content = {"fund_kind": "union", "amount": 3_000_00, "rule": "三千元以上：工会委员会集体研究"}
    return content | {"from_on": (TODAY + 3 * DAY).isoformat()} | values


def ending(row, day):
    return {"tier": row.pk, "to_on": day.isoformat()}


def propose(content, *, by, at=MONDAY):
    return changes.propose("approval-tiers", [content], document_number="石农〔2026〕7号", by=by, at=at)


def rules(day, kind="union"):
    return dict(tiers_of(kind, day).values_list("from_fen", "rule"))


def standing(fen=3_000_00):
    return ApprovalTier.objects.get(fund_kind="union", from_fen=fen, to_on=None)


def test_a_rule_changes_from_its_day_on_by_two_hands(director_lin, finance_checker):
    before, at_first = rules(TODAY), standing()
    change = propose(tier(), by=director_lin)
    assert rules(TODAY + 3 * DAY) == before
    with pytest.raises(AlreadyTookPart):
        changes.confirm(change, by=director_lin, at=MONDAY)

    changes.confirm(change, by=finance_checker, at=MONDAY)

    at_first.refresh_from_db()
    assert at_first.to_on == TODAY + 3 * DAY
    assert rules(TODAY + 2 * DAY) == before
    assert rules(TODAY + 3 * DAY) == before | {3_000_00: "三千元以上：工会委员会集体研究"}


def test_a_tier_ends_and_may_come_back(director_lin, finance_checker):
    before = rules(TODAY)
    changes.confirm(propose(ending(standing(), TODAY + DAY), by=director_lin), by=finance_checker, at=MONDAY)
    ended = ApprovalTier.objects.get(fund_kind="union", from_fen=3_000_00)
    assert (rules(TODAY), rules(TODAY + DAY)) == (before, {10_000_00: before[10_000_00]})
    with pytest.raises(BadValue):
        propose(ending(ended, TODAY + 5 * DAY), by=director_lin)

    changes.confirm(propose(tier(), by=director_lin), by=finance_checker, at=MONDAY)

    ended.refresh_from_db()
    assert ended.to_on == TODAY + DAY
    assert 3_000_00 not in rules(TODAY + 2 * DAY)
    assert 3_000_00 in rules(TODAY + 3 * DAY)


def test_a_tier_dated_before_the_last_or_before_tomorrow_is_refused(director_lin, finance_checker):
    changes.confirm(propose(tier(), by=director_lin), by=finance_checker, at=MONDAY)
    for content in (
        tier(from_on=(TODAY + 3 * DAY).isoformat(), rule="换一条"),
        tier(from_on=(TODAY + 2 * DAY).isoformat(), rule="换一条"),
        tier(amount=500_00, from_on=TODAY.isoformat()),
        ending(standing(10_000_00), TODAY),
        ending(standing(), TODAY + 3 * DAY),
    ):
        with pytest.raises(BadValue):
            propose(content, by=director_lin)
    waits = propose(tier(amount=500_00), by=director_lin)
    with pytest.raises(BadValue):
        changes.confirm(waits, by=finance_checker, at=MONDAY + 3 * DAY)
    assert 500_00 not in rules(TODAY + 9 * DAY)


def test_a_tier_says_how_many_people_of_which_posts_answer_within_how_long(director_lin, finance_checker):
    usual = standing()
    assert (usual.persons, usual.posts, usual.hours) == (
        1, ["buying_approver", "union_chair", "union_treasurer"], 24,
    )  # fmt: skip
    said = tier(persons=2, union_chair=True, buying_approver=True, hours=12)
    change = propose(said, by=director_lin)
    told = {name: (old, new) for name, old, new in change.rows.get().facts}
    assert told["persons"] == ("1", "2") and told["union_treasurer"] == ("yes", "no") and told["hours"] == ("24", "12")

    changes.confirm(change, by=finance_checker, at=MONDAY)

    made = standing()
    assert (made.persons, made.posts, made.hours) == (2, ["buying_approver", "union_chair"], 12)


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("persons", 0, 400), ("persons", 1, 302), ("persons", 5, 302), ("persons", 6, 400),
        ("hours", 0, 400), ("hours", 1, 302), ("hours", 168, 302), ("hours", 169, 400),
    ],
)  # fmt: skip
def test_people_and_hours_have_their_bounds(client, director_lin, field, value, status):
    login(client, director_lin)

    assert ask(client, "register-new", "approval-tiers", **tier(amount="1000") | {field: value}).status_code == status


def test_only_bureau_and_finance_set_tiers(chef_chen, finance_maker):
    with pytest.raises(changes.NotYours):
        propose(tier(), by=chef_chen)
    change = propose(tier(), by=finance_maker)
    assert set(change.confirmed_in) == {"bureau_approver@*", "finance_checker@*"}


def ask(client, page, /, *keys, **typed):
    typed = {"idem": uuid.uuid4().hex, "document_number": "石农〔2026〕7号"} | typed
    return client.post(reverse(page, args=keys), typed)


def test_a_tier_is_set_and_ended_on_pages(client, director_lin, finance_checker):
    login(client, director_lin)
    typed = tier(amount="1000")
    for wrong in ({"amount": "-1"}, {"amount": "NaN"}, {"fund_kind": "lottery"}, {"rule": ""}, {"from_on": "昨天"}):
        assert ask(client, "register-new", "approval-tiers", **typed | wrong).status_code == 400
    ask(client, "register-new", "approval-tiers", **typed)
    change = RegisterChange.objects.get()
    login(client, finance_checker)
    page = client.get(reverse("register-change", args=[change.pk])).content.decode()
    assert "工会经费 1,000.00 元以上" in page and "3,000.00、10,000.00" in page
    ask(client, "register-change-confirm", change.pk)

    made = ApprovalTier.objects.get(from_fen=1_000_00)
    last_day = (TODAY + 5 * DAY).isoformat()
    ask(client, "register-edit", "approval-tiers", made.pk, tier=made.pk, to_on=last_day)
    ending = RegisterChange.objects.get(status="proposed")
    login(client, director_lin)
    assert "从哪天起不再用" in client.get(reverse("register-change", args=[ending.pk])).content.decode()
    ask(client, "register-change-confirm", ending.pk)

    made.refresh_from_db()
    assert made.to_on.isoformat() == last_day
    page = client.get(reverse("register", args=["approval-tiers"]), {"kind": "union", "state": "now"}).content.decode()
    assert "10,000.00" in page and "1,000.00</td>" not in page and "150,000.00" not in page
