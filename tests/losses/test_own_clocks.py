"""A scheme may have clocks of its own; where it has none, the county's policy counts."""

import datetime as dt

import pytest
from django.urls import reverse

from kernel import clock
from kernel.errors import BadValue
from losses.models import ReliefScheme
from losses.services import visiting
from registers.services import changes
from tests import factories
from tests.factories import MONDAY, TUESDAY, login
from tests.losses.steps import a_scheme
from tests.losses.test_scheme_registers import a_row, propose

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
CLOCKS = {"village_check_hours": 6, "township_check_hours": 7, "visit_hours": 8, "review_days": 2}


def test_each_stage_has_as_long_as_its_scheme_says(story, lot, finance_bureau, director_lin, cabbage):
    story.scheme = a_scheme(finance_bureau, director_lin, cabbage, own=CLOCKS)
    claim = story.filed(lot)
    assert claim.due_at == MONDAY + 6 * HOUR
    claim = story.village_checked(claim)
    assert claim.due_at == TUESDAY + 7 * HOUR
    claim = story.to_visit(claim)
    assert claim.due_at == claim.village_notice.ends_at + 8 * HOUR
    visit = story.found(visiting.draw(claim, by=story.cast["desk"], at=claim.village_notice.ends_at))
    claim.refresh_from_db()
    assert claim.due_at == visit.drawn_at + 8 * HOUR
    visiting.sign_visit(visit, by=visit.second, at=visit.first_signed_at)
    claim.refresh_from_db()
    assert claim.due_at == clock.day_end(clock.county_day(visit.first_signed_at) + dt.timedelta(days=1))


def test_they_are_written_in_the_register_mended_copied_and_read(client, now, finance_bureau, director_lin, clerk_ma):
    typed = {name: str(value) for name, value in CLOCKS.items()}
    rule = {"no_visit_below": 100_00, "no_visit_listed_days": "3"}
    with pytest.raises(BadValue, match="两格"):
        propose("schemes", director_lin, a_row(finance_bureau, no_visit_below=100_00))
    change = propose("schemes", director_lin, a_row(finance_bureau, **typed, **rule))
    facts = {fact[0]: fact[2] for row in change.rows.all() for fact in row.facts}
    assert (facts["visit_hours"], facts["no_visit_below"]) == ("8", "100.00")
    changes.confirm(change, by=clerk_ma, at=MONDAY)
    scheme = ReliefScheme.objects.get()
    assert {name: getattr(scheme, name) for name in CLOCKS} == CLOCKS and scheme.no_visit_below_fen == 100_00

    mend = {"mends": "yes", "code": scheme.code}
    form = login(client, director_lin).get(reverse("register-new", args=["schemes"]), mend).context["form"]
    assert (form["visit_hours"].value(), form["no_visit_listed_days"].value()) == (8, 3)
    mended = a_row(finance_bureau, mends="yes", visit_hours="9")
    changes.confirm(propose("schemes", director_lin, mended), by=clerk_ma, at=MONDAY)
    scheme.refresh_from_db()
    assert (scheme.visit_hours, scheme.review_days, scheme.no_visit_below_fen) == (9, None, None)


def test_everybody_reads_them(client, now, finance_bureau, director_lin, cabbage):
    own = CLOCKS | {"no_visit_below_fen": 100_00, "no_visit_listed_days": 3}
    scheme = a_scheme(finance_bureau, director_lin, cabbage, own=own)
    page = client.get(reverse("scheme-detail", args=[scheme.pk])).text
    assert "8 小时" in page and "低于 100.00 元、损失前至少挂了 3 天" in page
    told = client.get(reverse("api-scheme-list")).json()[0]
    assert (told["visit_hours"], told["no_visit_below_yuan"], told["no_visit_listed_days"]) == (8, "100.00", 3)


def test_only_verifiers_of_its_offices_are_drawn(
    story, lot, finance_bureau, bureau, pingshan, director_lin, cabbage, inspector_he, inspector_xu
):
    office = factories.an_organisation("township", "屏山镇人民政府", pingshan)
    strangers = [factories.a_user(name, "verifier", office) for name in ("石检查", "方检查", "丁检查")]
    story.scheme = a_scheme(finance_bureau, director_lin, cabbage, own={"verifier_offices": [bureau.pk]})
    visit = story.drawn(story.filed(lot))
    may = visiting.candidates(visit.claim, on=clock.county_day(visit.drawn_at))
    assert {visit.first, visit.second} == set(may.values()) == {inspector_he, inspector_xu} and len(strangers) == 3
    assert visiting.draw_pair(visit.seed, sorted(may)) == (visit.first.person.key, visit.second.person.key)


def test_offices_with_fewer_than_two_verifiers_are_refused(
    finance_bureau, bureau, director_lin, clerk_ma, inspector_he
):
    with pytest.raises(BadValue, match="不到两"):
        propose("schemes", director_lin, a_row(finance_bureau, verifier_offices=bureau.name))
    factories.a_user("许检查", "verifier", bureau)
    changes.confirm(
        propose("schemes", director_lin, a_row(finance_bureau, verifier_offices=bureau.name)), by=clerk_ma, at=MONDAY
    )
    assert ReliefScheme.objects.get().verifier_offices == [bureau.pk]
