"""Grievances: somebody says in their own name that something went wrong; another officer answers by a day."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from accounts.models.households import Household
from accounts.models.people import Organisation
from kernel.constraints import one_of
from kernel.numbers import NumberField, numbered
from kernel.workflow import Workflow, legal_statuses, never_deleted, status_guards


class GrievanceStatus(models.TextChoices):
    OPEN = "open", pgettext_lazy("grievance", "Waits for an officer")
    ESCALATED = "escalated", pgettext_lazy("grievance", "Waits for the head")
    UPHELD = "upheld", pgettext_lazy("grievance", "Right: it is put right")
    EXPLAINED = "explained", pgettext_lazy("grievance", "Explained")
    WITHDRAWN = "withdrawn", pgettext_lazy("grievance", "Settled, says who asked")
    UNANSWERED = "unanswered", pgettext_lazy("grievance", "Nobody answered in time")


_BY_AN_OFFICER = {GrievanceStatus.UPHELD, GrievanceStatus.EXPLAINED}
GRIEVANCE_MOVES = {
    GrievanceStatus.OPEN: {GrievanceStatus.ESCALATED, GrievanceStatus.WITHDRAWN, *_BY_AN_OFFICER},
    GrievanceStatus.ESCALATED: {GrievanceStatus.UNANSWERED, GrievanceStatus.WITHDRAWN, *_BY_AN_OFFICER},
    GrievanceStatus.UPHELD: set(),
    GrievanceStatus.EXPLAINED: set(),
    GrievanceStatus.WITHDRAWN: set(),
    GrievanceStatus.UNANSWERED: set(),
}
WAITING_GRIEVANCES = [GrievanceStatus.OPEN, GrievanceStatus.ESCALATED]
REOPENABLE = [GrievanceStatus.UPHELD, GrievanceStatus.EXPLAINED, GrievanceStatus.UNANSWERED]

# Once, by who asked, about the same, and only what an officer answered or nobody did.
_REOPENS_AN_ENDED_ONE = """
IF NOT EXISTS (
    SELECT FROM accounts_grievance AS g
    WHERE g.id = NEW.reopens_id AND g.reopens_id IS NULL AND g.about = NEW.about
        AND g.household_id IS NOT DISTINCT FROM NEW.household_id
        AND g.organisation_id IS NOT DISTINCT FROM NEW.organisation_id
        AND g.status IN ('upheld', 'explained', 'unanswered')
) THEN
    RAISE EXCEPTION 'pgtrigger: grievance % reopens nothing that may be reopened', NEW.number;
END IF;
RETURN NEW;
"""


class Grievance(Workflow):
    """What a household or an organisation says about one document; it ends by an answer, by itself never in silence."""

    CHANGES = ("status", "answer_by_at", "escalated_at", "answer", "answered_by", "ended_at")
    MOVES = GRIEVANCE_MOVES
    REFERENCE = "grievance"

    class Category(models.TextChoices):
        MONEY = "money", pgettext_lazy("grievance", "The money did not arrive")
        SANCTION = "sanction", pgettext_lazy("grievance", "What the bureau forbids or warns of is not right")
        OTHER = "other", pgettext_lazy("grievance", "Something else is not right")

    number = NumberField()
    category = models.CharField(max_length=12, choices=Category)
    about = models.CharField(max_length=64)  # the document: `payment:7`
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="grievances")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="grievances")
    words = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reopens = models.OneToOneField("self", models.PROTECT, null=True, related_name="reopened_as")
    answer_by_at = models.DateTimeField()  # whose turn it is has until then
    escalated_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            legal_statuses(GRIEVANCE_MOVES, "grievance_status_legal"),
            one_of("household", "organisation", name="grievance_of_somebody"),
            models.CheckConstraint(
                condition=Q(category__in=["money", "sanction", "other"]),
                name="grievance_category_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["open", "escalated"], ended_at=None, answered_by=None, answer="")
                | Q(status__in=["withdrawn", "unanswered"], ended_at__isnull=False, answered_by=None, answer="")
                | ~Q(status__in=["open", "escalated", "withdrawn", "unanswered"])
                & Q(ended_at__isnull=False, answered_by__isnull=False)
                & ~Q(answer="")
                & ~Q(answered_by=F("by")),
                name="grievance_answered_by_another",
            ),
            models.CheckConstraint(
                condition=Q(status="open", escalated_at=None)
                | Q(status__in=["escalated", "unanswered"], escalated_at__isnull=False)
                | ~Q(status__in=["open", "escalated", "unanswered"]),
                name="grievance_escalated_at_a_time",
            ),
            models.CheckConstraint(condition=Q(answer_by_at__gt=F("at")), name="grievance_has_time"),
            models.UniqueConstraint(
                fields=["about"], condition=Q(reopens=None) & ~Q(category="other"), name="grievance_once"
            ),
            models.UniqueConstraint(
                fields=["about"],
                condition=Q(category="other", status__in=["open", "escalated"]),
                name="grievance_one_at_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["answer_by_at"], condition=Q(status__in=["open", "escalated"]), name="grievance_by_deadline"
            )
        ]
        triggers = [
            *status_guards(GRIEVANCE_MOVES),
            numbered(),
            *never_deleted(),
            pgtrigger.ReadOnly(
                name="grievance_stays",
                exclude=["status", "answer_by_at", "escalated_at", "answer", "answered_by", "ended_at"],
            ),
            pgtrigger.Trigger(
                name="reopens_an_ended_one",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__reopens__isnull=False),
                func=_REOPENS_AN_ENDED_ONE,
            ),
        ]
