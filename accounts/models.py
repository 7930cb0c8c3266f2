"""Who and where: places, organisations with their channel, people and households, who may act for whom.

A person is known by the HMAC of the ID number, whatever the account; a membership is person × organisation × role ×
area with dates. A household counts by the tier it held on the day. Everything that names or reaches a person is
ciphertext here; messages leave through an outbox that a sweep empties.
"""

import uuid

import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kernel.constraints import one_of, within
from kernel.present import known
from kernel.sealing import sealed
from kernel.workflow import Workflow, append_only, legal_statuses, never_deleted, status_guards


class Place(models.Model):
    """A county, township or village by its 12-digit code; names may change under one code."""

    CHANGES = ("name", "parent", "latitude_e6", "longitude_e6", "radius_m")

    class Level(models.TextChoices):
        COUNTY = "county", _("County")
        TOWNSHIP = "township", _("Township")
        VILLAGE = "village", _("Village")

    code = models.CharField(max_length=12, primary_key=True)
    level = models.CharField(max_length=12, choices=Level)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    name = models.CharField(max_length=40)  # the name in force today; earlier ones in PlaceName
    latitude_e6 = models.IntegerField(null=True)
    longitude_e6 = models.IntegerField(null=True)
    radius_m = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(latitude_e6=None, longitude_e6=None))
                | Q(latitude_e6__isnull=False, longitude_e6__isnull=False)
                & Q(latitude_e6__gte=3_000_000, latitude_e6__lte=54_000_000)
                & Q(longitude_e6__gte=73_000_000, longitude_e6__lte=136_000_000),
                name="place_in_china_or_unknown",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def township(self) -> "Place":
        """Return the township a village lies in."""
        return known(self.parent)

    @property
    def short_name(self) -> str:
        """Return the name as spoken: 长溪村委会 is 长溪村."""
        return self.name.removesuffix("委会") if self.name.endswith("村委会") else self.name


class PlaceName(models.Model):
    """What a code was called, and from when to when."""

    CHANGES = ("name", "valid_to")

    place = models.ForeignKey(Place, models.CASCADE, related_name="names")
    name = models.CharField(max_length=40)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place", "valid_from"], name="place_name_from_once"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="place_name_in_order"
            ),
        ]


class Channel(models.Model):
    """One of the buyer channels (六进): 机关, 学校, 医院, 企业, 社区 run canteens; 交易市场 is a market."""

    CHANGES = ("name_zh", "name_en", "position")

    code = models.CharField(max_length=16, primary_key=True)
    name_zh = models.CharField(max_length=16)
    name_en = models.CharField(max_length=24)
    position = models.PositiveSmallIntegerField(unique=True)
    runs_canteen = models.BooleanField()

    def __str__(self):
        return self.name_zh


class Organisation(models.Model):
    """An office, a co-operative, a canteen's unit; buyers have a channel."""

    CHANGES = ("name", "place", "phone", "uscc")

    class Kind(models.TextChoices):
        BUREAU = "bureau", _("Agriculture bureau")
        FINANCE = "finance", _("Finance bureau")
        RELIEF = "relief", _("Poverty-relief office")
        TOWNSHIP = "township", _("Township government")
        VILLAGE = "village", _("Village committee")
        COOPERATIVE = "cooperative", _("Co-operative")
        BUYER = "buyer", _("Buyer")
        PLATFORM = "platform", _("Platform")

    kind = models.CharField(max_length=16, choices=Kind)
    name = models.CharField(max_length=80, unique=True)
    channel = models.ForeignKey(Channel, models.PROTECT, null=True, blank=True)
    place = models.ForeignKey(Place, models.PROTECT)
    uscc = models.CharField(max_length=18, blank=True)
    phone = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="buyer", channel__isnull=False) | (~Q(kind="buyer") & Q(channel=None)),
                name="buyers_have_a_channel",
            ),
            models.UniqueConstraint(fields=["uscc"], condition=~Q(uscc=""), name="organisation_uscc_once"),
        ]

    def __str__(self):
        return self.name


class Person(models.Model):
    """A human being, known by the HMAC of the ID number; two accounts of one person share one row."""

    CHANGES = ("name_sealed", "born_on")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name_sealed = models.TextField()
    name = sealed("name_sealed")
    id_number_sealed = models.TextField()
    id_number = sealed("id_number_sealed")
    key = models.CharField(max_length=64, unique=True)  # HMAC of the normalised ID number
    born_on = models.DateField(null=True)


