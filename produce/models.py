"""The county's produce dictionary, who changes it, and what its goods fetch."""

from dataclasses import dataclass

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kernel.constraints import two_people, within
from kernel.weight import COUNT_WORDS
from kernel.workflow import Workflow, legal_statuses, never_deleted, status_guards

MOST_PRICE_FEN = 10_000_000


class StockUnit(models.TextChoices):
    GRAM = "g", _("grams")
    PIECE = "piece", _("pieces")


class PaperKind(models.TextChoices):
    """A paper that must or may travel with goods."""

    CONFORMITY = "conformity", _("Certificate of conformity")
    TEST = "test", _("Test slip")
    QUARANTINE = "quarantine", _("Quarantine certificate")


class ProduceCategory(models.Model):
    FREE = True

    code = models.CharField(max_length=16, primary_key=True)
    name_zh = models.CharField(max_length=16)
    name_en = models.CharField(max_length=32)
    position = models.PositiveSmallIntegerField(unique=True)


class Produce(models.Model):
    """One entry of the county's dictionary: how a good is called, counted, kept, and whether it may be sold here."""

    FREE = True  # what it was before stands in its changes

    code = models.SlugField(max_length=32, unique=True)
    name = models.CharField(max_length=24, unique=True)
    name_en = models.CharField(max_length=40)
    category = models.ForeignKey(ProduceCategory, models.PROTECT, related_name="produce")
    aliases = ArrayField(models.CharField(max_length=24), default=list)
    pinyin = models.CharField(max_length=80)
    initials = models.CharField(max_length=24)
    picture = models.CharField(max_length=24, default="basket")
    stock_unit = models.CharField(max_length=8, choices=StockUnit, default=StockUnit.GRAM)
    piece_g = models.PositiveIntegerField(null=True)  # usual weight of one piece
    count_word = models.CharField(max_length=8, blank=True)  # by which pieces are counted: 只, 头 (kernel.weight)
    packs = ArrayField(models.CharField(max_length=8), default=list)  # box, bag: each lot says what one holds
    shelf_days = models.PositiveSmallIntegerField()  # at room temperature
    shelf_days_cold = models.PositiveSmallIntegerField()
    yield_g_per_mu = models.PositiveIntegerField(null=True)  # 95th percentile, grams per mu
    papers = ArrayField(models.CharField(max_length=24), default=list)
    season = ArrayField(models.PositiveSmallIntegerField(), default=list)  # months of harvest
    forbidden = models.BooleanField(default=False)
    forbidden_reason = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    first_listed_at = models.DateTimeField(null=True, editable=False)  # told by who lists; from then on its unit stays

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(forbidden=False) | ~Q(forbidden_reason=""), name="forbidden_says_why"),
            models.CheckConstraint(
                condition=Q(stock_unit="g", piece_g=None)
                | Q(stock_unit="piece", piece_g__isnull=False, piece_g__gte=1),
                name="pieces_have_a_weight",
            ),
            models.CheckConstraint(
                condition=Q(stock_unit="g", count_word="") | Q(stock_unit="piece", count_word__in=[*COUNT_WORDS]),
                name="pieces_have_their_word",
            ),
            within("shelf_days", 1, 3650, name="shelf_days_bounded"),
        ]

    def __str__(self):
        return self.name


class ChangeStatus(models.TextChoices):
    PROPOSED = "proposed", _("Waits for a second person")
    IN_FORCE = "in_force", _("In force")
    REFUSED = "refused", _("Refused")


CHANGE_MOVES: dict = {
    ChangeStatus.PROPOSED: {ChangeStatus.IN_FORCE, ChangeStatus.REFUSED},
    ChangeStatus.IN_FORCE: set(),
    ChangeStatus.REFUSED: set(),
}


