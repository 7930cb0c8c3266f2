"""Who answers for an approver who is away, from a day to a day."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation, Person
from kernel.constraints import once_a_day, two_people
from kernel.workflow import never_deleted


class ApprovalDeputy(models.Model):
    """That a person answers for an approver of the same buyer between two days; a deputy has no deputy."""

    CHANGES = ("to_on",)

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="approval_deputies")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")  # who is away
    deputy = models.ForeignKey(Person, models.PROTECT, related_name="+")
    from_on = models.DateField()
    to_on = models.DateField()  # the first day without it
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            two_people("person", "deputy", name="deputy_is_another"),
            models.CheckConstraint(condition=Q(to_on__gte=F("from_on")), name="deputy_days_in_order"),
            once_a_day("organisation", "person", name="one_deputy_a_day"),
        ]
        indexes = [models.Index(fields=["deputy", "to_on"], name="deputy_by_person")]
        triggers = [
            pgtrigger.ReadOnly(name="deputy_stays", fields=["organisation", "person", "deputy", "from_on", "by", "at"]),
            *never_deleted(),
        ]
