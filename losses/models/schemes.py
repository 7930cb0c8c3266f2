"""The rules of relief as data: schemes, their rates and money, and what households got elsewhere."""

import uuid
from functools import reduce
from operator import or_

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Household, Organisation
from kernel.constraints import two_people, within
from kernel.entering import entered_only
from kernel.workflow import Workflow, legal_statuses, never_deleted, status_guards
from ledger.models import Account
from losses.relief import Rate, RateBasis
from produce.models import Produce
from records.models import MOST_FEN

MOST_PAY_DAYS = 180
MOST_HOURS, MOST_REVIEW_DAYS, MOST_LISTED_DAYS = 336, 30, 180


class SchemeStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    CLOSED = "closed", pgettext_lazy("scheme", "Closed")


SCHEME_MOVES = {
    SchemeStatus.DRAFT: {SchemeStatus.PUBLISHED},
    SchemeStatus.PUBLISHED: {SchemeStatus.CLOSED},
    SchemeStatus.CLOSED: set(),
}


class Sharing(models.TextChoices):
    """Who gets the money where it does not suffice for all."""

    FIRST = "first", pgettext_lazy("sharing", "Who comes first")
    PRO_RATA = "pro_rata", pgettext_lazy("sharing", "All alike, computed together")


# What the rules say of themselves; a draft may say it anew.
TERMS = (
    "name", "legal_basis", "window_from", "window_to", "tiers", "townships", "household_cap_fen", "min_loss_g",
    "village_days", "county_days", "sample_percent", "sharing", "most_claims", "waiting_days", "pay_days",
    "check_photos", "village_check_hours", "township_check_hours", "visit_hours", "review_days",
    "no_visit_below_fen", "no_visit_listed_days", "verifier_offices", "payer",
)  # fmt: skip


def _any_differs(columns: tuple[str, ...]) -> pgtrigger.Q:
    """Return the condition that one of these columns changes."""
    return reduce(or_, (pgtrigger.Q(**{f"old__{name}__df": pgtrigger.F(f"new__{name}")}) for name in columns))


