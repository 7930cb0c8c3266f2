"""Who somebody is here: name, posts, household, card, and what was sent."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Message, User
from accounts.selectors import SessionInUse, Standing, live_card_of
from kernel import clock, masking
from kernel.dates import time_words
from kernel.shown import Fact, Moment


def role_words(who: Standing) -> str:
    """Return what this account is here for: the first post's role, or farmer."""
    if who.posts:
        return who.posts[0].role_name
    return _("Farmer") if who.household_id else _("Visitor")


def facts_of(who: Standing, user: User) -> list[Fact]:
    """Return who one is here, where one is paid, and every post one holds."""
    facts = [Fact(_("Name"), who.name), Fact(_("Phone"), masking.mask_phone(user.phone))]
    if who.household is not None:
        village, card = who.household.village, live_card_of(who.household, clock.now())
        facts += [
            Fact(_("Village"), f"{village.parent} {village.short_name}"),
            Fact(_("Card for your money"), masking.mask_card(card.number) if card else _("None yet")),
        ]
    return facts + [Fact(post.role_name, f"{post.organisation_name}（{post.area_name}）") for post in who.posts]


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session as its list shows it."""

    device: str
    begun: str
    used: str
    here: bool  # the one that asks
    end_url: str


def session_row(one: SessionInUse, *, here: str | None) -> SessionRow:
    """Return one session in words."""
    return SessionRow(
        device=str(one.session.get_device_display()),
        begun=time_words(one.session.begun_at),
        used=time_words(one.used_at),
        here=one.session.session_key == here,
        end_url=reverse("session-end", args=[one.session.pk]),
    )


def letter(message: Message) -> Moment:
    """Return what was sent, as one step of a timeline."""
    return Moment(when=time_words(message.created_at), who="", what=message.body, tone="info")
