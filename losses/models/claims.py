"""Claims with what each stage found."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Household
from catalog.models import MOST_G, Listing, Movement, PlotSeason
from kernel.constraints import one_of, within
from kernel.numbers import NumberField, numbered
from kernel.present import known
from kernel.workflow import Workflow, append_only, legal_statuses, status_guards
from losses.models.causes import Cause, Goods, cause_words
from losses.models.claim_guards import (
    FINDS_NO_MORE,
    HAS_ITS_PAPERS,
    LINE_OF_ITS_REPORT,
    NOT_DRAWN,
    SALE_IS_OF_THE_LOT,
    SHOWS_THE_GOODS,
)
from losses.models.reports import MOST_LINES, ClaimReport
from losses.models.schemes import ReliefScheme, SchemeRate
from records.models import PublicNotice, StoredFile


class ClaimStatus(models.TextChoices):
    FILED = "filed", _("Reported")
    VILLAGE_CHECKED = "village_checked", _("Village looked")
    TOWNSHIP_CHECKED = "township_checked", _("Township looked")
    VILLAGE_NOTICE = "village_notice", _("On the village notice")
    TO_VISIT = "to_visit", _("Waiting for the visit")
    VISITED = "visited", _("Visited by two")
    UNVISITED = "unvisited", _("Goes on without a visit")
    COMPUTED = "computed", _("Amount computed and held")
    COUNTY_NOTICE = "county_notice", _("On the county notice")
    AWARDED = "awarded", _("Awarded")
    SENT_BACK = "sent_back", _("Sent back to be completed")
    REFUSED = "refused", pgettext_lazy("claim", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("claim", "Taken back")


CLAIM_MOVES = {
    ClaimStatus.FILED: {
        ClaimStatus.VILLAGE_CHECKED,
        ClaimStatus.SENT_BACK,
        ClaimStatus.REFUSED,
        ClaimStatus.WITHDRAWN,
    },
    ClaimStatus.VILLAGE_CHECKED: {
        ClaimStatus.TOWNSHIP_CHECKED,
        ClaimStatus.SENT_BACK,
        ClaimStatus.REFUSED,
        ClaimStatus.WITHDRAWN,
    },
    ClaimStatus.TOWNSHIP_CHECKED: {ClaimStatus.VILLAGE_NOTICE, ClaimStatus.REFUSED},
    ClaimStatus.VILLAGE_NOTICE: {
        ClaimStatus.TO_VISIT,
        ClaimStatus.UNVISITED,
        ClaimStatus.TOWNSHIP_CHECKED,
        ClaimStatus.SENT_BACK,
        ClaimStatus.REFUSED,
    },
    ClaimStatus.TO_VISIT: {ClaimStatus.VISITED, ClaimStatus.REFUSED},
    ClaimStatus.UNVISITED: {ClaimStatus.COMPUTED, ClaimStatus.REFUSED},
    ClaimStatus.VISITED: {ClaimStatus.COMPUTED, ClaimStatus.REFUSED},
    ClaimStatus.COMPUTED: {ClaimStatus.COUNTY_NOTICE, ClaimStatus.REFUSED},
    ClaimStatus.COUNTY_NOTICE: {
        ClaimStatus.AWARDED,
        ClaimStatus.COMPUTED,
        ClaimStatus.SENT_BACK,
        ClaimStatus.REFUSED,
    },
    ClaimStatus.AWARDED: set(),
    ClaimStatus.SENT_BACK: {ClaimStatus.FILED, ClaimStatus.WITHDRAWN},
    ClaimStatus.REFUSED: set(),
    ClaimStatus.WITHDRAWN: set(),
}
OPEN_CLAIMS = [s for s in ClaimStatus if s not in (ClaimStatus.AWARDED, ClaimStatus.REFUSED, ClaimStatus.WITHDRAWN)]


class Reason(models.TextChoices):
    """Why a claim was sent back or refused; the sentence the farmer reads stands beside it."""

    PHOTOS = "photos", _("The photos do not show it")
    QUANTITY = "quantity", _("The quantity is not clear")
    NOT_FOUND = "not_found", _("Not found on the spot")
    SOLD = "sold", _("The goods were sold")
    RULES = "rules", _("Not covered by the rules")
    TOO_LITTLE = "too_little", _("Below the least loss")
    CAP = "cap", _("The household has had the most it can get")
    NO_MONEY = "no_money", _("The money of the scheme is used up")
    OBJECTION = "objection", _("An objection was right")
    OTHER = "other", _("Another reason")


class LossClaim(Workflow):
    """One household's loss on one of its lots, on a sale of one, or of a crop never harvested, under one scheme."""

    CHANGES = (
        "status", "round", "happened_on", "words", "due_at", "reason_code", "reason", "village_notice", "county_notice",
    )  # fmt: skip
    MOVES = CLAIM_MOVES
    REFERENCE = "claim"

    number = NumberField()
    report = models.ForeignKey(ClaimReport, models.PROTECT, related_name="lines")
    line = models.PositiveSmallIntegerField(default=1)  # which line of its report
    scheme = models.ForeignKey(ReliefScheme, models.PROTECT, related_name="claims")
    rate = models.ForeignKey(SchemeRate, models.PROTECT, related_name="+")
    household = models.ForeignKey(Household, models.PROTECT, related_name="claims")
    listing = models.ForeignKey(Listing, models.PROTECT, null=True, related_name="claims")
    plot_season = models.ForeignKey(PlotSeason, models.PROTECT, null=True, related_name="claims")  # as it then stood
    sale = models.ForeignKey(Movement, models.PROTECT, null=True, related_name="claims")  # of what was sold too low
    reference_fen = models.PositiveIntegerField(null=True)  # what 500 g were worth on the day of the sale
    # Its rate as it was filed, whatever it is counted by: so many fen for so many grams; of a sale at most its gap.
    per_fen = models.BigIntegerField()
    per_g = models.BigIntegerField()
    cause = models.CharField(max_length=12, choices=Cause)
    happened_on = models.DateField()
    words = models.CharField(max_length=300, blank=True)
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by_proxy = models.BooleanField(default=False)
    filed_at = models.DateTimeField()
    written_at = models.DateTimeField(null=True)  # by the clock of a phone on which it waited for a net
    round = models.PositiveSmallIntegerField(default=1)  # counts the times a claim was sent back and filed anew
    due_at = models.DateTimeField()  # when the present stage should have answered
    reason_code = models.CharField(max_length=12, choices=Reason, blank=True)  # of the last "sent back" or refusal
    reason = models.CharField(max_length=300, blank=True)
    village_notice = models.ForeignKey(PublicNotice, models.PROTECT, null=True, related_name="+")
    county_notice = models.ForeignKey(PublicNotice, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            legal_statuses(CLAIM_MOVES, "claim_status_legal"),
            models.UniqueConstraint(fields=["report", "line"], name="one_claim_a_line"),
            within("line", 1, MOST_LINES, name="claim_line_bounded"),
            models.UniqueConstraint(
                fields=["listing", "cause"],
                condition=Q(status__in=[s.value for s in OPEN_CLAIMS], sale=None),
                name="one_open_claim_a_lot_and_cause",
            ),
            models.UniqueConstraint(
                fields=["plot_season", "cause"],
                condition=Q(status__in=[s.value for s in OPEN_CLAIMS]),
                name="one_open_claim_a_season_and_cause",
            ),
            models.UniqueConstraint(
                fields=["sale"], condition=~Q(status__in=["refused", "withdrawn"]), name="a_sale_is_reported_once"
            ),
            one_of("listing", "plot_season", name="claim_of_a_lot_or_a_season"),
            models.CheckConstraint(
                condition=Q(~Q(cause="cheap"), sale=None, reference_fen=None)
                | Q(cause="cheap", sale__isnull=False, listing__isnull=False, reference_fen__isnull=False),
                name="sold_low_names_its_sale",
            ),
            models.CheckConstraint(condition=Q(per_fen__gte=1, per_g__gte=1), name="claim_rate_bounded"),
        ]
        indexes = [models.Index(fields=["household", "-filed_at"], name="claim_by_household")]
        triggers = [
            *status_guards(CLAIM_MOVES),
            numbered(),
            pgtrigger.ReadOnly(
                name="claim_stays",
                fields=[
                    "number",
                    "report",
                    "line",
                    "scheme",
                    "rate",
                    "household",
                    "listing",
                    "plot_season",
                    "sale",
                    "reference_fen",
                    "per_fen",
                    "per_g",
                    "cause",
                    "filed_by",
                    "written_at",
                ],
            ),
            pgtrigger.Trigger(
                name="unvisited_for_a_reason",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__status="unvisited", new__sale__isnull=True),
                func=NOT_DRAWN,
            ),
            pgtrigger.Trigger(
                name="line_of_its_report",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=LINE_OF_ITS_REPORT,
            ),
            pgtrigger.Trigger(
                name="sale_is_of_the_lot",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__sale__isnull=False),
                func=SALE_IS_OF_THE_LOT,
            ),
            pgtrigger.Trigger(
                name="claim_has_its_papers",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__status="village_notice"),
                func=HAS_ITS_PAPERS,
            ),
        ]

    @property
    def goods(self) -> Goods:
        """Return what is lost: the lot, or the crop of the season."""
        return self.listing if self.listing is not None else known(self.plot_season)

    def get_cause_display(self) -> str:  # type: ignore[no-redef]  # in place of the label of the column
        """Return what happened, as people say it of these goods."""
        return str(cause_words(self.cause, self.goods))


