"""Which claims are drawn for a visit: each draw with its month, its regime and its seed."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from accounts.models import Place
from kernel.workflow import append_only
from losses.models.claim_guards import SPARED_BY_RULE
from losses.models.claims import LossClaim
from losses.regimes import Regime


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
    # Needs no visit by the scheme's rule: what it comes to at the rate, and for how many days it was on sale before.
    spared_fen = models.BigIntegerField(null=True)
    spared_days = models.IntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "round"], name="one_sample_draw_a_round"),
            models.CheckConstraint(
                condition=Q(percent__gte=1, percent__lte=100)
                & (Q(percent__lt=100) | Q(picked=True) | Q(spared_fen__isnull=False)),
                name="sample_draw_bounded",
            ),
            models.CheckConstraint(condition=~Q(regime="full") | Q(percent=100), name="a_full_regime_picks_all"),
            models.CheckConstraint(
                condition=Q(spared_fen=None, spared_days=None)
                | Q(picked=False, regime="normal", spared_fen__isnull=False, spared_days__isnull=False)
                & Q(spared_fen__gte=0, spared_days__gte=1),
                name="spared_is_not_picked",
            ),
        ]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="spared_as_the_scheme_says",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__spared_fen__isnull=False),
                func=SPARED_BY_RULE,
            ),
        ]
