"""Claims with what each stage found, the visit, the amount and the award."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Household
from catalog.models import MOST_G, Listing, Movement, PlotSeason
from kernel.constraints import one_of, two_people, within
from kernel.numbers import NumberField, numbered
from kernel.present import known
from kernel.traced import Traced
from kernel.workflow import Workflow, append_only, final_once, legal_statuses, never_deleted, status_guards
from ledger.models import Payable
from losses.models.causes import Cause, Goods, cause_words
from losses.models.claim_guards import (
    FINDS_NO_MORE,
    HAS_ITS_PAPERS,
    IS_WHAT_WAS_COMPUTED,
    NOT_DRAWN,
    NOTICE_HAS_ENDED,
    SALE_IS_OF_THE_LOT,
    SHOWS_THE_GOODS,
    WITHIN_THE_CAP,
)
from losses.models.schemes import ReliefScheme, SchemeRate
from records.models import MOST_FEN, PublicNotice, StoredFile


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


def _place_whole() -> Q:
    """Return the condition that a place is known with its accuracy, or not at all."""
    return Q(latitude_e6=None, longitude_e6=None, accuracy_m=None) | Q(
        latitude_e6__isnull=False,
        latitude_e6__range=(0, 90_000_000),
        longitude_e6__isnull=False,
        longitude_e6__range=(0, 180_000_000),
        accuracy_m__isnull=False,
        accuracy_m__range=(0, 100_000),
    )


class Stage(models.TextChoices):
    DECLARED = "declared", _("Declared")
    VILLAGE = "village", _("Village")
    TOWNSHIP = "township", _("Township")
    COUNTY = "county", _("County visit")


class ClaimFigure(models.Model):
    """What one stage found: how much, who, when, why it differs from the stage before, and what a check shows."""

    HISTORY = True

    claim = models.ForeignKey(LossClaim, models.PROTECT, related_name="figures")
    stage = models.CharField(max_length=12, choices=Stage)
    round = models.PositiveSmallIntegerField(default=1)
    quantity = models.BigIntegerField()  # in the stock unit of the goods
    quantity_g = models.BigIntegerField()
    why = models.CharField(max_length=300, blank=True)
    photo = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")  # taken by whoever checked
    latitude_e6 = models.IntegerField(null=True)  # where the phone stood, WGS-84; unknown is no fault
    longitude_e6 = models.IntegerField(null=True)
    accuracy_m = models.PositiveIntegerField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "stage", "round"], name="figure_once_a_stage"),
            models.CheckConstraint(condition=_place_whole(), name="figure_place_whole"),
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


class Conclusion(models.TextChoices):
    """What the visit says of the report; the quantity says the same in numbers."""

    THERE = "there", pgettext_lazy("visit", "As reported")
    LESS = "less", pgettext_lazy("visit", "Partly")
    NOT_THERE = "not_there", pgettext_lazy("visit", "Not there")


class HouseholdSigned(models.TextChoices):
    GLASS = "glass", pgettext_lazy("visit", "Signed on the phone")
    PAPER = "paper", pgettext_lazy("visit", "Signed on paper")
    NO = "no", pgettext_lazy("visit", "Did not sign")


class FellOut(models.TextChoices):
    """Why somebody who was drawn does not go."""

    ILL = "ill", pgettext_lazy("visit", "Ill")
    LEFT = "left", pgettext_lazy("visit", "Left the post")
    TIED = "tied", pgettext_lazy("visit", "Tied to the household")
    AWAY = "away", pgettext_lazy("visit", "Cannot go in time")


_VISITS_TELL = Traced(
    "losses_visit",
    (
        "id",
        "claim_id",
        "round",
        "first_id",
        "second_id",
        "seed",
        "found",
        "conclusion",
        "why",
        "signed",
        "card_read",
        "latitude_e6",
        "longitude_e6",
        "accuracy_m",
        "fell_out_id",
        "fell_why",
        "fell_note",
        "redrawn_by_id",
    ),
    moments=("drawn_at", "phone_at", "first_signed_at", "second_signed_at", "redrawn_at"),
    told_at=("second_signed_at", "first_signed_at"),
    only="first_signed_at",
)


class Visit(models.Model):
    """Who was drawn to visit, with the seed of the draw, and what the two found and signed."""

    TRACED = _VISITS_TELL
    CHANGES = (
        "found", "conclusion", "why", "signed", "card_read", "latitude_e6", "longitude_e6", "accuracy_m", "phone_at",
        "first_signed_at", "second_signed_at", "fell_out", "fell_why", "fell_note", "redrawn_by", "redrawn_at",
    )  # fmt: skip

    claim = models.ForeignKey(LossClaim, models.PROTECT, related_name="visits")
    round = models.PositiveSmallIntegerField(default=1)
    first = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    second = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    seed = models.CharField(max_length=64)
    drawn_at = models.DateTimeField()
    found = models.BigIntegerField(null=True)  # in the stock unit of the goods, as the first verifier wrote it
    why = models.CharField(max_length=300, blank=True)
    conclusion = models.CharField(max_length=10, choices=Conclusion, blank=True)
    signed = models.CharField(max_length=8, choices=HouseholdSigned, blank=True)  # how the household signed
    card_read = models.BooleanField(null=True)  # number and date, by hand, are readable on a photo; where it was asked
    latitude_e6 = models.IntegerField(null=True)  # where the phone stood, WGS-84; unknown is no fault
    longitude_e6 = models.IntegerField(null=True)
    accuracy_m = models.PositiveIntegerField(null=True)
    phone_at = models.DateTimeField(null=True)  # when it was written by the phone's own clock, believed by nobody
    first_signed_at = models.DateTimeField(null=True)
    second_signed_at = models.DateTimeField(null=True)
    # Who of the two fell out, so that another visit of the same round took the place of this one.
    fell_out = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    fell_why = models.CharField(max_length=8, choices=FellOut, blank=True)
    fell_note = models.CharField(max_length=200, blank=True)
    redrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    redrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "round"], condition=Q(redrawn_at=None), name="one_visit_a_round"),
            models.CheckConstraint(
                condition=Q(redrawn_at=None, fell_out=None, redrawn_by=None, fell_why="")
                | Q(
                    Q(fell_out=F("first")) | Q(fell_out=F("second")),
                    redrawn_at__isnull=False,
                    fell_out__isnull=False,
                    redrawn_by__isnull=False,
                    second_signed_at=None,
                )
                & ~Q(fell_why=""),
                name="redrawn_says_who_fell_out",
            ),
            two_people("first", "second", name="two_verifiers"),
            models.CheckConstraint(
                condition=Q(second_signed_at=None) | Q(first_signed_at__isnull=False, found__isnull=False),
                name="second_signs_what_was_found",
            ),
            models.CheckConstraint(
                condition=Q(found=None)
                | Q(found=0, conclusion="not_there")
                | Q(found__gt=0, conclusion__in=["there", "less"]),
                name="conclusion_is_what_was_found",
            ),
            models.CheckConstraint(condition=_place_whole(), name="visit_place_whole"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="draw_stays", fields=["claim", "round", "first", "second", "seed", "drawn_at"]),
            final_once("second_signed_at", "signed_visit_stays"),
            final_once("redrawn_at", "redrawn_visit_stays"),
            *never_deleted(),
            *_VISITS_TELL.triggers(changes=True),
        ]


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
