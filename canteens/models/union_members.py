"""The members of a union, from a day to a day, and the lists by which they come in, by two hands."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organisation
from kernel.constraints import within
from kernel.entering import entered_only
from kernel.sealing import sealed
from kernel.workflow import Workflow, legal_statuses, never_deleted, status_guards

MOST_MEMBERS = 20_000


class UnionListStatus(models.TextChoices):
    """How far a list of members is."""

    PROPOSED = "proposed", _("Waits for a second person")
    ENTERED = "entered", pgettext_lazy("union list", "Entered")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("union list", "Withdrawn")


UNION_LIST_MOVES = {
    UnionListStatus.PROPOSED: {UnionListStatus.ENTERED, UnionListStatus.REFUSED, UnionListStatus.WITHDRAWN},
    UnionListStatus.ENTERED: set(),
    UnionListStatus.REFUSED: set(),
    UnionListStatus.WITHDRAWN: set(),
}
_UNDECIDED = (UnionListStatus.PROPOSED, UnionListStatus.WITHDRAWN)


class UnionList(Workflow):
    """The whole list of a union's members on a day, as one person brought it; entered once another compared it.

    Its names are kept while it waits, and forgotten as soon as it is decided: the members keep theirs.
    """

    CHANGES = ("status", "content_sealed", "decided_by", "decided_at")
    MOVES = UNION_LIST_MOVES
    REFERENCE = "union-list"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="union_lists")
    on = models.DateField()  # whoever is a member and not on the list is none from this day on
    document_number = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    content_sealed = models.TextField(blank=True)
    content = sealed("content_sealed")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            legal_statuses(UNION_LIST_MOVES, "union_list_status_legal"),
            models.CheckConstraint(
                condition=Q(status__in=_UNDECIDED, decided_by=None, decided_at=None)
                | (Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(status__in=_UNDECIDED)),
                name="union_list_decided_by_somebody",
            ),
            models.CheckConstraint(condition=Q(decided_by=None) | ~Q(decided_by=F("by")), name="union_list_two_hands"),
            models.CheckConstraint(
                condition=Q(status=UnionListStatus.PROPOSED) ^ Q(content_sealed=""),
                name="union_list_kept_while_it_waits",
            ),
            within("size", 1, MOST_MEMBERS, name="union_list_size_bounded"),
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(status=UnionListStatus.PROPOSED), name="one_union_list_waits"
            ),
        ]
        triggers = [
            *status_guards(UNION_LIST_MOVES),
            pgtrigger.ReadOnly(
                name="union_list_stays", fields=["organisation", "on", "document_number", "size", "by", "at"]
            ),
            *never_deleted(),
        ]


class UnionMember(models.Model):
    """Somebody who belongs to the union of a buyer between two days."""

    CHANGES = ("to_on",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="union_member_rows")
    name_sealed = models.TextField()
    name = sealed("name_sealed")
    id_number_sealed = models.TextField(blank=True)
    id_number = sealed("id_number_sealed")
    key = models.CharField(max_length=64)  # HMAC of the ID number, or of the name where none is known
    list = models.ForeignKey(UnionList, models.PROTECT, related_name="members")  # by which it was entered
    from_on = models.DateField()
    to_on = models.DateField(null=True)  # the first day on which it is none

    class Meta:
        triggers = [entered_only(pgtrigger.Insert | pgtrigger.Update), *never_deleted()]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "key"], condition=Q(to_on=None), name="union_member_once"),
            models.UniqueConstraint(fields=["organisation", "key", "from_on"], name="union_member_from_once"),
            models.CheckConstraint(condition=Q(to_on=None) | Q(to_on__gt=F("from_on")), name="union_member_in_order"),
        ]
        indexes = [models.Index(fields=["organisation", "from_on", "to_on"], name="union_member_on_a_day")]
