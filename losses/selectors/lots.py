"""On which lots somebody may report a loss."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import Role, User
from accounts.selectors import mandates_of, standing
from catalog.models import Listing, ListingStatus
from kernel import clock
from losses.models import OPEN_CLAIMS, LossClaim

FREE = F("listed") - F("reserved") - F("sold") - F("claimed") - F("written_off") - F("withdrawn")


def lots_to_report(user: User, asked: str = "") -> QuerySet[Listing]:
    """Return the harvested lots of which something is left and whose loss this person may report, newest first.

    A household's own; of a cadre's village and of members for whom one's co-operative sells, those found by what was
    `asked`: the number of a household or of a lot, or the goods. `reported` says whether a claim on the lot is open.
    """
    who = standing(user)
    mine = Q(household_id__in=who.households)
    given = mandates_of(who, clock.county_day(clock.now())).values("household")
    by_mandate = Q(agent_id__in=who.organisations(Role.COOP_MANAGER), household__in=given)
    others = who.within("village_id", Role.CADRE) | by_mandate
    words = asked.strip()
    if words:
        by_words = Q(household__number=words) | Q(number=words) | Q(produce__name__icontains=words)
        mine = (mine | others) & by_words
    open_claims = LossClaim.objects.filter(listing=OuterRef("pk"), status__in=OPEN_CLAIMS)
    return (
        Listing.objects.filter(mine, household__isnull=False, harvested_on__isnull=False)
        .exclude(status=ListingStatus.WITHDRAWN)
        .annotate(left=FREE, reported=Exists(open_claims))
        .filter(left__gt=0)
        .select_related("produce", "household", "village")
    )
