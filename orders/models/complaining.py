"""What one side of a sale says is wrong with it: the other side answers, the county decides between them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from catalog.models import MOST_G
from kernel.constraints import two_people
from kernel.numbers import NumberField, numbered
from kernel.workflow import Workflow, legal_statuses, status_guards
from orders.models.moving import ReceiptLine
from records.models import MOST_FEN


class Side(models.TextChoices):
    BUYER = "buyer", pgettext_lazy("side of a sale", "The buyer")
    SELLER = "seller", pgettext_lazy("side of a sale", "The seller")


class About(models.TextChoices):
    WEIGHT = "weight", pgettext_lazy("complaint", "The weight")
    PRICE = "price", pgettext_lazy("complaint", "The price")
    QUALITY = "quality", pgettext_lazy("complaint", "The quality")
    LATE = "late", pgettext_lazy("complaint", "It came late")


class ComplaintStatus(models.TextChoices):
    RAISED = "raised", pgettext_lazy("complaint", "Waits for the other side")
    OFFERED = "offered", pgettext_lazy("complaint", "Waits for who complained")
    COUNTY = "county", pgettext_lazy("complaint", "Waits for the county")
    AGREED = "agreed", pgettext_lazy("complaint", "Found right")
    REFUSED = "refused", pgettext_lazy("complaint", "Not found right")
    WITHDRAWN = "withdrawn", pgettext_lazy("complaint", "Taken back")


COMPLAINT_MOVES = {
    ComplaintStatus.RAISED: {
        ComplaintStatus.OFFERED, ComplaintStatus.COUNTY, ComplaintStatus.AGREED, ComplaintStatus.WITHDRAWN,
    },
    ComplaintStatus.OFFERED: {ComplaintStatus.COUNTY, ComplaintStatus.AGREED, ComplaintStatus.WITHDRAWN},
    ComplaintStatus.COUNTY: {ComplaintStatus.AGREED, ComplaintStatus.REFUSED, ComplaintStatus.WITHDRAWN},
    ComplaintStatus.AGREED: set(),
    ComplaintStatus.REFUSED: set(),
    ComplaintStatus.WITHDRAWN: set(),
}  # fmt: skip
_OPEN = ["raised", "offered", "county"]


class Complaint(Workflow):
    """One lot of a signed trip with which one side is not content; kilos and money move by a return alone."""

    CHANGES = (
        "status", "until_at", "answered_by", "answered_at", "answer", "offered_g", "offered_fen", "decided_by",
        "decision", "agreed_g", "agreed_fen", "ended_at",
    )  # fmt: skip
    MOVES = COMPLAINT_MOVES
    REFERENCE = "complaint"

    number = NumberField()
    receipt_line = models.ForeignKey(ReceiptLine, models.PROTECT, related_name="complaints")
    side = models.CharField(max_length=6, choices=Side)  # who complains
    about = models.CharField(max_length=8, choices=About)
    asked_g = models.BigIntegerField(default=0)  # so much less was right, or for the seller so much more was there
    asked_fen = models.BigIntegerField(default=0)  # where it is about no weight: an amount, which moves nothing
    words = models.CharField(max_length=200)
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    until_at = models.DateTimeField()  # by then whoever's turn it is has answered, else it goes on by itself
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=200, blank=True)
    offered_g = models.BigIntegerField(default=0)
    offered_fen = models.BigIntegerField(default=0)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decision = models.CharField(max_length=200, blank=True)
    agreed_g = models.BigIntegerField(default=0)
    agreed_fen = models.BigIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            legal_statuses(COMPLAINT_MOVES, "complaint_status_legal"),
            models.CheckConstraint(
                condition=Q(about__in=["weight", "quality"], asked_g__gte=1, asked_g__lte=MOST_G, asked_fen=0)
                | Q(asked_g=0, asked_fen__gte=0, asked_fen__lte=MOST_FEN),
                name="complaint_bounded",
            ),
            models.CheckConstraint(
                condition=Q(offered_g__gte=0, offered_g__lte=F("asked_g"), offered_fen__gte=0)
                & Q(offered_fen__lte=F("asked_fen")),
                name="complaint_offer_is_a_part",
            ),
            models.CheckConstraint(
                condition=Q(status="agreed", agreed_g__gte=0, agreed_g__lte=F("asked_g"), agreed_fen__gte=0)
                & Q(agreed_fen__lte=F("asked_fen"))
                | ~Q(status="agreed") & Q(agreed_g=0, agreed_fen=0),
                name="complaint_agrees_to_a_part",
            ),
            models.CheckConstraint(condition=Q(until_at__gt=F("raised_at")), name="complaint_has_time"),
            models.CheckConstraint(
                condition=Q(status__in=_OPEN, ended_at=None) | ~Q(status__in=_OPEN) & Q(ended_at__isnull=False),
                name="complaint_ends",
            ),
            models.UniqueConstraint(
                fields=["receipt_line", "side"], condition=Q(status__in=_OPEN), name="one_complaint_at_a_time"
            ),
            two_people("raised_by", "answered_by", name="complaint_two_sides"),
            two_people("raised_by", "decided_by", name="complaint_not_decided_by_raiser"),
            two_people("answered_by", "decided_by", name="complaint_not_decided_by_other"),
        ]
        indexes = [
            models.Index(fields=["until_at"], condition=Q(status__in=_OPEN), name="complaint_by_clock"),
        ]
        triggers = [*status_guards(COMPLAINT_MOVES), numbered()]

    @property
    def asks_weight(self) -> bool:
        """Return whether it is about kilos: then a return or a correction carries out what is agreed."""
        return self.asked_g > 0
