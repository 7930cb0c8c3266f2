"""What the rules say of a claim's photos: seen before, twice in one claim, of a screen or changed, not compared yet."""

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from kernel.clock import COUNTY_ZONE
from losses.models import LossClaim
from losses.pages.evidence import photo_groups
from losses.selectors import claims
from losses.services import answering, awarding, findings, loss_notices, visiting
from losses.services.photo_rules import document_words, photo_looks
from losses.services.rules import look
from records.models import Finding, StoredFile
from records.services import second_look
from records.services.files import attach, store_bytes
from records.services.photos import receive_photo
from tests.factories import FRIDAY, MONDAY, TUESDAY, login
from tests.losses.pages import a_jpeg
from tests.losses.steps import KG, LOST_ON, a_photo
from tests.records.test_second_look import heap
from tests.records.transformed import cut, on_a_screen

pytestmark = pytest.mark.django_db
SECOND = f"{LOST_ON:%Y:%m:%d} 08:15:42"  # as cameras write it


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def taken(picture: Image.Image, *, by, at=MONDAY, **how):
    """Return a photo as the doors receive it."""
    box = io.BytesIO()
    picture.save(box, "JPEG", **{"quality": 85, **how})
    return receive_photo(SimpleUploadedFile("x.jpg", box.getvalue()), by=by, at=at, public=False)


def seen(claim, rule):
    """Return colour and sentence of one rule."""
    found = next(one for one in look(LossClaim.objects.get(pk=claim.pk), at=FRIDAY) if one.rule == rule)
    return found.colour, found.detail


def compared():
    return second_look.look_at_waiting(at=FRIDAY)


def test_the_later_claim_is_held_for_a_cut_and_mirrored_copy_and_the_first_is_not(
    story, lot, neighbours_lot, xiuying, guiying
):
    first = story.filed(lot, photos=[taken(heap(1), by=xiuying)])
    copy = taken(cut(heap(1).transpose(Image.Transpose.FLIP_LEFT_RIGHT), 0.1), by=guiying)
    later = story.filed(neighbours_lot, photos=[taken(heap(2), by=guiying), copy])
    compared()

    colour, words = seen(later, "photo_again")
    assert colour == "amber"
    assert words.startswith(f"上报照片第 2 张和报损 {first.number}的一张照片是同一个画面（有 ")
    assert seen(first, "photo_again") == ("green", "以前没有照片拍的是同一个画面。")


def test_a_photo_of_the_lot_s_own_offer_is_no_photo_of_its_loss(story, lot, xiuying):
    offer = taken(heap(1), by=xiuying)
    attach(lot.reference, offer, "listing", by=xiuying, at=MONDAY)
    claim = story.filed(lot, photos=[taken(heap(1), by=xiuying, quality=60)])
    compared()

    assert seen(claim, "photo_again") == (
        "amber", f"上报照片第 1 张和货 {lot.number}的一张照片是同一个画面（看上去一样）。",
    )  # fmt: skip


def test_the_notice_a_report_answers_and_a_report_taken_back_may_show_the_same(story, lot, xiuying):
    loss_notices.give_notice(
        goods=lot, cause="unsold", about=20 * KG, seen_on=LOST_ON, words="", by=xiuying, at=MONDAY,
        photos=[taken(heap(1), by=xiuying)],
    )  # fmt: skip
    taken_back = story.filed(lot, photos=[taken(heap(1), by=xiuying, quality=70)])
    compared()
    assert seen(taken_back, "photo_again")[0] == "green"

    answering.withdraw(taken_back, by=xiuying, at=TUESDAY)
    again = story.filed(lot, photos=[taken(cut(heap(1), 0.02), by=xiuying)], at=TUESDAY)
    compared()

    assert seen(again, "photo_again")[0] == "green"


def test_the_same_picture_twice_in_one_claim_is_said_in_words(story, lot, xiuying):
    claim = story.filed(lot, photos=[taken(heap(1), by=xiuying), taken(cut(heap(1), 0.1), by=xiuying)])
    compared()

    colour, words = seen(claim, "photo_twice")
    assert colour == "amber"
    assert words.startswith("上报照片第 2 张和上报照片第 1 张是同一个画面（有 ")
    assert seen(claim, "photo_again")[0] == "green"


def test_a_verifier_who_sends_the_household_s_own_photo_is_noticed(story, lot, xiuying):
    claim = story.filed(lot, photos=[taken(heap(1), by=xiuying)])
    visit = story.drawn(claim)
    shown = {"whole": cut(heap(1), 0.1), "near": heap(2), "people": heap(3)}
    photos = {which: taken(picture, by=visit.first) for which, picture in shown.items()}
    visiting.record_visit(
        visit, found=50 * KG, why="", conclusion="there", signed="paper", photos=photos,
        by=visit.first, at=visit.drawn_at,
    )  # fmt: skip
    second_look.look_at_waiting(at=visit.drawn_at + dt.timedelta(minutes=1))

    assert seen(claim, "photo_twice")[1].startswith("核查照片第 1 张和上报照片第 1 张是同一个画面")


