"""Households of the register: members, tiers by date, cards, consents, and what was sent to them."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.people import Organisation, Person, Place, living_only
from kernel.constraints import one_of, within
from kernel.entering import entered_only
from kernel.sealing import sealed
from kernel.workflow import append_only


class Tier(models.TextChoices):
    LIFTED = "lifted", _("Household lifted out of poverty")  # 脱贫户
    UNSTABLE = "unstable", _("Lifted but unstable")  # 脱贫不稳定户
    MARGINAL = "marginal", _("At risk of poverty")  # 边缘易致贫户
    SUDDEN = "sudden", _("In sudden serious hardship")  # 突发严重困难户
    CLEARED = "cleared", _("Risk removed")  # 风险消除户: watched before, no longer
    ORDINARY = "ordinary", _("Ordinary household")  # 一般农户


POOR_TIERS = (Tier.LIFTED, Tier.UNSTABLE, Tier.MARGINAL, Tier.SUDDEN)
WATCHED_TIERS = (Tier.UNSTABLE, Tier.MARGINAL, Tier.SUDDEN)  # 防返贫监测对象


class Cause(models.TextChoices):
    """Why a household is watched: the kinds of risk of the monitoring since 2021."""

    ILLNESS = "illness", _("Illness")  # 因病
    SCHOOLING = "schooling", _("Schooling")  # 因学
    DISABILITY = "disability", _("Disability")  # 因残
    DISASTER = "disaster", _("Natural disaster")  # 因自然灾害
    ACCIDENT = "accident", _("Accident")  # 因意外事故
    WORK = "work", _("Unsteady work")  # 因务工就业不稳
    FARMING = "farming", _("Failed farming or business")  # 因产业项目失败
    LABOUR = "labour", _("Too few who can work")  # 缺劳动力
    OTHER = "other", pgettext_lazy("cause", "Something else")


# A household is merged once, into one that stands; it keeps its rows, and from then on it counts by that one.
_REFUSE_MERGE = """
IF EXISTS (SELECT FROM after WHERE merged_into_id IS NOT NULL) THEN
    PERFORM pg_advisory_xact_lock(hashtext('liujin households'));
END IF;
IF EXISTS (
    SELECT FROM before AS b JOIN after AS a ON a.id = b.id
    WHERE b.merged_into_id IS NOT NULL
      AND (a.merged_into_id, a.merged_at) IS DISTINCT FROM (b.merged_into_id, b.merged_at)
) OR EXISTS (
    SELECT FROM after AS a JOIN accounts_household AS s ON s.id = a.merged_into_id WHERE s.merged_into_id IS NOT NULL
) OR EXISTS (
    SELECT FROM after AS a JOIN accounts_household AS m ON m.merged_into_id = a.id WHERE a.merged_into_id IS NOT NULL
) THEN
    RAISE EXCEPTION 'pgtrigger: a household is merged once, into one that stands';
