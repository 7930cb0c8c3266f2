"""Supply: the produce dictionary, listings of single lots, and the ledger of their kilos.

A listing counts in one stock unit (grams, or pieces for animals sold by the head). Its kilos are reserved, sold,
claimed as lost, written off or withdrawn, and the database holds `reserved + sold + claimed + written off +
withdrawn ≤ listed`; every change is an append-only movement. Nothing is both sold and claimed.
"""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Household, Organisation, Place
from kernel.workflow import Workflow, append_only, legal_statuses, no_truncate, status_guards
from ledger.models import Account
from records.models import StoredFile

MOST_G = 1_000_000_000  # 1,000 t: no lot of a household comes near it
MOST_PRICE_FEN = 10_000_000


class StockUnit(models.TextChoices):
    GRAM = "g", _("grams")
    PIECE = "piece", _("pieces")


class ProduceCategory(models.Model):
    code = models.CharField(max_length=16, primary_key=True)
    name_zh = models.CharField(max_length=16)
    name_en = models.CharField(max_length=32)
    position = models.PositiveSmallIntegerField(unique=True)


class Produce(models.Model):
    """One entry of the county's dictionary: how a good is called, counted, kept, and whether it may be sold here."""

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
    shelf_days = models.PositiveSmallIntegerField()  # at room temperature
    shelf_days_cold = models.PositiveSmallIntegerField()
    yield_g_per_mu = models.PositiveIntegerField(null=True)  # 95th percentile, grams per mu
    papers = ArrayField(models.CharField(max_length=24), default=list)
    season = ArrayField(models.PositiveSmallIntegerField(), default=list)  # months of harvest
    forbidden = models.BooleanField(default=False)
    forbidden_reason = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(forbidden=False) | ~Q(forbidden_reason=""), name="forbidden_says_why"),
            models.CheckConstraint(
                condition=Q(stock_unit="g", piece_g=None) | Q(stock_unit="piece", piece_g__gte=1),
                name="pieces_have_a_weight",
            ),
            models.CheckConstraint(condition=Q(shelf_days__gte=1, shelf_days__lte=3650), name="shelf_days_bounded"),
        ]

    def __str__(self):
        return self.name


class Grade(models.Model):
    produce = models.ForeignKey(Produce, models.CASCADE, related_name="grades")
    code = models.CharField(max_length=16)
    name = models.CharField(max_length=24)
    name_en = models.CharField(max_length=40)
    measure = models.CharField(max_length=80, blank=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["produce", "code"], name="grade_once")]

    def __str__(self):
        return self.name


class ReferencePrice(models.Model):
    """What a produce fetched on one day at one source, per 500 g, in fen."""

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
            models.CheckConstraint(
                condition=Q(avg_fen__gte=1, avg_fen__lte=MOST_PRICE_FEN), name="reference_price_bounded"
            ),
        ]
        indexes = [models.Index(fields=["produce", "-day"], name="reference_price_latest")]


class Track(models.TextChoices):
    CERTIFIED = "certified", _("Certified product")
    SELF_GROWN = "self_grown", _("Grown by the household")


class ListingStatus(models.TextChoices):
    ON_SALE = "on_sale", _("On sale")
    STOPPED = "stopped", _("Sale stopped")  # nobody may take it until it is cleared
    EXPIRED = "expired", _("Off the market")  # nobody confirmed it; kilos untouched, still claimable
    WITHDRAWN = "withdrawn", _("Taken down by the owner")


LISTING_MOVES = {
    ListingStatus.ON_SALE: {ListingStatus.STOPPED, ListingStatus.EXPIRED, ListingStatus.WITHDRAWN},
    ListingStatus.STOPPED: {ListingStatus.ON_SALE, ListingStatus.WITHDRAWN},
    ListingStatus.EXPIRED: {ListingStatus.ON_SALE, ListingStatus.WITHDRAWN},
    ListingStatus.WITHDRAWN: set(),
}


