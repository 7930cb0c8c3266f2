"""A household without a phone is away: its cadre says so, with its consent, and it is told."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from accounts.models import Consent, Message
from catalog.models import SellerPause
from catalog.services import pauses
from catalog.services.listings import ConsentNeeded
from tests.factories import MONDAY, a_household, a_listing, a_mandate, login

pytestmark = pytest.mark.django_db
THURSDAY = dt.date(2026, 11, 5)


@pytest.fixture(autouse=True)
def _today(now):
    """Everything here happens on Monday."""


@pytest.fixture
def lot(xiuying_household, cabbage, xiuying):
    return a_listing(xiuying_household, cabbage, kg=100, by=xiuying)


@pytest.fixture
def page(xiuying_household):
    return reverse("pause-for", args=[xiuying_household.pk])


def form_of(**more):
    return {"idem": uuid.uuid4().hex, "until": "2026-11-05", "consent": "visit"} | more


@pytest.mark.parametrize("who", ["cadre_liu", "coop_manager"])
def test_whoever_lists_for_a_household_says_that_it_is_away_and_back_and_it_is_told(
    who, request, client, page, lot, xiuying_household, coop
):
    a_mandate(xiuying_household, coop)
    login(client, request.getfixturevalue(who))
    assert page in client.get("/sell/for/").content.decode()
    form = form_of()

    assert client.post(page, form).status_code == client.post(page, form).status_code == 302

    lot.refresh_from_db()
    assert lot.paused_until == THURSDAY and SellerPause.objects.count() == 1
    told = Message.objects.get(kind="paused_for_you")
    assert told.household == xiuying_household and "出门到" in told.body
    assert Consent.objects.get(document=f"pause:{SellerPause.objects.get().pk}").household == xiuying_household
    assert "出门到" in client.get(page).content.decode()

    client.post(page, {"act": "back", "idem": uuid.uuid4().hex, "consent": "phone"})

    lot.refresh_from_db()
    assert lot.paused_until is None
    assert Message.objects.filter(kind="paused_for_you").count() == Consent.objects.filter(
        document__startswith="pause:"
    ).count() == 2  # fmt: skip


def test_without_consent_or_a_day_that_can_be_nothing_changes(client, page, lot, cadre_liu, xiuying_household):
    login(client, cadre_liu)

    for wrong in (form_of(consent=""), form_of(until="2027-11-05"), form_of(until="x"), {"act": "back", "idem": "k"}):
        assert client.post(page, wrong).status_code == 400
    with pytest.raises(ConsentNeeded):
        pauses.go_away(household=xiuying_household, until=THURSDAY, by=cadre_liu, at=MONDAY)

    assert not SellerPause.objects.exists() and not Message.objects.filter(kind="paused_for_you").exists()


def test_only_households_one_lists_for(client, page, xiuying, cadre_liu, other_village):
    far = a_household(other_village, name="赖春生", card=False)

    assert login(client, xiuying).get(page).status_code == 403
    client.logout()
    assert login(client, cadre_liu).get(reverse("pause-for", args=[far.pk])).status_code == 404


def test_the_household_itself_needs_no_consent_and_gets_no_message(lot, xiuying, xiuying_household):
    pauses.go_away(household=xiuying_household, until=THURSDAY, by=xiuying, at=MONDAY)

    assert not Message.objects.filter(kind="paused_for_you").exists() and not Consent.objects.exists()
