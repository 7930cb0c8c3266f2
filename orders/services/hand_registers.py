"""The rules of two registers: which hands on an order exclude each other, and who is excepted for a time."""

import datetime as dt

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership, Organisation, Role, User
from kernel import clock
from kernel.errors import BadValue
from kernel.workflow import change
from orders.services.hands import EXCUSABLE, FOR_EVER, STAGES
from records.models import HandsException, IncompatibleHands
from records.selectors.policy import policy
from registers.services.named import organisation_named, row_of
from registers.services.policies import COUNTY
from registers.services.rules import Content, Hands, Rules, Step, seat

# Of one exception. No policy value: two people choose the last day of each, and this only keeps a year mistyped in it
# from making the exception the rule.
MOST_DAYS = 366
FINANCE = (Role.FINANCE_MAKER, Role.FINANCE_CHECKER)
KIND = "order"


class HandsRules(Rules):
    """Incompatible hands: which two steps of an order are never one person's, from which day to which."""

    key = "incompatible-hands"
    roles = (Role.BUREAU_APPROVER, *FINANCE)

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return which pair would be added or ended, and on how many orders one person has both hands already."""
        if "pair" in content:
            return self._ending(content, at=at)
        stage, other, from_on = content["stage"], content["other"], dt.date.fromisoformat(content["from_on"])
        if stage == other:
            raise BadValue(_("Choose two different steps."))
        _refuse_today(from_on, at=at)
        last = _pairs(stage, other).order_by("-from_on").first()
        if last is not None and (last.to_on is None or last.to_on > from_on):
            raise BadValue(_("These two steps are kept apart already on that day."))
        return Step(
            subject=_subject(stage, other),
            title=pair_words(stage, other),
            facts=[
                ("stage", "", stage),
                ("other", "", other),
                ("from_on", last.to_on.isoformat() if last and last.to_on else "", from_on.isoformat()),
            ],
            hands=COUNTY,
            notes=[_both_held(stage, other)],
        )

    def _ending(self, content: Content, *, at: dt.datetime) -> Step:
        pair, to_on = row_of(IncompatibleHands, content["pair"]), dt.date.fromisoformat(content["to_on"])
        if {(pair.stage, pair.other), (pair.other, pair.stage)} & set(FOR_EVER):
            raise BadValue(_("These two steps are always kept apart. They cannot be given to one person."))
        if pair.to_on is not None:
            raise BadValue(_("This pair ends already on %(day)s.") % {"day": pair.to_on.isoformat()})
        _refuse_today(to_on, at=at)
        return Step(
            subject=_subject(pair.stage, pair.other),
            title=pair_words(pair.stage, pair.other),
            facts=[("to_on", "", to_on.isoformat())],
            hands=COUNTY,
            notes=[_("From that day on one person may do both, in every organisation of the county.")],
        )

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Write the pair, or its end."""
        if "pair" in content:
            change(row_of(IncompatibleHands, content["pair"]), {"to_on": dt.date.fromisoformat(content["to_on"])})
            return
        IncompatibleHands.objects.create(
            kind=KIND,
            stage=content["stage"],
            other=content["other"],
            from_on=dt.date.fromisoformat(content["from_on"]),
            document=document,
        )


