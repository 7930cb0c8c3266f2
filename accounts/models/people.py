"""Places, organisations with their channel, people with their accounts, and the posts they hold."""

import uuid

import pgtrigger
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kernel.entering import entered_only
from kernel.present import known
from kernel.sealing import sealed


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
        triggers = [entered_only()]
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

    CHANGES = ("name_zh", "name_en", "position", "asks_test")

    code = models.CharField(max_length=16, primary_key=True)
    name_zh = models.CharField(max_length=16)
    name_en = models.CharField(max_length=24)
    position = models.PositiveSmallIntegerField(unique=True)
    runs_canteen = models.BooleanField()
    asks_test = models.BooleanField(
        default=False
    )  # its kitchens take vegetables, fruit and mushrooms with a test slip alone

    class Meta:
        triggers = [entered_only()]

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
        triggers = [entered_only()]
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

    CHANGES = ("name_sealed", "born_on", "died_on")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name_sealed = models.TextField()
    name = sealed("name_sealed")
    id_number_sealed = models.TextField()
    id_number = sealed("id_number_sealed")
    key = models.CharField(max_length=64, unique=True)  # HMAC of the normalised ID number
    born_on = models.DateField(null=True)
    died_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(died_on=None) | Q(born_on=None) | Q(died_on__gte=F("born_on")), name="died_after_birth"
            ),
        ]


def living_only() -> pgtrigger.Trigger:
    """Return the trigger of a table of what people hold or belong to: nobody who died is entered there."""
    return pgtrigger.Trigger(
        name="living_only",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func="""
IF EXISTS (SELECT FROM accounts_person WHERE id = NEW.person_id AND died_on IS NOT NULL) THEN
    RAISE EXCEPTION 'pgtrigger: somebody who died is entered into %', TG_TABLE_NAME;
END IF;
RETURN NEW;
""",
    )


class UserManager(BaseUserManager):
    def get_by_natural_key(self, username):
        return self.get(phone_index=username)


class User(AbstractBaseUser):
    """An account: a phone number that proves itself by a code. There are no passwords."""

    CHANGES = ("phone_sealed", "phone_index", "phone_verified", "is_active", "elder_mode", "last_login", "password")

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
    HEAD_OF_OFFICE = "head_of_office", _("Head of the organisation")
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
# Who keeps the site, the rights and the log.
ADMINISTRATORS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)
# Who works with a phone in the hand, away from a desk.
FIELD_ROLES = (Role.RECEIVER, Role.VERIFIER, Role.HAULIER, Role.CADRE, Role.COOP_MANAGER)


# Whoever keeps the site, the rights or the log holds that one post and no other, at no time together. One lock a
# person: two appointments at once are looked at one after the other.
_REFUSE_ADMINISTRATOR = """
PERFORM pg_advisory_xact_lock(hashtextextended(p.person_id::text, 1))
FROM (SELECT DISTINCT person_id FROM added ORDER BY person_id) AS p;
IF EXISTS (
    SELECT FROM added AS a
    JOIN accounts_membership AS b ON b.person_id = a.person_id AND b.role <> a.role
    WHERE (a.role IN ({roles}) OR b.role IN ({roles}))
      AND daterange(a.from_on, a.to_on) && daterange(b.from_on, b.to_on)
) THEN
    RAISE EXCEPTION 'an administrator holds no other post';
END IF;
RETURN NULL;
"""


class Membership(models.Model):
    """A person works for an organisation in a role, over an area, between two dates; a deputy, in place of another."""

    CHANGES = ("to_on",)

    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    area = models.ForeignKey(Place, models.PROTECT)
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)
    deputises = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="deputies")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
            models.CheckConstraint(condition=Q(deputises=None) | Q(to_on__isnull=False), name="deputy_has_a_last_day"),
            models.CheckConstraint(condition=Q(to_on=None) | Q(to_on__gt=F("from_on")), name="membership_in_order"),
            models.UniqueConstraint(
                fields=["person", "organisation", "role"], condition=Q(to_on=None), name="membership_once"
            ),
        ]
        triggers = [
            entered_only(pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete),
            living_only(),
            pgtrigger.Trigger(
                name="exclusive_posts",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="added"),
                func=_REFUSE_ADMINISTRATOR.format(roles=", ".join(f"'{role.value}'" for role in ADMINISTRATORS)),
            ),
        ]


class OpenSession(models.Model):
    """Where somebody is signed in: on which kind of device, and since when. It goes when the session ends."""

    FREE = True

    class Device(models.TextChoices):
        WECHAT = "wechat", _("WeChat on a phone")
        PHONE = "phone", _("Browser of a phone")
        COMPUTER = "computer", _("Browser of a computer")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="open_sessions")
    session_key = models.CharField(max_length=40, unique=True)
    device = models.CharField(max_length=12, choices=Device)
    begun_at = models.DateTimeField()


Somebody = User | AnonymousUser  # whoever asks, signed in or not
