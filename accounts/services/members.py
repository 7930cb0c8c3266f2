"""Who belongs to a household: people join, leave, die, and one of them heads it."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Household, HouseholdMember, Membership, Person, User
from accounts.selectors import live_card_of
from accounts.services import people
from accounts.services.households import one_at_a_time, require_stands
from accounts.services.messages import tell
from kernel import clock, identity
from kernel.errors import BadValue, DomainError
from kernel.masking import card_tail, mask_name
from kernel.workflow import change

Ending = HouseholdMember.Ending


class HeadStays(DomainError):
    code = "head_stays"
    message = gettext_lazy("This person heads the household. Let another member head it first.")


class NotOfToday(BadValue):
    code = "not_of_today"
    message = gettext_lazy("This person no longer belongs to the household.")


class OutOfOrder(BadValue):
    code = "out_of_order"
    message = gettext_lazy("Write a day between the one on which this person came into the household and today.")


def require_can_join(person: Person, from_on: dt.date, at: dt.datetime) -> None:
    """Refuse somebody who died, who belongs to a household then, or a day that has not come."""
    people.require_free(person)
    if from_on > clock.county_day(at):
        raise BadValue(_("Somebody belongs to a household from today at the latest."))
    last = HouseholdMember.objects.filter(person=person, to_on__gt=from_on).order_by("-to_on").first()
    if last is not None:
        raise people.AlreadyInHousehold


def require_can_end(member: HouseholdMember, ending: str, on: dt.date, at: dt.datetime) -> None:
    """Refuse an end before the beginning or after today, and that a head leaves who still lives."""
    if member.to_on is not None:
        raise NotOfToday
    if not member.from_on <= on <= clock.county_day(at):
        raise OutOfOrder
    if ending != Ending.DIED and member.household.head_id == member.person_id:  # type: ignore[attr-defined]
        raise HeadStays


def require_can_head(member: HouseholdMember) -> None:
    """Refuse who is of the household no more, or heads it already."""
    if member.to_on is not None:
        raise NotOfToday
    if member.household.head_id == member.person_id:  # type: ignore[attr-defined]
        raise BadValue(_("This person heads the household already."))


@transaction.atomic
def join(household: Household, person: Person, *, from_on: dt.date, at: dt.datetime) -> HouseholdMember:
    """Count a person among a household's members from a day on."""
    one_at_a_time()
    require_stands(household)
    require_can_join(person, from_on, at)
    return people.add_member(household, person, from_on=from_on)


@transaction.atomic
def leave(member: HouseholdMember, *, on: dt.date, at: dt.datetime) -> None:
    """Count a person no more among a household's members from a day on."""
    one_at_a_time()
    require_can_end(member, Ending.LEFT, on, at)
    change(member, {"to_on": on, "ending": Ending.LEFT})


@transaction.atomic
def die(member: HouseholdMember, *, on: dt.date, at: dt.datetime) -> None:
    """Write down that a member died: posts and accounts end, and the household hears what to do about its card."""
    one_at_a_time()
    require_can_end(member, Ending.DIED, on, at)
    change(member, {"to_on": on, "ending": Ending.DIED})
    change(member.person, {"died_on": on})
    for post in posts_after(member.person, on):
        change(post, {"to_on": max(on, post.from_on + dt.timedelta(days=1))})
    for user in User.objects.select_for_update().filter(person=member.person).order_by("pk"):
        user.set_unusable_password()  # every session ends
        user.phone = ""  # free for whoever has the phone now
        user.phone_index = f"gone:{user.pk}"
        user.is_active = False
        user.save(update_fields=["password", "phone_sealed", "phone_index", "is_active"])
    _tell_about_card(member, at=at)


@transaction.atomic
def head(member: HouseholdMember, *, at: dt.datetime) -> None:
    """Let a member head the household from now on, and sign in with its phone where nobody else does."""
    one_at_a_time()
    require_can_head(member)
    household, person = member.household, member.person
    household.head, household.head_name = person, person.name
    household.save(update_fields=["head", "head_name_sealed"])
    index = household.phone_index
    if index and not User.objects.filter(Q(phone_index=index) | Q(person=person)).exists():
        people.register_account(phone=household.phone, person=person, at=at)


def posts_after(person: Person, on: dt.date) -> list[Membership]:
    """Return the posts that a person would hold after a day."""
    return list(Membership.objects.filter(Q(to_on=None) | Q(to_on__gt=on), person=person).order_by("pk"))


def card_tail_in_name_of(household: Household, person: Person, at: dt.datetime) -> str:
    """Return the last digits of the card a household is paid on, where it is in this person's name."""
    card = live_card_of(household, at)
    if card is None or identity.name_key(card.holder) != identity.name_key(person.name):
        return ""
    return card_tail(card.number)


def _tell_about_card(member: HouseholdMember, *, at: dt.datetime) -> None:
    tail = card_tail_in_name_of(member.household, member.person, at)
    if not tail:
        return
    tell(
        gettext_lazy(
            "%(name)s is on record as having died. Your money still goes to the card ending in %(tail)s: bring a card "
            "of another member to the relief office or the village committee."
        ),
        {"name": mask_name(member.person.name), "tail": tail},
        household=member.household,
        kind="member.died",
        document=f"household:{member.household.pk}",
        at=at,
    )
