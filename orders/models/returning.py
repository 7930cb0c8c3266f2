"""Goods sent back after they were signed for: the buyer asks, the seller answers, the bureau decides between them."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from catalog.models import MOST_G
from kernel.constraints import two_people
from kernel.numbers import NumberField, numbered
from kernel.workflow import Workflow, legal_statuses, status_guards
from orders.models.complaining import Complaint
from orders.models.moving import ReceiptLine


class ReturnStatus(models.TextChoices):
    ASKED = "asked", pgettext_lazy("return", "Waits for the seller")
    CONTESTED = "contested", pgettext_lazy("return", "Waits for the bureau")
    AGREED = "agreed", pgettext_lazy("return", "Goes back")
    REFUSED = "refused", pgettext_lazy("return", "Does not go back")
    WITHDRAWN = "withdrawn", pgettext_lazy("return", "Taken back by the buyer")


RETURN_MOVES = {
    ReturnStatus.ASKED: {ReturnStatus.AGREED, ReturnStatus.CONTESTED, ReturnStatus.WITHDRAWN},
    ReturnStatus.CONTESTED: {ReturnStatus.AGREED, ReturnStatus.REFUSED, ReturnStatus.WITHDRAWN},
    ReturnStatus.AGREED: set(),
    ReturnStatus.REFUSED: set(),
    ReturnStatus.WITHDRAWN: set(),
}


class ReturnReason(models.TextChoices):
    ROTTEN = "rotten", pgettext_lazy("return", "Rotten inside")
    FOREIGN = "foreign", pgettext_lazy("return", "Mixed with something else")
    GRADE = "grade", pgettext_lazy("return", "Not the grade ordered")
    UNSAFE = "unsafe", pgettext_lazy("return", "Found unsafe")
    OTHER = "other", pgettext_lazy("return", "Something else")
    SCALE = "scale", pgettext_lazy("return", "The scale was read wrongly")  # a correction: no goods go anywhere


class Fate(models.TextChoices):
    FREE = "free", pgettext_lazy("return", "On sale again")
    WRITTEN_OFF = "written_off", pgettext_lazy("return", "Not fit for sale")


_NEVER_MORE_THAN_ACCEPTED = """
IF EXISTS (
    SELECT FROM orders_receiptline AS l JOIN orders_goodsreceipt AS r ON r.id = l.receipt_id,
        (SELECT coalesce(sum(CASE WHEN status = 'agreed' THEN agreed_g ELSE greatest(asked_g, 0) END), 0) AS grams,
                coalesce(sum(CASE WHEN status = 'agreed' THEN agreed_pieces ELSE greatest(asked_pieces, 0) END), 0)
                    AS pieces
         FROM orders_goodsreturn
         WHERE receipt_line_id = NEW.receipt_line_id AND status IN ('asked', 'contested', 'agreed')) AS back
    WHERE l.id = NEW.receipt_line_id
        AND (r.status <> 'signed' OR back.grams > l.accepted_g OR back.pieces > coalesce(l.accepted_pieces, 0))
) THEN
    RAISE EXCEPTION 'pgtrigger: return % sends more back than was accepted', NEW.number;
