"""Square codes that a phone's camera reads."""


def square_code(text: str) -> str:
    """Return the square code of a text, an address as a rule, as SVG."""
    import qrcode.image.svg  # here, since Pillow comes with it and few people ask for a code

    image = qrcode.make(text, image_factory=qrcode.image.svg.SvgPathImage, box_size=12, border=2)
    return image.to_string(encoding="unicode")
