"""The photo over a net that breaks: it goes on where it broke off, byte for byte, and a quick net takes it at once."""

import io

import pytest
from PIL import Image

from records.models import StoredFile
from records.services import pieces
from tests.browser.test_selling_phone import Thumb, keeps_no_photo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PIECE = 32 * 1024


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def noisy() -> dict:
    """A photo that stays heavy when it is made small: about 200 KB leave the phone."""
    out = io.BytesIO()
    noise = [Image.effect_noise((800, 600), spread) for spread in (60, 50, 40)]
    Image.merge("RGB", noise).save(out, "JPEG", quality=92)
    return {"name": "IMG_2.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


@pytest.fixture
def arrived(monkeypatch) -> list[tuple[int, int]]:
    """Offset and length of every piece that reached the server, whether it took it or not."""
    heard, add = [], pieces.add_piece

    def listen(place, digest, data, *, offset, total, by):
        heard.append((offset, len(data)))
        return add(place, digest, data, offset=offset, total=total, by=by)

    monkeypatch.setattr(pieces, "add_piece", listen)
    return heard


def break_at(page, number: int) -> list[int]:
    """Let the connection of this piece break before it arrives; return the list of those that left."""
    left = []

    def fate(route):
        if route.request.method != "POST":
            return route.continue_()
        left.append(int(route.request.headers["upload-offset"]))
        return route.abort("connectionreset") if len(left) == number else route.continue_()

    page.route("**/photo/**", fate)
    return left


def test_an_upload_that_breaks_goes_on_from_its_byte(phone, now, xiuying, cabbage, noisy, arrived):
    page = phone(xiuying, by_code=False, worker=False)
    page.add_init_script(f"sessionStorage['liujin-piece'] ??= {PIECE}")
    page.set_default_timeout(40_000)
    left = break_at(page, 2)
    thumb = Thumb(page)
    page.goto("/")
    thumb.photograph(noisy)
    thumb.waits_for("照片已收到")

    photo = StoredFile.objects.get()
    assert photo.size > 4 * PIECE
    assert left[:3] == [0, PIECE, PIECE]  # the broken piece alone left twice
    assert [offset for offset, _length in arrived] == [0, *_sums(arrived)[:-1]]
    assert sum(length for _offset, length in arrived) == photo.size  # and no byte arrived twice


def test_a_page_that_dies_in_the_middle_leaves_the_rest_for_the_next_one(phone, now, xiuying, cabbage, noisy, arrived):
    page = phone(xiuying, by_code=False, worker=False)
    context = page.context
    context.add_init_script(f"sessionStorage['liujin-piece'] ??= {PIECE}")
    thumb = Thumb(page)
    page.goto("/")

    def is_later_piece(request):
        return request.method == "POST" and int(request.headers.get("upload-offset", 0)) >= PIECE

    page.route("**/photo/**", lambda route: None if is_later_piece(route.request) else route.continue_())
    with page.expect_request(is_later_piece):
        thumb.photograph(noisy)
    assert [offset for offset, _length in arrived] == [0]
    page.close()

    page = context.new_page()
    page.goto("/")
    keeps_no_photo(page)

    photo = StoredFile.objects.get()
    assert arrived[1][0] == PIECE
    assert sum(length for _offset, length in arrived) == photo.size


def test_a_quick_net_takes_the_photo_in_one_request(phone, now, xiuying, cabbage, noisy, arrived):
    page = phone(xiuying, by_code=False)
    asked = []
    page.on("request", lambda request: asked.append(request.method) if "/photo/" in request.url else None)
    thumb = Thumb(page)
    page.goto("/")
    thumb.photograph(noisy)
    thumb.waits_for("照片已收到")

    assert asked == ["POST"]
    assert arrived == [(0, StoredFile.objects.get().size)]


def test_pieces_grow_on_a_quick_net(phone, now, xiuying, cabbage, noisy, arrived):
    page = phone(xiuying, by_code=False)
    page.add_init_script(f"sessionStorage['liujin-piece'] ??= {PIECE}")
    thumb = Thumb(page)
    page.goto("/")
    thumb.photograph(noisy)
    thumb.waits_for("照片已收到")

    assert len(arrived) == 2 and arrived[0] == (0, PIECE)


def _sums(arrived) -> list[int]:
    return [sum(length for _offset, length in arrived[: n + 1]) for n in range(len(arrived))]
