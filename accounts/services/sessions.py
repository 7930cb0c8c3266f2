"""Where somebody is signed in, and the end of it: a phone is lost, an account was in other hands, a post was abused."""

import datetime as dt
import re

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import OpenSession, Person, User
from accounts.services.messages import tell
from kernel.workflow import change
from records.services import events

_PHONE = re.compile("Mobile|Android|iPhone|iPad|HarmonyOS", re.IGNORECASE)


def note_session(user: User, session_key: str, user_agent: str, *, at: dt.datetime) -> None:
    """Write down that somebody signed in, and on which kind of device; the same session once."""
    OpenSession.objects.update_or_create(
        session_key=session_key, defaults={"user": user, "device": _device(user_agent), "begun_at": at}
    )


def _device(user_agent: str) -> OpenSession.Device:
    if "MicroMessenger" in user_agent:
        return OpenSession.Device.WECHAT
    return OpenSession.Device.PHONE if _PHONE.search(user_agent) else OpenSession.Device.COMPUTER


@transaction.atomic
def end_session(session: OpenSession, *, by: User, at: dt.datetime) -> None:
    """End one session, from its next request on; whoever did not end it is told."""
    Session.objects.filter(pk=session.session_key).delete()
    OpenSession.objects.filter(pk=session.pk).delete()
    user = session.user
    events.record("session.ended", f"user:{user.pk}", by=by, at=at)
    if user.person_id != by.person_id:
        tell(
            _("You were signed out on one of your devices. If you did not ask for this, call us."),
            phone=user.phone,
            kind="sessions.ended",
            document=f"user:{user.pk}",
            at=at,
        )


@transaction.atomic
def end_sessions(person: Person, *, by: User, at: dt.datetime) -> int:
    """End every session of this person's accounts, from the next request on; return how many accounts there are.

    Each session carries a print of its account's secret, which nobody signs in with: a new secret ends them all.
    """
    users = list(User.objects.select_for_update().filter(person=person).order_by("pk"))
    OpenSession.objects.filter(user__in=users).delete()
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


def forget_ended() -> int:
    """Forget the sessions that ended by themselves; return how many. May run twice at once."""
    gone, _each = OpenSession.objects.exclude(session_key__in=Session.objects.values("pk")).delete()
    return gone
