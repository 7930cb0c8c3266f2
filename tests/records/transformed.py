"""Nine things that happen to a photo between one use and the next, and how often it is known again."""

import io
import itertools
from collections.abc import Callable, Sequence

from PIL import Image, ImageEnhance, ImageOps

from records.photo_points import Points, alike, mirrored, opened, points_of

SCREEN = (1080, 2340)


def pressed(picture: Image.Image, quality: int = 40) -> Image.Image:
    box = io.BytesIO()
    picture.save(box, "JPEG", quality=quality)
    return Image.open(box).convert("RGB")


def cut(picture: Image.Image, share: float) -> Image.Image:
    """Cut so much off each of the four sides."""
    wide, high = picture.size
    return picture.crop((int(wide * share), int(high * share), wide - int(wide * share), high - int(high * share)))


def on_a_screen(picture: Image.Image) -> Image.Image:
    """Show a photo on a phone between two bars with their signs, as a screenshot has it."""
    screen = Image.new("RGB", SCREEN, "#111")
    fitted = ImageOps.contain(picture, (SCREEN[0], 1900))
    screen.paste(fitted, ((SCREEN[0] - fitted.width) // 2, (SCREEN[1] - fitted.height) // 2))
    screen.paste("#eee", (0, 0, SCREEN[0], 90))
    screen.paste("#ddd", (0, 2200, *SCREEN))
    for x in (40, 120, 900, 980):
        screen.paste("#333", (x, 20, x + 40, 70))
        screen.paste("#777", (x, 2240, x + 60, 2300))
    return screen


TRANSFORMED: dict[str, Callable[[Image.Image], Image.Image]] = {
    "pressed": pressed,
    "half": lambda picture: picture.resize((picture.width // 2, picture.height // 2)),
    "cut 5 %": lambda picture: cut(picture, 0.05),
    "cut 10 %": lambda picture: cut(picture, 0.10),
    "turned 90": lambda picture: picture.transpose(Image.Transpose.ROTATE_90),
    "mirrored": ImageOps.mirror,
    "turned 4": lambda picture: picture.rotate(4, Image.Resampling.BICUBIC),
    "brighter": lambda picture: ImageEnhance.Contrast(ImageEnhance.Brightness(picture).enhance(1.3)).enhance(0.8),
    "screenshot": on_a_screen,
}


def kept_copy(picture: Image.Image) -> Image.Image:
    """Return a picture as the largest of the copies that are made of a photo."""
    small = picture.copy()
    small.thumbnail((1280, 1280), Image.Resampling.LANCZOS)
    box = io.BytesIO()
    small.save(box, "WEBP", quality=72, method=0)
    return opened(Image.open(box))


def looked_at(picture: Image.Image) -> tuple[Points, Points]:
    """Return the points of a picture, and of what a mirror shows of it."""
    grey = kept_copy(picture)
    return points_of(grey), points_of(mirrored(grey))


def found_again(pictures: Sequence[Image.Image]) -> dict[str, float]:
    """Return the share of pictures known again, by what happened to them."""
    kept = [looked_at(picture)[0] for picture in pictures]
    return {
        name: sum(
            any(alike(way, points) for way in looked_at(change(picture)))
            for picture, points in zip(pictures, kept, strict=True)
        )
        / len(pictures)
        for name, change in TRANSFORMED.items()
    }


def taken_for_another(pictures: Sequence[Image.Image]) -> tuple[int, int]:
    """Return how many pairs of different pictures are taken for one, and how many pairs there are."""
    looks = [looked_at(picture) for picture in pictures]
    pairs = list(itertools.combinations(looks, 2))
    return sum(any(alike(way, other[0]) for way in one) for one, other in pairs), len(pairs)
