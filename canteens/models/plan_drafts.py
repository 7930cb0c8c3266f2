"""Purchase plans being written: kept as they are typed, until they are sent or thrown away."""

from django.conf import settings
from django.db import models


class PlanDraft(models.Model):
    """What one person has typed of a plan: it names no record yet, and counts nowhere."""

    FREE = True

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    typed = models.JSONField()  # by the names of the plan's form
    changed_at = models.DateTimeField()

    @property
    def occasion(self) -> str:
        """Return for what occasion it is, as far as that is typed."""
        return str(self.typed.get("occasion", ""))
