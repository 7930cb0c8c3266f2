"""The second verifier without a net: exactly what was read is signed, once, or it is said what is different."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from accounts.models import Message
from kernel.present import known
from losses.models import Visit
from losses.selectors.turns import visits_of_the_day
from losses.services import sweeping, visiting
from losses.services.holding import Spot
from losses.services.rules import look
from tests.factories import FRIDAY, login
from tests.losses.steps import KG

pytestmark = pytest.mark.django_db
HERE = {"latitude_e6": "26327100", "longitude_e6": "116354800", "accuracy_m": "8", "phone_at": "1793520120000"}


@pytest.fixture
def drawn(story, lot) -> Visit:
    return story.drawn(story.filed(lot, kg=100))


@pytest.fixture
def written(story, drawn) -> Visit:
    return story.found(drawn, kg=90, why="少")


@pytest.fixture
def at_the_visit(drawn, now):
    now.at = drawn.drawn_at


@pytest.fixture
def phone(client, drawn, at_the_visit):
    return login(client, drawn.second)


def send(client, visit, **typed):
    typed = {"verdict": "sign", "seen": visiting.last_written(visit), "key": str(uuid.uuid4())} | typed
    return client.post(reverse("visit-signed", args=[visit.pk]), typed)


def rewritten(story, visit) -> Visit:
    """Let the first write it anew, an hour later."""
    return story.found(visit, kg=80, why="又少了", at=visit.drawn_at + dt.timedelta(hours=1))


def test_what_was_read_is_signed_once_with_place_and_time_of_the_own_phone(phone, written):
    key = str(uuid.uuid4())

    first, again = (send(phone, written, key=key, **HERE) for _time in range(2))

    assert first.json() == again.json() == {"to": reverse("visit-list"), "number": written.claim.number}
    written.refresh_from_db()
    assert written.second_signed_at is not None and written.second_phone_at is not None
    assert (written.second_latitude_e6, written.second_accuracy_m) == (26_327_100, 8)


def test_what_the_pack_says_of_a_written_visit_is_little_and_names_its_photos(phone, written):
    page = phone.get(reverse("visit-offline")).json()[f"{written.claim_id}/sign"]

    assert "180 斤" in page and "200 斤" in page and "全景、近景" in page and "<img" not in page.split("<main")[1]
    assert f'value="{visiting.last_written(written)}"' in page


def test_written_anew_meanwhile_signs_nothing_and_shows_both(phone, story, written):
    read = {"seen": visiting.last_written(written), "read_found": "180 斤", "read_why": "少"}
    rewritten(story, written)

    late = send(phone, written, **read)

    assert (late.status_code, late.json()["code"]) == (409, "read_otherwise")
    assert ["看到的损失", "180 斤", "160 斤"] in late.json()["both"] and ["怎么说的", "少", "又少了"] in late.json()[
        "both"
    ]
    written.refresh_from_db()
    assert written.second_signed_at is None
    page = reverse("visit-sign", args=[written.claim_id])
    told = phone.post(page, {"idem": "1", "verdict": "contest", "words": "数不对", **read})
    assert told.status_code == 409 and "数不对" in told.content.decode() and "160 斤" in told.content.decode()


@pytest.mark.parametrize(("read", "status"), [("180", 200), ("200", 409), ("", 409)])
def test_signed_before_the_first_has_arrived_it_waits_and_counts_for_what_was_read(phone, story, drawn, read, status):
    early = send(phone, drawn, found=read)
    story.found(drawn, kg=90, why="少")

    assert (early.status_code, early.json()["code"]) == (409, "not_written_yet")
    assert send(phone, drawn, found=read, seen="").status_code == status


def test_what_is_different_goes_back_to_the_first_who_writes_it_anew(client, phone, story, written):
    empty = send(phone, written, verdict="contest", words=" ")
    said = send(phone, written, verdict="contest", words="坏的不到一半", **HERE)

    assert (empty.status_code, said.status_code) == (400, 200)
    written.refresh_from_db()
    assert (written.contested, written.is_contested, written.second_signed_at) == ("坏的不到一半", True, None)
    assert visits_of_the_day(written.first).get().turn == "write"
    record = reverse("visit-record", args=[written.claim_id])
    assert "坏的不到一半" in login(client, written.first).get(record).content.decode()
    assert not rewritten(story, written).is_contested


def test_who_said_what_is_different_signs_only_what_the_first_has_written_since(phone, story, written):
    send(phone, written, verdict="contest", words="坏的不到一半")
    written.refresh_from_db()
    page = reverse("visit-sign", args=[written.claim_id])

    refused = send(phone, written)
    assert (refused.status_code, refused.json()["code"]) == (409, "still_contested")
    with pytest.raises(visiting.StillContested):
        visiting.sign_visit(written, by=written.second, at=FRIDAY)
    shown = phone.get(page).content.decode()
    assert 'value="sign"' not in shown and "重写一遍（改或不改）以后，您才能签" in shown
    again = story.found(written, kg=90, why="少", at=written.contested_at + dt.timedelta(minutes=1))  # changed nothing
    assert 'value="sign"' in phone.get(page).content.decode()
    assert send(phone, again).status_code == 200
    again.refresh_from_db()
    assert again.second_signed_at is not None and again.contested == "坏的不到一半"


def test_a_contested_visit_that_is_late_waits_for_the_first(phone, written):
    send(phone, written, verdict="contest", words="坏的不到一半")

    sweeping.remind(at=known(written.claim.due_at) + dt.timedelta(minutes=1))
    told = Message.objects.filter(document=written.claim.reference, kind="claim.late")
    phones = {message.phone for message in told}
    assert written.first.phone in phones and written.second.phone not in phones


def test_nobody_else_signs_by_a_phone(client, written, at_the_visit, clerk_ma):
    for person in (written.first, clerk_ma):
        assert send(login(client, person), written).status_code == 404


def test_programs_say_what_is_different(client, written, at_the_visit):
    path = f"/api/v1/claims/{written.claim_id}/visit/contest/"
    told = login(client, written.second).post(path, {"words": "少"}, headers={"Idempotency-Key": "c"})

    assert told.status_code == 200
    written.refresh_from_db()
    assert written.is_contested


@pytest.mark.parametrize(
    ("second", "village", "colour"),
    [
        (None, (26_300_000, 116_300_000), "green"),
        (Spot(26_327_200, 116_354_800, 8), None, "green"),
        (Spot(26_347_100, 116_354_800, 8), None, "amber"),
        (Spot(26_347_100, 116_354_800, 2_000), None, "green"),
        (Spot(26_327_200, 116_354_800, 8), (27_300_000, 116_300_000), "amber"),
    ],
)
def test_a_second_far_from_the_first_or_the_village_is_looked_at(written, second, village, colour):
    visiting.sign_visit(written, by=written.second, at=FRIDAY, spot=second)
    place = written.claim.household.village
    place.latitude_e6, place.longitude_e6 = village or (None, None)

    assert [seen.colour for seen in look(written.claim, at=FRIDAY) if seen.rule == "visit_second"] == [colour]
    assert written.found == 90 * KG


@pytest.mark.parametrize(
    ("told", "accuracy", "kept", "colour"),
    [
        ("", "8", "", "green"),
        ("stale,flat", "8", "flat,stale", "amber"),
        ("nonsense", "8", "", "green"),
        ("", "0", "sharp", "amber"),
    ],
)
def test_a_place_that_looks_made_up_is_looked_at_and_refuses_nothing(phone, written, told, accuracy, kept, colour):
    assert send(phone, written, **HERE | {"accuracy_m": accuracy, "odd_place": told}).status_code == 200

    written.refresh_from_db()
    assert (written.odd_place, written.second_odd_place) == ("", kept)
    assert [seen.colour for seen in look(written.claim, at=FRIDAY) if seen.rule == "visit_odd_place"] == [colour]
