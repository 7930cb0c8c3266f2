"""Single lots on sale, the ledger of their kilos, what they asked, and the papers that travel with them.

A listing counts in one stock unit (grams, or pieces for animals sold by the head). Its kilos are reserved, sold,
claimed as lost, written off or withdrawn, and the database holds `reserved + sold + claimed + written off +
withdrawn ≤ listed`; every change is an append-only movement. Nothing is both sold and claimed:
of what was sold below the county reference, `sold_low` counts what its seller reports as such, never above `sold`.
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Household, Organisation, Place
from catalog.models.plots import PlotSeason, counted_in_seasons
from catalog.models.sellers import MOST_G, Recognition, Track
from kernel import weight
from kernel.constraints import one_of, two_people, within
from kernel.numbers import NumberField, numbered
from kernel.traced import Traced
from kernel.workflow import Workflow, append_only, legal_statuses, never_deleted, status_guards
from ledger.models import Account
from produce.models import MOST_PRICE_FEN, Grade, GradeStep, PaperKind, Produce, StockUnit
from records.models import StoredFile


class Storage(models.TextChoices):
    ROOM = "room", _("At room temperature")
    COLD = "cold", _("In a cold store")


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
# In these states what is reserved of a lot already is still handed over, though nobody may take more of it.
STILL_HANDED_OVER = (ListingStatus.ON_SALE, ListingStatus.EXPIRED, ListingStatus.WITHDRAWN)


# A household may end a mandate at the very moment in which its co-operative lists: one of the two waits.
_AGENT_HAS_A_MANDATE = """
PERFORM FROM accounts_mandate WHERE household_id = NEW.household_id AND cooperative_id = NEW.agent_id
AND daterange(from_on, to_on) @> (NEW.listed_at AT TIME ZONE 'Asia/Shanghai')::date FOR SHARE;
IF NOT FOUND THEN
    RAISE EXCEPTION 'pgtrigger: organisation % has no mandate of this household', NEW.agent_id;
