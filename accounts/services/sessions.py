"""End what somebody is signed in with: a phone is lost, an account was in other hands, a post was abused."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, User
from accounts.services.messages import tell
from kernel.workflow import change
from records.services import events


@transaction.atomic
def end_sessions(person: Person, *, by: User, at: dt.datetime) -> int:
    """End every session of this person's accounts, from the next request on; return how many accounts there are.

    Each session carries a print of its account's secret, which nobody signs in with: a new secret ends them all.
    """
    users = list(User.objects.select_for_update().filter(person=person).order_by("pk"))
    for user in users:
        user.set_unusable_password()
        change(user, {"password": user.password})
        events.record("sessions.ended", f"user:{user.pk}", by=by, at=at)
        tell(
            _("You were signed out on every phone and computer. Sign in again; if you did not ask for this, call us."),
            phone=user.phone,
            kind="sessions.ended",
            document=f"user:{user.pk}",
            at=at,
        )
    return len(users)
