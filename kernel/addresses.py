"""Where a subject is found that a room above keeps: the roof of the site names the page, the room only the subject."""

from typing import Any

from django.conf import settings
from django.urls import reverse


def address_of(subject: str, *key: Any) -> str:
    """Return the address of a subject's page, empty where the site has no page for it."""
    page = settings.ADDRESSES.get(subject, "")
    return reverse(page, args=key) if page else ""
