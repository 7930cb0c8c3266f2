"""The second look knows a photo again after all that is done to photos, and no other photo for it."""

import datetime as dt
import io
import time
from pathlib import Path

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageOps

from records import photo_points
from records.models import Attachment, PhotoMatch, PhotoPoints
from records.selectors.photos import looks_at, matches_of
from records.selectors.policy import DEFAULTS
from records.services import second_look
from records.services.files import attach, forget_unused
from records.services.looks import ask_for_look
from records.services.photos import derivative, receive_photo
from tests.factories import FRIDAY, MONDAY
from tests.records.transformed import TRANSFORMED, cut, found_again, looked_at, pressed, taken_for_another

DATA = Path(__file__).resolve().parents[3] / "shared/data/07_photos"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="the real photos (shared/data/07_photos) are not here")


def heap(seed: int, size=(800, 600)) -> Image.Image:
    """Return a drawn heap of many pieces with marks on them, like no other seed's."""
    draw = np.random.default_rng(seed)
    ground = Image.fromarray(draw.integers(90, 170, (60, 80, 3), dtype=np.uint8)).resize(size, Image.Resampling.BICUBIC)
    canvas = ImageDraw.Draw(ground)
    for x, y, wide, high, tone, mark in draw.integers((0, 0, 18, 18, 40, 0), (800, 600, 90, 90, 240, 255), (260, 6)):
        box = (x - wide // 2, y - high // 2, x + wide // 2, y + high // 2)
        canvas.ellipse(box, fill=(int(tone), int(mark), int(255 - tone)), outline=(30, 30, 20), width=2)
        canvas.line((x - wide // 4, y, x + wide // 4, y + high // 5), fill=(int(mark),) * 3, width=3)
    return ground


def test_a_photo_is_known_again_whatever_was_done_to_it():
    rates = found_again([heap(seed) for seed in range(5)])

    assert set(rates) == set(TRANSFORMED)
    assert min(rates.values()) >= 0.95, rates


@pytest.mark.parametrize(("many", "pairs"), [(23, 253), pytest.param(46, 1035, marks=pytest.mark.gates)])
def test_of_a_thousand_pairs_of_different_photos_at_most_one_is_taken_for_the_same(many, pairs):
    wrong, compared = taken_for_another([heap(seed) for seed in range(100, 100 + many)])

    assert compared == pairs
    assert wrong * 1000 <= pairs


@needs_data
@pytest.mark.gates
def test_real_photos_are_known_again_and_not_taken_for_others(capsys):
    pictures = []
    for file in sorted([*DATA.glob("produce/*"), *DATA.glob("exif_gps/*"), *DATA.glob("phone/*")]):
        with Image.open(file) as picture:
            upright = ImageOps.exif_transpose(picture).convert("RGB")
        upright.thumbnail((1600, 1600))
        pictures.append(upright)

    rates = found_again(pictures)
    wrong, pairs = taken_for_another(pictures)

    with capsys.disabled():
        print(f"\n{len(pictures)} photos: {rates}; {wrong} of {pairs} pairs taken for one")
    assert len(pictures) > 20
    assert min(rates.values()) >= 0.95, rates
    assert wrong * 1000 <= pairs


def sent(picture: Image.Image) -> SimpleUploadedFile:
    box = io.BytesIO()
    picture.save(box, "JPEG", quality=80)
    return SimpleUploadedFile("x.jpg", box.getvalue())


@pytest.fixture
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def shown(own_media, db):
    """Show a picture with a document, as a photo that came in by the door, and ask for the second look."""

    def show(picture, document="claim:1", *, ties=("household:1",), role="claim", by=None, at=MONDAY) -> Attachment:
        file = receive_photo(sent(picture), by=by, at=at, public=False)
        hung = attach(document, file, role, by=by, at=at)
        ask_for_look([hung], ties=ties)
        return hung

    return show


def matched(*hung) -> list[tuple[int, int]]:
    return [(row.look_id, row.other_id) for row in matches_of(hung)]


def test_the_later_photo_names_the_earlier_one_and_never_the_other_way(shown):
    first, other = shown(heap(1)), shown(heap(2))
    later = shown(cut(ImageOps.mirror(heap(1)), 0.1), "claim:2")

    assert second_look.look_at_waiting(at=FRIDAY) == 3
    assert second_look.look_at_waiting(at=FRIDAY) == 0
    assert matched(first, other, later) == [(later.pk, first.pk)]
    assert PhotoMatch.objects.get().points >= photo_points.ALIKE
    assert [(look.opened, look.compared) for look in looks_at("claim:2")] == [(True, 2)]
    assert len(bytes(PhotoPoints.objects.get(file=first.file).points)) <= 36 * photo_points.MOST


def test_a_photo_without_a_tie_is_not_compared_point_by_point_but_its_print_is(shown):
    first = shown(heap(1))
    turned = shown(heap(1).rotate(90, expand=True), "claim:2", ties=["household:2"])
    pressed_again = shown(pressed(heap(1)), "claim:3", ties=["household:3"])
    second_look.look_at_waiting(at=FRIDAY)

    assert matched(turned) == []
    assert matched(pressed_again) == [(pressed_again.pk, first.pk)]
    assert PhotoMatch.objects.get().points == 0


def test_what_one_person_sends_within_a_season_is_compared_and_not_what_came_before(shown, cadre_liu):
    old = shown(heap(1), by=cadre_liu, at=MONDAY - dt.timedelta(days=181))
    young = shown(heap(2), by=cadre_liu, at=MONDAY - dt.timedelta(days=179))
    again = [
        shown(heap(seed).rotate(90, expand=True), f"claim:{seed + 1}", ties=["household:9"], by=cadre_liu)
        for seed in (1, 2)
    ]
    second_look.look_at_waiting(at=FRIDAY)

    assert matched(*again) == [(again[1].pk, young.pk)]
    assert matched(old, young) == []


def test_only_the_newest_are_compared(shown, monkeypatch):
    first = shown(heap(1))
    monkeypatch.setitem(DEFAULTS, "photos_compared", 1)
    shown(heap(2), "claim:2")
    turned = shown(heap(1).rotate(90, expand=True), "claim:3")
    second_look.look_at_waiting(at=FRIDAY)

    assert matched(turned) == []
    monkeypatch.setitem(DEFAULTS, "photos_compared", 3)
    again = shown(heap(1).rotate(90, expand=True), "claim:4")
    second_look.look_at_waiting(at=FRIDAY)
    assert (again.pk, first.pk) in matched(again)


def test_a_photo_that_the_disk_has_lost_is_looked_at_and_says_so(shown):
    hung = shown(heap(1))
    derivative(hung.file, second_look.PX).unlink()

    assert second_look.look_at_waiting(at=FRIDAY) == 1
    assert [(look.opened, look.looked_at) for look in looks_at("claim:1")] == [(False, FRIDAY)]


def test_a_look_that_fell_is_made_by_the_next_run(shown, monkeypatch):
    shown(heap(1))
    with monkeypatch.context() as broken:
        broken.setattr(photo_points, "points_of", lambda _grey: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            second_look.look_at_waiting(at=FRIDAY)
    assert not PhotoPoints.objects.exists()

    assert second_look.look_at_waiting(at=FRIDAY) == 1


def test_a_photo_waits_until_whoever_came_before_has_written(shown):
    shown(heap(1), at=FRIDAY)

    assert second_look.look_at_waiting(at=FRIDAY + second_look.SETTLED - dt.timedelta(seconds=1)) == 0
    assert second_look.look_at_waiting(at=FRIDAY + second_look.SETTLED) == 1


def test_a_run_ends_in_time_and_leaves_the_rest_to_the_next(shown):
    shown(heap(1))

    assert second_look.look_at_waiting(at=FRIDAY, seconds=0) == 0


def test_what_is_kept_of_a_photo_is_no_use_of_it(shown):
    """Else no photo would ever be let go of."""
    hung = shown(heap(1))
    second_look.look_at_waiting(at=FRIDAY)
    loose = receive_photo(sent(heap(2)), by=None, at=MONDAY, public=False)
    PhotoPoints.objects.create(file=loose, points=b"")

    assert forget_unused(at=MONDAY + dt.timedelta(days=8)) == 1
    assert derivative(hung.file, 240).exists()


def test_three_hundred_photos_are_compared_in_less_than_five_seconds_of_one_core():
    ways = looked_at(heap(1))
    kept = [looked_at(heap(seed))[0].packed() for seed in range(2, 7)]
    began = time.process_time()

    for packed in kept * 6:
        assert not any(photo_points.alike(way, photo_points.unpacked(packed)) for way in ways)

    assert (time.process_time() - began) * 10 < 5
