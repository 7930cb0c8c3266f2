"""What the rules see after the amount was computed stays on record, and is cleared up to the award."""

import datetime as dt

import pytest

from accounts.services import people
from losses.services import awarding, findings
from produce.models import ReferencePrice
from records.models import Event, Finding
from tests import factories
from tests.factories import login

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def claim(story, lot):
    return story.on_county_notice(story.filed(lot))


def change_card(household, number, at):
    people.set_card(
        household=household,
        number=factories.a_card_number(number),
        holder=household.head_name,
        bank="石城农商银行",
        at=at,
    )


def card_of(claim):
    return findings.latest_findings(claim)["card"]


@pytest.mark.parametrize("days", [0, 8, 40])
def test_a_card_changed_after_the_computation_stops_the_award_and_is_cleared(
    claim, xiuying_household, director_lin, clerk_ma, days
):
    ends = claim.county_notice.ends_at + days * dt.timedelta(days=1)
    change_card(xiuying_household, 771, claim.county_notice.published_at + HOUR)

    with pytest.raises(findings.LookAgain):
        awarding.award(claim, by=director_lin, at=ends)

    seen = card_of(claim)
    assert seen.colour == "amber" and "核算之后" in seen.detail  # it survived the refused award
    findings.clear_finding(seen, claim, reason="本人到场换卡", by=clerk_ma, at=ends)
    assert awarding.award(claim, by=director_lin, at=ends).amount_fen


def test_a_card_changed_once_more_is_looked_at_once_more(claim, xiuying_household, director_lin, clerk_ma):
    ends = claim.county_notice.ends_at
    for number, moment in ((771, HOUR), (772, 2 * HOUR)):
        change_card(xiuying_household, number, claim.county_notice.published_at + moment)
        with pytest.raises(findings.LookAgain):
            awarding.award(claim, by=director_lin, at=ends + moment)
        findings.clear_finding(card_of(claim), claim, reason="本人到场换卡", by=clerk_ma, at=ends + moment)

    assert awarding.award(claim, by=director_lin, at=ends + 3 * HOUR).amount_fen


def test_a_card_changed_between_report_and_computation_is_looked_at_however_long_ago(story, lot, xiuying_household):
    claim = story.filed(lot)
    change_card(xiuying_household, 771, claim.filed_at + HOUR)

    findings.record_findings(claim, at=claim.filed_at + dt.timedelta(days=60))

    assert card_of(claim).colour == "amber"


def test_a_newer_price_changes_nothing_for_a_claim_of_before(claim, cabbage, director_lin):
    ends = claim.county_notice.ends_at
    ReferencePrice.objects.create(produce=cabbage, day=ends.date(), source="县城市场", avg_fen=1)

    assert awarding.award(claim, by=director_lin, at=ends).amount_fen


def test_the_page_shows_what_stopped_it_and_lets_another_clear_it(
    claim, client, xiuying_household, director_lin, clerk_ma, monkeypatch
):
    ends = claim.county_notice.ends_at
    monkeypatch.setattr("kernel.clock.now", lambda: ends)
    change_card(xiuying_household, 771, claim.county_notice.published_at + HOUR)
    login(client, director_lin).post(f"/review/{claim.pk}/award/", {"idem": "a" * 32})

    assert card_of(claim).colour == "amber"
    page = login(client, clerk_ma).get(f"/review/{claim.pk}/").content.decode()
    assert f'value="{card_of(claim).pk}"' in page
    login(client, clerk_ma).post(
        f"/checks/{claim.pk}/clear/", {"finding": card_of(claim).pk, "reason": "本人到场", "idem": "b" * 32}
    )
    login(client, director_lin).post(f"/review/{claim.pk}/award/", {"idem": "c" * 32})

    claim.refresh_from_db()
    assert claim.status == "awarded"


def test_a_refused_award_leaves_nothing_but_what_was_seen(claim, xiuying_household, director_lin):
    change_card(xiuying_household, 771, claim.county_notice.published_at + HOUR)
    before = Event.objects.count()

    with pytest.raises(findings.LookAgain):
        awarding.award(claim, by=director_lin, at=claim.county_notice.ends_at)

    claim.refresh_from_db()
    assert claim.status == "county_notice"
    assert Event.objects.count() == before
    assert Finding.objects.filter(document=claim.reference, rule="card", colour="amber").count() == 1
