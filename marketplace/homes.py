"""What each role's first page is made of."""

from django.utils.translation import gettext as _

from accounts.selectors import Standing


def farmer_home(who: Standing, *, at) -> dict:
    """Return the context of a farmer's first page."""
    return {}


def staff_home(who: Standing, *, at) -> dict:
    """Return the context of a staff member's first page: one task list."""
    return {"title": _("What is waiting for you"), "tasks": []}
