"""What a claim comes to: the amount with its arithmetic, and the award."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kernel.constraints import within
from kernel.traced import Traced
from kernel.workflow import append_only
from ledger.models import Payable
from losses.models.claim_guards import IS_WHAT_WAS_COMPUTED, NOTICE_HAS_ENDED, WITHIN_THE_CAP
from losses.models.claims import LossClaim
from records.models import MOST_FEN


class Computation(models.Model):
    """The amount with its arithmetic, computed once after the visit and held on the scheme's account."""

    HISTORY = True

    claim = models.ForeignKey(LossClaim, models.PROTECT, related_name="computations")
    round = models.PositiveSmallIntegerField(default=1)
    verified_g = models.BigIntegerField()
    rate_fen = models.PositiveBigIntegerField()  # whatever it is counted by: so many fen for so many grams
    rate_unit_g = models.PositiveBigIntegerField()
    gap_fen = models.BigIntegerField(null=True)  # of a sale: what it fetched less than by the reference
    lines_fen = models.BigIntegerField()  # verified × rate, of a sale not more than the gap
    elsewhere_fen = models.BigIntegerField(default=0)  # taken off: what the household got elsewhere for the same loss
    cap_left_fen = models.BigIntegerField()
    money_left_fen = models.BigIntegerField()
    amount_fen = models.BigIntegerField()  # the least of the three, or its part of what is shared
    # Where the money is shared: what it came to if the money sufficed, and what all that were computed with it came to.
    full_fen = models.BigIntegerField(null=True)
    all_fen = models.BigIntegerField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "round"], name="one_computation_a_round"),
            models.CheckConstraint(
                condition=(Q(gap_fen=None) | Q(gap_fen__gte=F("lines_fen")))
                & Q(
                    amount_fen__gte=1,
                    elsewhere_fen__gte=0,
                    amount_fen__lte=F("lines_fen") - F("elsewhere_fen"),
                    cap_left_fen__gte=F("amount_fen"),
                    money_left_fen__gte=F("amount_fen"),
                ),
                name="amount_is_the_least",
            ),
            models.CheckConstraint(
                condition=Q(full_fen=None, all_fen=None)
                | Q(full_fen__isnull=False, all_fen__isnull=False)
                & Q(full_fen__gte=F("amount_fen"), all_fen__gte=F("full_fen"))
                & Q(full_fen__lte=F("lines_fen") - F("elsewhere_fen"), cap_left_fen__gte=F("full_fen")),
                name="shared_is_a_part",
            ),
        ]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="within_the_households_cap",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=WITHIN_THE_CAP,
            ),
        ]


_AWARDS_TELL = Traced(
    "losses_award", ("id", "claim_id", "amount_fen", "payable_id", "by_id"), moments=("at",), told_at=("at",)
)


class Award(models.Model):
    """The approver confirms a noticed amount, never another one; it writes the payable."""

    HISTORY = True
    TRACED = _AWARDS_TELL

    claim = models.OneToOneField(LossClaim, models.PROTECT, related_name="award")
    amount_fen = models.BigIntegerField()
    payable = models.OneToOneField(Payable, models.PROTECT, related_name="award")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            within("amount_fen", 1, MOST_FEN, name="award_bounded"),
        ]
        triggers = [
            *append_only(),
            *_AWARDS_TELL.triggers(),
            pgtrigger.Trigger(
                name="awarded_after_its_notice",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=NOTICE_HAS_ENDED,
            ),
            pgtrigger.Trigger(
                name="awarded_as_computed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=IS_WHAT_WAS_COMPUTED,
            ),
        ]
