"""A visit without a net: what a phone keeps, and that what it sends counts once, however it arrives."""

import hashlib
import io
import json
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from accounts.models import Membership
from demo.photos import draw_heap
from losses.models import Visit
from losses.services import answering, visiting
from records.models import Attachment
from tests import factories
from tests.factories import LONG_AGO, login
from tests.losses.steps import KG, a_lot, a_photo

pytestmark = pytest.mark.django_db
PACK = reverse("visit-offline")


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture(scope="module")
def pictures() -> dict[str, bytes]:
    """Three photos that look nothing like each other, by where they belong."""
    return {
        "whole": draw_heap("cabbage", seed=1).read(),
        "near": draw_heap("cabbage", seed=2, near=True).read(),
        "people": draw_heap("cabbage", seed=3, person=True).read(),
    }


@pytest.fixture
def drawn(story, lot) -> Visit:
    return story.drawn(story.filed(lot, kg=100))


@pytest.fixture
def visit(drawn, now) -> Visit:
    now.at = drawn.drawn_at
    return drawn


@pytest.fixture
def phone(client, visit):
    return login(client, visit.first)


def digest_of(photo: bytes) -> str:
    return hashlib.sha256(photo).hexdigest()


def send_photo(client, visit, which, photo: bytes, *, offset=0, part: bytes | None = None, **headers):
    return client.post(
        reverse("visit-photo", args=[visit.pk, which, digest_of(photo)]),
        photo if part is None else part,
        content_type="application/octet-stream",
        headers={"Upload-Offset": str(offset), "Upload-Length": str(len(photo))} | headers,
    )


def send(client, visit, headers=None, **typed):
    typed = {
        "found": "200",
        "why": "",
        "conclusion": "there",
        "signed": "paper",
        "seen": "",
        "key": str(uuid.uuid4()),
    } | typed
    return client.post(reverse("visit-written", args=[visit.pk]), typed, headers=headers)


def test_a_photo_sent_ahead_brings_the_phone_s_time_along(phone, visit, pictures):
    send_photo(phone, visit, "whole", pictures["whole"], **{"Camera-At": "1793520120000"})

    hung = Attachment.objects.get(document=visit.claim.reference, role="visit:whole")
    assert hung.file.facts["phone"] == "2026-11-01T08:02:00+00:00"


def seed_for(visit) -> str:
    """Return a seed that draws the same two in the same order."""
    keys = [visit.first.person.key, visit.second.person.key]
    return next(str(n) for n in range(100) if visiting.draw_pair(str(n), sorted(keys)) == tuple(keys))


def with_photos(visit):
    for which in ("whole", "near", "people"):
        visiting.show(visit, which, a_photo(by=visit.first), by=visit.first, at=visit.drawn_at)
    return visit


def test_a_phone_keeps_the_visits_it_writes_and_nobody_who_is_signed_in(phone, visit):
    kept = phone.get(PACK).json()

    assert set(kept) == {"list", "ready", str(visit.claim_id)}
    page = kept[str(visit.claim_id)]
    assert "黄秀英" in page and "data-visit" in page and reverse("visit-written", args=[visit.pk]) in page
    assert "200 斤" in kept["list"] and "长溪村" in kept["list"]
    assert visit.first.person.name not in json.dumps(kept, ensure_ascii=False)
    assert 'name="found" value' not in page


def test_the_phone_of_the_household_is_masked_on_the_list_and_called_from_its_page(phone, visit):
    household = visit.claim.household
    household.phone = "13907970001"
    household.save(update_fields=["phone_sealed", "phone_index"])

    kept = phone.get(PACK).json()

    assert "139****0001" in kept["list"] and "13907970001" not in kept["list"]
    assert "tel:13907970001" in kept[str(visit.claim_id)]


def test_a_written_visit_changes_the_address_of_the_pack_and_a_signed_one_leaves_it(phone, visit):
    page = reverse("visit-list")
    before = phone.get(page).context["offline"]

    assert send(phone, with_photos(visit)).status_code == 200

    written = phone.get(page).context["offline"]
    visit.refresh_from_db()
    visiting.sign_visit(visit, by=visit.second, at=visit.drawn_at)
    assert len({before, written, phone.get(page).context["offline"]}) == 3
    assert set(phone.get(PACK).json()) == {"list", "ready"}


def test_the_first_keeps_a_visit_to_write_and_the_second_to_sign_it(client, visit, clerk_ma, xiuying):
    kept = login(client, visit.second).get(PACK).json()
    page = kept[f"{visit.claim_id}/sign"]
    assert set(kept) == {"list", "ready", f"{visit.claim_id}/sign"} and visit.second.person.name not in page
    assert "data-visit-sign hidden" in page and reverse("visit-signed", args=[visit.pk]) in page
    assert set(login(client, clerk_ma).get(PACK).json()) == {"list"}
    assert login(client, xiuying).get(PACK).status_code == 403
    assert "offline" not in login(client, clerk_ma).get(reverse("visit-list")).context


