"""Who belongs to a co-operative, and for whom it may sell: a dated mandate that the household gave and may end."""

import uuid
from fractions import Fraction

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.models.households import Household
from accounts.models.people import Organisation
from kernel import money
from kernel.constraints import once_a_day, within
from kernel.entering import entered_only
from kernel.typed import exact_decimal

MOST_FEE_BP = 3_000  # of ten thousand: no co-operative keeps a third of what is sold
MOST_FEE_FEN = 1_000  # a kilo


class CoopMember(models.Model):
    """A household is a member of a co-operative between two dates; it agreed to that itself."""

    CHANGES = ("to_on",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    household = models.ForeignKey(Household, models.PROTECT, related_name="coop_memberships")
    cooperative = models.ForeignKey(Organisation, models.PROTECT, related_name="coop_members")
    from_on = models.DateField()
    to_on = models.DateField(null=True)  # the first day without it

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(to_on=None) | Q(to_on__gte=F("from_on")), name="coop_member_in_order"),
            once_a_day("household", "cooperative", name="one_membership_of_a_coop_a_day"),
        ]
        indexes = [models.Index(fields=["cooperative", "household"], name="coop_member_by_coop")]
        triggers = [entered_only(pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete)]

    @property
    def reference(self) -> str:
        """Return the name of this membership as a document."""
        return f"coopmember:{self.pk}"


class Mandate(models.Model):
    """A household lets a co-operative sell for it: what it may do, whom buyers pay, and what it keeps for that."""

    CHANGES = ("to_on",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    household = models.ForeignKey(Household, models.PROTECT, related_name="mandates")
    cooperative = models.ForeignKey(Organisation, models.PROTECT, related_name="mandates")
    may_list = models.BooleanField()
    may_confirm = models.BooleanField()
    payee_is_coop = models.BooleanField()
    fee_bp = models.PositiveIntegerField(default=0)  # hundredths of a percent of what is paid
    fee_fen_per_kg = models.PositiveIntegerField(default=0)
    from_on = models.DateField()
    to_on = models.DateField(null=True)  # the first day without it

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(to_on=None) | Q(to_on__gte=F("from_on")), name="mandate_in_order"),
            models.CheckConstraint(condition=Q(may_list=True) | Q(may_confirm=True), name="mandate_allows_something"),
            models.CheckConstraint(condition=Q(fee_bp=0) | Q(fee_fen_per_kg=0), name="mandate_has_one_fee"),
            within("fee_bp", 0, MOST_FEE_BP, name="mandate_fee_share_bounded"),
            within("fee_fen_per_kg", 0, MOST_FEE_FEN, name="mandate_fee_a_kilo_bounded"),
            once_a_day("household", "cooperative", name="one_mandate_of_a_coop_a_day"),
        ]
        indexes = [models.Index(fields=["cooperative", "household"], name="mandate_by_coop")]
        triggers = [entered_only(pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete)]

    @property
    def reference(self) -> str:
        """Return the name of this mandate as a document."""
        return f"mandate:{self.pk}"

    def fee_in_words(self) -> str:
        """Return what the co-operative keeps."""
        return fee_words(self.fee_bp, self.fee_fen_per_kg)


def fee_words(fee_bp: int, fee_fen_per_kg: int) -> str:
    """Return a fee as people say it: 1.5%, 0.20 yuan a kilo, or none."""
    if fee_bp:
        return percent_plain(fee_bp) + "%"
    if fee_fen_per_kg:
        return _("%(yuan)s yuan a kilo") % {"yuan": money.yuan(fee_fen_per_kg)}
    return _("no fee")


def percent_plain(fee_bp: int) -> str:
    """Return hundredths of a percent as percent: 150 is 1.5."""
    return exact_decimal(Fraction(fee_bp, 100))