class ExceptionRules(Rules):
    """Exceptions: two steps that one person may do for one organisation with too few people, for a time.

    The organisation's head or finance asks for it; the bureau, another office, confirms.
    """

    key = "hand-exceptions"
    roles = (Role.BUREAU_APPROVER, *FINANCE, Role.HEAD_OF_OFFICE)

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return which exception would be granted or ended, and how few people the organisation has."""
        if "exception" in content:
            return self._ending(content, at=at)
        buyer = organisation_named(content["organisation"])
        stage, other = _excusable(content["pair"])
        from_on, to_on = (dt.date.fromisoformat(content[name]) for name in ("from_on", "to_on"))
        if from_on < clock.county_day(at):
            raise BadValue(_("An exception begins today at the earliest."))
        if not 0 < (to_on - from_on).days <= MOST_DAYS:
            raise BadValue(_("An exception lasts from one day to a year. Choose its last day again."))
        people = _people_of(buyer, from_on)
        enough = policy("people_without_exception", from_on)
        if people >= enough:
            raise BadValue(
                _("%(name)s has %(n)s people. That is enough to keep the steps apart; share them among all.")
                % {"name": buyer.name, "n": people}
            )
        if HandsException.objects.filter(scope=scope_of(buyer), to_on__gt=from_on, from_on__lt=to_on).exists():
            raise BadValue(_("This organisation has an exception in that time already. One at a time is granted."))
        values = {"organisation": buyer.name, "pair": content["pair"]}
        values |= {"from_on": from_on.isoformat(), "to_on": to_on.isoformat()}
        staffed = ngettext(
            "%(name)s has %(n)s person in its posts then.", "%(name)s has %(n)s people in their posts then.", people
        )
        return Step(
            subject=scope_of(buyer),
            title=_("%(pair)s, %(name)s") % {"pair": pair_words(stage, other), "name": buyer.name},
            facts=[(name, "", value) for name, value in values.items()],
            hands=hands_of_exception(buyer),
            notes=[staffed % {"name": buyer.name, "n": people}, _("It stands on every order on which it is used.")],
        )

    def _ending(self, content: Content, *, at: dt.datetime) -> Step:
        granted, to_on = row_of(HandsException, content["exception"]), dt.date.fromisoformat(content["to_on"])
        buyer = buyer_of(granted)
        if not granted.from_on < to_on < granted.to_on or to_on <= clock.county_day(at):
            raise BadValue(_("Choose a day to come before the last day of the exception."))
        return Step(
            subject=granted.scope,
            title=_("%(pair)s, %(name)s") % {"pair": pair_words(granted.stage, granted.other), "name": buyer.name},
            facts=[("to_on", granted.to_on.isoformat(), to_on.isoformat())],
            hands=hands_of_exception(buyer),
        )

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Write the exception with both its hands and its document, or its earlier end."""
        if "exception" in content:
            change(row_of(HandsException, content["exception"]), {"to_on": dt.date.fromisoformat(content["to_on"])})
            return
        stage, other = _excusable(content["pair"])
        HandsException.objects.create(
            kind=KIND,
            stage=stage,
            other=other,
            scope=scope_of(organisation_named(content["organisation"])),
            from_on=dt.date.fromisoformat(content["from_on"]),
            to_on=dt.date.fromisoformat(content["to_on"]),
            document=document,
            set_by=by,
            confirmed_by=confirmed_by,
        )


def hands_of_exception(buyer: Organisation) -> Hands:
    """Return who asks for an exception, the organisation's head or finance, and who grants it: the bureau."""
    asks = (seat(Role.HEAD_OF_OFFICE, buyer.pk), *(seat(role) for role in FINANCE))
    return Hands(asks, (seat(Role.BUREAU_APPROVER),))


def scope_of(buyer: Organisation) -> str:
    """Return how an exception names whose orders it is about."""
    return f"organisation:{buyer.pk}"


def buyer_of(granted: HandsException) -> Organisation:
    """Return the organisation an exception was granted to."""
    return Organisation.objects.get(pk=int(granted.scope.partition(":")[2]))


def pair_words(stage: str, other: str) -> str:
    """Return two steps of an order in words."""
    return _("%(first)s and %(second)s") % {"first": STAGES.get(stage, stage), "second": STAGES.get(other, other)}


def _excusable(pair: str) -> tuple[str, str]:
    stage, _colon, other = pair.partition(":")
    if (stage, other) not in EXCUSABLE:
        raise BadValue(_("No exception is granted from this pair of steps."))
    return stage, other


def _pairs(stage: str, other: str) -> QuerySet[IncompatibleHands]:
    either = Q(stage=stage, other=other) | Q(stage=other, other=stage)
    return IncompatibleHands.objects.filter(either, kind=KIND)


def _subject(stage: str, other: str) -> str:
    return ":".join(sorted((stage, other)))


def _people_of(buyer: Organisation, day: dt.date) -> int:
    """Return how many different people work for an organisation on a day; its head has no part in an order."""
    posts = Membership.objects.filter(organisation=buyer, from_on__lte=day).filter(Q(to_on=None) | Q(to_on__gt=day))
    return posts.exclude(role=Role.HEAD_OF_OFFICE).values("person").distinct().count()


def _refuse_today(day: dt.date, *, at: dt.datetime) -> None:
    if day <= clock.county_day(at):
        raise BadValue(_("Pairs change from tomorrow at the earliest: what was done today keeps its rule."))


def _both_held(stage: str, other: str) -> str:
    """Return in words on how many orders under way one person has both hands already."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(DISTINCT o.id) FROM orders_purchaseorder o
            JOIN records_participation a ON a.document = 'order:' || o.id AND a.stage = %s
            JOIN records_participation b
              ON b.document = a.document AND b.person_key = a.person_key AND b.stage = %s
            WHERE o.status NOT IN ('closed', 'cancelled')
            """,
            [stage, other],
        )
        held = cursor.fetchone()[0]
    sentence = ngettext(
        "On %(n)s order under way one person has both hands already; it stays as it is.",
        "On %(n)s orders under way one person has both hands already; they stay as they are.",
        held,
    )
    return sentence % {"n": held}