def test_all_visits_are_read_in_as_few_statements_as_one(
    phone, visit, story, xiuying, xiuying_household, cabbage, clerk_ma, django_assert_num_queries
):
    phone.get(PACK)
    with CaptureQueriesContext(connection) as for_one:
        phone.get(PACK)
    more = story.to_visit(story.filed(a_lot(xiuying_household, cabbage, by=xiuying), kg=20))
    visiting.draw(more, by=clerk_ma, at=visit.drawn_at, seed=seed_for(visit))

    with django_assert_num_queries(len(for_one)):
        assert len(phone.get(PACK).json()) == 4


def test_what_a_phone_sends_twice_is_written_once_with_one_answer(phone, visit):
    with_photos(visit)
    key = str(uuid.uuid4())

    first, second = (
        send(phone, visit, found="180", conclusion="less", why="地头还能卖", key=key) for _time in range(2)
    )

    assert first.json() == second.json() == {"to": reverse("visit-list"), "number": visit.claim.number}
    visit.refresh_from_db()
    assert (visit.found, visit.conclusion, visit.why, visit.signed) == (90 * KG, "less", "地头还能卖", "paper")
    assert send(phone, visit, found="150", conclusion="less", why="别的", key=key).status_code == 409
    visit.refresh_from_db()
    assert visit.found == 90 * KG


def test_photos_come_in_halves_and_before_what_they_show(phone, visit, pictures):
    shown = ",".join(f"{which} {digest_of(photo)}" for which, photo in pictures.items())
    whole, half = pictures["whole"], len(pictures["whole"]) // 2

    early = send(phone, visit, shown=shown)
    first = send_photo(phone, visit, "whole", whole, part=whole[:half])
    again = send_photo(phone, visit, "whole", whole, part=whole[:half])
    asked = phone.get(reverse("visit-photo", args=[visit.pk, "whole", digest_of(whole)]))
    last = send_photo(phone, visit, "whole", whole, offset=half, part=whole[half:])
    twice = send_photo(phone, visit, "whole", whole, offset=half, part=whole[half:])

    assert early.status_code == 409 and early.json()["code"] == "photos_on_the_way"
    assert first.json() == asked.json() == {"have": half} and (again.status_code, again.json()["have"]) == (409, half)
    assert "to" in last.json() and "to" in twice.json()
    for which in ("near", "people"):
        assert "to" in send_photo(phone, visit, which, pictures[which]).json()
    assert send(phone, visit, shown=shown).status_code == 200
    assert Attachment.objects.filter(document=visit.claim.reference, role__startswith="visit:").count() == 3


def test_a_photo_that_shows_the_same_again_is_refused_as_it_arrives(phone, visit, pictures):
    box = io.BytesIO()
    Image.open(io.BytesIO(pictures["whole"])).resize((300, 225)).save(box, "JPEG", quality=60)
    assert "to" in send_photo(phone, visit, "whole", pictures["whole"]).json()

    again = send_photo(phone, visit, "near", pictures["whole"])
    smaller = send_photo(phone, visit, "near", box.getvalue())

    assert {again.status_code, smaller.status_code} == {400}
    assert {again.json()["code"], smaller.json()["code"]} == {"same_photos"}
    assert "to" in send_photo(phone, visit, "signature", pictures["whole"]).json()


@pytest.mark.parametrize(
    ("place", "kept"),
    [
        (("26327100", "116354800", "8"), (26_327_100, 116_354_800, 8)),
        (("", "", ""), (None, None, None)),
        (("26327100", "", "8"), (None, None, None)),
        (("-26327100", "116354800", "8"), (None, None, None)),
        (("99000000", "116354800", "8"), (None, None, None)),
        (("26327100", "116354800", "999999"), (26_327_100, 116_354_800, 100_000)),
    ],
)
def test_what_a_phone_says_of_its_place_refuses_nothing(phone, visit, place, kept):
    told = dict(zip(("latitude_e6", "longitude_e6", "accuracy_m"), place, strict=True))

    assert send(phone, with_photos(visit), **told, phone_at="99999999999999999").status_code == 200

    visit.refresh_from_db()
    assert (visit.latitude_e6, visit.longitude_e6, visit.accuracy_m) == kept and visit.phone_at is None


def test_what_cannot_be_taken_is_said_and_leaves_the_key_free(phone, visit):
    key = str(uuid.uuid4())

    lacking = send(phone, visit, key=key)
    unread = send(phone, with_photos(visit), found="很多", key=key)
    less = send(phone, visit, found="100", conclusion="less", key=key)

    assert (lacking.status_code, lacking.json()["code"]) == (400, "photos_missing")
    assert unread.status_code == 400 and less.status_code == 400
    assert send(phone, visit, key="none").status_code == 400
    assert send(phone, visit, found="100", conclusion="less", why="一半还能卖", key=key).status_code == 200