def test_a_visit_s_photo_sent_anew_is_judged_alone(story, lot, xiuying):
    claim = story.filed(lot, photos=[taken(heap(1), by=xiuying)])
    visit = story.drawn(claim)
    for quality in (85, 60):
        visiting.show(
            visit, "whole", taken(heap(2), by=visit.first, quality=quality), by=visit.first, at=visit.drawn_at
        )
    second_look.look_at_waiting(at=visit.drawn_at + dt.timedelta(minutes=1))

    assert seen(claim, "photo_twice")[0] == "green"
    assert seen(claim, "photos_compared") == ("green", "2 张照片，每张和同户、同村同品种、同一人交来的最多 2 张比过。")


def test_what_is_not_compared_yet_is_not_awarded_and_then_is(story, lot, xiuying, director_lin):
    claim = story.on_county_notice(story.filed(lot, photos=[taken(heap(1), by=xiuying)]))
    ended = claim.county_notice.ends_at
    assert seen(claim, "photos_compared") == ("amber", "还有 1 张照片没有比对完，要几分钟，过一会儿再看。")

    with pytest.raises(findings.LookAgain, match="没有比对完"):
        awarding.award(claim, by=director_lin, at=ended)

    second_look.look_at_waiting(at=ended)
    awarding.award(LossClaim.objects.get(pk=claim.pk), by=director_lin, at=ended + dt.timedelta(minutes=1))
    claim.refresh_from_db()
    assert claim.status == "awarded"


def test_somebody_else_may_clear_what_was_not_compared_should_the_background_stand_still(
    story, lot, xiuying, director_lin, clerk_ma
):
    claim = story.on_county_notice(story.filed(lot, photos=[taken(heap(1), by=xiuying)]))
    waiting = Finding.objects.get(document=claim.reference, rule="photos_compared")
    findings.clear_finding(waiting, claim, reason="后台停了，逐张看过", by=clerk_ma, at=FRIDAY)

    awarding.award(claim, by=director_lin, at=claim.county_notice.ends_at)


def test_a_photo_the_disk_has_lost_is_to_be_compared_by_eye(story, lot, xiuying, tmp_path):
    photo = taken(heap(1), by=xiuying)
    claim = story.filed(lot, photos=[photo])
    second_look.derivative(photo, second_look.PX).unlink()
    compared()

    assert seen(claim, "photos_compared") == ("amber", "有 1 张照片打不开，没能比对，请用眼睛看。")


def test_the_same_bytes_hold_the_later_claim_alone(story, lot, neighbours_lot, guiying, xiuying):
    first = story.filed(lot, photos=[a_photo("one heap", by=xiuying)])
    later = story.filed(neighbours_lot, photos=[a_photo("one heap", by=guiying)])

    assert (seen(first, "same_photo")[0], seen(later, "same_photo")[0]) == ("green", "red")


def camera(**tags) -> Image.Exif:
    written = Image.Exif()
    for tag, words in tags.items():
        written[{"make": 0x010F, "model": 0x0110, "software": 0x0131}[tag]] = words
    return written


@pytest.mark.parametrize(
    ("size", "tags", "colour", "words"),
    [
        ((1080, 2340), {}, "amber", "大小和手机屏幕一样（1080 × 2340），又没写是哪个相机"),
        ((2340, 1080), {}, "amber", "大小和手机屏幕一样"),
        ((1080, 2340), {"make": "HONOR"}, "green", "没看出"),
        ((1081, 2340), {}, "green", "没看出"),
        ((600, 400), {"software": "Adobe Photoshop 25.1"}, "amber", "照片自己写着用 Adobe Photoshop 25.1 处理过"),
        ((600, 400), {"software": "HarmonyOS 4.2"}, "green", "没看出"),
    ],
)
def test_a_photo_of_a_screen_or_from_a_program_is_looked_at(story, lot, xiuying, size, tags, colour, words):
    claim = story.filed(lot, photos=[taken(heap(1).resize(size), by=xiuying, exif=camera(**tags))])

    found = seen(claim, "photo_made")
    assert found[0] == colour and words in found[1]


def test_documents_without_a_number_here_are_named_all_the_same():
    assert document_words(["receipt:7", "claim:0", "odd"]) == dict.fromkeys(
        ["receipt:7", "claim:0", "odd"], "另一份单子"
    )


def test_the_rules_on_photos_ask_few_questions(story, lot, xiuying, django_assert_max_num_queries):
    claim = story.filed(lot, photos=[taken(heap(seed), by=xiuying) for seed in (1, 2, 3)])
    compared()

    with django_assert_max_num_queries(7):
        photo_looks(LossClaim.objects.get(pk=claim.pk))