class ReliefScheme(Workflow):
    """Published rules: who may claim what, when, at which rate, up to which cap, out of which money."""

    CHANGES = ("status", *TERMS)
    MOVES = SCHEME_MOVES
    REFERENCE = "scheme"

    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=80)
    legal_basis = models.CharField(max_length=120)
    window_from = models.DateField()
    window_to = models.DateField()
    tiers = models.JSONField(default=list)  # tiers of households that may apply
    townships = ArrayField(models.CharField(max_length=12), default=list)  # codes; none is the whole county
    household_cap_fen = models.BigIntegerField()  # a household, this scheme
    min_loss_g = models.PositiveIntegerField()
    village_days = models.PositiveSmallIntegerField()
    county_days = models.PositiveSmallIntegerField()
    sample_percent = models.PositiveSmallIntegerField(default=100)  # so many of a hundred claims are visited
    sharing = models.CharField(max_length=8, choices=Sharing, default=Sharing.FIRST)
    most_claims = models.PositiveSmallIntegerField(null=True)  # of a household; none is as many as it has losses
    waiting_days = models.SmallIntegerField(default=0)  # between two reports of a household
    pay_days = models.PositiveSmallIntegerField()  # after the award, until the money is on the card
    check_photos = models.BooleanField(default=False)  # village and township show a photo of what they saw
    # Its own clocks; none is the county's policy.
    village_check_hours = models.PositiveSmallIntegerField(null=True)
    township_check_hours = models.PositiveSmallIntegerField(null=True)
    visit_hours = models.PositiveSmallIntegerField(null=True)
    review_days = models.PositiveSmallIntegerField(null=True)
    # A lot nobody bought needs no visit below this sum, once it was on sale for so many days; none is always drawn.
    no_visit_below_fen = models.BigIntegerField(null=True)
    no_visit_listed_days = models.PositiveSmallIntegerField(null=True)
    # Keys of the organisations whose verifiers are drawn; none is all of them.
    verifier_offices = ArrayField(models.BigIntegerField(), default=list)
    payer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    account = models.OneToOneField(Account, models.PROTECT, related_name="+")
    source_account = models.OneToOneField(Account, models.PROTECT, related_name="+")
    bank_account = models.OneToOneField(Account, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            legal_statuses(SCHEME_MOVES, "scheme_status_legal"),
            models.CheckConstraint(condition=Q(window_to__gte=F("window_from")), name="scheme_window_in_order"),
            within("household_cap_fen", 1, MOST_FEN, name="scheme_cap_bounded"),
            models.CheckConstraint(
                condition=Q(village_days__gte=1, village_days__lte=60, county_days__gte=1, county_days__lte=60),
                name="scheme_days_bounded",
            ),
            within("sample_percent", 1, 100, name="scheme_sample_bounded"),
            within("most_claims", 1, 99, name="scheme_claims_bounded"),
            within("waiting_days", 0, 366, name="scheme_waiting_bounded"),
            within("pay_days", 1, MOST_PAY_DAYS, name="scheme_pay_days_bounded"),
            within("village_check_hours", 1, MOST_HOURS, name="scheme_village_hours_bounded"),
            within("township_check_hours", 1, MOST_HOURS, name="scheme_township_hours_bounded"),
            within("visit_hours", 1, MOST_HOURS, name="scheme_visit_hours_bounded"),
            within("review_days", 1, MOST_REVIEW_DAYS, name="scheme_review_days_bounded"),
            models.CheckConstraint(
                condition=Q(no_visit_below_fen=None, no_visit_listed_days=None)
                | Q(no_visit_below_fen__isnull=False, no_visit_listed_days__isnull=False)
                & Q(no_visit_below_fen__gte=1, no_visit_below_fen__lte=MOST_FEN)
                & Q(no_visit_listed_days__gte=1, no_visit_listed_days__lte=MOST_LISTED_DAYS),
                name="scheme_no_visit_says_both",
            ),
            models.CheckConstraint(condition=Q(sharing__in=["first", "pro_rata"]), name="scheme_sharing_known"),
        ]
        triggers = [
            *status_guards(SCHEME_MOVES),
            pgtrigger.Protect(
                name="published_scheme_stays",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__status="draft") & _any_differs(TERMS),  # a draft may still be mended
            ),
            pgtrigger.ReadOnly(
                name="scheme_keeps_its_code",  # its accounts are named by it
                fields=["id", "code", "account", "source_account", "bank_account"],
            ),
            entered_only(pgtrigger.Insert | pgtrigger.Update),
        ]


# A part of the rules is struck out once, and while its scheme is a draft.
_STRUCK_IN_A_DRAFT = """
IF OLD.struck_on IS NOT NULL
    OR NOT EXISTS (SELECT FROM losses_reliefscheme WHERE id = NEW.scheme_id AND status = 'draft') THEN
    RAISE EXCEPTION 'pgtrigger: % of a scheme that is published stays', TG_TABLE_NAME;
END IF;
RETURN NEW;
"""


class InForce(models.Manager):
    """The parts of the rules that stand: what was struck out of a draft is asked for nowhere."""

    def get_queryset(self) -> models.QuerySet:
        """Return what is not struck out."""
        return super().get_queryset().filter(struck_on=None)


def struck_in_a_draft(stays: str) -> list[pgtrigger.Trigger]:
    """Return the triggers of parts of the rules: written once, struck out of drafts alone, never deleted."""
    return [
        pgtrigger.ReadOnly(name=stays, exclude=["struck_on"]),
        pgtrigger.Trigger(
            name="struck_in_a_draft", when=pgtrigger.Before, operation=pgtrigger.Update, func=_STRUCK_IN_A_DRAFT
        ),
        entered_only(pgtrigger.Insert | pgtrigger.Update),
        *never_deleted(),
    ]


_COUNTED_BY_THE_HEAD = """
IF NOT EXISTS (SELECT FROM produce_produce WHERE id = NEW.produce_id AND stock_unit = 'piece') THEN
    RAISE EXCEPTION 'pgtrigger: produce % is not counted by the head', NEW.produce_id;
END IF;
RETURN NEW;
"""