END IF;
RETURN NULL;
"""


class Household(models.Model):
    """A farming household of the register, with its village and its head; a merged one counts by its survivor."""

    CHANGES = (
        "village", "head", "head_name_sealed", "phone_sealed", "phone_index", "people", "merged_into", "merged_at",
    )  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=20, unique=True)
    village = models.ForeignKey(Place, models.PROTECT, related_name="households")
    head = models.ForeignKey(Person, models.PROTECT, related_name="+")
    head_name_sealed = models.TextField()
    head_name = sealed("head_name_sealed")
    phone_sealed = models.TextField(blank=True)
    phone = sealed("phone_sealed", index="phone")
    phone_index = models.CharField(max_length=64, blank=True)  # neighbours may share a phone
    people = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    split_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="split_off")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    merged_at = models.DateTimeField(null=True)

    class Meta:
        triggers = [
            entered_only(),
            pgtrigger.Trigger(
                name="merged_once",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                referencing=pgtrigger.Referencing(old="before", new="after"),
                func=_REFUSE_MERGE,
            ),
        ]
        constraints = [
            within("people", 1, 40, name="household_size_bounded"),
            models.UniqueConstraint(fields=["head"], condition=Q(merged_into=None), name="one_household_a_head"),
            models.CheckConstraint(
                condition=Q(merged_into=None, merged_at=None)
                | Q(merged_into__isnull=False, merged_at__isnull=False) & ~Q(merged_into=F("id")),
                name="merged_into_another",
            ),
        ]
        indexes = [models.Index(fields=["phone_index"], name="household_by_phone", condition=~Q(phone_index=""))]


class HouseholdMember(models.Model):
    """A person belongs to a household from one day to another; whoever is of it now, and lives, acts for it."""

    CHANGES = ("to_on", "ending")

    class Ending(models.TextChoices):
        LEFT = "left", _("Left the household")
        DIED = "died", _("Died")
        MOVED = "moved", _("Went into another household")

    household = models.ForeignKey(Household, models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, models.PROTECT, related_name="household_memberships")
    from_on = models.DateField()
    to_on = models.DateField(null=True)  # the first day without; never in the future
    ending = models.CharField(max_length=12, choices=Ending, blank=True)

    class Meta:
        triggers = [entered_only(pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete), living_only()]
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(to_on=None), name="one_household_a_person"),
            models.CheckConstraint(
                condition=Q(to_on=None, ending="")
                | Q(to_on__isnull=False, to_on__gte=F("from_on"), ending__in=["left", "died", "moved"]),
                name="member_in_order",
            ),
        ]


class HouseholdTier(models.Model):
    """The tier a household held between two dates: a sale counts by the tier on its day."""

    CHANGES = ("to_on",)

    household = models.ForeignKey(Household, models.PROTECT, related_name="tiers")
    tier = models.CharField(max_length=12, choices=Tier)
    cause = models.CharField(max_length=12, choices=Cause, blank=True)  # of a watched household, where it is known
    from_on = models.DateField()
    to_on = models.DateField(null=True)

    class Meta:
        triggers = [entered_only()]
        constraints = [
            models.CheckConstraint(condition=Q(tier__in=Tier.values), name="tier_known"),
            models.CheckConstraint(
                condition=Q(cause="") | Q(cause__in=Cause.values, tier__in=WATCHED_TIERS),
                name="only_watched_for_a_cause",
            ),
            models.UniqueConstraint(fields=["household", "from_on"], name="tier_from_once"),
            models.UniqueConstraint(fields=["household"], condition=Q(to_on=None), name="one_tier_now"),
            models.CheckConstraint(condition=Q(to_on=None) | Q(to_on__gt=F("from_on")), name="tier_in_order"),
        ]


class Kin(models.Model):
    """A person declared to be kin of a household: between these days they decide nothing about it."""

    CHANGES = ("to_on",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="kin")
    household = models.ForeignKey(Household, models.PROTECT, related_name="kin")
    relation = models.CharField(max_length=20)
    from_on = models.DateField()
    to_on = models.DateField(null=True)  # the first day on which it counts no more

    class Meta:
        triggers = [entered_only(pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete)]
        constraints = [
            models.UniqueConstraint(fields=["person", "household"], condition=Q(to_on=None), name="kin_once"),
            models.CheckConstraint(condition=Q(to_on=None) | Q(to_on__gt=F("from_on")), name="kin_in_order"),
        ]


class BankCard(models.Model):
    """Where a household is paid; one card serves one household, and one card is live at a time."""

    CHANGES = ("to_at",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="cards")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="cards")
    holder_sealed = models.TextField()
    holder = sealed("holder_sealed")
    number_sealed = models.TextField()
    number = sealed("number_sealed")
    index = models.CharField(max_length=64)
    bank = models.CharField(max_length=40)
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True)

    class Meta:
        triggers = [entered_only()]
        constraints = [
            models.UniqueConstraint(fields=["index"], condition=Q(to_at=None), name="one_owner_a_card"),
            models.UniqueConstraint(fields=["household"], condition=Q(to_at=None), name="one_live_card_a_household"),
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(to_at=None), name="one_live_card_an_organisation"
            ),
            one_of("household", "organisation", name="card_has_one_owner"),
        ]
        indexes = [models.Index(fields=["index"], name="card_ever_held")]


class Consent(models.Model):
    """A household let someone act for it: how it said so, and when. 「不是我」 answers it."""

    HISTORY = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    household = models.ForeignKey(Household, models.PROTECT, related_name="consents")
    document = models.CharField(max_length=64)
    how = models.CharField(
        max_length=16,
        choices=[
            ("phone", _("By telephone")),
            ("visit", _("In person")),
            ("paper", _("Signed paper")),
            ("mandate", _("By its mandate")),
            ("office", _("By an office, on a document")),
            ("order", _("For an order")),
        ],
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = append_only()
        indexes = [
            models.Index(fields=["household", "-at", "-id"], name="consent_of_household"),
            models.Index(fields=["document"], name="consent_of_document"),
        ]


class Message(models.Model):
    """The outbox: a text that must reach a phone, sent by a sweep right after it was written."""

    CHANGES = ("state", "tries", "next_try_at", "sent_at")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Not delivered")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    phone_sealed = models.TextField()
    phone = sealed("phone_sealed")
    body_sealed = models.TextField()
    body = sealed("body_sealed")
    kind = models.CharField(max_length=32)
    document = models.CharField(max_length=64, blank=True)
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="messages")
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(state="waiting"), name="message_waiting"),
        ]
