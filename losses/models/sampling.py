"""Which claims are drawn for a visit: each draw with its month, its regime and its seed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from accounts.models import Place
from kernel.workflow import append_only
from losses.models.claims import LossClaim
from losses.sampling import Regime


class SampleRegime(models.TextChoices):
    NORMAL = Regime.NORMAL.value, pgettext_lazy("sampling", "normal")
    TIGHTENED = Regime.TIGHTENED.value, pgettext_lazy("sampling", "tightened")
    FULL = Regime.FULL.value, pgettext_lazy("sampling", "every one")


class SampleDraw(models.Model):
    """That a claim was drawn for a visit, or was not, when the township passed it; the seed proves it."""

    HISTORY = True

    claim = models.ForeignKey(LossClaim, models.PROTECT, related_name="sample_draws")
    round = models.PositiveSmallIntegerField()
    village = models.ForeignKey(Place, models.PROTECT, related_name="+")
    month = models.DateField()  # its first day
    regime = models.CharField(max_length=10, choices=SampleRegime)
    percent = models.PositiveSmallIntegerField()
    seed = models.CharField(max_length=64)
    picked = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "round"], name="one_sample_draw_a_round"),
            models.CheckConstraint(
                condition=Q(percent__gte=1, percent__lte=100) & (Q(percent__lt=100) | Q(picked=True)),
                name="sample_draw_bounded",
            ),
            models.CheckConstraint(condition=~Q(regime="full") | Q(percent=100), name="a_full_regime_picks_all"),
        ]
        triggers = append_only()
