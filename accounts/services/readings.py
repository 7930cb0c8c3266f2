"""Who reads personal data is written down, and whoever reads of very many people is shown to the auditors."""

import datetime as dt

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from accounts.selectors import holders_of
from accounts.services.messages import tell
from kernel import clock
from kernel.errors import BadValue, DomainError
from kernel.workflow import change, lock
from records.models import MassReading
from records.selectors.policy import policy

HOUR = dt.timedelta(hours=1)


class AnsweredAlready(DomainError):
    code = "answered_already"
    message = _("Another auditor has already asked and written down the answer.")


class OwnReading(DomainError):
    code = "own_reading"
    message = _("You read this yourself. Another auditor asks why.")


@transaction.atomic
def note_reading(*, by: User, door: str, people: int, at: dt.datetime) -> None:
    """Write down that somebody looked at the data of so many people; nothing where it was nobody.

    The first time in a day that it comes to ⟨mass_reading_people⟩ or more within an hour, every auditor is told.
    """
    if not people:
        return
    day = clock.county_day(at)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH read AS (
                INSERT INTO records_reading (by_id, door, people, at)
                VALUES (%(by)s, %(door)s, %(people)s, %(at)s) RETURNING people
            ), total AS (
                SELECT coalesce(sum(people), 0) + (SELECT people FROM read) AS people
                FROM records_reading WHERE by_id = %(by)s AND at > %(since)s
            )
            INSERT INTO records_massreading (by_id, "on", people, at, answer)
            SELECT %(by)s, %(day)s, people, %(at)s, '' FROM total WHERE people >= %(most)s
            ON CONFLICT (by_id, "on") DO NOTHING RETURNING id, people
            """,
            {
                "by": by.pk,
                "door": door,
                "people": people,
                "at": at,
                "since": at - HOUR,
                "day": day,
                "most": policy("mass_reading_people", day),
            },
        )
        noticed = cursor.fetchone()
    if noticed is not None:
        _tell_auditors(*noticed, by=by, at=at)


def _tell_auditors(pk: int, people: int, *, by: User, at: dt.datetime) -> None:
    name = by.person.name if by.person is not None else ""
    for auditor in holders_of(Role.AUDITOR, clock.county_day(at)):
        if auditor.person_id != by.person_id:
            tell(
                _("%(name)s read the data of %(n)s people within an hour. Ask why, and write down the answer."),
                {"name": name, "n": people},
                phone=auditor.phone,
                kind="reading.mass",
                document=f"massreading:{pk}",
                at=at,
            )


@transaction.atomic
def answer_mass_reading(flag: MassReading, *, answer: str, by: User, at: dt.datetime) -> MassReading:
    """Write down why somebody read of so many people; then nobody is shown it as open any more."""
    answer = answer.strip()[:200]
    if not answer:
        raise BadValue(_("Write down what the answer was."))
    flag = lock(flag)
    if flag.asked_at is not None:
        raise AnsweredAlready
    if flag.by.person_id == by.person_id:
        raise OwnReading
    return change(flag, {"asked_by": by, "asked_at": at, "answer": answer})
