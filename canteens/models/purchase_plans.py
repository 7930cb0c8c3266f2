"""Purchase plans: what a buyer means to buy for an occasion, decided once by another person."""

import datetime as dt

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organisation, Person
from canteens.models.plan_requirements import PlanRequirement
from canteens.models.purses import Fund
from kernel.constraints import within
from kernel.workflow import Workflow, legal_statuses, never_deleted, status_guards
from records.models import MOST_FEN, PublicNotice


class PurchasePlanKind(models.TextChoices):
    """For what occasion a buyer plans to buy."""

    FESTIVAL = "festival", _("Festival")
    SEASON = "season", _("Season")
    EVENT = "event", _("Event")
    PROJECT = "project", _("Project")


class PurchasePlanStatus(models.TextChoices):
    """How far a purchase plan is."""

    SENT = "sent", pgettext_lazy("purchase plan", "Waits for a second person")
    APPROVED = "approved", pgettext_lazy("purchase plan", "Approved")
    REFUSED = "refused", pgettext_lazy("purchase plan", "Not approved")
    WITHDRAWN = "withdrawn", pgettext_lazy("purchase plan", "Withdrawn")
    CLOSED = "closed", pgettext_lazy("purchase plan", "Closed")
    ENDED = "ended", pgettext_lazy("purchase plan", "Not decided in time")


PURCHASE_PLAN_MOVES = {
    PurchasePlanStatus.SENT: {
        PurchasePlanStatus.APPROVED,
        PurchasePlanStatus.REFUSED,
        PurchasePlanStatus.WITHDRAWN,
        PurchasePlanStatus.ENDED,
    },
    PurchasePlanStatus.APPROVED: {PurchasePlanStatus.CLOSED},
    PurchasePlanStatus.REFUSED: set(),
    PurchasePlanStatus.WITHDRAWN: set(),
    PurchasePlanStatus.CLOSED: set(),
    PurchasePlanStatus.ENDED: set(),
}
UNDECIDED = (PurchasePlanStatus.SENT, PurchasePlanStatus.WITHDRAWN)
# Their committee's record may be used again.
LAPSED = (PurchasePlanStatus.REFUSED, PurchasePlanStatus.WITHDRAWN, PurchasePlanStatus.ENDED)
NOT_APPROVED = (PurchasePlanStatus.SENT, *LAPSED)
LONGEST_DECISION_HOURS = 336
MOST_GOODS = 20
_CLOSED_BY_ITS_LIST = """
IF EXISTS (SELECT FROM canteens_signedlist WHERE plan_id = NEW.id AND status <> 'closed')
    OR (
        NEW.kind IN ('festival', 'event') AND NEW.per_head_fen IS NOT NULL AND NEW.accepted_fen > 0
        AND NOT EXISTS (SELECT FROM canteens_signedlist WHERE plan_id = NEW.id)
    ) THEN
    RAISE EXCEPTION 'pgtrigger: this purchase plan is closed by its signed list';
END IF;
RETURN NEW;
"""
# Which rule holds for a plan is asked again in canteens.selectors.plan_requirements, in the same order. One plan of a
# buyer is sent after the other, so that of two parts of one purchase the second counts the first, whatever the purse.
_RULE_OF_ITS_SIZE = """
PERFORM pg_advisory_xact_lock(hashtextextended('plans of a buyer:' || NEW.organisation_id, 3));
IF NEW.requirement_id IS DISTINCT FROM (
    SELECT r.id FROM canteens_planrequirement AS r
    JOIN canteens_fund AS f ON f.id = NEW.fund_id AND f.kind = r.fund_kind
    JOIN accounts_organisation AS o ON o.id = NEW.organisation_id AND r.place_id IN
        (o.place_id, left(o.place_id, 9) || '000', left(o.place_id, 6) || '000000')
    CROSS JOIN LATERAL (SELECT (NEW.at AT TIME ZONE 'Asia/Shanghai')::date AS day) AS d
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(CASE WHEN p.status = 'closed' THEN p.accepted_fen ELSE p.total_fen END), 0) AS fen
        FROM canteens_purchaseplan AS p JOIN canteens_fund AS pf ON pf.id = p.fund_id
        WHERE p.organisation_id = NEW.organisation_id AND upper(p.occasion) = upper(NEW.occasion)
            AND p.status NOT IN ('refused', 'withdrawn', 'ended')
            AND (pf.fiscal_year = f.fiscal_year OR (p.from_on <= NEW.to_on + 30 AND p.to_on >= NEW.from_on - 30))
    ) AS others
    WHERE r.from_fen <= NEW.total_fen + others.fen AND r.from_on <= d.day AND (r.to_on IS NULL OR r.to_on > d.day)
    ORDER BY r.place_id DESC, r.from_fen DESC LIMIT 1
) THEN
    RAISE EXCEPTION 'pgtrigger: a plan is sent under the rule for its size';
END IF;
RETURN NEW;
"""
_HAS_WHAT_ITS_SIZE_ASKS = """
IF EXISTS (
    SELECT FROM canteens_planrequirement AS r WHERE r.id = NEW.requirement_id AND (
        (r.needs_project AND NEW.project_number = '')
        OR r.quotes > (SELECT count(DISTINCT q.supplier) FROM canteens_planquote AS q WHERE q.plan_id = NEW.id)
        OR (r.notice_days > 0 AND NOT EXISTS (
            SELECT FROM records_publicnotice AS n JOIN records_noticeline AS l ON l.notice_id = n.id
            WHERE n.id = NEW.notice_id AND l.document = 'purchase-plan:' || NEW.id AND n.status <> 'withdrawn'
              AND n.working_days >= r.notice_days AND n.ends_at <= NEW.decided_at
        ))
    )
) OR EXISTS (
    SELECT FROM records_noticeline AS l JOIN records_objection AS o ON o.line_id = l.id
    WHERE l.notice_id = NEW.notice_id AND o.status IN ('open', 'upheld')
) THEN
    RAISE EXCEPTION 'pgtrigger: this plan has not what its size asks for';
END IF;
RETURN NEW;
"""
_NAMES_ITS_GOODS = """
IF (SELECT count(*) FROM canteens_plangoods WHERE plan_id = NEW.id) <> NEW.goods_count THEN
    RAISE EXCEPTION 'pgtrigger: a plan is approved with all the goods it was sent with';
END IF;
RETURN NEW;
"""
_ON_NOTICE_ONCE = """
IF NEW.status <> 'sent' OR OLD.notice_id IS NOT NULL THEN
    RAISE EXCEPTION 'pgtrigger: a plan is put on public notice once, while it waits';
END IF;
RETURN NEW;
"""
_DECIDED_BY_A_DEPUTY = """
IF NOT EXISTS (
    SELECT FROM canteens_approvaldeputy AS d
    JOIN accounts_user AS says ON says.id = NEW.decided_by_id AND says.person_id = d.deputy_id
    JOIN accounts_user AS sends ON sends.id = NEW.by_id
    CROSS JOIN LATERAL (SELECT (NEW.decided_at AT TIME ZONE 'Asia/Shanghai')::date AS day) AS t
    WHERE d.organisation_id = NEW.organisation_id AND d.person_id = NEW.decided_for_id
      AND d.from_on <= t.day AND d.to_on > t.day AND sends.person_id NOT IN (d.person_id, d.deputy_id)
) THEN
    RAISE EXCEPTION 'pgtrigger: a plan is decided for somebody by the deputy of that day, and not by whoever sent it';
END IF;
RETURN NEW;
"""
_A_HEAD = Q(per_head_fen__isnull=False, per_head_fen__gte=1, per_head_fen__lte=MOST_FEN)


