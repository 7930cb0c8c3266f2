"""On which lots, and of which crops never harvested, somebody may report a loss."""

import datetime as dt
from collections.abc import Collection, Sequence

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import Role, User
from accounts.selectors import mandates_of, standing
from catalog.models import Listing, ListingStatus, PlotSeason
from kernel import clock
from losses.models import OPEN_CLAIMS, Goods, LossClaim
from records.selectors.policy import policy

MOST_KEPT = 12  # lots, and crops, whose pages a phone keeps
FREE = F("listed") - F("reserved") - F("sold") - F("claimed") - F("written_off") - F("withdrawn")
CROP_LEFT = F("capacity_g") - F("contracted_g") - F("listed_g") - F("claimed_g")


def lots_to_report(user: User, asked: str = "") -> QuerySet[Listing]:
    """Return the harvested lots of which something is left and whose loss this person may report, newest first.

    A household's own; of a cadre's village and of members for whom one's co-operative sells, those found by what was
    `asked`: the number of a household or of a lot, or the goods. `reported` says whether a claim on the lot is open.
    """
    who = standing(user)
    mine = Q(household_id__in=who.households)
    words = asked.strip()
    if words:
        by_words = Q(household__number=words) | Q(number=words) | Q(produce__name__icontains=words)
        mine = (mine | of_others(user)) & by_words
    open_claims = LossClaim.objects.filter(listing=OuterRef("pk"), status__in=OPEN_CLAIMS)
    return (
        Listing.objects.filter(mine, household__isnull=False, harvested_on__isnull=False)
        .exclude(status=ListingStatus.WITHDRAWN)
        .annotate(left=FREE, reported=Exists(open_claims))
        .filter(left__gt=0)
        .select_related("produce", "household", "village")
    )


def open_claim_of(goods: Goods) -> LossClaim | None:
    """Return the newest claim on a lot or a crop that is still on its way."""
    of = {"plot_season": goods} if isinstance(goods, PlotSeason) else {"listing": goods}
    return LossClaim.objects.filter(**of, status__in=OPEN_CLAIMS).order_by("-pk").first()


def left_of(goods: Goods) -> int:
    """Return what is left to lose of a lot or a crop, in its stock unit."""
    return max(0, goods.left_g()) if isinstance(goods, PlotSeason) else goods.free()


def own_goods(user: User, crops: Sequence[PlotSeason] | None = None) -> list[Goods]:
    """Return the newest lots and crops of one's own household whose loss may be reported: as many as a phone keeps.

    `crops` are the newest of its own where a page has asked for them already.
    """
    lots = lots_to_report(user).order_by("-pk")[:MOST_KEPT]
    own = crops_to_report(user).order_by("-pk") if crops is None else crops
    return [*lots, *own[:MOST_KEPT]]


def of_others(user: User, lot: str = "") -> Q:
    """Say of a lot (a path to it) that this person may report for its household: of the village, or by a mandate."""
    who = standing(user)
    given = mandates_of(who, clock.county_day(clock.now())).values("household")
    managed = who.organisations(Role.COOP_MANAGER)
    return who.within(f"{lot}village_id", Role.CADRE) | Q(
        **{f"{lot}agent_id__in": managed, f"{lot}household__in": given}
    )


def crops_to_report(user: User, asked: str = "") -> QuerySet[PlotSeason]:
    """Return the seasons of which something still stands in the field and whose loss this person may report.

    A household's own; of those it may report for, the seasons of the household whose number was `asked`. `reported`
    says whether a claim on the season is open.
    """
    who, today = standing(user), clock.county_day(clock.now())
    mine = Q(household_id__in=who.households)
    if asked.strip():
        mine = (mine | crops_of_others(user)) & Q(household__number=asked.strip())
    open_claims = LossClaim.objects.filter(plot_season=OuterRef("pk"), status__in=OPEN_CLAIMS)
    since = today - dt.timedelta(days=policy("crop_report_days", today))
    return (
        PlotSeason.objects.filter(mine, superseded_at=None, harvest_to__gte=since)
        .annotate(left=CROP_LEFT, reported=Exists(open_claims))
        .filter(left__gt=0)
        .select_related("produce", "household", "village")
    )


def goods_to_report(user: User, lots: Collection[int], seasons: Collection[int]) -> list[Goods]:
    """Return those of these lots and seasons whose loss this person may report, in this order, in two statements."""
    own = Q(household_id__in=standing(user).households)
    of_lots = Listing.objects.filter(own | of_others(user), household__isnull=False)
    of_crops = PlotSeason.objects.filter(own | crops_of_others(user), superseded_at=None)
    with_owner = ("produce", "household", "village")
    found = of_lots.select_related(*with_owner).in_bulk(lots)
    crops = of_crops.select_related(*with_owner).in_bulk(seasons)
    return [*(found[key] for key in lots if key in found), *(crops[key] for key in seasons if key in crops)]


def crops_of_others(user: User) -> Q:
    """Say of a season that this person may report its loss for its household: of the village, or by a mandate."""
    who = standing(user)
    given = mandates_of(who, clock.county_day(clock.now())).values("household")
    return who.within("household__village_id", Role.CADRE) | Q(household__in=given)
