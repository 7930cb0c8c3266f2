"""What the rules say of a claim's photos: seen before, twice in one claim, of a screen or changed, not compared yet."""

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from losses.models import LossClaim
from losses.services import awarding, claiming, early, findings, visiting
from losses.services.photo_rules import document_words, photo_looks
from losses.services.rules import look
from records.models import Finding
from records.services import second_look
from records.services.files import attach
from records.services.photos import receive_photo
from tests.factories import FRIDAY, MONDAY, TUESDAY
from tests.losses.steps import KG, LOST_ON, a_photo
from tests.records.test_second_look import heap
from tests.records.transformed import cut

pytestmark = pytest.mark.django_db


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
    early.give_notice(
        goods=lot, cause="unsold", about=20 * KG, seen_on=LOST_ON, words="", by=xiuying, at=MONDAY,
        photos=[taken(heap(1), by=xiuying)],
    )  # fmt: skip
    taken_back = story.filed(lot, photos=[taken(heap(1), by=xiuying, quality=70)])
    compared()
    assert seen(taken_back, "photo_again")[0] == "green"

    claiming.withdraw(taken_back, by=xiuying, at=TUESDAY)
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

    with django_assert_max_num_queries(6):
        photo_looks(LossClaim.objects.get(pk=claim.pk))