def place_whole(of: str = "") -> Q:
    """Return the condition that a place is known with its accuracy, or not at all; `of` begins its columns' names."""
    most = {"latitude_e6": 90_000_000, "longitude_e6": 180_000_000, "accuracy_m": 100_000}
    nowhere = {f"{of}{name}": None for name in most}
    known = {f"{of}{name}__isnull": False for name in most}
    return Q(**nowhere) | Q(**known, **{f"{of}{name}__range": (0, upper) for name, upper in most.items()})


class Stage(models.TextChoices):
    DECLARED = "declared", _("Declared")
    VILLAGE = "village", _("Village")
    TOWNSHIP = "township", _("Township")
    COUNTY = "county", _("County visit")


class LookedAt(models.TextChoices):
    """What whoever checked looked at."""

    GOODS = "goods", pgettext_lazy("looked at", "The goods themselves")
    COUNTED = "counted", pgettext_lazy("looked at", "Counted or weighed them")
    PLACE = "place", pgettext_lazy("looked at", "The place where they lie")
    HOUSEHOLD = "household", pgettext_lazy("looked at", "Spoke with the household")
    PAPERS = "papers", pgettext_lazy("looked at", "The papers")
    PHOTOS = "photos", pgettext_lazy("looked at", "Compared the photos")


