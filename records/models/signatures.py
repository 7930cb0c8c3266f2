"""Which certificate signed the sheet of a public notice."""

from django.db import models
from django.db.models import F, Q

from kernel.workflow import append_only
from records.models.documents import PublicNotice, StoredFile


class NoticeSignature(models.Model):
    """The signed sheet of a notice, and the certificate that signed it, as it was then."""

    HISTORY = True

    notice = models.OneToOneField(PublicNotice, models.PROTECT, primary_key=True, related_name="signature")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="signatures")
    subject = models.CharField(max_length=500)
    issuer = models.CharField(max_length=500)
    serial = models.CharField(max_length=64)  # in hexadecimal, as readers of PDF show it
    valid_until = models.DateTimeField()
    stamped = models.BooleanField()  # a time-stamp server said when
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(valid_until__gt=F("at")), name="signed_while_valid"),
        ]
        triggers = append_only()
