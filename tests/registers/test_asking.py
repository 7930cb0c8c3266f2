"""The pages on which a row is proposed: nothing is chosen unasked, and what can be chosen need not be typed."""

import re

import pytest
from django.urls import reverse

from tests import factories
from tests.factories import login
from tests.registers.test_pages import a_file, ask, read

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_nine(now):
    return now


def options(page, name):
    """Return what a list offers, and which of it is chosen."""
    found = re.search(rf'<select name="{name}".*?</select>', page, re.DOTALL)[0]
    offered = re.findall(r'<option value="([^"]*)"( selected)?>', found)
    return [value for value, _chosen in offered], [value for value, chosen in offered if chosen and value]


def test_no_post_and_no_kind_is_chosen_before_somebody_chooses(client, security_wu, relief_clerk, school):
    login(client, security_wu)
    assert options(read(client, "register-new", "posts"), "role")[0][0] == ""
    sent = ask(client, "register-new", "posts", name="王小明", organisation=school.name, from_on="2026-11-02")
    assert sent.status_code == 400

    login(client, relief_clerk)
    for key, name in (("organisations", "kind"), ("households", "tier"), ("canteens", "mode")):
        assert options(read(client, "register-new", key), name)[0][0] == "", key


def test_a_head_chooses_the_own_unit_and_the_county_any(client, principal, security_wu, school, bureau):
    login(client, principal)
    assert options(read(client, "register-new", "posts"), "organisation") == ([school.name], [])

    login(client, security_wu)
    offered, chosen = options(read(client, "register-new", "posts"), "organisation")

    assert offered[0] == "" and {school.name, bureau.name} <= set(offered) and not chosen


def test_where_there_are_many_units_they_are_offered_while_one_types(client, security_wu, county):
    for number in "甲乙丙丁戊己庚辛壬癸子丑寅":
        factories.an_organisation("bureau", f"{number}办公室", county)
    login(client, security_wu)

    page = read(client, "register-new", "posts")

    assert 'list="organisation-known"' in page and '<option value="寅办公室">' in page


def test_who_leaves_a_post_moves_nowhere_unless_it_is_chosen(client, principal, second_principal, school):
    login(client, principal)

    page = read(client, "register-edit", "posts", second_principal.person.memberships.get().pk)

    assert options(page, "organisation") == (["", school.name], [])


def test_every_rule_stands_with_what_holds_unless_it_was_changed(client, director_lin):
    login(client, director_lin)

    page = read(client, "register", "policies")

    assert page.count("/registers/policies/new/?name=") == page.count('scope="row"') > 20
    begun = read(client, "register-new", "policies", name="payment_days")
    assert options(begun, "name")[1] == ["payment_days"]


def test_a_file_names_the_cell_of_the_name_that_nobody_knows(client, relief_clerk, school):
    login(client, relief_clerk)
    head = ["采购单位", "就餐方式", "就餐人数", "工会会员人数", "收货地址", "是预算单位吗"]
    row = ["没有的学校", "自办食堂", "800", "96", "人民路1号", "是"]

    page = ask(client, "register-rows", "canteens", file=a_file(head, row)).content.decode()

    assert "没有登记过“没有的学校”这个单位" in page and ">A2<" in page


def test_programs_fill_in_forms_as_before(client, security_wu, school):
    """What stands on a page to be chosen from is none of the file's or the API's words."""
    login(client, security_wu)
    send = {"content_type": "application/json", "headers": {"Idempotency-Key": "a"}}
    row = {"name": "王小明", "organisation": school.name, "role": "请选择", "from_on": "2026-11-02"}

    refused = client.post(
        reverse("api-register-propose", args=["posts"]), {"document_number": "7", "rows": [row]}, **send
    )

    assert refused.status_code == 400 and "请选择" in str(refused.json())
