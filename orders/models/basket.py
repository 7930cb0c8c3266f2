"""What a buyer writes down before it is ordered, and what was said of a line that no lot keeps."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from kernel.workflow import append_only
from produce.models import Produce


class Otherwise(models.TextChoices):
    """What the buyer wants where there is not enough of a line."""

    LESS = "less", _("Bring less")
    ASK = "ask", _("Call me first")
    NONE = "none", _("Nothing else")
    SWAP = "swap", _("Another for the same price or less")


class Basket(models.Model):
    """An order being written, one a person and buyer: kept as it is typed, it holds no kilos and no money."""

    FREE = True

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    typed = models.JSONField(default=dict)  # day, purse, the pasted text and its places
    lines = models.JSONField(default=list)
    version = models.IntegerField(default=0)  # whoever saves an older one is shown it first
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["by", "buyer"], name="basket_once")]


class LineTerms(models.Model):
    """How late a line may come and what may come instead, as its buyer wrote it in the basket."""

    HISTORY = True

    line = models.OneToOneField("orders.OrderLine", models.PROTECT, related_name="terms")
    latest = models.TimeField(null=True)
    otherwise = models.CharField(max_length=8, choices=Otherwise)
    swap = models.ForeignKey(Produce, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(otherwise="swap", swap__isnull=False) | (~Q(otherwise="swap") & Q(swap=None)),
                name="line_terms_name_what_comes_instead",
            )
        ]
        triggers = append_only()