def test_the_desk_sees_both_photos_side_by_side_and_the_household_nothing_of_it(
    client, now, story, lot, neighbours_lot, xiuying, guiying, clerk_ma
):
    first = story.filed(lot, photos=[taken(heap(1), by=xiuying)])
    later = story.visited(story.filed(neighbours_lot, photos=[taken(cut(heap(1), 0.1), by=guiying)]))
    second_look.look_at_waiting(at=later.due_at)
    now.at = later.due_at

    login(client, clerk_ma)
    page = client.get(reverse("claim-compute", args=[later.pk])).content.decode()
    assert "以前见过的画面" in page
    for claim in (first, later):
        shown = claims.photos(claim)[0]
        address = reverse("claim-photo", args=[claim.pk, shown.file_id])
        assert f'src="{address}?px=240"' in page
        answer = client.get(address)
        assert answer.status_code == 200 and b"".join(answer.streaming_content)

    login(client, guiying)
    own = client.get(reverse("claim-detail", args=[later.pk])).content.decode()
    assert "同一个画面" not in own and first.number not in own


def test_a_photo_tells_its_three_times_and_a_signature_nobody_verified(story, lot, xiuying):
    written = camera(make="HONOR")
    written.get_ifd(0x8769)[0x9003] = "2026:11:01 16:00:56"
    box = io.BytesIO()
    heap(1).save(box, "JPEG", exif=written)
    signed = signed_jpeg(box.getvalue())
    photo = receive_photo(SimpleUploadedFile("x.jpg", signed), by=xiuying, at=MONDAY, phone_ms="1793520120000")
    claim = story.filed(lot, photos=[photo, taken(heap(2), by=xiuying)])

    groups = photo_groups(claim)
    arrived = f"{MONDAY.astimezone(COUNTY_ZONE):%Y-%m-%d %H:%M} 传到"
    assert [shown.caption for shown in groups[0].items] == [
        f"第 1 张，相机记的是 2026-11-01 16:00，手机记的是 2026-11-01 16:02，{arrived}，带相机签名（没有验过真假）",
        f"第 2 张，相机没记时间，{arrived}",
    ]


def test_a_clock_that_cannot_be_is_called_so(story, lot, xiuying):
    written = camera()
    written.get_ifd(0x8769)[0x9003] = "2099:01:01 00:00:00"
    claim = story.filed(lot, photos=[taken(heap(1), by=xiuying, exif=written)])

    assert "相机记的是 2099-01-01 00:00，不可能" in photo_groups(claim)[0].items[0].caption


@pytest.mark.parametrize(
    ("phone_ms", "kept"), [("1793520120000", "2026-11-01T08:02:00+00:00"), ("", None), ("-1", None), ("9" * 40, None)]
)
def test_what_the_phone_says_of_the_time_is_kept_where_it_can_be_read(xiuying, phone_ms, kept):
    box = io.BytesIO()
    heap(1).save(box, "JPEG")
    photo = receive_photo(SimpleUploadedFile("x.jpg", box.getvalue()), by=xiuying, at=MONDAY, phone_ms=phone_ms)

    assert photo.facts.get("phone") == kept


def signed_jpeg(raw: bytes, name: bytes = b"c2pa", marker: bytes = b"\xff\xeb") -> bytes:
    """Return a JPEG with a box of a manifest behind its first segment, as cameras that sign write it."""
    box = b"JP\0\1\0\0\0\1" + b"\0\0\0\x40jumb" + b"\0\0\0\x20jumd" + name + b"\0\x11\0\x10" + bytes(30)
    first = 4 + int.from_bytes(raw[4:6], "big")
    return raw[:first] + marker + (len(box) + 2).to_bytes(2, "big") + box + raw[first:]


@pytest.mark.parametrize(
    ("how", "signed"),
    [({}, "c2pa"), ({"name": b"else"}, None), ({"marker": b"\xff\xec"}, None)],
    ids=["signed", "another box", "another segment"],
)
def test_a_signature_of_a_camera_is_told_from_other_boxes(xiuying, how, signed):
    box = io.BytesIO()
    heap(1).save(box, "JPEG")
    photo = receive_photo(SimpleUploadedFile("x.jpg", signed_jpeg(box.getvalue(), **how)), by=xiuying, at=MONDAY)

    assert photo.facts.get("signed") == signed


def test_a_photo_shown_on_a_screen_is_known_by_its_bars_also_when_the_browser_shrank_it(story, lot, xiuying):
    small = on_a_screen(heap(1)).resize((738, 1600))
    tall = heap(2).resize((738, 1600))
    claim = story.filed(lot, photos=[taken(small, by=xiuying), taken(tall, by=xiuying)])
    compared()

    assert seen(claim, "photo_made") == ("amber", "上报照片第 1 张：画面上下有横条，像是手机屏幕上截下来的。")


