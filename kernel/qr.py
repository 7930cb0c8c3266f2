"""Square codes that a phone's camera reads."""

import qrcode
import qrcode.image.svg


def square_code(text: str) -> str:
    """Return the square code of a text, an address as a rule, as SVG."""
    image = qrcode.make(text, image_factory=qrcode.image.svg.SvgPathImage, box_size=12, border=2)
    return image.to_string(encoding="unicode")
