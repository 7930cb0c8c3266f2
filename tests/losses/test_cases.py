"""The homes of bureau and verifiers name the work: the first case, its amount, since when, what waits for others."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.selectors import standing
from losses.models import LossClaim
from losses.pages import cases
from losses.selectors.turns import turns_of
from losses.services import noticing, visiting
from records.services import notices
from tests.factories import MONDAY, login
from tests.losses.steps import a_lot

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def home(client, user):
    login(client, user)
    return client.get(reverse("home"))


def desk(user, at=MONDAY):
    who = standing(user)
    return cases.desk(who, user, turns_of(who, user, at), at)


def test_the_bureau_s_home_names_its_first_case_with_amount_and_since_when(client, now, story, lot, director_lin):
    claim = story.on_county_notice(story.filed(lot))
    running, waits = desk(director_lin, claim.county_notice.ends_at - DAY)
    assert running.count == 0
    assert [(case.title, case.facts, case.amount_fen) for case in waits.cases] == [("县里公示中", ["1 件"], 80_00)]

    now.at = claim.county_notice.ends_at + DAY
    page = home(client, director_lin)

    shown = page.content.decode()
    assert page.context["first"].title == "定黄*英家的包菜" and "80.00" in shown
    assert claim.number in shown and "昨天起等着" in shown and "经手" not in page.context["title"]
    assert f'href="{reverse("claim-review", args=[claim.pk])}" data-first' in shown
    assert "待审批" in shown and "共 80.00 元" in shown  # the queue with its amount


def test_each_step_of_the_bureau_is_named_with_what_it_would_come_to(story, lot, director_lin, clerk_ma):
    claim = story.to_visit(story.filed(lot))
    [draw] = desk(director_lin)[0].cases
    assert (draw.title, draw.amount_fen) == ("给黄*英家的包菜抽核实员", 80_00)

    visit = visiting.draw(claim, by=clerk_ma, at=claim.village_notice.ends_at)
    own, waits = desk(director_lin)
    assert (own.count, [case.title for case in waits.cases]) == (0, ["等县里上门"])

    visit = story.found(visit, kg=40, why="一部分还好")
    visiting.sign_visit(visit, by=visit.second, at=visit.first_signed_at)
    [compute] = desk(director_lin)[0].cases
    assert (compute.title, compute.amount_fen) == ("算黄*英家包菜的救助款", 64_00)
    assert compute.url == reverse("claim-compute", args=[claim.pk])


def test_whoever_had_a_hand_is_told_that_a_colleague_decides(story, lot, director_lin, clerk_ma):
    claim = story.on_county_notice(story.filed(lot))
    at = claim.county_notice.ends_at

    own, waits = desk(clerk_ma, at)

    assert (own.count, waits.count, waits.total_fen) == (0, 1, 80_00)
    assert "等同事" in waits.cases[0].waits
    assert desk(director_lin, at)[0].count == 1


def test_an_objection_takes_its_line_off_the_desk(story, lot, director_lin):
    claim = story.on_county_notice(story.filed(lot))
    notices.object_to(
        claim.county_notice.lines.get(), words="他家没有种包菜", contact="", at=claim.county_notice.published_at
    )

    own, waits = desk(director_lin, claim.county_notice.ends_at)

    assert (own.count, [case.title for case in waits.cases]) == (0, ["县里公示中"])


def test_the_verifier_s_home_is_the_day(client, now, story, lot, clerk_ma):
    claim = story.drawn(story.filed(lot)).claim
    visit = claim.visits.get()
    now.at = visit.drawn_at
    first = home(client, visit.first)
    shown = first.content.decode()
    assert first.context["first"].title == "去看黄*英家的包菜" and "100 斤" in shown
    assert f"和{visit.second.person.name}一起" in shown and "黄秀英" not in shown
    assert f'href="{reverse("visit-record", args=[claim.pk])}" data-first' in shown
    assert f"和{visit.first.person.name}一起去" in home(client, visit.second).content.decode()

    story.found(visit)

    assert f"等{visit.second.person.name}签字" in home(client, visit.first).content.decode()
    assert home(client, visit.second).context["first"].url == reverse("visit-sign", args=[claim.pk])
    visiting.sign_visit(visit, by=visit.second, at=now.at)
    own, waits = cases.visits(visit.first, now.at)
    assert (own.count, waits.count) == (0, 0)


def test_the_bureau_s_home_asks_as_little_for_many_as_for_one(
    client, now, story, lot, neighbours_lot, xiuying_household, xiuying, cabbage, director_lin,
    django_assert_max_num_queries,
):  # fmt: skip
    lots = [lot, neighbours_lot, *(a_lot(xiuying_household, cabbage, by=xiuying) for _lot in range(6))]
    notice = story.on_village_notice(*(story.filed(lot) for lot in lots))
    now.at = notice.ends_at
    for claim in LossClaim.objects.all():
        noticing.go_on_after_village_notice(claim, at=now.at)
    home(client, director_lin)

    with django_assert_max_num_queries(15):
        page = client.get(reverse("home"))

    assert len(page.context["others"]) == 4 and page.context["more"] == [(reverse("check-list"), 3)]
