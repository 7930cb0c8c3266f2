"""Register people, households, accounts, posts and cards; each normalised, sealed, and found again by its HMAC."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import (
    BankCard,
    Consent,
    Household,
    HouseholdMember,
    HouseholdTier,
    Membership,
    Organisation,
    Person,
    Place,
    Role,
    Tier,
    User,
)
from kernel import clock, identity
from kernel.errors import BadValue, DomainError
from kernel.sealing import blind_index


class PhoneTaken(DomainError):
    code = "phone_taken"
    message = _("This phone number already belongs to an account. Use another one, or sign in with it.")


class AlreadyInHousehold(DomainError):
    code = "already_in_household"
    message = _("This person already belongs to a household of the register.")


class Died(BadValue):
    code = "died"
    message = _("This person is on record as having died. Compare the name and the ID number.")


class CardTaken(DomainError):
    code = "card_taken"
    message = _("This card is already used by another household. One card serves one household.")


class NotAVillage(BadValue):
    code = "not_a_village"
    message = _("Choose the village the household lives in.")


@transaction.atomic
def register_person(*, name: str, id_number: str, at: dt.datetime) -> Person:
    """Return the one row of this human being, made on first sight; two accounts of one person share it."""
    number = identity.id_number(id_number, today=clock.county_day(at))
    name = identity.person_name(name)
    key = blind_index("id_number", number)
    registered = Person.objects.filter(key=key).first()
    if registered is not None:
        return registered
    person = Person(key=key, born_on=identity.birth_date(number))
    person.name, person.id_number = name, number
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError:  # registered at the same instant by another hand
        return Person.objects.get(key=key)
    return person


@transaction.atomic
def register_account(*, phone: str, person: Person | None = None, at: dt.datetime) -> User:
    """Open an account for a phone number; its owner proves the number with a code at each sign-in."""
    number = identity.phone(phone)
    index = blind_index("phone", number)
    if User.objects.filter(phone_index=index).exists():
        raise PhoneTaken
    user = User(person=person, phone_index=index)
    user.phone = number
    user.set_unusable_password()
    user.save(force_insert=True)
    return user


@transaction.atomic
def appoint(
    person: Person,
    organisation: Organisation,
    role: str,
    *,
    area: Place,
    from_on: dt.date,
    to_on: dt.date | None = None,
    deputises: Membership | None = None,
) -> Membership:
    """Give a person a role in an organisation over an area, from one day to another; a deputy in place of another."""
    return Membership.objects.create(
        person=person,
        organisation=organisation,
        role=Role(role),
        area=area,
        from_on=from_on,
        to_on=to_on,
        deputises=deputises,
    )


@transaction.atomic
def register_household(
    *,
    number: str,
    village: Place,
    head: Person,
    phone: str = "",
    people: int = 1,
    tier: str = Tier.LIFTED,
    cause: str = "",
    from_on: dt.date,
    at: dt.datetime,
) -> Household:
    """Enter a household into the register with its head, its village and the tier it holds from a day on."""
    if village.level != Place.Level.VILLAGE:
        raise NotAVillage
    require_free(head)
    household = Household(number=number, village=village, head=head, people=people)
    household.head_name = head.name
    household.phone = identity.phone(phone) if phone else ""
    household.save(force_insert=True)
    HouseholdMember.objects.create(household=household, person=head, from_on=from_on)
    HouseholdTier.objects.create(household=household, tier=Tier(tier), cause=cause, from_on=from_on)
    return household


@transaction.atomic
def add_member(household: Household, person: Person, *, from_on: dt.date) -> HouseholdMember:
    """Count a person among a household's members, who act for it and may not check its claims."""
    require_free(person)
    return HouseholdMember.objects.create(household=household, person=person, from_on=from_on)


def require_free(person: Person) -> None:
    """Refuse somebody who died, or who belongs to a household already."""
    if person.died_on is not None:
        raise Died
    if HouseholdMember.objects.filter(person=person, to_on=None).exists():
        raise AlreadyInHousehold


@transaction.atomic
def set_card(
    *,
    household: Household | None = None,
    organisation: Organisation | None = None,
    number: str,
    holder: str,
    bank: str,
    at: dt.datetime,
    from_at: dt.datetime | None = None,
) -> BankCard:
    """Pay this household or organisation on this card, at once or from an instant on; the one before serves until then.

    It is closed, not deleted.
    """
    card_number, from_at = identity.bank_card(number).number, from_at or at
    BankCard.objects.filter(household=household, organisation=organisation, to_at=None).update(to_at=from_at)
    card = BankCard(
        household=household,
        organisation=organisation,
        index=blind_index("card", card_number),
        bank=bank.strip()[:40],
        from_at=from_at,
    )
    card.holder = identity.person_name(holder) if household is not None else holder.strip()
    card.number = card_number
    try:
        with transaction.atomic():
            card.save(force_insert=True)
    except IntegrityError:
        raise CardTaken from None
    return card


@transaction.atomic
def record_consent(household: Household, document: str, how: str, *, by: User, at: dt.datetime) -> Consent:
    """Write down how a household let somebody act for it on one document."""
    if how not in ("phone", "visit", "paper"):
        raise BadValue(_("Say how the household agreed: by telephone, in person or on signed paper."))
    return Consent.objects.create(household=household, document=document, how=how, by=by, at=at)


def account_of_phone(phone: str) -> User | None:
    """Return the account of a phone number, however it was typed."""
    try:
        number = identity.phone(phone)
    except BadValue:
        return None
    return User.objects.filter(phone_index=blind_index("phone", number)).first()
