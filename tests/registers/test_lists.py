"""What stands beside the list of a register: states with their counts, and what is looked for by name or document."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from kernel.entering import entering
from registers.services import changes
from registers.services.rules import all_rules
from tests import factories
from tests.factories import MONDAY, login
from tests.registers.test_changes import channel, propose
from tests.registers.test_pages import read

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_nine(now):
    return now


def side(page):
    """Return what the side of a list says: each answer with its count and whether it is chosen."""
    nav = re.search(r'<nav class="states".*?</nav>', page, re.DOTALL)[0]
    found = re.findall(r'<a href="([^"]+)"( aria-current="true")?>\s*<span>(.*?)</span><small>(\d+)</small>', nav)
    return {label: (int(count), url.replace("&amp;", "&"), bool(current)) for url, current, label, count in found}


def test_beside_a_list_its_states_stand_with_their_counts_and_lead_to_the_rows(
    client, security_wu, school, principal, chef_chen
):
    gone = factories.a_user("旧师傅", "receiver", school)
    with entering("elsewhere"):
        gone.person.memberships.update(to_on=dt.date(2026, 6, 1))
    login(client, security_wu)

    page = read(client, "register", "posts")

    shown = side(page)
    assert shown["已结束"][0] == 1 and shown["全部"][0] == shown["在任"][0] + 1
    assert '<details class="fold">' in page  # folded on phones; no script
    over = client.get(shown["已结束"][1]).content.decode()
    assert "旧师傅" in over and "陈春香" not in over and side(over)["已结束"][2]


def test_the_pages_of_a_list_keep_what_it_was_narrowed_to(client, relief_clerk, changxi):
    for _row in range(25):
        factories.a_household(changxi)
    login(client, relief_clerk)

    first = client.get(reverse("register", args=["households"]), {"village": changxi.code})

    assert f"village={changxi.code}" in first.context["pages"].next_url
    assert client.get(f"{reverse('register', args=['households'])}{first.context['pages'].next_url}").status_code == 200


def test_the_second_page_of_posts_that_ended_shows_no_other(client, security_wu, school, principal):
    gone = [factories.a_user("旧师傅", "receiver", school) for _row in range(25)]
    factories.a_user("新师傅", "receiver", school)
    with entering("elsewhere"):
        for user in gone:
            user.person.memberships.update(to_on=dt.date(2026, 6, 1))
    login(client, security_wu)
    address = reverse("register", args=["posts"])
    ended = side(client.get(address).content.decode())["已结束"][1]

    first = client.get(f"{address}{ended}" if ended.startswith("?") else ended)
    second = client.get(f"{address}{first.context['pages'].next_url}")

    assert len(first.context["rows"]) + len(second.context["rows"]) == 25
    assert {row["cells"][0][1] for row in second.context["rows"]} == {"旧师傅"}


def test_a_file_of_what_cannot_be_read_is_refused_rather_than_empty(client, relief_clerk):
    login(client, relief_clerk)

    assert client.get(reverse("register-export", args=["households"]), {"tier": "nonsense"}).status_code == 400


def test_proposals_are_counted_by_whose_turn_it_is(client, relief_clerk, director_lin, clerk_ma):
    propose(relief_clerk)
    propose(director_lin, channel(code="barracks", name_zh="军营", position=41))
    changes.refuse(
        propose(relief_clerk, channel(code="zoo", name_zh="动物园", position=42)), why="没有", by=clerk_ma, at=MONDAY
    )
    login(client, director_lin)

    shown = side(read(client, "register", "channels"))

    assert {word: shown[word][0] for word in ("等您确认", "等别人确认", "没通过或已结束")} == {
        "等您确认": 1, "等别人确认": 1, "没通过或已结束": 1,
    }  # fmt: skip
    assert "已经生效" not in shown
    mine = client.get(shown["等您确认"][1]).content.decode()
    assert "寺院" in mine and "军营" not in mine and "动物园" not in mine


def test_a_proposal_is_found_by_the_number_of_its_document(client, relief_clerk, director_lin):
    changes.confirm(propose(relief_clerk), by=director_lin, at=MONDAY)
    login(client, relief_clerk)

    found = read(client, "register", "channels", q="〔2026〕7号")
    assert "文号里有“〔2026〕7号”的变更" in found and "寺院" in found
    assert "文号里有" not in read(client, "register", "channels", q="8号")
    assert "寺院" in read(client, "register-changes", q="7号") and "寺院" not in read(
        client, "register-changes", q="8号"
    )
    assert client.get(reverse("register-changes"), {"state": "nonsense"}).status_code == 400
    asked = {"q": "7号", "register": "channels", "state": "confirmed"}
    for more, found in (({}, 1), ({"q": "8号"}, 0), ({"state": "mine"}, 0)):
        assert len(client.get(reverse("api-register-changes"), asked | more).json()["results"]) == found
    assert client.get(reverse("api-register-changes"), {"state": "nonsense"}).status_code == 400


@pytest.mark.parametrize("key", [rules.key for rules in all_rules()])
def test_every_list_is_looked_through_by_a_word_in_twelve_statements(
    client, key, auditor, django_assert_max_num_queries
):
    login(client, auditor)
    client.get(reverse("register", args=[key]))
    with django_assert_max_num_queries(12):
        page = client.get(reverse("register", args=[key]), {"q": "7"})
    assert page.status_code == 200 and 'name="q"' in page.content.decode()


def test_the_list_of_households_asks_as_much_for_many_as_for_few(
    client, relief_clerk, xiuying_household, django_assert_num_queries, django_assert_max_num_queries
):
    login(client, relief_clerk)
    client.get(reverse("register", args=["households"]))
    with django_assert_max_num_queries(12) as few:
        client.get(reverse("register", args=["households"]))
    for _number in range(40):
        factories.a_household(xiuying_household.village, name="赖有财")

    with django_assert_num_queries(len(few)):
        page = client.get(reverse("register", args=["households"])).content.decode()

    assert (side(page)["全部"][0], "cursor=" in page) == (41, True)


def test_seasons_that_were_corrected_stand_apart_from_those_in_force(
    client, township_officer, xiuying_household, xiuying, cabbage, duck
):
    first = factories.a_season(xiuying_household, cabbage, by=xiuying)
    factories.a_season(xiuying_household, cabbage, by=xiuying, replaces=first, area_cmu=300)
    factories.a_season(xiuying_household, duck, by=xiuying)
    login(client, township_officer)

    shown = side(read(client, "register", "plots"))

    assert {word: shown[word][0] for word in shown} == {"有效": 2, "已更正": 1}
    assert len(client.get(shown["已更正"][1]).context["rows"]) == 1
    assert len(client.get(shown["有效"][1]).context["rows"]) == 2


def test_each_count_is_what_its_link_shows_beside_what_else_was_asked(
    client, security_wu, school, principal, chef_chen
):
    gone = factories.a_user("旧师傅", "receiver", school)
    with entering("elsewhere"):
        gone.person.memberships.update(to_on=dt.date(2026, 6, 1))
    login(client, security_wu)

    for asked in ({"q": school.name}, {"state": "now"}, {"role": "receiver", "q": school.name}):
        shown = side(read(client, "register", "posts", **asked)).values()
        assert [len(client.get(url).context["rows"]) for _count, url, _current in shown] == [
            count for count, _url, _current in shown
        ]