class UserManager(BaseUserManager):
    def get_by_natural_key(self, username):
        return self.get(phone_index=username)


class User(AbstractBaseUser):
    """An account: a phone number that proves itself by a code. There are no passwords."""

    CHANGES = ("phone_sealed", "phone_index", "phone_verified", "is_active", "elder_mode", "last_login")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="users")
    phone_sealed = models.TextField()
    phone = sealed("phone_sealed")
    phone_index = models.CharField(max_length=64, unique=True)
    phone_verified = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    elder_mode = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "phone_index"
    REQUIRED_FIELDS = []

    # Django's permission checks have no part here: roles live in memberships, checked in permissions.py.
    is_staff = False
    is_superuser = False

    def __str__(self):
        return str(self.pk)


class Role(models.TextChoices):
    CADRE = "cadre", _("Village cadre")
    COOP_MANAGER = "coop_manager", _("Co-operative manager")
    TOWNSHIP_OFFICER = "township_officer", _("Township officer")
    VERIFIER = "verifier", _("Bureau verifier")
    BUREAU_APPROVER = "bureau_approver", _("Bureau approver")
    RELIEF_CLERK = "relief_clerk", _("Relief office clerk")
    FINANCE_MAKER = "finance_maker", _("Finance maker")
    FINANCE_CHECKER = "finance_checker", _("Finance checker")
    BUYER = "buyer", _("Canteen buyer")
    BUYING_APPROVER = "buying_approver", _("Canteen approver")
    RECEIVER = "receiver", _("Receiver")
    UNION_TREASURER = "union_treasurer", _("Union treasurer")
    UNION_CHAIR = "union_chair", _("Union chair")
    CASHIER = "cashier", _("Cashier")
    PAYMENT_CHECKER = "payment_checker", _("Payment checker")
    HAULIER = "haulier", _("Haulier")
    OFFICIAL = "official", _("County official")
    SYSTEM_ADMIN = "system_admin", _("System administrator")
    SECURITY_ADMIN = "security_admin", _("Security administrator")
    AUDITOR = "auditor", _("Auditor")


STAFF_ROLES = [role for role in Role if role not in (Role.HAULIER, Role.CADRE)]
# Who works with a phone in the hand, away from a desk.
FIELD_ROLES = (Role.RECEIVER, Role.VERIFIER, Role.HAULIER, Role.CADRE, Role.COOP_MANAGER)


class Membership(models.Model):
    """A person works for an organisation in a role, over an area, between two dates."""

    CHANGES = ("to_on",)

    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    area = models.ForeignKey(Place, models.PROTECT)
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
            models.CheckConstraint(condition=Q(to_on=None) | Q(to_on__gt=F("from_on")), name="membership_in_order"),
            models.UniqueConstraint(
                fields=["person", "organisation", "role"], condition=Q(to_on=None), name="membership_once"
            ),
        ]


class Tier(models.TextChoices):
    LIFTED = "lifted", _("Household lifted out of poverty")  # 脱贫户
    UNSTABLE = "unstable", _("Lifted but unstable")  # 脱贫不稳定户
    MARGINAL = "marginal", _("At risk of poverty")  # 边缘易致贫户
    SUDDEN = "sudden", _("In sudden serious hardship")  # 突发严重困难户
    ORDINARY = "ordinary", _("Ordinary household")  # 一般农户


POOR_TIERS = (Tier.LIFTED, Tier.UNSTABLE, Tier.MARGINAL, Tier.SUDDEN)


class Household(models.Model):
    """A farming household of the register, with its village and its head."""

    CHANGES = ("village", "head_name_sealed", "phone_sealed", "phone_index", "people")

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

    class Meta:
        constraints = [
            within("people", 1, 40, name="household_size_bounded"),
            models.UniqueConstraint(fields=["head"], name="one_household_a_head"),
        ]
        indexes = [models.Index(fields=["phone_index"], name="household_by_phone", condition=~Q(phone_index=""))]


class HouseholdMember(models.Model):
    """A person belongs to a household; living members act for it."""

    CHANGES = ()

    household = models.ForeignKey(Household, models.PROTECT, related_name="members")
    person = models.OneToOneField(Person, models.PROTECT, related_name="household_membership")


