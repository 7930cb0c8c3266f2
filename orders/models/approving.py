"""Who must say yes to an order before anybody is asked for goods, step by step."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import Person
from canteens.models import APPROVERS, LONGEST_STEP_HOURS, MOST_APPROVERS
from kernel.constraints import within
from kernel.workflow import final_once, never_deleted
from orders.models.ordering import PurchaseOrder

_ANSWERED_BY_ANOTHER_PERSON = """
IF NOT EXISTS (
    SELECT FROM orders_purchaseorder AS o
    JOIN accounts_user AS asks ON asks.id = o.requester_id
    JOIN accounts_user AS says ON says.id = NEW.answered_by_id
    WHERE o.id = NEW.order_id AND says.person_id = NEW.person_id
      AND asks.person_id NOT IN (NEW.person_id, NEW.for_person_id)
) THEN
    RAISE EXCEPTION 'pgtrigger: a step of an order is answered by the person of the account, who did not place it';
END IF;
RETURN NEW;
"""


class Reach(models.TextChoices):
    """Who is asked to take a step by now; whoever was asked before stays asked."""

    POSTS = "posts"  # who holds one of its posts, and whom these named as their deputies
    DEPUTIES = "deputies"  # deputies whose days began since were told
    ALL = "all"  # every approver of the buyer


class ApprovalStep(models.Model):
    """One person's yes that an order waits for: copied from its tier when the order was sent, answered once."""

    CHANGES = ("reach", "due_at", "person", "for_person", "answered_by", "answered_at", "approved")

    order = models.ForeignKey(PurchaseOrder, models.PROTECT, related_name="steps")
    number = models.PositiveSmallIntegerField()
    posts = ArrayField(models.CharField(max_length=20))
    hours = models.PositiveSmallIntegerField()  # until it goes on to the next
    told_at = models.DateTimeField()
    reach = models.CharField(max_length=8, choices=Reach, default=Reach.POSTS)
    due_at = models.DateTimeField()  # when it goes on; of a step that all were asked for, when the order ends
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    for_person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")  # whose post
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    approved = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="approval_step_once"),
            models.UniqueConstraint(fields=["order", "person"], name="approval_step_a_person"),
            models.UniqueConstraint(fields=["order", "for_person"], name="approval_step_a_post"),
            within("number", 1, MOST_APPROVERS, name="approval_step_numbered"),
            within("hours", 1, LONGEST_STEP_HOURS, name="approval_step_hours"),
            models.CheckConstraint(condition=Q(reach__in=Reach.values), name="approval_step_reach"),
            models.CheckConstraint(
                condition=Q(posts__len__gte=1, posts__contained_by=list(APPROVERS)), name="approval_step_posts"
            ),
            models.CheckConstraint(
                condition=Q(person=None, for_person=None, answered_by=None, answered_at=None, approved=None)
                | Q(
                    person__isnull=False,
                    for_person__isnull=False,
                    answered_by__isnull=False,
                    answered_at__isnull=False,
                    approved__isnull=False,
                ),
                name="approval_step_answered_whole",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], name="approval_step_waits", condition=Q(answered_at=None))]
        triggers = [
            final_once("answered_at", "step_answered_once"),
            pgtrigger.ReadOnly(name="step_stays", fields=["order", "number", "posts", "hours", "told_at"]),
            pgtrigger.Trigger(
                name="answered_by_another_person",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__answered_by__isnull=False),
                func=_ANSWERED_BY_ANOTHER_PERSON,
            ),
            *never_deleted(),
        ]
