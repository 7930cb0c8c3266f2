"""Verifiers sign by hand, each on the own phone: shown once that one has signed, and of nobody else."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image, ImageDraw

from losses.models import Visit
from losses.pages.evidence import photo_groups
from losses.services import visiting
from records.models import Attachment
from tests import factories
from tests.factories import FRIDAY, login
from tests.losses.steps import a_photo
from tests.losses.test_field import digest_of, send_photo
from tests.losses.test_second import send as send_second

pytestmark = pytest.mark.django_db
FIRST, SECOND = "第一核实人的签字", "第二核实人的签字"


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def drawn(story, lot) -> Visit:
    return story.drawn(story.filed(lot, kg=100))


@pytest.fixture
def written(story, drawn) -> Visit:
    return story.found(drawn, kg=90, why="少")


@pytest.fixture
def at_the_visit(drawn, now):
    now.at = drawn.drawn_at


def a_name() -> bytes:
    """Return a name as it is drawn with a finger."""
    box, picture = io.BytesIO(), Image.new("RGB", (640, 240), "white")
    ImageDraw.Draw(picture).line([(20, 40), (300, 200), (600, 60)], fill="black", width=5)
    picture.save(box, "PNG")
    return box.getvalue()


def shown(visit: Visit) -> list[str]:
    """Return whose names stand among the photos of the visit."""
    visit.refresh_from_db()
    [group] = [group for group in photo_groups(visit.claim) if group.title == "现场的照片"]
    return [photo.alt for photo in group.items if photo.alt in (FIRST, SECOND)]


def test_the_first_signs_what_was_written_and_not_before(client, story, drawn, at_the_visit):
    phone = login(client, drawn.first)
    assert "to" in send_photo(phone, drawn, "first_signature", a_name()).json()
    assert shown(drawn) == []

    story.found(drawn, kg=90, why="少")
    assert shown(drawn) == [FIRST]
    assert (
        'data-sign="first_signature" data-here'
        in phone.get(reverse("visit-record", args=[drawn.claim_id])).content.decode()
    )


def test_the_second_s_name_counts_once_the_second_has_signed(client, written, at_the_visit):
    phone, name = login(client, written.second), a_name()
    assert "to" in send_photo(phone, written, "second_signature", name).json()
    assert shown(written) == []

    assert send_second(phone, written, shown=f"second_signature {digest_of(name)}").status_code == 200
    assert shown(written) == [SECOND]


def test_a_signing_waits_for_its_name(client, written, at_the_visit):
    phone, name = login(client, written.second), a_name()
    early = send_second(phone, written, shown=f"second_signature {digest_of(name)}")

    assert (early.status_code, early.json()["code"]) == (409, "photos_on_the_way")
    written.refresh_from_db()
    assert written.second_signed_at is None


@pytest.mark.parametrize(("which", "hand"), [("first_signature", "second"), ("second_signature", "first")])
def test_nobody_signs_for_the_other(client, written, at_the_visit, which, hand):
    phone = login(client, getattr(written, hand))

    assert send_photo(phone, written, which, a_name()).status_code == 404
    with pytest.raises(visiting.NotYourVisit):
        other = getattr(written, hand)
        visiting.show(written, which, a_photo(by=other), by=other, at=FRIDAY)
    assert not Attachment.objects.filter(role__endswith=which).exists()


def test_the_name_of_one_who_fell_out_is_nobody_s(story, drawn, bureau):
    factories.a_user("曾检查", "verifier", bureau)
    visiting.show(drawn, "second_signature", a_photo(by=drawn.second), by=drawn.second, at=drawn.drawn_at)
    anew = visiting.redraw(drawn, who="second", why="ill", by=story.cast["desk"], at=drawn.drawn_at)
    story.found(anew, kg=90, why="少")
    visiting.sign_visit(anew, by=anew.second, at=FRIDAY)

    assert shown(anew) == []


def test_programs_send_both_names(client, drawn, at_the_visit):
    def a_file(name: str) -> SimpleUploadedFile:
        return SimpleUploadedFile(name, a_name(), "image/png")

    visiting.show(drawn, "first_signature", a_photo(by=drawn.first), by=drawn.first, at=drawn.drawn_at)
    photos = {which: a_photo(by=drawn.first) for which in ("whole", "near", "people")}
    facts = {"found": 100_000, "conclusion": "there", "why": "", "signed": "paper", "photos": photos}
    visiting.record_visit(drawn, **facts, by=drawn.first, at=drawn.drawn_at)
    path = f"/api/v1/claims/{drawn.claim_id}/visit/sign/"
    login(client, drawn.second)
    answer = client.post(path, {"second_signature": a_file("n.png")}, headers={"Idempotency-Key": "s"})

    assert answer.status_code == 200
    assert shown(drawn) == [FIRST, SECOND]