class HouseholdTier(models.Model):
    """The tier a household held between two dates: a sale counts by the tier on its day."""

    CHANGES = ("to_on",)

    household = models.ForeignKey(Household, models.PROTECT, related_name="tiers")
    tier = models.CharField(max_length=12, choices=Tier)
    from_on = models.DateField()
    to_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(tier__in=Tier.values), name="tier_known"),
            models.UniqueConstraint(fields=["household", "from_on"], name="tier_from_once"),
            models.UniqueConstraint(fields=["household"], condition=Q(to_on=None), name="one_tier_now"),
            models.CheckConstraint(condition=Q(to_on=None) | Q(to_on__gt=F("from_on")), name="tier_in_order"),
        ]


class RegisterFileStatus(models.TextChoices):
    PROPOSED = "proposed", _("Waits for a second person")
    ENTERED = "entered", _("In the register")
    REFUSED = "refused", _("Refused")
    LAPSED = "lapsed", _("Not confirmed in time")


REGISTER_FILE_MOVES = {
    RegisterFileStatus.PROPOSED: {RegisterFileStatus.ENTERED, RegisterFileStatus.REFUSED, RegisterFileStatus.LAPSED},
    RegisterFileStatus.ENTERED: set(),
    RegisterFileStatus.REFUSED: set(),
    RegisterFileStatus.LAPSED: set(),
}


class RegisterFile(Workflow):
    """A file of households that one clerk brought; in the register once another of the office confirmed it."""

    CHANGES = ("status", "decided_by", "decided_at")
    MOVES = REGISTER_FILE_MOVES
    REFERENCE = "registerfile"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="register_files")
    digest = models.CharField(max_length=64)  # of the file and of what was answered about it
    rows = models.PositiveIntegerField()
    households = models.PositiveIntegerField()  # of them to be entered
    registered = models.PositiveIntegerField()  # of them in the register already
    remarks = models.JSONField(default=dict)  # faults left out, shared phones: masked
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    confirm_by_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            legal_statuses(REGISTER_FILE_MOVES, "register_file_status_legal"),
            models.CheckConstraint(
                condition=Q(status=RegisterFileStatus.PROPOSED, decided_by=None, decided_at=None)
                | (
                    ~Q(status=RegisterFileStatus.PROPOSED)
                    & Q(decided_at__isnull=False)
                    & (Q(status=RegisterFileStatus.LAPSED) | Q(decided_by__isnull=False))
                ),
                name="register_file_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("by")), name="register_file_two_hands"
            ),
            models.CheckConstraint(condition=Q(households__gte=1), name="register_file_has_households"),
            models.UniqueConstraint(
                fields=["organisation", "digest"],
                condition=Q(status=RegisterFileStatus.PROPOSED),
                name="register_file_waits_once",
            ),
        ]
        triggers = [
            *status_guards(REGISTER_FILE_MOVES),
            pgtrigger.ReadOnly(name="register_file_stays", exclude=["status", "decided_by", "decided_at"]),
            *never_deleted(),
        ]


class RegisterFileRow(models.Model):
    """One household of a file that waits; forgotten once the file is decided."""

    FREE = True
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.ForeignKey(RegisterFile, models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    place = models.CharField(max_length=60)  # the cell it stands in
    number = models.CharField(max_length=20)
    key = models.CharField(max_length=64)  # HMAC of the head's ID number
    people = models.PositiveSmallIntegerField()
    tier = models.CharField(max_length=12, choices=Tier)
    village = models.ForeignKey(Place, models.PROTECT, related_name="+")
    content_sealed = models.TextField()  # name, ID number and phone
    content = sealed("content_sealed")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "position"], name="register_file_row_position"),
            models.UniqueConstraint(fields=["file", "key"], name="register_file_row_head_once"),
        ]
        triggers = [pgtrigger.ReadOnly(name="register_file_row_stays")]


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

    household = models.ForeignKey(Household, models.PROTECT, related_name="consents")
    document = models.CharField(max_length=64)
    how = models.CharField(
        max_length=16,
        choices=[("phone", _("By telephone")), ("visit", _("In person")), ("paper", _("Signed paper"))],
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = append_only()


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


Somebody = User | AnonymousUser  # whoever asks, signed in or not
