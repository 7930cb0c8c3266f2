"""Name who answers for an approver who is away, and end it before its last day."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Person, User
from accounts.selectors import standing
from accounts.services.messages import tell
from canteens.models import APPROVERS, ApprovalDeputy
from canteens.selectors.deputies import may_deputise
from kernel import clock
from kernel.dates import period_words
from kernel.errors import BadValue, DomainError
from kernel.present import StrOrPromise
from kernel.workflow import change, lock
from records.services.participation import NobodyKnown

LONGEST_DAYS = 180  # a slip of the pen: whoever is away for longer hands on the post
NAMED = _(
    "%(name)s names you as deputy at %(buyer)s, %(days)s. Orders and purchase plans that wait for approval are on your "
    "first page."
)
ENDED = _("You are no deputy of %(name)s at %(buyer)s any more.")


class AlreadyDeputised(DomainError):
    code = "already_deputised"

    def __init__(self, other: ApprovalDeputy) -> None:
        super().__init__(
            _("%(name)s answers for you on some of these days, %(days)s. End that first, or choose other days.")
            % {"name": other.deputy.name, "days": days_of(other)}
        )


def days_of(row: ApprovalDeputy) -> str:
    """Return the days of a deputy in words."""
    return period_words(row.from_on, max(row.from_on, row.to_on - dt.timedelta(days=1)))


@transaction.atomic
def name_deputy(
    organisation: Organisation, deputy: Person, first_on: dt.date, last_on: dt.date, *, by: User, at: dt.datetime
) -> ApprovalDeputy:
    """Let a person of the same buyer answer for this approver from one day to another; the deputy is told."""
    if by.person is None:
        raise NobodyKnown
    person, today = by.person, clock.county_day(at)
    if organisation.pk not in standing(by).organisations(*APPROVERS):
        raise BadValue(_("You approve nothing for this buyer, so nobody can answer for you there."))
    if deputy.pk == person.pk:
        raise BadValue(_("You cannot answer for yourself. Choose somebody else."))
    if not may_deputise(organisation.pk, today).filter(pk=deputy.pk).exists():
        raise BadValue(_("This person holds no post at your unit. Choose somebody who does."))
    if first_on < today or last_on < first_on:
        raise BadValue(_("Choose days from today on, the first before the last."))
    if (last_on - first_on).days >= LONGEST_DAYS:
        raise BadValue(
            _("A deputy stands for at most %(days)s days. Choose an earlier last day.") % {"days": LONGEST_DAYS}
        )
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)  # two tabs name one after the other
    to_on = last_on + dt.timedelta(days=1)
    others = ApprovalDeputy.objects.filter(organisation=organisation, person=person).select_related("deputy")
    other = others.filter(from_on__lt=to_on, to_on__gt=first_on).order_by("from_on").first()
    if other is not None:
        raise AlreadyDeputised(other)
    row = ApprovalDeputy.objects.create(
        organisation=organisation, person=person, deputy=deputy, from_on=first_on, to_on=to_on, by=by, at=at
    )
    _tell(row, NAMED, "named", at=at)
    return row


@transaction.atomic
def end_deputy(row: ApprovalDeputy, *, by: User, at: dt.datetime) -> ApprovalDeputy:
    """End what this approver named, from today on; what the deputy answered stays."""
    row, today = lock(row), clock.county_day(at)
    if row.person_id != by.person_id or row.to_on <= today:
        raise BadValue(_("This has ended already, or somebody else named it."))
    change(row, {"to_on": max(today, row.from_on)})
    _tell(row, ENDED, "ended", at=at)
    return row


def _tell(row: ApprovalDeputy, sentence: StrOrPromise, kind: str, *, at: dt.datetime) -> None:
    user = User.objects.filter(person=row.deputy_id, is_active=True).order_by("created_at", "pk").first()
    values = {"name": row.person.name, "buyer": row.organisation.name, "days": days_of(row)}
    if user is not None:
        tell(sentence, values, phone=user.phone, kind=f"deputy.{kind}", document=f"deputy:{row.pk}", at=at)
