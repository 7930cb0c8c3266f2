"""Who is too close to a claimant to have a hand on the claim."""

from collections.abc import Collection

from accounts.models import User
from accounts.selectors import households_tied_to
from losses.models import LossClaim

HOUSEHOLD, FILER = "household", "filer"  # the claimant's own side


def tied_claims(documents: Collection[str], stage: str, by: User) -> set[str]:
    """Return those of these claims whose household is this person's or its kin's, or shares a phone or card with it.

    A neighbour whose phone the household uses may still report for it.
    """
    if stage in (HOUSEHOLD, FILER):
        return set()
    numbers = [int(name.partition(":")[2]) for name in documents]
    claims = LossClaim.objects.filter(pk__in=numbers, household_id__in=households_tied_to(by))
    return {claim.reference for claim in claims.only("pk")}
