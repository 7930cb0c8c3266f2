"""Links by which people without an account read the file of a fund: the parents' committee, for a while."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from canteens.models import Fund
from kernel.workflow import never_deleted


class ReadLink(models.Model):
    """One address that shows a fund's file over some days, without personal data, until its day or until taken back."""

    CHANGES = ("looks", "looked_at", "revoked_by", "revoked_at")

    code = models.CharField(max_length=43, unique=True)  # found by nobody who was not given it
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="read_links")
    first_on = models.DateField()
    last_on = models.DateField()
    until_on = models.DateField()  # the last day on which it opens
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    looks = models.PositiveIntegerField(default=0)
    looked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="link_days_in_order"),
            models.CheckConstraint(
                condition=Q(revoked_by=None, revoked_at=None) | Q(revoked_by__isnull=False, revoked_at__isnull=False),
                name="link_revoked_by_somebody",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="read_link_stays", exclude=["looks", "looked_at", "revoked_by", "revoked_at"]),
            *never_deleted(),
        ]

    @property
    def revoked(self) -> bool:
        return self.revoked_at is not None