class ProduceChange(Workflow):
    """What one person proposes to write into the dictionary; it is written when another one agrees."""

    CHANGES = ("status", "decided_by")
    MOVES = CHANGE_MOVES
    REFERENCE = "produce-change"

    produce = models.ForeignKey(Produce, models.PROTECT, null=True, related_name="changes")  # none: a new entry
    becomes = models.JSONField()  # column → {"from": value, "to": value}, grades among them; only what changes
    reason = models.CharField(max_length=200)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            legal_statuses(CHANGE_MOVES, "produce_change_status_legal"),
            two_people("decided_by", "proposed_by", name="produce_change_two_hands"),
            models.CheckConstraint(
                condition=Q(status="proposed", decided_by=None) | ~Q(status="proposed") & Q(decided_by__isnull=False),
                name="produce_change_is_decided_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["produce"], condition=Q(status="proposed"), name="produce_change_one_at_a_time"
            ),
        ]
        triggers = [
            *status_guards(CHANGE_MOVES),
            pgtrigger.ReadOnly(name="proposal_stays", fields=["produce", "becomes", "reason", "proposed_by", "at"]),
            *never_deleted(),
        ]


class Grade(models.Model):
    FREE = True

    produce = models.ForeignKey(Produce, models.CASCADE, related_name="grades")
    code = models.CharField(max_length=16)
    name = models.CharField(max_length=24)
    name_en = models.CharField(max_length=40)
    measure = models.CharField(max_length=80, blank=True)
    worth_percent = models.PositiveSmallIntegerField(null=True)  # of the best grade's price; none: no step leads here
    position = models.PositiveSmallIntegerField()
    first_listed_at = models.DateTimeField(null=True, editable=False)  # told by who lists; from then on it stays

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["produce", "code"], name="grade_once"),
            within("worth_percent", 1, 100, name="grade_worth_bounded"),
        ]

    def __str__(self):
        return self.name


@dataclass(slots=True)
class GradeStep:
    """A lower grade in which goods may be taken: `percent` of their price is owed for them then."""

    code: str
    name: str
    name_en: str
    percent: int


class ReferencePrice(models.Model):
    """What a produce fetched on one day at one source, per 500 g, in fen."""

    CHANGES = ("low_fen", "avg_fen", "high_fen")

    produce = models.ForeignKey(Produce, models.PROTECT, related_name="reference_prices")
    day = models.DateField()
    source = models.CharField(max_length=40)
    spec = models.CharField(max_length=40, blank=True)
    low_fen = models.PositiveIntegerField(null=True)
    avg_fen = models.PositiveIntegerField()
    high_fen = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["produce", "day", "source", "spec"], name="reference_price_once"),
            within("avg_fen", 1, MOST_PRICE_FEN, name="reference_price_bounded"),
        ]
        indexes = [models.Index(fields=["produce", "-day"], name="reference_price_latest")]


class PriceMedian(models.Model):
    """The middle of what was asked or paid for a produce (and a grade) on one day, per 500 g; written each night."""

    FREE = True  # written anew from the prices it is the middle of

    class Source(models.TextChoices):
        REFERENCE = "reference", _("Price files")
        LISTED = "listed", _("Asked on this market")
        SOLD = "sold", _("Paid on this market")

    produce = models.ForeignKey(Produce, models.CASCADE, related_name="medians")
    grade = models.ForeignKey(Grade, models.CASCADE, null=True, related_name="+")  # none: whatever the grade
    day = models.DateField()
    source = models.CharField(max_length=12, choices=Source)
    median_fen = models.PositiveIntegerField()
    low_fen = models.PositiveIntegerField()
    high_fen = models.PositiveIntegerField()
    prices = models.PositiveIntegerField()  # how many prices it is the middle of

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["produce", "day", "source", "grade"], nulls_distinct=False, name="price_median_once"
            ),
            models.CheckConstraint(
                condition=Q(low_fen__gte=1, low_fen__lte=F("median_fen"), median_fen__lte=F("high_fen"), prices__gte=1),
                name="price_median_lies_between",
            ),
        ]
