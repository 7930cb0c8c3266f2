"""Files of a fund that hold too many deliveries to be made while somebody waits."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from canteens.models import Fund
from kernel.workflow import never_deleted
from records.models import StoredFile


class FundFile(models.Model):
    """A fund's whole file over some days, asked for by one person, as that person may read it; kept for some days.

    Page and tables lie encrypted; photos are taken from where they lie when the file is loaded.
    """

    CHANGES = ("deliveries", "tries", "page", "tables", "photos", "made_at", "stopped_at", "gone_at")

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="files")
    first_on = models.DateField()
    last_on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    deliveries = models.PositiveIntegerField()
    tries = models.PositiveSmallIntegerField(default=0)
    page = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    tables = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    photos = ArrayField(models.UUIDField(), default=list)  # of records.StoredFile, in their order
    made_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)  # it could not be made
    gone_at = models.DateTimeField(null=True)  # it was let go of

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="fund_file_days_in_order"),
            models.CheckConstraint(
                condition=Q(made_at=None, page=None, tables=None, gone_at=None)
                | Q(made_at__isnull=False, page__isnull=False, tables__isnull=False, stopped_at=None),
                name="fund_file_made_whole",
            ),
            models.UniqueConstraint(
                fields=["fund", "by"], condition=Q(made_at=None, stopped_at=None), name="fund_file_one_at_a_time"
            ),
        ]
        indexes = [
            models.Index(fields=["at"], condition=Q(made_at=None, stopped_at=None), name="fund_file_waiting"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="fund_file_stays", fields=["fund", "first_on", "last_on", "by", "at"]),
            *never_deleted(),
        ]

    @property
    def key(self) -> str:
        """Return by what its job is known."""
        return str(self.pk)
