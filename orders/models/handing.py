"""Goods handed over at the pick-up: what the haulier's scale said, the seller's answer to it, what came back."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from accounts.models import Organisation
from catalog.models import MOST_G
from kernel.constraints import within
from kernel.workflow import append_only
from orders.models.ordering import Allocation

_TAKER_HAULS = """
IF NOT EXISTS (
    SELECT FROM accounts_membership AS m JOIN accounts_user AS u ON u.person_id = m.person_id
    WHERE u.id = NEW.taken_by_id AND m.organisation_id = NEW.carrier_id AND m.role = 'haulier'
      AND m.from_on <= (NEW.at AT TIME ZONE 'Asia/Shanghai')::date
) THEN
    RAISE EXCEPTION 'pgtrigger: user % drives for another organisation', NEW.taken_by_id;
END IF;
RETURN NEW;
"""


class HandOver(models.Model):
    """One lot at the pick-up: so much went to this haulier, signed by whoever took it, in their own session."""

    HISTORY = True

    class Giver(models.TextChoices):
        SELLER = "seller", pgettext_lazy("who gave the goods", "the seller")
        CADRE = "cadre", pgettext_lazy("who gave the goods", "the village cadre")
        COOP = "coop", pgettext_lazy("who gave the goods", "somebody of the co-operative")

    allocation = models.ForeignKey(Allocation, models.PROTECT, related_name="hand_overs")
    carrier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    weight_g = models.BigIntegerField()
    pieces = models.PositiveIntegerField(null=True)
    giver = models.CharField(max_length=16, choices=Giver)
    giver_name = models.CharField(max_length=40, blank=True)
    place = models.CharField(max_length=60, blank=True)  # where, if not at the village's pick-up point
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            within("weight_g", 1, MOST_G, name="handed_bounded"),
            models.CheckConstraint(condition=Q(giver__in=["seller", "cadre", "coop"]), name="giver_known"),
        ]
        indexes = [models.Index(fields=["at"], name="hand_over_by_time")]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(name="taker_hauls", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_TAKER_HAULS),
        ]

    @property
    def reference(self) -> str:
        return f"handover:{self.pk}"


_ANSWERED_BY_ANOTHER = """
IF EXISTS (
    SELECT FROM orders_handover AS h
    JOIN accounts_user AS taker ON taker.id = h.taken_by_id JOIN accounts_user AS answers ON answers.id = NEW.by_id
    WHERE h.id = NEW.hand_over_id AND (taker.id = answers.id OR taker.person_id = answers.person_id)
) THEN
    RAISE EXCEPTION 'pgtrigger: whoever took hand-over % cannot answer for the seller', NEW.hand_over_id;
END IF;
RETURN NEW;
"""


class HandOverAnswer(models.Model):
    """What the seller's side says of a hand-over: the weight is right, or it is not and why."""

    HISTORY = True

    hand_over = models.OneToOneField(HandOver, models.PROTECT, related_name="answer")
    agrees = models.BooleanField()
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(agrees=True) | ~Q(note=""), name="contest_says_why")]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="answered_by_another",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_ANSWERED_BY_ANOTHER,
            ),
        ]


_BACK_IS_OF_THE_HANDED = """
IF EXISTS (
    SELECT FROM orders_handover AS h WHERE h.id = NEW.hand_over_id
    AND (NEW.back_g > h.weight_g OR coalesce(NEW.back_pieces, 0) > coalesce(h.pieces, 0))
) THEN
    RAISE EXCEPTION 'pgtrigger: more came back than hand-over % gave', NEW.hand_over_id;
END IF;
RETURN NEW;
"""


class HandOverEnd(models.Model):
    """The end of a hand-over that did not leave: given back by the haulier, or by the clock when its time was over."""

    HISTORY = True

    hand_over = models.OneToOneField(HandOver, models.PROTECT, related_name="end")
    back_g = models.BigIntegerField()
    back_pieces = models.PositiveIntegerField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")  # nobody: the clock
    at = models.DateTimeField()

    class Meta:
        constraints = [within("back_g", 1, MOST_G, name="given_back_bounded")]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="back_is_of_the_handed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_BACK_IS_OF_THE_HANDED,
            ),
        ]
