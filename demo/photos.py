"""Photos of the demo, drawn by us: a heap of produce in a basket, fresh or gone bad; no real photo is used anywhere."""

import io
import random

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

SIZE, SENT = (1280, 960), (960, 720)  # drawn, and as it leaves the phone
# What one piece of each picture looks like: size, two tones of body, tone of the mark on it.
LOOKS = {
    "cabbage": (150, (150, 190, 110), (110, 160, 80), (205, 225, 175)),
    "lotus": (46, (235, 224, 196), (214, 196, 160), (120, 150, 90)),
    "orange": (110, (238, 142, 42), (216, 112, 24), (250, 190, 110)),
    "radish": (90, (240, 238, 232), (214, 208, 196), (130, 170, 90)),
    "sweet_potato": (105, (168, 84, 78), (134, 58, 58), (206, 130, 118)),
    "egg": (74, (226, 184, 148), (202, 152, 114), (244, 214, 188)),
    "mushroom": (84, (136, 100, 72), (104, 72, 50), (206, 186, 160)),
    "pepper": (70, (196, 52, 40), (150, 34, 28), (96, 140, 60)),
    "rice": (22, (240, 234, 218), (220, 210, 186), (250, 248, 240)),
    "duck": (180, (240, 240, 236), (206, 206, 198), (230, 150, 50)),
    "chicken": (170, (178, 104, 48), (136, 74, 34), (206, 52, 40)),
    "basket": (80, (128, 160, 92), (98, 128, 70), (186, 206, 150)),
}
LOOKS |= {"lotus_dried": LOOKS["lotus"], "mandarin": LOOKS["orange"], "tea_tree_mushroom": LOOKS["mushroom"]}
ROTTEN = (88, 74, 50)


def draw_heap(
    picture: str, *, seed: int, spoiled: int = 0, person: bool = False, near: bool = False
) -> SimpleUploadedFile:
    """Return a photo of a heap as a phone sends it, `spoiled` percent brown, from near or with a person if asked."""
    draw = random.Random(seed)  # noqa: S311  (a drawing, not a secret)
    piece, body, shade, mark = LOOKS.get(picture, LOOKS["basket"])
    light = draw.randint(-14, 14)
    image = Image.new("RGB", SIZE, (176 + light, 164 + light, 144 + light))
    canvas = ImageDraw.Draw(image)
    _ground(canvas, draw)
    _yard(canvas, draw)
    if person:
        _person(canvas, draw)
    middle, floor = draw.randint(560, 720), draw.randint(760, 830)
    rows = max(5, 560 // piece)
    for row in range(rows):
        wide = max(piece // 2, 390 * (rows - row) // rows)
        step = max(16, piece * 55 // 100)
        for x in range(middle - wide, middle + wide + 1, step):
            y = floor - row * piece * 9 // 20 + draw.randint(-piece // 8, piece // 8)
            bad = draw.randint(0, 99) < spoiled
            across = x + draw.randint(-piece // 6, piece // 6)
            _piece(canvas, draw, across, y, piece, ROTTEN if bad else body, (60, 50, 34) if bad else shade, mark, bad)
    _basket(canvas, middle, floor)
    if near:
        image = image.crop((middle - 200, floor - 300, middle + 100, floor - 75))
    out = io.BytesIO()
    image.resize(SENT, Image.Resampling.BILINEAR).save(out, "JPEG", quality=80)
    return SimpleUploadedFile(f"heap-{seed}.jpg", out.getvalue(), "image/jpeg")


def _ground(canvas, draw):
    for _n in range(240):
        x, y = draw.randint(0, SIZE[0]), draw.randint(620, SIZE[1])
        tone = draw.randint(118, 158)
        canvas.ellipse((x, y, x + draw.randint(8, 60), y + draw.randint(3, 12)), fill=(tone, tone - 10, tone - 26))
    canvas.rectangle((0, 0, SIZE[0], 300), fill=(206, 202, 190))
    for x in range(0, SIZE[0], 160):
        canvas.line((x, 0, x, 300), fill=(186, 180, 166), width=6)


def _yard(canvas, draw):
    """Put doors, sacks and shadows behind the heap, so that two yards do not look like one."""
    for _n in range(6):
        x, y = draw.randint(-120, SIZE[0] - 120), draw.randint(-60, 620)
        tone = draw.randint(40, 236)
        canvas.rectangle(
            (x, y, x + draw.randint(160, 460), y + draw.randint(140, 420)), fill=(tone, tone - 8, max(0, tone - 20))
        )


def _person(canvas, draw):
    x = draw.choice([170, 1090])
    coat = draw.choice([(66, 92, 140), (120, 66, 60), (72, 110, 84)])
    canvas.rounded_rectangle((x - 95, 330, x + 95, 800), 60, fill=coat)
    canvas.ellipse((x - 62, 190, x + 62, 330), fill=(206, 168, 136))
    canvas.pieslice((x - 66, 176, x + 66, 316), 180, 360, fill=(54, 46, 42))


def _piece(canvas, draw, x, y, size, body, shade, mark, bad):
    tall = size * draw.randint(72, 96) // 100
    shift = draw.randint(-10, 10)
    tone = tuple(max(0, min(255, channel + shift)) for channel in body)
    canvas.ellipse((x - size // 2, y - tall // 2, x + size // 2, y + tall // 2), fill=tone, outline=shade, width=3)
    spot = size // 4
    canvas.ellipse((x - spot, y - tall // 3, x + spot // 2, y - tall // 8), fill=(52, 44, 30) if bad else mark)


def _basket(canvas, middle, floor):
    left, right = middle - 430, middle + 430
    canvas.polygon(
        [(left, floor), (right, floor), (right - 60, floor + 120), (left + 60, floor + 120)], fill=(150, 112, 66)
    )
    for x in range(left + 20, right - 10, 44):
        canvas.line((x, floor + 4, x + 8, floor + 116), fill=(118, 84, 46), width=5)
    canvas.rectangle((left - 8, floor - 16, right + 8, floor + 14), fill=(128, 92, 50))


def draw_slip(*, seed: int) -> SimpleUploadedFile:
    """Return the photo of a printed slip: a sheet with rows, figures and a stamp that nobody has to read."""
    draw = random.Random(seed)  # noqa: S311  (a drawing, not a secret)
    image = Image.new("RGB", (960, 720), (112, 92, 70))
    canvas = ImageDraw.Draw(image)
    canvas.rectangle((200, 40, 760, 690), fill=(246, 244, 238))
    canvas.rectangle((340, 80, 620, 104), fill=(60, 60, 60))
    for row in range(9):
        y = 150 + row * 48
        canvas.line((240, y + 34, 720, y + 34), fill=(170, 168, 160), width=2)
        canvas.rectangle((250, y, 250 + draw.randint(80, 150), y + 16), fill=(90, 90, 90))
        canvas.rectangle((460, y, 460 + draw.randint(60, 230), y + 16), fill=(90, 90, 90))
    canvas.ellipse((560, 540, 700, 680), outline=(196, 48, 40), width=8)
    out = io.BytesIO()
    image.rotate(draw.uniform(-4, 4), fillcolor=(112, 92, 70)).save(out, "JPEG", quality=80)
    return SimpleUploadedFile(f"slip-{seed}.jpg", out.getvalue(), "image/jpeg")