class SchemeRate(models.Model):
    """What a weight, a mu, a head or the value of one produce is relieved with, in one category of loss."""

    CHANGES = ("struck_on",)

    class Category(models.TextChoices):
        SOLD_LOW = "A", _("Sold below the reference price")
        SPOILED = "B", _("Spoiled after harvest")
        UNHARVESTED = "C", _("Never harvested")

    class Basis(models.TextChoices):
        KG = RateBasis.KG.value, pgettext_lazy("rate", "By weight")
        MU = RateBasis.MU.value, pgettext_lazy("rate", "By mu of land")
        HEAD = RateBasis.HEAD.value, pgettext_lazy("rate", "By the head")
        VALUE = RateBasis.VALUE.value, pgettext_lazy("rate", "By value, in percent")

    scheme = models.ForeignKey(ReliefScheme, models.PROTECT, related_name="rates")
    produce = models.ForeignKey(Produce, models.PROTECT, related_name="+")
    category = models.CharField(max_length=1, choices=Category)
    basis = models.CharField(max_length=8, choices=Basis, default=Basis.KG)
    rate_fen = models.PositiveIntegerField()  # for a weight, a mu or a head; 0 where it is a part of the value
    rate_unit_g = models.PositiveIntegerField(default=1000)  # the weight that a rate by weight is for
    permille = models.PositiveSmallIntegerField(default=0)  # of the value
    struck_on = models.DateField(null=True)

    objects = InForce()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "produce", "category"], condition=Q(struck_on=None), name="scheme_rate_once"
            ),
            models.CheckConstraint(
                condition=Q(rate_unit_g__gte=1)
                & (
                    Q(basis__in=["kg", "mu", "head"], rate_fen__gte=1, rate_fen__lte=1_000_000, permille=0)
                    | Q(basis="value", rate_fen=0, permille__gte=1, permille__lte=1000)
                ),
                name="scheme_rate_bounded",
            ),
            models.CheckConstraint(
                condition=~Q(basis="mu", category__in=["A", "B"]) & ~Q(basis="head", category="C"),
                name="rate_basis_fits_its_category",
            ),
        ]
        triggers = [
            *struck_in_a_draft("rate_stays"),
            pgtrigger.Trigger(
                name="by_the_head_is_counted_by_the_head",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__basis="head"),
                func=_COUNTED_BY_THE_HEAD,
            ),
        ]

    def terms(self) -> Rate:
        """Return the rate for the arithmetic."""
        return Rate(self.rate_fen, self.rate_unit_g, self.basis, self.permille)


class SchemeMoney(models.Model):
    """A sum put behind a scheme, or with a minus taken from it, on the strength of a paper, by two of finance."""

    CHANGES = ("struck_on",)

    scheme = models.ForeignKey(ReliefScheme, models.PROTECT, related_name="sums")
    amount_fen = models.BigIntegerField()
    document = models.CharField(max_length=80)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    struck_on = models.DateField(null=True)

    objects = InForce()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "document"], condition=Q(struck_on=None), name="scheme_money_once_a_paper"
            ),
            models.CheckConstraint(
                condition=~Q(amount_fen=0) & Q(amount_fen__gte=-MOST_FEN, amount_fen__lte=MOST_FEN),
                name="scheme_money_bounded",
            ),
            two_people("by", "confirmed_by", name="scheme_money_two_hands"),
        ]
        triggers = struck_in_a_draft("money_stays")


class OtherRelief(models.Model):
    """What a household got elsewhere for losses of a time, of an insurer or by other rules; mistakes are struck out."""

    CHANGES = ("struck_on",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    household = models.ForeignKey(Household, models.PROTECT, related_name="relief_elsewhere")
    produce = models.ForeignKey(Produce, models.PROTECT, null=True, related_name="+")  # none is whatever it grew
    source = models.CharField(max_length=60)
    from_on = models.DateField()
    to_on = models.DateField()  # the last day whose losses are meant
    amount_fen = models.BigIntegerField()
    document = models.CharField(max_length=80)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    struck_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household", "produce", "source", "from_on", "to_on"],
                condition=Q(struck_on=None),
                nulls_distinct=False,
                name="other_relief_once",
            ),
            within("amount_fen", 1, MOST_FEN, name="other_relief_bounded"),
            models.CheckConstraint(condition=Q(to_on__gte=F("from_on")), name="other_relief_in_order"),
            two_people("by", "confirmed_by", name="other_relief_two_hands"),
        ]
        triggers = [entered_only(pgtrigger.Insert | pgtrigger.Update), *never_deleted()]