END IF;
RETURN NULL;
"""


class GoodsReturn(Workflow):
    """One lot of a signed trip that the buyer sends back, in whole or part; what is agreed ends it.

    For the reason `scale` it is a correction: so much less was there than was signed for, or with a minus so much more.
    """

    CHANGES = (
        "status",
        "countersigned_by",
        "countersigned_at",
        "answer_by_at",
        "answered_by",
        "answered_at",
        "answer",
        "decide_by_at",
        "decided_by",
        "decision",
        "agreed_g",
        "agreed_pieces",
        "refund_fen",
        "fate",
        "ended_at",
    )
    MOVES = RETURN_MOVES
    REFERENCE = "return"

    number = NumberField()
    receipt_line = models.ForeignKey(ReceiptLine, models.PROTECT, related_name="returns")
    complaint = models.OneToOneField(Complaint, models.PROTECT, null=True, related_name="goods_return")  # if of one
    asked_g = models.BigIntegerField()  # below nothing only where a correction finds more than was signed for
    asked_pieces = models.IntegerField(null=True)
    reason = models.CharField(max_length=12, choices=ReturnReason)
    words = models.CharField(max_length=200)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    countersigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    countersigned_at = models.DateTimeField(null=True)  # of a correction: since then the seller is asked
    answer_by_at = models.DateTimeField()  # after that moment the bureau decides
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=200, blank=True)  # what the seller says
    decide_by_at = models.DateTimeField(null=True)  # after that moment silence decides
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decision = models.CharField(max_length=200, blank=True)  # what the bureau says
    agreed_g = models.BigIntegerField(default=0)
    agreed_pieces = models.IntegerField(null=True)
    refund_fen = models.BigIntegerField(default=0)
    fate = models.CharField(max_length=12, choices=Fate, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            legal_statuses(RETURN_MOVES, "goods_return_status_legal"),
            models.CheckConstraint(
                condition=Q(asked_g__gte=1, asked_g__lte=MOST_G) & (Q(asked_pieces=None) | Q(asked_pieces__gte=0))
                | Q(reason="scale", asked_g__gte=-MOST_G, asked_g__lte=-1)
                & (Q(asked_pieces=None) | Q(asked_pieces__lte=0)),
                name="return_bounded",
            ),
            models.UniqueConstraint(
                fields=["receipt_line"],
                condition=Q(reason="scale", status__in=["asked", "contested"]),
                name="one_correction_at_a_time",
            ),
            models.CheckConstraint(
                condition=(~Q(reason="scale") & Q(countersigned_by=None, countersigned_at=None))
                | (
                    Q(reason="scale", countersigned_by=None, countersigned_at=None)
                    & (Q(status__in=["asked", "withdrawn"]) | Q(complaint__isnull=False))
                )
                | Q(reason="scale", countersigned_by__isnull=False, countersigned_at__isnull=False),
                name="correction_is_countersigned",
            ),
            two_people("asked_by", "countersigned_by", name="correction_two_people"),
            two_people("countersigned_by", "answered_by", name="correction_two_sides"),
            two_people("countersigned_by", "decided_by", name="correction_not_decided_by_signer"),
            models.CheckConstraint(condition=Q(answer_by_at__gt=F("asked_at")), name="return_answer_has_time"),
            models.CheckConstraint(
                condition=(
                    Q(status="agreed", agreed_g__gte=1, agreed_g__lte=F("asked_g"), refund_fen__gte=0)
                    | Q(status="agreed", asked_g__lte=-1, agreed_g=F("asked_g"), refund_fen__lte=0)
                )
                & ~Q(fate="")
                | (~Q(status="agreed") & Q(agreed_g=0, agreed_pieces=None, refund_fen=0, fate="")),
                name="return_agrees_to_something",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["asked", "withdrawn", "agreed"]) | Q(decide_by_at__isnull=False),
                name="return_decision_has_time",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["asked", "contested"], ended_at=None)
                | Q(status__in=["agreed", "refused", "withdrawn"], ended_at__isnull=False),
                name="return_ends",
            ),
            two_people("asked_by", "answered_by", name="return_two_sides"),
            two_people("asked_by", "decided_by", name="return_not_decided_by_asker"),
            two_people("answered_by", "decided_by", name="return_not_decided_by_seller"),
        ]
        indexes = [
            models.Index(fields=["answer_by_at"], condition=Q(status="asked"), name="return_by_answer"),
            models.Index(fields=["decide_by_at"], condition=Q(status="contested"), name="return_by_decision"),
        ]
        triggers = [
            *status_guards(RETURN_MOVES),
            numbered(),
            pgtrigger.Trigger(
                name="never_more_than_accepted",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=_NEVER_MORE_THAN_ACCEPTED,
            ),
        ]

    @property
    def asked(self) -> int:
        """Return what is to go back, in the stock unit of the listing."""
        return self.asked_g if self.asked_pieces is None else self.asked_pieces

    @property
    def agreed(self) -> int:
        """Return what goes back, in the stock unit of the listing."""
        return self.agreed_g if self.agreed_pieces is None else self.agreed_pieces

    @property
    def is_correction(self) -> bool:
        """Return whether no goods go anywhere: the scale was read wrongly."""
        return self.reason == ReturnReason.SCALE

    @property
    def seller_was_asked(self) -> bool:
        """Return whether the seller was asked: about a correction only since a second person of the buyer signed it."""
        return not self.is_correction or self.countersigned_at is not None