def test_a_photo_of_the_form_brings_the_phone_s_time_along(client, now, scheme, lot, xiuying):
    login(client, xiuying)
    report = {
        "quantity_0": "100", "quantity_1": "jin", "cause": "unsold", "happened_on": "2026-11-02", "idem": "1",
        "photos": [a_jpeg("red"), a_jpeg("blue")], "photos_at": ["1793520120000", "1793520180000"],
        "sure": "1", "elsewhere": "no",
    }  # fmt: skip
    client.post(reverse("claim-new", args=[lot.pk]), report)

    told = [row.file.facts["phone"] for row in claims.photos(LossClaim.objects.get())]
    assert told == ["2026-11-01T08:02:00+00:00", "2026-11-01T08:03:00+00:00"]


def dated(day: dt.date, *, by, **facts):
    """Return a photo whose camera wrote this day."""
    raw, kind = f"{day} {facts}".encode(), StoredFile.Kind.PHOTO
    said = {"taken": f"{day}T08:00:00", **facts}
    return store_bytes(raw, kind=kind, media_type="image/jpeg", by=by, at=MONDAY, facts=said)


@pytest.mark.parametrize(
    ("days", "clock", "said"),
    [
        (7, {}, ("green", "写了拍摄时间的，没有一张比损失早 7 天以上。")),
        (8, {}, ("amber", "上报照片第 1 张：相机写的是 2026-10-25，比损失早 8 天。")),
        (8, {"clock": "impossible"}, ("green", "说不清：报损的照片都没有写几时拍的。")),
    ],
    ids=["a week", "a day more", "a clock that cannot be"],
)
def test_a_photo_older_than_the_loss_is_looked_at(story, lot, xiuying, days, clock, said):
    photo = dated(LOST_ON - dt.timedelta(days=days), by=xiuying, **clock)

    assert seen(story.filed(lot, photos=[photo]), "photo_old") == said


def test_of_photos_without_a_day_nothing_is_said(story, lot):
    assert seen(story.filed(lot), "photo_old") == ("green", "说不清：报损的照片都没有写几时拍的。")


def by_camera(picture, *, by, taken_at=SECOND, serial="", **names):
    """Return a photo in which a camera wrote its name and the second."""
    written = camera(**names)
    inner = written.get_ifd(0x8769)
    inner[0x9003] = taken_at
    if serial:
        inner[0xA431] = serial
    return taken(picture, by=by, exif=written)


@pytest.mark.parametrize(
    ("other", "colour"),
    [
        ({}, "amber"),
        ({"serial": "A1"}, "green"),
        ({"model": "P50"}, "green"),
        ({"taken_at": f"{LOST_ON:%Y:%m:%d} 08:15:43"}, "green"),
    ],
    ids=["the like of it", "another one of the kind", "another kind", "a second later"],
)
def test_the_later_claim_is_looked_at_for_one_camera_in_one_second(
    story, lot, neighbours_lot, xiuying, guiying, other, colour
):
    kind = {"make": "HONOR", "model": "X40"}
    first = story.filed(lot, photos=[by_camera(heap(1), by=xiuying, **kind)])
    later = story.filed(neighbours_lot, photos=[by_camera(heap(2), by=guiying, **kind | other)])

    assert seen(later, "photo_moment")[0] == colour
    assert (first.number in seen(later, "photo_moment")[1]) == (colour == "amber")
    assert seen(first, "photo_moment")[0] == "green"


@pytest.mark.parametrize("names", [{}, {"make": "HONOR"}], ids=["no name", "no clock"])
def test_a_photo_without_camera_or_moment_is_unknown(story, lot, neighbours_lot, xiuying, guiying, names):
    when = SECOND if not names else "2099:01:01 00:00:00"
    story.filed(lot, photos=[by_camera(heap(1), by=xiuying, taken_at=when, **names)])
    later = story.filed(neighbours_lot, photos=[by_camera(heap(2), by=guiying, taken_at=when, **names)])

    assert seen(later, "photo_moment")[0] == "green"
    assert seen(later, "photo_moment")[1].startswith("不清楚")


def test_an_own_report_filed_anew_shows_what_it_showed(story, lot, xiuying, cadre_wu):
    kind = {"make": "HONOR", "model": "X40"}
    refused = story.filed(lot, photos=[by_camera(heap(1), by=xiuying, **kind)])
    answering.refuse(refused, code="other", reason="照片看不清楚", by=cadre_wu, at=TUESDAY)
    anew = story.filed(lot, photos=[by_camera(heap(2), by=xiuying, **kind)])

    assert seen(anew, "photo_moment")[0] == "green"
