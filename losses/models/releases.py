"""Awards that what came later had stopped, and that a person let be paid."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kernel.workflow import append_only
from losses.models.amounts import Award


class AwardRelease(models.Model):
    """Somebody of the desk looked at all that was seen of an award up to a moment, and let it be paid all the same."""

    HISTORY = True

    award = models.ForeignKey(Award, models.PROTECT, related_name="releases")
    why = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    seen_until = models.DateTimeField()  # when the newest came to light that was looked at
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(why=""), name="release_says_why"),
            models.CheckConstraint(condition=Q(seen_until__lte=F("at")), name="released_after_it_was_seen"),
        ]
        triggers = append_only()
