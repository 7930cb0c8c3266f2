"""Where photos leave a doubt, number and date by hand are asked into a photo of the visit, and the verifier says so."""

import datetime as dt

import pytest
from django.urls import reverse

from losses.models import LossClaim, Visit
from losses.services import visiting
from losses.services.rules import look
from records.models import Finding
from records.selectors.policy import DEFAULTS
from tests.factories import FRIDAY, MONDAY, login
from tests.losses.steps import KG, a_photo

pytestmark = pytest.mark.django_db


def doubt(claim, at=MONDAY, rule="photo_place"):
    """Write down that something about the photos is to be looked at."""
    said = {"colour": "amber", "title": "照片", "detail": "离别人的照片很近", "clause": "办法"}
    return Finding.objects.create(document=claim.reference, rule=rule, at=at + dt.timedelta(seconds=1), **said)


def written(visit, *, card_read):
    photos = {which: a_photo(by=visit.first) for which in ("whole", "near", "people")}
    return visiting.record_visit(
        visit, found=50 * KG, conclusion="there", why="", signed="paper", photos=photos, card_read=card_read,
        by=visit.first, at=FRIDAY,
    )  # fmt: skip


def card_of(claim):
    return [row for row in look(LossClaim.objects.get(pk=claim.pk), at=FRIDAY) if row.rule == "photo_card"]


@pytest.mark.parametrize(("card_read", "colour"), [(True, "green"), (False, "amber")])
def test_after_a_doubt_the_finding_stays_until_the_verifier_can_read_both(story, lot, card_read, colour):
    claim = story.filed(lot)
    doubt(claim)
    visit = written(story.drawn(claim), card_read=card_read)

    [found] = card_of(claim)
    assert (found.colour, visit.card_read) == (colour, card_read)


def test_without_a_doubt_nothing_is_asked_and_nothing_kept(story, lot):
    claim = story.filed(lot)
    doubt(claim, rule="neighbours")
    visit = written(story.drawn(claim), card_read=True)

    assert (visit.card_read, card_of(claim)) == (None, [])


def test_a_doubt_that_arises_after_the_visit_asks_for_nothing_any_more(story, lot):
    claim = story.filed(lot)
    visit = written(story.drawn(claim), card_read=False)
    doubt(claim, at=FRIDAY)

    assert (visit.card_read, card_of(claim)) == (None, [])


def test_the_county_may_ask_at_every_visit(story, lot, monkeypatch):
    monkeypatch.setitem(DEFAULTS, "card_always", 1)
    claim = story.filed(lot)
    written(story.drawn(claim), card_read=False)

    assert [found.colour for found in card_of(claim)] == ["amber"]


def test_household_and_verifier_are_asked_with_the_number_and_the_second_reads_it(client, now, story, lot, xiuying):
    claim = story.filed(lot)
    page = reverse("claim-detail", args=[claim.pk])
    asks = f"在一张纸上用笔写“{claim.number}”"
    assert asks not in login(client, xiuying).get(page).content.decode()
    doubt(claim)
    assert asks in client.get(page).content.decode()

    visit = story.drawn(claim)
    now.at = visit.drawn_at
    answer = login(client, visit.first).get(reverse("visit-record", args=[claim.pk]))
    assert asks in answer.content.decode() and 'name="card_read"' in answer.content.decode()
    assert asks in client.get(reverse("visit-offline")).json()[str(claim.pk)]

    written(Visit.objects.get(pk=visit.pk), card_read=True)
    signing = login(client, visit.second).get(reverse("visit-sign", args=[claim.pk])).content.decode()
    assert "照片里报损号和日期看得清" in signing


@pytest.mark.parametrize("door", ["api-visit-record", "visit-record"])
def test_program_and_page_say_it_alike(client, now, story, lot, door):
    claim = story.filed(lot)
    doubt(claim)
    visit = story.drawn(claim)
    now.at = visit.drawn_at
    for which in ("whole", "near", "people"):
        visiting.show(visit, which, a_photo(by=visit.first), by=visit.first, at=visit.drawn_at)
    typed = {"found": "100", "kg": "50", "why": "", "conclusion": "there", "signed": "paper", "card_read": "on"}
    login(client, visit.first)
    client.post(reverse(door, args=[claim.pk]), typed | {"idem": "1"}, headers={"Idempotency-Key": "1"})

    assert Visit.objects.get(pk=visit.pk).card_read