END IF;
RETURN NEW;
"""


class Listing(Workflow):
    """One traceable lot on sale, of one household or one co-operative, in its own stock unit.

    Its agent is the co-operative that lists or answers for the household, by the household's mandate of that day.
    """

    CHANGES = (
        "status", "reserved", "sold", "sold_low", "claimed", "written_off", "withdrawn", "price_fen", "price_unit_g",
        "price_reason", "harvested_on", "sell_by", "paused_until", "recalled_at", "confirmed_at", "asked_at", "cover",
        "plot_season", "smallest",
    )  # fmt: skip
    MOVES = LISTING_MOVES
    REFERENCE = "listing"

    number = NumberField()
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="listings")
    cooperative = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="listings")
    agent = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)
    produce = models.ForeignKey(Produce, models.PROTECT, related_name="listings")
    grade = models.ForeignKey(Grade, models.PROTECT, null=True, related_name="+")
    grade_steps = models.JSONField(default=list)  # lower grades in which it may be taken, as the dictionary had them
    stock_unit = models.CharField(max_length=8, choices=StockUnit)
    piece_g = models.PositiveIntegerField(null=True)
    typed_quantity = models.CharField(max_length=24)
    typed_unit = models.CharField(max_length=8)
    listed = models.BigIntegerField()
    reserved = models.BigIntegerField(default=0)
    sold = models.BigIntegerField(default=0)
    sold_low = models.BigIntegerField(default=0)  # of what was sold: reported as sold below the reference
    claimed = models.BigIntegerField(default=0)
    written_off = models.BigIntegerField(default=0)
    withdrawn = models.BigIntegerField(default=0)
    price_fen = models.PositiveIntegerField()
    price_unit_g = models.PositiveIntegerField(default=500)
    price_reason = models.CharField(max_length=200, blank=True)
    smallest = models.BigIntegerField(default=0)  # what its seller hands over at least, in the stock unit
    village = models.ForeignKey(Place, models.PROTECT, related_name="+")
    township = models.ForeignKey(Place, models.PROTECT, related_name="+")
    harvested_on = models.DateField(null=True)  # none yet: a forecast
    expected_from = models.DateField(null=True)
    expected_to = models.DateField(null=True)
    sell_by = models.DateField()
    storage = models.CharField(max_length=8, choices=Storage, default=Storage.ROOM)
    pack_g = models.PositiveIntegerField(null=True)  # net weight of the box or bag it was typed in
    recognition = models.ForeignKey(Recognition, models.PROTECT, null=True, related_name="+")
    plot_season = models.ForeignKey(PlotSeason, models.PROTECT, null=True, related_name="lots", db_index=False)
    paused_until = models.DateField(null=True)  # its seller is away up to and with this day
    recalled_at = models.DateTimeField(null=True)
    entry_key = models.CharField(max_length=96, blank=True)  # the row of a sheet or file it came from
    track = models.CharField(max_length=12, choices=Track, blank=True)  # of its recognition; empty without one
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by_proxy = models.BooleanField(default=False)
    listed_at = models.DateTimeField()
    confirmed_at = models.DateTimeField()  # when somebody last said it is still there
    asked_at = models.DateTimeField(null=True)
    cover = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    payee_account = models.ForeignKey(Account, models.PROTECT, related_name="+")  # where its sales are owed

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(track="", recognition=None) | Q(track__in=Track.values, recognition__isnull=False),
                name="no_track_without_a_recognition",
            ),
            legal_statuses(LISTING_MOVES, "listing_status_legal"),
            one_of("household", "cooperative", name="listing_has_one_owner"),
            models.CheckConstraint(
                condition=Q(agent=None) | Q(household__isnull=False), name="an_agent_sells_for_a_household"
            ),
            within("listed", 1, MOST_G, name="listed_bounded"),
            models.CheckConstraint(
                condition=Q(smallest__gte=0, smallest__lte=F("listed")), name="smallest_within_what_is_listed"
            ),
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
                condition=Q(sold_low__gte=0, sold_low__lte=F("sold")), name="reported_as_sold_low_is_sold"
            ),
            models.CheckConstraint(
                condition=Q(price_fen__gte=1, price_fen__lte=MOST_PRICE_FEN, price_unit_g__gte=1), name="price_bounded"
            ),
            models.CheckConstraint(
                condition=Q(stock_unit="g", piece_g=None)
                | Q(stock_unit="piece", piece_g__isnull=False, piece_g__gte=1),
                name="listing_pieces_have_a_weight",
            ),
            models.UniqueConstraint(fields=["entry_key"], condition=~Q(entry_key=""), name="listing_once_for_each_row"),
            models.CheckConstraint(
                condition=Q(harvested_on__isnull=False) | Q(expected_from__isnull=False, expected_to__isnull=False),
                name="listing_is_harvested_or_expected",
            ),
            models.CheckConstraint(
                condition=Q(expected_to=None) | Q(expected_to__gte=F("expected_from")), name="expected_from_before_to"
            ),
            models.CheckConstraint(condition=~Q(status="on_sale") | Q(recalled_at=None), name="recalled_is_off_sale"),
        ]
        indexes = [
            models.Index(fields=["produce", "sell_by", "id"], condition=Q(status="on_sale"), name="listing_by_produce"),
            models.Index(fields=["sell_by", "id"], condition=Q(status="on_sale"), name="listing_by_sell_by"),
            models.Index(
                fields=["township", "sell_by", "id"], condition=Q(status="on_sale"), name="listing_by_township"
            ),
            models.Index(fields=["village", "sell_by", "id"], condition=Q(status="on_sale"), name="listing_by_village"),
            models.Index(fields=["household", "-listed_at"], name="listing_by_household"),
            models.Index(fields=["confirmed_at"], condition=Q(status="on_sale"), name="listing_stale"),
            models.Index(fields=["agent", "-id"], name="listing_by_agent"),
            models.Index(fields=["plot_season"], condition=Q(plot_season__isnull=False), name="listing_by_plot_season"),
        ]
        triggers = [
            *status_guards(LISTING_MOVES),
            numbered(),
            pgtrigger.Trigger(
                name="merged_lists_no_more",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__household__isnull=False),
                func="""
IF EXISTS (SELECT FROM accounts_household WHERE id = NEW.household_id AND merged_into_id IS NOT NULL) THEN
    RAISE EXCEPTION 'pgtrigger: a household that was merged lists nothing more';
