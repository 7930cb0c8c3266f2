"""Small helpers of the page tests: a photo as phones send it, the hidden fields of a form."""

import io
import re

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def a_jpeg(colour: str = "green", name: str = "IMG_1.jpg") -> SimpleUploadedFile:
    """Return a small real photo to upload."""
    out = io.BytesIO()
    Image.new("RGB", (320, 240), colour).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def hidden(answer, name: str) -> str:
    """Return the value of a hidden field of the page."""
    return re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode()).group(1)