def test_an_old_page_overwrites_nothing(phone, visit):
    assert send(phone, with_photos(visit), found="180", conclusion="less", why="少").status_code == 200

    stale = send(phone, visit, found="100", conclusion="less", why="更少")

    assert (stale.status_code, stale.json()["code"]) == (409, "written_meanwhile")
    visit.refresh_from_db()
    page = phone.get(reverse("visit-record", args=[visit.claim_id])).content.decode()
    assert visit.found == 90 * KG and visit.first_signed_at.isoformat() in page
    assert (
        send(
            phone, visit, found="100", conclusion="less", why="更少", seen=visit.first_signed_at.isoformat()
        ).status_code
        == 200
    )


def test_what_happened_meanwhile_is_said_with_where_to_look(phone, visit, story, lot, cast):
    visiting.record_visit(
        with_photos(visit),
        found=90 * KG,
        conclusion="less",
        why="少",
        signed="paper",
        photos={},
        by=visit.first,
        at=visit.drawn_at,
    )
    visiting.sign_visit(visit, by=visit.second, at=visit.drawn_at)

    late = send(phone, visit)
    photo = send_photo(phone, visit, "whole", b"any", part=b"any")

    assert (late.status_code, late.json()["code"]) == (409, "visit_over")
    assert visit.second.person.name in late.json()["message"]
    assert late.json()["receipt"] == reverse("claim-detail", args=[visit.claim_id])
    assert photo.status_code == 400


def test_a_refused_report_is_said_with_its_reason(phone, visit, cast):
    answering.refuse(visit.claim, code="sold", reason="这批菜卖掉了。", by=cast["approver"], at=visit.drawn_at)

    late = send(phone, visit)

    assert late.json()["code"] == "visit_over" and "这批菜卖掉了。" in late.json()["message"]


def test_whoever_fell_out_is_told_and_a_new_second_changes_nothing_for_the_first(
    client, phone, visit, bureau, clerk_ma
):
    for name in ("曾检查", "温检查"):
        factories.a_user(name, "verifier", bureau)
    key = str(uuid.uuid4())
    signs = visiting.redraw(visit, who="second", why="ill", by=clerk_ma, at=visit.drawn_at)

    assert send(phone, with_photos(signs), key=key).status_code == 200
    signs.refresh_from_db()
    assert signs.found == 100 * KG
    visiting.redraw(signs, who="first", why="ill", by=clerk_ma, at=visit.drawn_at)

    late = send(phone, visit, found="180", conclusion="less", why="少")
    assert late.json()["code"] == "visit_over" and "另抽了别人" in late.json()["message"]
    assert phone.get(reverse("visit-record", args=[visit.claim_id])).status_code == 404
    assert set(phone.get(PACK).json()) == {"list", "ready"}


def test_the_desk_draws_another_on_the_page_and_sees_who_fell_out(client, visit, bureau, clerk_ma):
    other = factories.a_user("曾检查", "verifier", bureau)
    login(client, clerk_ma)
    typed = {"who": "first", "why": "ill", "note": "住院", "idem": "r"}

    page = client.post(reverse("visit-redraw", args=[visit.claim_id]), typed, follow=True).content.decode()

    assert "另抽了一个核实人" in page and f"{visit.first.person.name}，病了，住院" in page and visit.seed in page
    assert other.person.name in page
    path = f"/api/v1/claims/{visit.claim_id}/visit/redraw/"
    told = client.post(path, {"who": "second", "why": "ill"}, headers={"Idempotency-Key": "r2"})
    assert told.status_code == 409
    assert login(client, other).post(path, {"who": "second", "why": "ill"}).status_code == 403


def test_the_page_of_another_person_sends_nothing(client, visit):
    login(client, visit.first)
    others = {"Draft-Owner": str(visit.second.pk)}

    told = send(client, with_photos(visit), headers=others)
    photo = send_photo(client, visit, "whole", b"any", **others)

    assert {told.json()["code"], photo.json()["code"]} == {"other_person"}
    visit.refresh_from_db()
    assert visit.first_signed_at is None


def test_a_visit_kept_by_a_phone_is_nobody_elses(client, visit, clerk_ma):
    for person in (visit.second, clerk_ma):
        login(client, person)
        assert send(client, visit).status_code == send_photo(client, visit, "whole", b"any").status_code == 404
    login(client, visit.first)
    Membership.objects.filter(person=visit.first.person).update(to_on=LONG_AGO.replace(year=2021))
    assert send(client, visit).status_code == 404


def test_a_photo_of_something_else_has_no_place(phone, visit):
    assert send_photo(phone, visit, "else", b"any").status_code == 404
