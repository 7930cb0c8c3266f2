"""What the demo adds to every page: who one can be, and how far the demo's history is."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from demo.people import DEMO_PEOPLE
from demo.progress import history_progress


def frame(request: HttpRequest) -> dict[str, object]:
    """Return the people to sign in as and their code; the progress is asked for only by a page that shows it."""
    return {
        "demo": {"code": settings.DEMO_CODE, "people": DEMO_PEOPLE},
        "filling": SimpleLazyObject(history_progress),
    }