END IF;
RETURN NEW;
""",
            ),
            pgtrigger.ReadOnly(
                name="lot_stays",
                fields=[
                    "number",
                    "household",
                    "cooperative",
                    "agent",
                    "produce",
                    "stock_unit",
                    "piece_g",
                    "grade",
                    "grade_steps",
                    "listed",
                    "made_by",
                    "payee_account",
                ],
            ),
            pgtrigger.Protect(
                name="recall_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__recalled_at__isnull=False)
                & pgtrigger.Q(old__recalled_at__df=pgtrigger.F("new__recalled_at")),
            ),
            pgtrigger.Trigger(
                name="agent_has_a_mandate",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__agent__isnull=False),
                func=_AGENT_HAS_A_MANDATE,
            ),
            *counted_in_seasons(),
            *never_deleted(),
        ]

    def ready_by(self, day) -> bool:
        """Return whether the goods are harvested, or will be by that day."""
        return self.harvested_on is not None or self.expected_to <= day

    def away_on(self, day) -> bool:
        """Return whether its seller is away on this day: nobody may take it meanwhile."""
        return self.paused_until is not None and self.paused_until >= day

    def free(self) -> int:
        """Return what nobody holds yet, in the stock unit."""
        return self.listed - self.reserved - self.sold - self.claimed - self.written_off - self.withdrawn

    def left_market(self) -> bool:
        """Return whether nobody may take more of it for good, or until its owner says that it is still there."""
        return self.status in (ListingStatus.EXPIRED, ListingStatus.WITHDRAWN) or self.recalled_at is not None

    def counted_g(self) -> int:
        """Return what it counts in a season, in grams, as the database does: all that may be sold, or what is taken."""
        taken = self.reserved + self.sold + self.claimed + self.written_off
        return self.grams(taken if self.left_market() else self.listed - self.withdrawn)

    def grams(self, quantity: int) -> int:
        """Return the (usual) weight of this many stock units, in grams."""
        return quantity * self.piece_g if self.piece_g is not None else quantity

    def steps(self) -> dict[str, GradeStep]:
        """Return the lower grades in which this lot may be taken, by code, the best first."""
        return {row["code"]: GradeStep(**row) for row in self.grade_steps}

    @property
    def count_word(self) -> str:
        """Return by which word it is counted, as the dictionary says now; empty where it is weighed."""
        return self.produce.count_word if self.stock_unit == StockUnit.PIECE else ""

    def in_words(self, quantity: int) -> str:
        """Return a quantity of this lot's stock unit as people say it."""
        return weight.heads(quantity, self.count_word) if self.stock_unit == StockUnit.PIECE else weight.both(quantity)


_MOVEMENTS_TELL = Traced(
    "catalog_movement",
    ("id", "listing_id", "reference", "source", "target", "quantity", "price_fen", "price_unit_g", "reason", "by_id"),
    moments=("at",),
    told_at=("at",),
)


class Movement(models.Model):
    """One change of a listing's kilos: from which total to which, how much, for which document."""

    HISTORY = True
    TRACED = _MOVEMENTS_TELL

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
    # At what goods were sold, before any step for a lower grade; of everything but sales, nothing.
    price_fen = models.PositiveIntegerField(null=True)
    price_unit_g = models.PositiveIntegerField(null=True)
    reason = models.CharField(max_length=24, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            within("quantity", 1, MOST_G, name="movement_bounded"),
            two_people("source", "target", name="movement_moves"),
            models.CheckConstraint(
                condition=Q(price_fen=None, price_unit_g=None)
                | Q(
                    target="sold",
                    price_fen__isnull=False,
                    price_fen__range=(1, MOST_PRICE_FEN),
                    price_unit_g__isnull=False,
                    price_unit_g__gte=1,
                ),
                name="movement_priced_when_sold",
            ),
        ]
        indexes = [models.Index(fields=["listing", "id"], name="movement_by_listing")]
        triggers = [*append_only(), *_MOVEMENTS_TELL.triggers()]


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


class PaperStatus(models.TextChoices):
    VALID = "valid", _("Valid")
    CANCELLED = "cancelled", _("Cancelled")


PAPER_MOVES: dict = {PaperStatus.VALID: {PaperStatus.CANCELLED}, PaperStatus.CANCELLED: set()}


class Paper(Workflow):
    """A paper that travels with one lot: the seller's commitment, a test slip, a quarantine certificate."""

    CHANGES = ("status",)
    MOVES = PAPER_MOVES
    REFERENCE = "paper"

    Kind = PaperKind

    number = NumberField()
    code = models.CharField(max_length=16, unique=True)  # what its QR shows: found by nobody who does not hold it
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=12, choices=Kind)
    wording = models.CharField(max_length=24, blank=True)  # which legal wording the commitment uses
    quantity = models.BigIntegerField(null=True)  # of the lot, in its stock unit
    facts = models.JSONField(default=dict)  # what the paper says: tester, item, value, result, office, number
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    issued_on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            legal_statuses(PAPER_MOVES, "paper_status_legal"),
            models.CheckConstraint(
                condition=Q(kind="conformity", quantity__isnull=False, quantity__gte=1) & ~Q(wording="")
                | ~Q(kind="conformity"),
                name="a_commitment_has_wording_and_quantity",
            ),
        ]
        indexes = [models.Index(fields=["listing", "kind"], name="paper_by_listing")]
        triggers = [
            *status_guards(PAPER_MOVES),
            numbered(),
            pgtrigger.ReadOnly(name="paper_stays", exclude=["status"]),
            *never_deleted(),
        ]
