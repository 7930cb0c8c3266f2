"""The rules of the register of posts: who is appointed, deputised and dismissed, and by whom that is decided."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import ADMINISTRATORS, Membership, Organisation, Person, Place, Role, User
from accounts.services import people
from kernel import clock, identity
from kernel.errors import BadValue, DomainError
from kernel.masking import mask_id, mask_phone
from kernel.sealing import blind_index
from kernel.workflow import change
from registers.services.named import organisation_named, place_named, row_of
from registers.services.rules import Content, Hands, Rules, Step, seat

# Which posts an organisation of a kind has.
POSTS = {
    Organisation.Kind.BUREAU: (Role.HEAD_OF_OFFICE, Role.BUREAU_APPROVER, Role.VERIFIER, Role.SYSTEM_ADMIN),
    Organisation.Kind.FINANCE: (Role.HEAD_OF_OFFICE, Role.FINANCE_MAKER, Role.FINANCE_CHECKER),
    Organisation.Kind.RELIEF: (Role.HEAD_OF_OFFICE, Role.RELIEF_CLERK),
    Organisation.Kind.TOWNSHIP: (Role.HEAD_OF_OFFICE, Role.TOWNSHIP_OFFICER),
    Organisation.Kind.VILLAGE: (Role.HEAD_OF_OFFICE, Role.CADRE),
    Organisation.Kind.COOPERATIVE: (Role.HEAD_OF_OFFICE, Role.COOP_MANAGER, Role.HAULIER),
    Organisation.Kind.BUYER: (
        Role.HEAD_OF_OFFICE,
        Role.BUYER,
        Role.BUYING_APPROVER,
        Role.RECEIVER,
        Role.UNION_TREASURER,
        Role.UNION_CHAIR,
        Role.CASHIER,
        Role.PAYMENT_CHECKER,
    ),
    Organisation.Kind.PLATFORM: (
        Role.HEAD_OF_OFFICE,
        Role.OFFICIAL,
        Role.HAULIER,
        Role.SYSTEM_ADMIN,
        Role.SECURITY_ADMIN,
        Role.AUDITOR,
    ),
}
OWN_STAFF = (Organisation.Kind.BUYER, Organisation.Kind.COOPERATIVE)  # they decide about their own people


class ExclusivePost(DomainError):
    code = "exclusive_post"

    def __init__(self) -> None:
        super().__init__(
            _("System, security and audit administrators hold this one post and no other. Appoint another person.")
        )


@dataclass(frozen=True)
class _Appointment:
    """A post as it was asked for, every name resolved."""

    name: str
    number: str
    phone: str
    organisation: Organisation
    role: Role
    area: Place
    from_on: dt.date
    to_on: dt.date | None
    deputises: Membership | None

    @property
    def key(self) -> str:
        """Return the key of the person."""
        return blind_index("id_number", self.number)


def hands_of(organisation: Organisation, on: dt.date) -> Hands:
    """Return who decides about posts of an organisation.

    Buyers and co-operatives decide about their own people, helped by the security administrator, once they have a head;
    that one, and posts of the county's offices, are asked for by the security administrator and decided by the bureau's
    head.
    """
    if organisation.kind in OWN_STAFF and _has_head(organisation, on):
        own = (seat(Role.HEAD_OF_OFFICE, organisation.pk), seat(Role.SECURITY_ADMIN))
        return Hands(own, own)
    return _county_hands()


def _county_hands() -> Hands:
    bureaus = Organisation.objects.filter(kind=Organisation.Kind.BUREAU).order_by("pk").values_list("pk", flat=True)
    return Hands((seat(Role.SECURITY_ADMIN),), tuple(seat(Role.HEAD_OF_OFFICE, pk) for pk in bureaus))


def _moves(content: Content) -> bool:
    """Return whether whoever leaves a post takes up another one on the same day."""
    if bool(content.get("organisation")) != bool(content.get("role")):
        raise BadValue(_("Write both where the person moves to and as what, or neither."))
    return bool(content.get("organisation"))


def _next_post(post: Membership, content: Content) -> Content:
    """Return the appointment of somebody who moves, from the day on which the old post ends."""
    user = User.objects.filter(person=post.person).order_by("created_at").first()
    if user is None:
        raise BadValue(_("This person has no account. Appoint them with a phone number instead."))
    return {
        "name": post.person.name,
        "id_number": post.person.id_number,
        "phone": user.phone,
        "organisation": content["organisation"],
        "role": content["role"],
        "area": content.get("area") or "",
        "from_on": content["to_on"],
    }


def _has_head(organisation: Organisation, on: dt.date) -> bool:
    heads = Membership.objects.filter(organisation=organisation, role=Role.HEAD_OF_OFFICE, from_on__lte=on)
    return heads.filter(Q(to_on=None) | Q(to_on__gt=on)).exists()


class PostRules(Rules):
    """Posts: a person works for an organisation in a role, over an area, from one day to another."""

    key = "posts"
    roles = (Role.SECURITY_ADMIN, Role.HEAD_OF_OFFICE)

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return what an appointment or a dismissal would do."""
        if "post" in content:
            return self._ending(content, at=at)
        asked = _asked(content, at=at)
        return Step(
            subject=f"{asked.organisation.pk}:{asked.role}:{asked.key[:32]}",
            title=_("%(name)s: %(role)s, %(office)s")
            % {"name": asked.name, "role": asked.role.label, "office": asked.organisation.name},
            facts=[
                ("name", "", asked.name),
                ("id_number", "", mask_id(asked.number)),
                ("phone", "", mask_phone(asked.phone)),
                ("organisation", "", asked.organisation.name),
                ("role", "", asked.role.value),
                ("area", "", asked.area.name),
                ("from_on", "", asked.from_on.isoformat()),
                ("to_on", "", asked.to_on.isoformat() if asked.to_on else ""),
                ("deputises", "", asked.deputises.person.name if asked.deputises else ""),
            ],
            hands=hands_of(asked.organisation, clock.county_day(at)),
        )

    def _ending(self, content: Content, *, at: dt.datetime) -> Step:
        post = row_of(Membership, content["post"])
        last = dt.date.fromisoformat(content["to_on"])
        today = clock.county_day(at)
        if post.to_on is not None and post.to_on <= today:
            raise BadValue(_("This post has already ended."))
        if last < today or last <= post.from_on:
            raise BadValue(_("A post ends today at the earliest, and after the day on which it began."))
        facts = [("to_on", post.to_on.isoformat() if post.to_on else "", last.isoformat())]
        hands = hands_of(post.organisation, today)
        if _moves(content):
            asked = _asked(_next_post(post, content), at=at, leaves=post)
            facts += [
                ("organisation", post.organisation.name, asked.organisation.name),
                ("role", post.role, asked.role.value),
                ("area", post.area.name, asked.area.name),
            ]
            hands = hands if hands == hands_of(asked.organisation, today) else _county_hands()
        return Step(
            subject=f"post:{post.pk}",
            title=_("%(name)s: %(role)s, %(office)s")
            % {"name": post.person.name, "role": Role(post.role).label, "office": post.organisation.name},
            facts=facts,
            hands=hands,
            notes=_left_empty(post, last),
        )

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Appoint or dismiss; the person is registered and gets an account where there is none."""
        if "post" in content:
            post = change(row_of(Membership, content["post"]), {"to_on": dt.date.fromisoformat(content["to_on"])})
            if _moves(content):
                appoint(_next_post(post, content), at=at)
            return
        appoint(content, at=at)


def appoint(content: Content, *, at: dt.datetime) -> None:
    """Appoint as asked; the person is registered and gets an account where there is none."""
    asked = _asked(content, at=at)
    person = people.register_person(name=asked.name, id_number=asked.number, at=at)
    if not User.objects.filter(phone_index=blind_index("phone", asked.phone)).exists():
        people.register_account(phone=asked.phone, person=person, at=at)
    people.appoint(
        person,
        asked.organisation,
        asked.role,
        area=asked.area,
        from_on=asked.from_on,
        to_on=asked.to_on,
        deputises=asked.deputises,
    )


def _asked(content: Content, *, at: dt.datetime, leaves: Membership | None = None) -> _Appointment:
    """Return a post as it was asked for, or refuse what cannot be; `leaves` is the one given up for it."""
    today = clock.county_day(at)
    organisation, role = organisation_named(content["organisation"]), Role(content["role"])
    number, phone = identity.id_number(content["id_number"], today=today), identity.phone(content["phone"])
    from_on = dt.date.fromisoformat(content["from_on"])
    to_on = dt.date.fromisoformat(content["to_on"]) if content.get("to_on") else None
    asked = _Appointment(
        name=identity.person_name(content["name"]),
        number=number,
        phone=phone,
        organisation=organisation,
        role=role,
        area=place_named(content["area"]) if content.get("area") else organisation.place,
        from_on=from_on,
        to_on=to_on,
        deputises=_deputised(content.get("deputises") or "", organisation, role, from_on, to_on),
    )
    if role not in POSTS[Organisation.Kind(organisation.kind)]:
        raise BadValue(_("%(office)s has no post %(role)s.") % {"office": organisation.name, "role": role.label})
    if from_on < today:
        raise BadValue(_("A post begins today at the earliest."))
    if to_on is not None and to_on <= from_on:
        raise BadValue(_("A post ends after the day on which it begins."))
    _require_free(asked, leaves)
    return asked


def _require_free(asked: _Appointment, leaves: Membership | None) -> None:
    """Refuse a name or a phone that is another person's, a post held already, and what excludes it."""
    person = Person.objects.filter(key=asked.key).first()
    if person is not None and person.name != asked.name:
        raise BadValue(_("This ID number is registered under another name. Compare it with the ID card."))
    owner = User.objects.filter(phone_index=blind_index("phone", asked.phone)).first()
    if owner is not None and (person is None or owner.person_id != person.pk):
        raise people.PhoneTaken
    if person is None:
        return
    if person.died_on is not None:
        raise people.Died
    ends = Q(to_on=None) | Q(to_on__gt=asked.from_on)
    meanwhile = Membership.objects.filter(ends, person=person)
    if leaves is not None:
        meanwhile = meanwhile.exclude(pk=leaves.pk)
    if asked.to_on is not None:
        meanwhile = meanwhile.filter(from_on__lt=asked.to_on)
    if meanwhile.filter(organisation=asked.organisation, role=asked.role).exists():
        raise BadValue(_("This person holds this post already."))
    roles = {*meanwhile.values_list("role", flat=True), asked.role.value}
    if len(roles) > 1 and roles & set(ADMINISTRATORS):
        raise ExclusivePost


