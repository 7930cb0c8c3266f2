"""Who sends what a phone has kept of a visit: only whoever was drawn for it, and only the own part of it."""

from django.shortcuts import get_object_or_404

from accounts.models import Role, User
from accounts.selectors import standing
from losses.models import LossClaim, Visit
from losses.selectors.claims import with_story


def access_visit_kept(user: User, visit_id: int, *, hand: str = "first") -> Visit:
    """Return a visit that this person was drawn to write down, however it has gone on: a phone may have kept it.

    With `hand` "second" one to sign. Where only the other was drawn anew, it is the one that took its place.
    """
    mine = (
        Visit.objects.filter(**{f"{hand}__person": user.person_id})
        if standing(user).has(Role.VERIFIER)
        else Visit.objects.none()
    )
    mine = mine.select_related("claim", "first__person", "second__person")
    visit = get_object_or_404(mine, pk=visit_id)
    if visit.redrawn_at is not None:
        visit = mine.filter(claim=visit.claim, round=visit.round, redrawn_at=None).first() or visit
    return visit


def access_visit_told(user: User, visit_id: int, *, hand: str = "first") -> Visit:
    """Return a visit that this person's phone kept, with all that is known of its claim."""
    visit = access_visit_kept(user, visit_id, hand=hand)
    visit.claim = with_story(LossClaim.objects.all()).get(pk=visit.claim.pk)
    return visit
