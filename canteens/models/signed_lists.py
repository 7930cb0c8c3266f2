"""Signed lists: which member of a union got what of a plan, on which signed sheet, or why not."""

import uuid

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from accounts.models import Person
from canteens.models.purchase_plans import PurchasePlan, PurchasePlanKind
from canteens.models.union_members import MOST_MEMBERS, UnionMember
from kernel.constraints import within
from kernel.sealing import sealed
from kernel.workflow import Workflow, append_only, legal_statuses, never_deleted, status_guards
from records.models import Attachment

LISTED_KINDS = (PurchasePlanKind.FESTIVAL, PurchasePlanKind.EVENT)

_OF_A_UNION_PLAN = """
IF NOT EXISTS (
    SELECT FROM canteens_purchaseplan
    WHERE id = NEW.plan_id AND status = 'approved' AND kind IN ('festival', 'event') AND per_head_fen IS NOT NULL
) THEN
    RAISE EXCEPTION 'pgtrigger: a signed list is of an approved festival or event plan with a sum for each member';
END IF;
RETURN NEW;
"""
_COMPLETE = """
IF NOT EXISTS (SELECT FROM canteens_signedline WHERE list_id = NEW.id)
    OR EXISTS (SELECT FROM canteens_signedline WHERE list_id = NEW.id AND sheet_id IS NULL) THEN
    RAISE EXCEPTION 'pgtrigger: lines of this signed list are not answered';
END IF;
IF NEW.explained = '' AND EXISTS (
    SELECT FROM canteens_purchaseplan AS p
    CROSS JOIN (
        SELECT count(*) AS lines, coalesce(sum(s.worth_fen), 0) AS given
        FROM canteens_signedline AS l JOIN canteens_signedsheet AS s ON s.id = l.sheet_id
        WHERE l.list_id = NEW.id
    ) AS n
    WHERE p.id = NEW.plan_id AND (n.lines <> p.members OR n.given <> p.accepted_fen)
) THEN
    RAISE EXCEPTION 'pgtrigger: this signed list differs from its plan and nobody has said why';
END IF;
RETURN NEW;
"""
# Whoever answers holds the list until the commit: it is signed off before the answer or after it, never meanwhile.
_SHEET_OF_ITS_LIST = """
PERFORM FROM canteens_signedlist AS l JOIN canteens_purchaseplan AS p ON p.id = l.plan_id
    WHERE l.id = NEW.list_id AND l.status = 'open' AND coalesce(NEW.worth_fen, 0) <= p.per_head_fen FOR SHARE OF l;
IF NOT FOUND OR (NEW.photo_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM records_attachment WHERE id = NEW.photo_id AND document = 'signed-list:' || NEW.list_id
)) THEN
    RAISE EXCEPTION 'pgtrigger: a sheet is of an open list, at most its sum for each member, with a photo of that list';
END IF;
RETURN NEW;
"""
_LINE_OF_ITS_LIST = """
PERFORM FROM canteens_signedlist WHERE id = NEW.list_id AND status = 'open' FOR SHARE;
IF NOT FOUND OR (NEW.sheet_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM canteens_signedsheet WHERE id = NEW.sheet_id AND list_id = NEW.list_id
)) THEN
    RAISE EXCEPTION 'pgtrigger: a line is of an open list and answered by a sheet of that list';
END IF;
RETURN NEW;
"""


_SIGNED_OFF_BY_A_DEPUTY = """
IF NOT EXISTS (
    SELECT FROM canteens_approvaldeputy AS d
    JOIN canteens_purchaseplan AS p ON p.id = NEW.plan_id AND p.organisation_id = d.organisation_id
    JOIN accounts_user AS says ON says.id = NEW.decided_by_id AND says.person_id = d.deputy_id
    JOIN accounts_user AS keeps ON keeps.id = NEW.by_id
    CROSS JOIN LATERAL (SELECT (NEW.decided_at AT TIME ZONE 'Asia/Shanghai')::date AS day) AS t
    WHERE d.person_id = NEW.decided_for_id AND d.from_on <= t.day AND d.to_on > t.day
      AND keeps.person_id NOT IN (d.person_id, d.deputy_id)
) THEN
    RAISE EXCEPTION 'pgtrigger: a list is signed off for somebody by the deputy of that day, who did not prepare it';
END IF;
RETURN NEW;
"""


class SignedListStatus(models.TextChoices):
    """How far a signed list is."""

    OPEN = "open", pgettext_lazy("signed list", "Being signed")
    CLOSED = "closed", pgettext_lazy("signed list", "Signed off")


