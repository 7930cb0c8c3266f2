"""The register of places: the system administrator proposes, the bureau confirms, a code keeps every name it had."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Place, PlaceName
from accounts.services.places import PlaceLine, enter_places
from kernel.errors import DomainError
from registers.models import RegisterChange
from registers.services import changes
from tests import factories
from tests.factories import LONG_AGO, MONDAY, login
from tests.registers.test_pages import a_file, ask, read

pytestmark = pytest.mark.django_db
TODAY = MONDAY.date()


@pytest.fixture(autouse=True)
def at_nine(now):
    return now


@pytest.fixture
def system_xing(town_hall):
    return factories.a_user("幸卫东", "system_admin", town_hall)


@pytest.fixture
def places(county):
    enter_places(
        [
            PlaceLine("360735000000", "county", "", "石城县", LONG_AGO, None),
            PlaceLine("360735102000", "township", "360735000000", "屏山镇", LONG_AGO, None),
            PlaceLine("360735102208", "village", "360735102000", "长溪村委会", LONG_AGO, None),
        ]
    )


def village(**values):
    row = {
        "code": "360735102299",
        "level": "village",
        "parent": "屏山镇",
        "name": "新坊村委会",
        "from_on": "2026-11-01",
    }
    return row | values


def propose(by, content):
    return changes.propose("places", [content], document_number="民政〔2026〕7号", by=by, at=MONDAY)


def test_a_village_is_proposed_on_a_page_and_confirmed_by_the_bureau(client, places, system_xing, director_lin):
    login(client, system_xing)
    sent = ask(client, "register-new", "places", **village(level="村"))
    change = RegisterChange.objects.get()
    assert sent.url == reverse("register-change", args=[change.pk])

    login(client, director_lin)
    assert "新坊村委会" in read(client, "register-change", change.pk)
    client.post(reverse("register-change-confirm", args=[change.pk]), {"idem": "1"})

    made = Place.objects.get(pk="360735102299")
    assert (made.level, made.parent_id, made.name) == ("village", "360735102000", "新坊村委会")
    assert made.names.get().valid_from == dt.date(2026, 11, 1)
    assert "新坊村委会" in read(client, "register", "places", q="新坊")


def test_a_place_keeps_the_name_it_had(client, places, system_xing, director_lin):
    login(client, system_xing)
    assert "长溪村委会" in read(client, "register-edit", "places", "360735102208")
    ask(
        client, "register-edit", "places", "360735102208",
        place="360735102208", name="清溪村委会", from_on=f"{TODAY}",
    )  # fmt: skip

    changes.confirm(RegisterChange.objects.get(), by=director_lin, at=MONDAY)

    names = PlaceName.objects.filter(place="360735102208").order_by("valid_from")
    assert list(names.values_list("name", "valid_from", "valid_to")) == [
        ("长溪村委会", LONG_AGO, TODAY),
        ("清溪村委会", TODAY, None),
    ]
    assert Place.objects.get(pk="360735102208").name == "清溪村委会"
    page = read(client, "register", "places", q="长溪")
    assert "清溪村委会" in page and "长溪村委会 –2026-11-02" in page


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (village(code="36073510229"), "代码是 12 位数字"),
        (village(code="360735101299"), "代码开头和上级的不一样"),
        (village(parent="石城县", code="360735102299"), "村的上级是乡镇"),
        (village(parent="没有的镇"), "没有叫“没有的镇”的地方"),
        (village(code="360735102208"), "这个代码已经登记"),
        (village(name="长溪村委会"), "同一个上级下已有这个名称"),
        (village(from_on="2026-11-03"), "名称最晚从今天起用"),
        ({"place": "360735102208", "name": "清溪村委会", "from_on": "2020-01-01"}, "从 2020-01-01 起已经叫"),
        ({"place": "360735102208", "name": "长溪村委会", "from_on": "2026-11-01"}, "现在就是这个名称"),
    ],
)
def test_what_cannot_be_a_place_is_refused_in_words(places, system_xing, content, sentence):
    with pytest.raises(DomainError, match=sentence):
        propose(system_xing, content)


def test_only_these_two_hands_move_a_place(client, places, system_xing, director_lin, relief_clerk):
    with pytest.raises(changes.NotYours):
        propose(director_lin, village())
    with pytest.raises(changes.NotYours):
        propose(relief_clerk, village())
    change = propose(system_xing, village())
    login(client, system_xing)
    assert client.post(reverse("register-change-confirm", args=[change.pk]), {"idem": "1"}).status_code == 403


def test_places_come_by_a_file(client, places, system_xing, director_lin):
    login(client, system_xing)
    head = ["代码", "级别", "上级", "名称", "启用日期"]
    rows = [["360735102299", "村", "屏山镇", "新坊村委会", "2026-11-01"]]
    wrong = ask(client, "register-rows", "places", file=a_file(head, [*rows[0][:4], "2026-02-30"]))
    assert wrong.status_code == 400 and "E2" in wrong.content.decode()

    ask(client, "register-rows", "places", file=a_file(head, *rows))
    changes.confirm(RegisterChange.objects.get(), by=director_lin, at=MONDAY)

    assert Place.objects.filter(pk="360735102299").exists()


def test_the_list_costs_the_same_however_many_places(client, places, system_xing, django_assert_max_num_queries):
    login(client, system_xing)
    names = [
        PlaceLine(f"360735102{number}", "village", "360735102000", f"第{number}村委会", LONG_AGO, None)
        for number in range(300, 380)
    ]
    enter_places(names)
    with django_assert_max_num_queries(12):
        assert read(client, "register", "places").count("<tr>") == 21