class Listing(Workflow):
    """One traceable lot on sale, of one household or one co-operative, in its own stock unit."""

    MOVES = LISTING_MOVES
    REFERENCE = "listing"

    number = models.CharField(max_length=20, unique=True)
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="listings")
    cooperative = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="listings")
    produce = models.ForeignKey(Produce, models.PROTECT, related_name="listings")
    grade = models.ForeignKey(Grade, models.PROTECT, null=True, related_name="+")
    stock_unit = models.CharField(max_length=8, choices=StockUnit)
    piece_g = models.PositiveIntegerField(null=True)
    typed_quantity = models.CharField(max_length=24)
    typed_unit = models.CharField(max_length=8)
    listed = models.BigIntegerField()
    reserved = models.BigIntegerField(default=0)
    sold = models.BigIntegerField(default=0)
    claimed = models.BigIntegerField(default=0)
    written_off = models.BigIntegerField(default=0)
    withdrawn = models.BigIntegerField(default=0)
    price_fen = models.PositiveIntegerField()
    price_unit_g = models.PositiveIntegerField(default=500)
    price_reason = models.CharField(max_length=200, blank=True)
    village = models.ForeignKey(Place, models.PROTECT, related_name="+")
    township = models.ForeignKey(Place, models.PROTECT, related_name="+")
    harvested_on = models.DateField()
    sell_by = models.DateField()
    track = models.CharField(max_length=12, choices=Track, default=Track.SELF_GROWN)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by_proxy = models.BooleanField(default=False)
    listed_at = models.DateTimeField()
    confirmed_at = models.DateTimeField()  # when somebody last said it is still there
    asked_at = models.DateTimeField(null=True)
    cover = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    payee_account = models.ForeignKey(Account, models.PROTECT, related_name="+")  # where its sales are owed

    class Meta:
        constraints = [
            legal_statuses(LISTING_MOVES, "listing_status_legal"),
            models.CheckConstraint(
                condition=Q(household=None, cooperative__isnull=False) | Q(household__isnull=False, cooperative=None),
                name="listing_has_one_owner",
            ),
            models.CheckConstraint(condition=Q(listed__gte=1, listed__lte=MOST_G), name="listed_bounded"),
            models.CheckConstraint(
                condition=Q(
                    listed__gte=F("reserved") + F("sold") + F("claimed") + F("written_off") + F("withdrawn"),
                    reserved__gte=0,
                    sold__gte=0,
                    claimed__gte=0,
                    written_off__gte=0,
                    withdrawn__gte=0,
                ),
                name="no_kilo_twice",
            ),
            models.CheckConstraint(
                condition=Q(price_fen__gte=1, price_fen__lte=MOST_PRICE_FEN, price_unit_g__gte=1), name="price_bounded"
            ),
            models.CheckConstraint(
                condition=Q(stock_unit="g", piece_g=None) | Q(stock_unit="piece", piece_g__gte=1),
                name="listing_pieces_have_a_weight",
            ),
        ]
        indexes = [
            models.Index(fields=["produce", "sell_by", "id"], condition=Q(status="on_sale"), name="listing_by_produce"),
            models.Index(fields=["sell_by", "id"], condition=Q(status="on_sale"), name="listing_by_sell_by"),
            models.Index(
                fields=["township", "sell_by", "id"], condition=Q(status="on_sale"), name="listing_by_township"
            ),
            models.Index(fields=["household", "-listed_at"], name="listing_by_household"),
            models.Index(fields=["confirmed_at"], condition=Q(status="on_sale"), name="listing_stale"),
        ]
        triggers = [
            *status_guards(LISTING_MOVES),
            pgtrigger.ReadOnly(
                name="lot_stays",
                fields=[
                    "number",
                    "household",
                    "cooperative",
                    "produce",
                    "stock_unit",
                    "piece_g",
                    "listed",
                    "made_by",
                    "payee_account",
                ],
            ),
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
            no_truncate(),
        ]

    def free(self) -> int:
        """Return what nobody holds yet, in the stock unit."""
        return self.listed - self.reserved - self.sold - self.claimed - self.written_off - self.withdrawn

    def grams(self, quantity: int) -> int:
        """Return the (usual) weight of this many stock units, in grams."""
        return quantity * self.piece_g if self.piece_g is not None else quantity


class Movement(models.Model):
    """One change of a listing's kilos: from which total to which, how much, for which document."""

    HISTORY = True

    class Side(models.TextChoices):
        FREE = "free", _("Free")
        RESERVED = "reserved", _("Reserved")
        SOLD = "sold", _("Sold")
        CLAIMED = "claimed", _("Claimed as lost")
        WRITTEN_OFF = "written_off", _("Written off")
        WITHDRAWN = "withdrawn", _("Taken back")

    listing = models.ForeignKey(Listing, models.PROTECT, related_name="movements")
    reference = models.CharField(max_length=96, unique=True)
    source = models.CharField(max_length=12, choices=Side)
    target = models.CharField(max_length=12, choices=Side)
    quantity = models.BigIntegerField()
    reason = models.CharField(max_length=24, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1, quantity__lte=MOST_G), name="movement_bounded"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="movement_moves"),
        ]
        indexes = [models.Index(fields=["listing", "id"], name="movement_by_listing")]
        triggers = append_only()


class PriceChange(models.Model):
    """What a listing asked from this moment on."""

    HISTORY = True

    listing = models.ForeignKey(Listing, models.PROTECT, related_name="prices")
    price_fen = models.PositiveIntegerField()
    price_unit_g = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = append_only()


class ListingDraft(models.Model):
    """A listing being typed: kept on the server from the first photo on, so that a killed page loses nothing."""

    id = models.UUIDField(primary_key=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="+")
    produce = models.ForeignKey(Produce, models.PROTECT, null=True, related_name="+")
    photo = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    typed = models.JSONField(default=dict)
    listing = models.OneToOneField(Listing, models.PROTECT, null=True, related_name="draft")
    created_at = models.DateTimeField(auto_now_add=True)