class ClaimFigure(models.Model):
    """What one stage found: how much, who, when, why it differs from the stage before, and what a check shows."""

    HISTORY = True

    claim = models.ForeignKey(LossClaim, models.PROTECT, related_name="figures")
    stage = models.CharField(max_length=12, choices=Stage)
    round = models.PositiveSmallIntegerField(default=1)
    quantity = models.BigIntegerField()  # in the stock unit of the goods
    quantity_g = models.BigIntegerField()
    why = models.CharField(max_length=300, blank=True)
    looked_at = ArrayField(models.CharField(max_length=10), default=list)  # of a check, as its writer ticked it
    photo = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")  # taken by whoever checked
    latitude_e6 = models.IntegerField(null=True)  # where the phone stood, WGS-84; unknown is no fault
    longitude_e6 = models.IntegerField(null=True)
    accuracy_m = models.PositiveIntegerField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "stage", "round"], name="figure_once_a_stage"),
            models.CheckConstraint(condition=place_whole(), name="figure_place_whole"),
            models.CheckConstraint(
                condition=Q(looked_at__contained_by=LookedAt.values)
                & (
                    Q(stage__in=["declared", "county"], looked_at=[])
                    | Q(stage__in=["village", "township"], looked_at__len__gte=1)
                ),
                name="check_says_what_it_looked_at",
            ),
            models.CheckConstraint(
                condition=Q(photo=None, accuracy_m=None) | Q(stage__in=["village", "township"]),
                name="figure_shown_by_checkers",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=0, quantity__lte=MOST_G, quantity_g__gte=0, quantity_g__lte=MOST_G),
                name="figure_bounded",
            ),
        ]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="check_shows_the_goods",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__photo__isnull=True, new__stage__in=["village", "township"]),
                func=SHOWS_THE_GOODS,
            ),
            pgtrigger.Trigger(
                name="finds_no_more_than_before",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__stage="declared"),
                func=FINDS_NO_MORE,
            ),
        ]