class PurchasePlan(Workflow):
    """What a buyer means to spend from one fund on one occasion, on a record of its committee.

    It holds no money itself: what its orders hold and took of the fund is counted here too, under the fund's lock.
    """

    CHANGES = (
        "status",
        "decided_by",
        "decided_at",
        "decided_for",
        "members",
        "held_fen",
        "accepted_fen",
        "notice",
        "due_at",
        "shown_at",
    )
    MOVES = PURCHASE_PLAN_MOVES
    REFERENCE = "purchase-plan"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="purchase_plans")
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="purchase_plans")
    kind = models.CharField(max_length=12, choices=PurchasePlanKind)
    occasion = models.CharField(max_length=60)
    total_fen = models.BigIntegerField()
    goods_count = models.PositiveSmallIntegerField()  # so many goods it names, each a row of its own
    per_head_fen = models.BigIntegerField(null=True)  # of a union's money: at most so much for each member
    apart = models.BooleanField(default=False)  # of a union's money: outside the ordinary ceiling of the year
    members = models.PositiveIntegerField(null=True)  # of the union on the day of approval, where that is said
    held_fen = models.BigIntegerField(default=0)  # of goods its orders still wait for
    accepted_fen = models.BigIntegerField(default=0)  # of goods taken, less what went back
    from_on = models.DateField()
    to_on = models.DateField()  # the last day it covers
    committee_record = models.CharField(max_length=80)
    project_number = models.CharField(max_length=80, blank=True)
    requirement = models.ForeignKey(PlanRequirement, models.PROTECT, null=True, related_name="plans")  # for its size
    notice = models.ForeignKey(PublicNotice, models.PROTECT, null=True, related_name="+")  # of what is intended
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_for = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")  # whose deputy decided
    hours = models.PositiveSmallIntegerField()  # until the other approvers are asked, and again until it ends
    due_at = models.DateTimeField()  # when it goes on to the next; once all were asked, when it ends
    shown_at = models.DateTimeField(null=True)  # when all approvers of the buyer were asked

    class Meta:
        constraints = [
            legal_statuses(PURCHASE_PLAN_MOVES, "purchase_plan_status_legal"),
            models.CheckConstraint(
                condition=Q(status__in=UNDECIDED, decided_by=None, decided_at=None)
                | Q(status=PurchasePlanStatus.ENDED, decided_by=None, decided_at__isnull=False)
                | (
                    Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(status__in=(*UNDECIDED, PurchasePlanStatus.ENDED))
                ),
                name="purchase_plan_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("by")), name="purchase_plan_two_hands"
            ),
            models.CheckConstraint(
                condition=Q(decided_for=None) | Q(decided_by__isnull=False), name="plan_deputy_decided"
            ),
            within("hours", 1, LONGEST_DECISION_HOURS, name="plan_decision_hours"),
            models.CheckConstraint(
                condition=Q(due_at__gt=F("at")) & (Q(shown_at=None) | Q(due_at__gt=F("shown_at"))),
                name="plan_decision_has_an_end",
            ),
            models.CheckConstraint(
                condition=~Q(status=PurchasePlanStatus.ENDED)
                | Q(shown_at__isnull=False, decided_at__isnull=False, decided_at__gte=F("due_at")),
                name="plan_ends_at_its_time",
            ),
            models.CheckConstraint(condition=Q(kind__in=PurchasePlanKind.values), name="purchase_plan_kind_legal"),
            within("total_fen", 1, MOST_FEN, name="purchase_plan_bounded"),
            within("goods_count", 1, MOST_GOODS, name="plan_names_goods"),
            models.CheckConstraint(
                condition=Q(held_fen__gte=0, accepted_fen__gte=0, total_fen__gte=F("held_fen") + F("accepted_fen")),
                name="plan_drawn_within_total",
            ),
            models.CheckConstraint(
                condition=Q(per_head_fen=None)
                | Q(members=None)
                | Q(held_fen__lte=F("per_head_fen") * F("members") - F("accepted_fen")),
                name="plan_within_cap_of_members",
            ),
            models.CheckConstraint(
                condition=Q(per_head_fen=None, members=None)
                | Q(_A_HEAD, members=None, status__in=NOT_APPROVED)
                | (Q(_A_HEAD, members__isnull=False, members__gte=1) & ~Q(status__in=NOT_APPROVED)),
                name="plan_members_counted",
            ),
            models.CheckConstraint(
                condition=Q(status=PurchasePlanStatus.APPROVED)
                | Q(status=PurchasePlanStatus.CLOSED, held_fen=0)
                | Q(held_fen=0, accepted_fen=0),
                name="plan_holds_while_approved",
            ),
            models.CheckConstraint(condition=Q(to_on__gte=F("from_on")), name="purchase_plan_in_order"),
            models.UniqueConstraint(
                fields=["organisation", "committee_record"],
                condition=~Q(status__in=LAPSED),
                name="committee_record_of_one_plan",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="plan_waits", condition=Q(status=PurchasePlanStatus.SENT)),
        ]
        triggers = [
            *status_guards(PURCHASE_PLAN_MOVES),
            pgtrigger.ReadOnly(
                name="purchase_plan_stays",
                fields=[
                    "organisation",
                    "fund",
                    "kind",
                    "occasion",
                    "total_fen",
                    "goods_count",
                    "per_head_fen",
                    "apart",
                    "from_on",
                    "to_on",
                    "committee_record",
                    "project_number",
                    "requirement",
                    "hours",
                    "by",
                    "at",
                ],
            ),
            pgtrigger.Trigger(
                name="closed_by_its_list",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("status"),
                condition=pgtrigger.Q(new__status="closed"),
                func=_CLOSED_BY_ITS_LIST,
            ),
            pgtrigger.Trigger(
                name="rule_of_its_size", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_RULE_OF_ITS_SIZE
            ),
            pgtrigger.Trigger(
                name="has_what_its_size_asks",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("status"),
                condition=pgtrigger.Q(new__status="approved"),
                func=_HAS_WHAT_ITS_SIZE_ASKS,
            ),
            pgtrigger.Trigger(
                name="approved_with_its_goods",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("status"),
                condition=pgtrigger.Q(new__status="approved"),
                func=_NAMES_ITS_GOODS,
            ),
            pgtrigger.Trigger(
                name="on_notice_once",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("notice_id"),
                condition=pgtrigger.Condition("OLD.notice_id IS DISTINCT FROM NEW.notice_id"),
                func=_ON_NOTICE_ONCE,
            ),
            pgtrigger.Trigger(
                name="decided_by_a_deputy",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("decided_for_id"),
                condition=pgtrigger.Q(new__decided_for__isnull=False),
                func=_DECIDED_BY_A_DEPUTY,
            ),
            *never_deleted(),
        ]

    def ends_at(self) -> dt.datetime:
        """Return when it ends by itself if nobody decides it."""
        return self.due_at if self.shown_at is not None else self.due_at + dt.timedelta(hours=self.hours)

    def most_fen(self) -> int:
        """Return what its orders may come to in all: its sum, or less by the members counted at approval."""
        if self.per_head_fen is None or self.members is None:
            return self.total_fen
        return min(self.total_fen, self.per_head_fen * self.members)

    def drawn_fen(self) -> int:
        """Return what its orders hold and have taken."""
        return self.held_fen + self.accepted_fen

    def left_fen(self) -> int:
        """Return what may still be ordered on it."""
        return self.most_fen() - self.drawn_fen()
