"""Which steps of an order are kept apart is a register; a buyer with too few people is excepted for a time."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from kernel.errors import BadValue
from orders.models import SettlementStatement
from orders.pages.orders import order_facts
from orders.services import paying
from orders.services.hands import HandTaken
from records.models import HandsException, IncompatibleHands, Participation
from records.selectors.participation import documents_barred
from records.services.participation import AlreadyTookPart, take_part
from registers.models import RegisterChange
from registers.services import changes
from tests import factories
from tests.factories import FRIDAY, MONDAY, THURSDAY, login
from tests.orders.steps import wish
from tests.trips import order_behind

pytestmark = pytest.mark.django_db
FROM, UNTIL = MONDAY.date(), dt.date(2026, 12, 1)
DAY = dt.timedelta(days=1)


@pytest.fixture
def principal(school):
    return factories.a_user("谢校长", "head_of_office", school)


@pytest.fixture
def small(school):
    """A canteen of three: one orders, one approves, signs and confirms, one weighs and pays."""
    roles = (
        ("buying_approver", "receiver", "payment_checker", "union_chair"),
        ("receiver", "cashier", "union_treasurer"),
    )
    people = []
    for name, held in zip(("彭主任", "王保管"), roles, strict=True):
        user = factories.a_user(name, held[0], school)
        for role in held[1:]:
            factories.people.appoint(user.person, school, role, area=school.place, from_on=factories.LONG_AGO)
        people.append(user)
    return people


def ask(buyer, by, **values):
    row = {"organisation": buyer.name, "pair": "weigh:pay_make"}
    row |= {"from_on": FROM.isoformat(), "to_on": UNTIL.isoformat()} | values
    return changes.propose("hand-exceptions", [row], document_number="石府办〔2026〕7号", by=by, at=MONDAY)


@pytest.fixture
def bare_story(story, school, chef_chen):
    """The school with nobody but who orders: the others of its cast are of another house."""
    from accounts.models import Membership

    Membership.objects.filter(organisation=school).exclude(person=chef_chen.person).update(to_on=dt.date(2025, 1, 1))
    return story


def walked(story, lot, small):
    """Walk an order as a canteen of three does, up to the payment, which is not recorded yet."""
    first, second = small
    story.people |= {"weigher": second, "signer": first}
    story.signed(wish((lot, 20)))
    return SettlementStatement.objects.get()


def test_a_canteen_of_four_runs_without_an_exception(bare_story, cabbage_of_xiuying, small, school):
    first, _second = small
    third = factories.a_user("余出纳", "cashier", school)
    statement = walked(bare_story, cabbage_of_xiuying, small)

    paying.record_payment(statement, voucher_number="1", by=third, at=FRIDAY)
    paying.confirm_payment(statement, by=first, at=FRIDAY)

    assert not Participation.objects.exclude(excused_by=None).exists()


def test_one_of_three_runs_with_weigh_and_pay_excepted(
    client, bare_story, cabbage_of_xiuying, small, school, principal, director_lin, now
):
    changes.confirm(ask(school, principal), by=director_lin, at=MONDAY)
    first, second = small
    statement = walked(bare_story, cabbage_of_xiuying, small)
    now["at"] = FRIDAY
    assert documents_barred([order_behind(statement).reference], "pay_make", by=second) == set()

    paying.record_payment(statement, voucher_number="1", by=second, at=FRIDAY)
    paying.confirm_payment(statement, by=first, at=FRIDAY)

    hand = Participation.objects.get(document=order_behind(statement).reference, stage="pay_make")
    assert hand.excused_by == HandsException.objects.get()
    printed = str([(fact.value, fact.note) for fact in order_facts(order_behind(statement), FRIDAY)])
    assert "过秤" in printed and "石府办〔2026〕7号" in printed
    login(client, first)
    page = client.get(reverse("order-detail", args=[order_behind(statement).pk])).content.decode()
    told = client.get(reverse("api-order-detail", args=[order_behind(statement).pk])).json()["exceptions"]
    assert "石府办〔2026〕7号" in page and told[0]["document"] == "石府办〔2026〕7号"
    listed = login(client, director_lin).get(reverse("api-register", args=["hand-exceptions"])).json()["results"]
    assert (listed[0]["cells"]["organisation"], listed[0]["cells"]["used"]) == (school.name, "1")


def test_without_one_the_canteen_of_three_does_not_pay(bare_story, cabbage_of_xiuying, small, now):
    statement = walked(bare_story, cabbage_of_xiuying, small)
    now["at"] = FRIDAY
    assert documents_barred([order_behind(statement).reference], "pay_make", by=small[1])

    with pytest.raises(HandTaken, match="过过秤"):
        paying.record_payment(statement, voucher_number="1", by=small[1], at=FRIDAY)


def an_exception(buyer, by, second, **values):
    row = {"kind": "order", "stage": "weigh", "other": "pay_make", "scope": f"organisation:{buyer.pk}"}
    row |= {"from_on": FROM, "to_on": UNTIL, "document": "7号", "set_by": by, "confirmed_by": second}
    return HandsException.objects.create(**row | values)


@pytest.mark.parametrize(
    "values",
    [
        {"to_on": FRIDAY.date()},
        {"from_on": FRIDAY.date() + DAY},
        {"scope": "organisation:0"},
        {"stage": "sign"},
        {"kind": "claim"},
    ],
    ids=["over", "not yet", "of others", "of other hands", "of other documents"],
)
def test_the_database_takes_no_exception_that_does_not_fit(
    bare_story, cabbage_of_xiuying, small, school, director_lin, clerk_ma, values
):
    order = order_behind(walked(bare_story, cabbage_of_xiuying, small))
    wrong = an_exception(school, director_lin, clerk_ma, **values)
    for excused in (None, wrong):
        with pytest.raises(AlreadyTookPart):
            take_part(order.reference, "pay_make", by=small[1], at=FRIDAY, excused_by=excused)
    with pytest.raises(IntegrityError), transaction.atomic():
        Participation.objects.create(
            document=order.reference, person_key=small[1].person.key, stage="pay_make", at=FRIDAY, excused_by=wrong
        )

    fitting = an_exception(school, director_lin, clerk_ma)
    take_part(order.reference, "pay_make", by=small[1], at=FRIDAY, excused_by=fitting)


def test_an_exception_is_asked_for_by_one_office_and_granted_by_another(
    bare_story, school, principal, director_lin, clerk_ma, finance_maker, relief_clerk
):
    for stranger in (director_lin, relief_clerk):
        with pytest.raises(changes.NotYours):
            ask(school, stranger)
    change = ask(school, finance_maker)
    assert change.confirmed_in == ["bureau_approver@*"]
    with pytest.raises(changes.WaitsAlready):
        ask(school, principal)
    changes.refuse(change, why="人够了", by=clerk_ma, at=MONDAY)
    assert not HandsException.objects.exists()


def test_what_is_no_exception_is_refused_in_words(bare_story, school, hospital, principal, finance_maker, small):
    for values, words in (
        ({"pair": "request:approve"}, "这两步"),
        ({"to_on": "2028-01-01"}, "一年"),
        ({"to_on": FROM.isoformat()}, "一年"),
        ({"from_on": "2026-10-01"}, "今天"),
        ({"organisation": "没有的学校"}, "没有"),
    ):
        with pytest.raises(BadValue, match=words):
            ask(school, finance_maker, **values)
    for name in ("甲保管", "乙保管"):
        factories.a_user(name, "receiver", school)
    with pytest.raises(BadValue, match="5 个人"):
        ask(school, principal)


def test_an_exception_ends_earlier_by_the_same_two_offices(bare_story, school, principal, director_lin):
    changes.confirm(ask(school, principal), by=director_lin, at=MONDAY)
    with pytest.raises(BadValue):
        ask(school, principal, from_on="2026-11-10")
    granted = HandsException.objects.get()

    end = [{"exception": granted.pk, "to_on": "2026-11-05"}]
    change = changes.propose("hand-exceptions", end, document_number="8号", by=principal, at=MONDAY)
    changes.confirm(change, by=director_lin, at=MONDAY)

    granted.refresh_from_db()
    assert granted.to_on == THURSDAY.date()


def propose_pair(by, at=MONDAY, **row):
    return changes.propose("incompatible-hands", [row], document_number="石财〔2026〕9号", by=by, at=at)


def test_a_pair_is_added_from_a_day_on_with_what_it_touches_said_before(
    story, cabbage_of_xiuying, approver_peng, finance_maker, director_lin
):
    order = story.place(wish((cabbage_of_xiuying, 20)))
    for stage in ("approve", "sign"):
        take_part(order.reference, stage, by=approver_peng, at=MONDAY)
    change = propose_pair(finance_maker, stage="approve", other="sign", from_on="2026-11-05")
    assert any("1 " in note and "订单" in note for note in changes.notes_of(change, at=MONDAY))
    with pytest.raises(AlreadyTookPart):
        changes.confirm(change, by=factories.a_user("高出纳", person=finance_maker.person), at=MONDAY)

    changes.confirm(change, by=director_lin, at=MONDAY)

    for number, at in ((901, MONDAY), (902, THURSDAY)):
        take_part(f"order:{number}", "approve", by=approver_peng, at=at)
    take_part("order:901", "sign", by=approver_peng, at=MONDAY)
    with pytest.raises(AlreadyTookPart):
        take_part("order:902", "sign", by=approver_peng, at=THURSDAY)


def test_a_pair_ends_from_a_day_on_and_comes_back_only_by_two_hands(director_lin, clerk_ma, olga):
    from orders.services.hands import APART
    from records.services.participation import set_incompatible

    pair = IncompatibleHands.objects.get(kind="order", stage="approve", other="pay_make")
    changes.confirm(propose_pair(director_lin, pair=pair.pk, to_on="2026-11-05"), by=clerk_ma, at=MONDAY)
    set_incompatible("order", APART)

    for number, at in ((901, MONDAY), (902, THURSDAY)):
        take_part(f"order:{number}", "approve", by=olga, at=at)
    with pytest.raises(AlreadyTookPart):
        take_part("order:901", "pay_make", by=olga, at=MONDAY)
    take_part("order:902", "pay_make", by=olga, at=THURSDAY)
    with pytest.raises(BadValue):
        propose_pair(director_lin, pair=pair.pk, to_on="2026-11-06")
    again = propose_pair(director_lin, stage="pay_make", other="approve", from_on="2026-11-06")
    changes.confirm(again, by=clerk_ma, at=MONDAY)
    take_part("order:903", "approve", by=olga, at=FRIDAY)
    with pytest.raises(AlreadyTookPart):
        take_part("order:903", "pay_make", by=olga, at=FRIDAY)


def test_no_county_ends_what_always_stays_apart(director_lin):
    pair = IncompatibleHands.objects.get(kind="order", stage="pay_make", other="pay_check")

    with pytest.raises(BadValue, match="始终"):
        propose_pair(director_lin, pair=pair.pk, to_on="2026-11-05")
    with pytest.raises(BadValue, match="明天"):
        propose_pair(director_lin, stage="approve", other="weigh", from_on="2026-11-02")
    with pytest.raises(BadValue):
        propose_pair(director_lin, stage="weigh", other="sign", from_on="2026-11-05")


def test_pages_and_programs_do_the_same(client, now, bare_story, school, principal, director_lin):
    login(client, principal)
    row = {"organisation": school.name, "pair": "weigh:pay_make", "from_on": "2026-11-02", "to_on": "2026-12-01"}
    sent = client.post(
        reverse("register-new", args=["hand-exceptions"]),
        row | {"document_number": "7号", "idem": uuid.uuid4().hex},
    )
    change = RegisterChange.objects.get()
    assert sent.url == reverse("register-change", args=[change.pk])
    send = {"content_type": "application/json", "headers": {"Idempotency-Key": "a"}}
    login(client, director_lin)
    page = client.get(reverse("register-change", args=[change.pk])).content.decode()
    assert school.name in page and "过秤" in page
    done = client.post(reverse("api-register-change-confirm", args=[change.pk]), **send)
    assert done.json()["status"] == "confirmed"
    body = {"document_number": "8号", "rows": [{"stage": "approve", "other": "weigh", "from_on": "2026-11-09"}]}
    send["headers"] = {"Idempotency-Key": "b"}
    proposed = client.post(reverse("api-register-propose", args=["incompatible-hands"]), body, **send)
    assert proposed.status_code == 201
    for key in ("hand-exceptions", "incompatible-hands"):
        assert client.get(reverse("register", args=[key]), {"state": "now"}).status_code == 200
