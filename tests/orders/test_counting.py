"""For whom an order counts: corrected in place, before settlement, by two hands of which one gives it up."""

import uuid

import pytest
from django.urls import reverse

from orders.models import OrderUnit
from orders.services import receiving
from orders.services.counting import AlreadySettled, unit_of
from records.services.participation import AlreadyTookPart
from registers.models import RegisterChange
from registers.services import changes
from tests import factories
from tests.factories import FRIDAY, MONDAY, login
from tests.orders.steps import Story, purse, wish

pytestmark = pytest.mark.django_db
HOSPITAL = "石城县人民医院"


@pytest.fixture
def story(school, chef_chen, haulier, receiver_wang, receiver_sun, treasurer_zhou):
    fund = factories.a_fund(school, by=treasurer_zhou)
    return Story(
        school, fund, {"chef": chef_chen, "haulier": haulier, "weigher": receiver_wang, "signer": receiver_sun}
    )


@pytest.fixture
def lot(xiuying_household, cabbage, xiuying):
    return factories.a_listing(xiuying_household, cabbage, kg=100, by=xiuying)


@pytest.fixture
def buyer_fan(hospital):
    return factories.a_user("范采购", "buyer", hospital)


def mend(order, by, at=MONDAY, to=HOSPITAL):
    content = {"order": order.number, "organisation": to, "why": "下单时点错了单位"}
    return changes.propose("order-units", [content], document_number="石中〔2026〕9号", by=by, at=at)


def test_it_changes_for_whom_an_order_counts_and_nothing_else(story, lot, hospital, buyer_fan, approver_peng):
    order = story.place(wish((lot, 40)))
    before = purse(story.fund)

    changes.confirm(mend(order, buyer_fan), by=approver_peng, at=MONDAY)

    order.refresh_from_db()
    assert unit_of(order) == hospital
    assert (order.buyer, order.fund, purse(story.fund)) == (story.buyer, story.fund, before)
    row = OrderUnit.objects.get()
    assert (row.by, row.confirmed_by, row.document) == (buyer_fan, approver_peng, "石中〔2026〕9号")


def test_whoever_gives_it_up_agrees_and_nobody_alone(story, lot, school, hospital, buyer_fan, approver_peng, chef_chen):
    order = story.place(wish((lot, 40)))
    both = factories.a_user("双岗", "buyer", hospital)
    both.person.memberships.create(
        organisation=school, role="buying_approver", area=school.place, from_on=MONDAY.date()
    )
    change = mend(order, both)
    with pytest.raises(AlreadyTookPart):
        changes.confirm(change, by=both, at=MONDAY)
    with pytest.raises(changes.NotYours):
        mend(
            order,
            factories.a_user(
                "外人", "buyer", factories.an_organisation("buyer", "外单位", school.place, channel="school")
            ),
        )
    assert unit_of(order) == school


def test_after_settlement_it_is_refused_in_words_and_before_it_may_go_back(
    story, lot, school, buyer_fan, approver_peng
):
    order = story.place(wish((lot, 10)))
    changes.confirm(mend(order, buyer_fan), by=approver_peng, at=MONDAY)
    back = mend(order, story.people["chef"], to=school.name)
    assert any("石城县人民医院" in str(fact) for fact in back.rows.get().facts)
    changes.withdraw(back, by=story.people["chef"], at=MONDAY)

    settled = story.signed(wish((lot, 40))).delivery.lines.get().allocation.order
    with pytest.raises(AlreadySettled) as refused:
        mend(settled, buyer_fan, at=FRIDAY)
    assert "结账" in str(refused.value)


def test_what_was_settled_while_it_waited_is_not_mended(story, lot, buyer_fan, approver_peng):
    receipt = story.weighed(wish((lot, 40)))
    order = receipt.delivery.lines.get().allocation.order
    change = mend(order, buyer_fan, at=FRIDAY)
    receiving.sign(receipt, by=story.people["signer"], at=FRIDAY)

    with pytest.raises(AlreadySettled):
        changes.confirm(change, by=approver_peng, at=FRIDAY)
    assert not OrderUnit.objects.exists()


def test_page_and_api_mend_alike(client, story, lot, buyer_fan, approver_peng, now):
    order = story.place(wish((lot, 40)))
    login(client, buyer_fan)
    page = client.get(reverse("register-new", args=["order-units"]), {"order": order.number}).content.decode()
    assert order.number in page
    typed = {"order": order.number, "organisation": HOSPITAL, "why": "点错了"}
    document = {"document_number": "9号", "idem": uuid.uuid4().hex}
    assert client.post(reverse("register-new", args=["order-units"]), typed | document).status_code == 302
    changes.withdraw(RegisterChange.objects.get(), by=buyer_fan, at=MONDAY)
    asked = client.post(
        reverse("api-register-propose", args=["order-units"]),
        {"rows": [typed], "document_number": "9号"},
        content_type="application/json",
        headers={"Idempotency-Key": "k" * 20},
    )
    assert asked.status_code in (200, 201), asked.content
    changes.confirm(RegisterChange.objects.get(status="proposed"), by=approver_peng, at=MONDAY)
    login(client, story.people["chef"])
    assert HOSPITAL in client.get(reverse("order-detail", args=[order.pk])).content.decode()