def _deputised(
    name: str, organisation: Organisation, role: Role, from_on: dt.date, to_on: dt.date | None
) -> Membership | None:
    """Return the post whose holder is deputised, named by its holder; a deputy has no deputy."""
    if not name:
        return None
    if to_on is None:
        raise BadValue(_("A deputy has a last day. Write until when."))
    held = Membership.objects.filter(organisation=organisation, role=role, from_on__lte=from_on)
    held = held.filter(Q(to_on=None) | Q(to_on__gt=from_on)).select_related("person")
    post = next((post for post in held if post.person.name == identity.person_name(name)), None)
    if post is None:
        raise BadValue(_("%(name)s does not hold this post then.") % {"name": name})
    if post.deputises_id is not None:
        raise BadValue(_("%(name)s is a deputy. A deputy has no deputy.") % {"name": name})
    return post


def _left_empty(post: Membership, last: dt.date) -> list[str]:
    """Return what must be known before a post ends: that nobody else holds it, and who is deputised by it."""
    others = Membership.objects.filter(organisation=post.organisation_id, role=post.role, from_on__lte=last)
    others = others.filter(Q(to_on=None) | Q(to_on__gt=last)).exclude(pk=post.pk)
    notes = []
    if not others.exists():
        notes.append(
            _("Nobody else is %(role)s of %(office)s then, and what this post does would wait. Appoint somebody first.")
            % {"role": Role(post.role).label, "office": post.organisation.name}
        )
    deputies = Membership.objects.filter(deputises=post).filter(Q(to_on=None) | Q(to_on__gt=last)).count()
    if deputies:
        notes.append(
            ngettext(
                "%(n)s deputy of this post stays until its own last day.",
                "%(n)s deputies of this post stay until their own last day.",
                deputies,
            )
            % {"n": deputies}
        )
    return notes
