"""Which lot a text of a seller answered."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import InboundMessage
from kernel.workflow import append_only
from orders.models.ordering import Allocation


class TextAnswer(models.Model):
    """One answer of a text that was acted on; a text answers a lot once, however often it is read."""

    HISTORY = True

    class Answer(models.TextChoices):
        YES = "yes"
        LESS = "less"
        NO = "no"

    text = models.ForeignKey(InboundMessage, models.PROTECT, related_name="answers")
    allocation = models.ForeignKey(Allocation, models.PROTECT, related_name="text_answers")
    answer = models.CharField(max_length=12, choices=Answer)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(answer__in=["yes", "less", "no"]), name="text_answer_known"),
            models.UniqueConstraint(fields=["allocation"], name="lot_answered_by_one_text"),
        ]
        triggers = append_only()