SIGNED_LIST_MOVES = {SignedListStatus.OPEN: {SignedListStatus.CLOSED}, SignedListStatus.CLOSED: set()}
_UNDECIDED = Q(decided_by=None, decided_at=None, decided_for=None, explained="")


class SignedList(Workflow):
    """Who got what of one plan of a union's money: prepared by one person, signed off by another, who closes the plan.

    What differs from the plan is explained by whoever signs off.
    """

    CHANGES = ("status", "explained", "decided_by", "decided_at", "decided_for")
    MOVES = SIGNED_LIST_MOVES
    REFERENCE = "signed-list"

    plan = models.OneToOneField(PurchasePlan, models.PROTECT, related_name="signed_list")
    goods = models.CharField(max_length=120)  # what each member gets, as it is printed
    explained = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_for = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")  # whose deputy signed off

    class Meta:
        constraints = [
            legal_statuses(SIGNED_LIST_MOVES, "signed_list_status_legal"),
            models.CheckConstraint(
                condition=(Q(status=SignedListStatus.OPEN) & _UNDECIDED)
                | (Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(status=SignedListStatus.OPEN)),
                name="signed_list_decided_by_somebody",
            ),
            models.CheckConstraint(condition=Q(decided_by=None) | ~Q(decided_by=F("by")), name="signed_list_two_hands"),
        ]
        triggers = [
            *status_guards(SIGNED_LIST_MOVES),
            pgtrigger.ReadOnly(name="signed_list_stays", fields=["plan", "goods", "by", "at"]),
            pgtrigger.Trigger(
                name="signed_list_of_union_plan",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_OF_A_UNION_PLAN,
            ),
            pgtrigger.Trigger(
                name="signed_list_complete",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("status"),
                condition=pgtrigger.Q(new__status="closed"),
                func=_COMPLETE,
            ),
            pgtrigger.Trigger(
                name="signed_off_by_a_deputy",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("decided_for_id"),
                condition=pgtrigger.Q(new__decided_for__isnull=False),
                func=_SIGNED_OFF_BY_A_DEPUTY,
            ),
            *never_deleted(),
        ]


class SheetAnswer(models.TextChoices):
    """What a sheet says of its lines."""

    GOT = "got", pgettext_lazy("signed list", "Got the goods and signed")
    REFUSED = "refused", pgettext_lazy("signed list", "Did not take them")


class SignedSheet(models.Model):
    """One answer for many lines: got goods of so much each and signed on a photographed sheet, or did not, and why."""

    HISTORY = True

    list = models.ForeignKey(SignedList, models.PROTECT, related_name="sheets")
    answer = models.CharField(max_length=8, choices=SheetAnswer)
    worth_fen = models.BigIntegerField(null=True)  # of the goods of each line
    photo = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    lines = ArrayField(models.PositiveIntegerField())  # their numbers as they were answered; each line keeps its latest
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="got", worth_fen__isnull=False, worth_fen__gte=1, photo__isnull=False, reason="")
                | (Q(answer="refused", worth_fen=None) & ~Q(reason="")),
                name="signed_sheet_says_what",
            ),
            models.CheckConstraint(condition=Q(lines__len__gte=1), name="signed_sheet_of_some_lines"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="sheet_of_its_list", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_SHEET_OF_ITS_LIST
            ),
            *append_only(),
        ]


class SignedLine(models.Model):
    """One name of a signed list: a member on record, or a name that was typed; unanswered without a sheet."""

    CHANGES = ("sheet",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    list = models.ForeignKey(SignedList, models.PROTECT, related_name="lines")
    number = models.PositiveIntegerField()
    member = models.ForeignKey(UnionMember, models.PROTECT, null=True, related_name="+")
    name_sealed = models.TextField(blank=True)
    typed_name = sealed("name_sealed")  # where it is no member on record
    sheet = models.ForeignKey(SignedSheet, models.PROTECT, null=True, related_name="answered")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list", "number"], name="signed_line_once"),
            models.UniqueConstraint(fields=["list", "member"], name="signed_member_once"),
            models.CheckConstraint(condition=Q(member=None) ^ Q(name_sealed=""), name="signed_line_names_somebody"),
            within("number", 1, MOST_MEMBERS, name="signed_line_numbered"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="line_as_written", fields=["list", "number", "member", "name_sealed"]),
            pgtrigger.Trigger(
                name="line_of_its_list",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=_LINE_OF_ITS_LIST,
            ),
            *never_deleted(),
        ]

    @property
    def name(self) -> str:
        """Return who this is."""
        return self.typed_name if self.member is None else self.member.name
