"""What any document may carry: files, hands, findings, notices, objections; jobs, keys and the dated rules."""

import uuid

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.constraints import two_people, within
from kernel.entering import entered_only
from kernel.numbers import NumberField, numbered
from kernel.traced import Traced
from kernel.workflow import Workflow, append_only, final_once, legal_statuses, never_deleted, status_guards

MOST_BYTES = 50 * 2**20


class StoredFile(models.Model):
    """Original bytes as received, private, known by their sha256; photos also have public derivatives."""

    HISTORY = True

    class Kind(models.TextChoices):
        PHOTO = "photo", _("Photo")
        SLIP = "slip", _("Payment slip")
        BANK_FILE = "bank_file", _("Bank file")
        BANK_RETURN = "bank_return", _("Bank return file")
        PAPER = "paper", _("Paper")
        FUND_FILE = "fund_file", _("Whole file of a purse")
        NOTICE = "notice", _("Signed public notice")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=16, choices=Kind)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    facts = models.JSONField(default=dict)  # what the camera wrote (place, time): private
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    sizes = ArrayField(models.PositiveIntegerField(), default=list)  # public derivatives made, in px
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            within("size", 1, MOST_BYTES, name="file_size_bounded"),
        ]
        indexes = [
            models.Index(fields=["sha256"], name="file_by_sha256"),
            models.Index(KeyTextTransform("taken", "facts"), name="file_by_moment"),
        ]
        triggers = append_only()


class PhotoPrint(models.Model):
    """What a photo looks like, in 64 bits that change little when it is shrunk, pressed or slightly cut."""

    HISTORY = True

    file = models.OneToOneField(StoredFile, models.PROTECT, primary_key=True, related_name="print")
    bits = models.BigIntegerField()
    mirrored = models.BigIntegerField()  # the same of its mirror image

    class Meta:
        triggers = append_only()


class Attachment(models.Model):
    """One stored file shown with one document, in one role (`listing`, `claim`, `visit:whole`, `slip` …)."""

    HISTORY = True

    document = models.CharField(max_length=64)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="attachments")
    role = models.CharField(max_length=32)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "file", "role"], name="attachment_once"),
        ]
        indexes = [models.Index(fields=["document", "role", "id"], name="attachment_by_document")]
        triggers = append_only()


# One lock a person, then the pairs of the day: two tabs of one person are looked at one after the other. Whoever places
# an order (`request`) needs no lock: nobody else can see the order before it is there; that hand says whose document it
# is. A hand may name one exception, which must be of these two hands, of this day and of whoever the document is.
_REFUSE_INCOMPATIBLE = """
PERFORM pg_advisory_xact_lock(hashtextextended(p.person_key, 0))
FROM (SELECT DISTINCT person_key FROM added WHERE stage <> 'request' ORDER BY person_key) AS p;
IF EXISTS (
    SELECT FROM added AS a
    JOIN records_participation AS b
      ON b.document = a.document AND b.person_key = a.person_key AND b.stage <> a.stage
    CROSS JOIN LATERAL (
        SELECT split_part(a.document, ':', 1) AS kind, (a.at AT TIME ZONE 'Asia/Shanghai')::date AS day
    ) AS d
    WHERE (
        NOT EXISTS (SELECT FROM records_incompatiblehands AS h WHERE h.kind = d.kind)
        OR EXISTS (
            SELECT FROM records_incompatiblehands AS h
            WHERE h.kind = d.kind AND h.from_on <= d.day AND (h.to_on IS NULL OR h.to_on > d.day)
              AND (h.stage, h.other) IN ((a.stage, b.stage), (b.stage, a.stage))
        )
    ) AND NOT EXISTS (
        SELECT FROM records_handsexception AS x
        WHERE x.id = a.excused_by_id AND x.kind = d.kind AND x.from_on <= d.day AND x.to_on > d.day
          AND (x.stage, x.other) IN ((a.stage, b.stage), (b.stage, a.stage))
          AND x.scope = (
            SELECT r.scope FROM records_participation AS r
            WHERE r.document = a.document AND r.stage = 'request' ORDER BY r.id LIMIT 1
          )
    )
) THEN
    RAISE EXCEPTION 'one person, two hands that exclude each other' USING ERRCODE = '23514',
        CONSTRAINT = 'incompatible_hands';
END IF;
RETURN NULL;
"""


_HANDS_TELL = Traced(
    "records_participation",
    ("id", "document", "person_key", "stage", "scope", "excused_by_id"),
    moments=("at",),
    told_at=("at",),
)


class Participation(models.Model):
    """One person had a hand in one stage of one document; which two hands exclude each other is `IncompatibleHands`."""

    HISTORY = True
    TRACED = _HANDS_TELL

    document = models.CharField(max_length=64)
    person_key = models.CharField(max_length=64)
    stage = models.CharField(max_length=32)
    at = models.DateTimeField()
    scope = models.CharField(max_length=40, blank=True, default="", db_default="")  # of the first hand: whose it is
    excused_by = models.ForeignKey("HandsException", models.PROTECT, null=True, related_name="hands")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "person_key", "stage"], name="stage_once_a_person"),
            models.CheckConstraint(condition=Q(scope="") | Q(stage="request"), name="scope_of_the_first_hand"),
        ]
        triggers = [
            *append_only(),
            *_HANDS_TELL.triggers(),
            pgtrigger.Trigger(
                name="incompatible_hands",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="added"),
                func=_REFUSE_INCOMPATIBLE,
            ),
        ]


class IncompatibleHands(models.Model):
    """Two stages of one kind of document that are never one person's, by date; of a kind without a row any two."""

    CHANGES = ("to_on",)

    kind = models.CharField(max_length=24)
    stage = models.CharField(max_length=32)
    other = models.CharField(max_length=32)
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    document = models.CharField(max_length=80, blank=True)

    class Meta:
        triggers = [entered_only(pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete)]
        constraints = [
            models.UniqueConstraint(fields=["kind", "stage", "other", "from_on"], name="incompatible_hands_once"),
            two_people("stage", "other", name="hands_differ"),
            models.CheckConstraint(condition=Q(to_on=None) | Q(to_on__gt=F("from_on")), name="hands_dates_in_order"),
        ]


class HandsException(models.Model):
    """Two stages that one person may hold on the documents of one organisation with too few people, for a time."""

    CHANGES = ("to_on",)

    kind = models.CharField(max_length=24)
    stage = models.CharField(max_length=32)
    other = models.CharField(max_length=32)
    scope = models.CharField(max_length=40)  # whose documents: "organisation:12"
    from_on = models.DateField()
    to_on = models.DateField()
    document = models.CharField(max_length=80)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        triggers = [entered_only(pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete)]
        constraints = [
            two_people("stage", "other", name="excepted_hands_differ"),
            two_people("set_by", "confirmed_by", name="exception_two_hands"),
            models.CheckConstraint(condition=Q(to_on__gt=F("from_on")), name="exception_ends"),
        ]
        indexes = [models.Index(fields=["scope", "to_on"], name="exception_by_scope")]


_FINDINGS_TELL = Traced(
    "records_finding",
    ("id", "document", "rule", "colour", "title", "detail", "clause", "cleared_by_id", "cleared_reason"),
    moments=("at", "cleared_at"),
    told_at=("cleared_at",),
    only="cleared_at",
)


class Finding(models.Model):
    """What one check saw on one document, with its clause; amber is cleared by another person with a reason."""

    TRACED = _FINDINGS_TELL

    CHANGES = ("colour", "title", "detail", "clause", "cleared_by", "cleared_at", "cleared_reason")

    class Colour(models.TextChoices):
        GREEN = "green", _("Fine")
        AMBER = "amber", _("Look again")
        RED = "red", _("Not possible")

    document = models.CharField(max_length=64)
    rule = models.CharField(max_length=48)
    colour = models.CharField(max_length=8, choices=Colour)
    title = models.CharField(max_length=120)
    detail = models.TextField(blank=True)
    clause = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()
    cleared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    cleared_at = models.DateTimeField(null=True)
    cleared_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "rule", "at"], name="finding_once_a_run"),
            models.CheckConstraint(
                condition=Q(cleared_by=None, cleared_at=None)
                | (Q(cleared_by__isnull=False, cleared_at__isnull=False) & ~Q(cleared_reason="")),
                name="finding_cleared_with_reason",
            ),
        ]
        indexes = [models.Index(fields=["document", "id"], name="finding_by_document")]
        triggers = [
            final_once("cleared_at", "cleared_finding_stays"),
            *never_deleted(),
            *_FINDINGS_TELL.triggers(changes=True),
        ]


class NoticeStatus(models.TextChoices):
    PUBLISHED = "published", _("Open to objection")
    CLOSED = "closed", _("Ended")
    WITHDRAWN = "withdrawn", pgettext_lazy("notice", "Withdrawn")


NOTICE_MOVES = {
    NoticeStatus.PUBLISHED: {NoticeStatus.CLOSED, NoticeStatus.WITHDRAWN},
    NoticeStatus.CLOSED: set(),
    NoticeStatus.WITHDRAWN: set(),
}


class PublicNotice(Workflow):
    """A frozen, masked list on the wall and on the web; its end is stored in working days at publication."""

    CHANGES = ("status",)
    MOVES = NOTICE_MOVES
    REFERENCE = "notice"

    class Round(models.TextChoices):
        VILLAGE = "village", _("Village round (quantities)")
        COUNTY = "county", _("County round (amounts)")
        PLAN = "plan", _("What a buyer means to buy")

    number = NumberField()
    title = models.CharField(max_length=200)
    round = models.CharField(max_length=16, choices=Round)
    place_code = models.CharField(max_length=12)
    place_name = models.CharField(max_length=80)
    basis = models.CharField(max_length=200)
    how_computed = models.TextField(blank=True)
    published_at = models.DateTimeField()
    working_days = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    ends_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            legal_statuses(NOTICE_MOVES, "notice_status_legal"),
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("published_at")), name="notice_lasts"),
        ]
        triggers = [
            *status_guards(NOTICE_MOVES),
            numbered(),
            pgtrigger.ReadOnly(name="frozen", exclude=["status"]),
        ]


class NoticeLine(models.Model):
    """One masked row of a notice; `line_no` is random, so that it gives nothing away."""

    HISTORY = True

    notice = models.ForeignKey(PublicNotice, models.PROTECT, related_name="lines")
    document = models.CharField(max_length=64)
    line_no = models.PositiveIntegerField()
    masked_name = models.CharField(max_length=60)
    village_name = models.CharField(max_length=80)
    goods = models.CharField(max_length=120)
    quantity_g = models.PositiveBigIntegerField()
    amount_fen = models.PositiveBigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "line_no"], name="notice_line_no"),
            models.UniqueConstraint(fields=["notice", "document"], name="notice_document_once"),
        ]
        indexes = [models.Index(fields=["document"], name="notice_line_by_document")]
        triggers = append_only()


class NumberLetter(models.Model):
    """The letter that stands in every number given after one restored backup; the latest counts."""

    HISTORY = True

    number = models.PositiveIntegerField(unique=True)  # of the restore
    letter = models.CharField(max_length=3)
    at = models.DateTimeField()

    class Meta:
        triggers = append_only()


class Job(models.Model):
    """A long piece of work with a visible share done, a heartbeat and a lease, so that none gets stuck."""

    FREE = True

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Stopped")

    kind = models.CharField(max_length=48)
    key = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    note = models.CharField(max_length=200, blank=True)
    lease_until = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="job_once")]


class IdempotencyKey(models.Model):
    """One key of one person, or of a public form: the request it stood for and the answer it got, kept together."""

    CHANGES = ("answer",)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    key = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    answer = models.JSONField(null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], nulls_distinct=False, name="idempotency_once")]


_POLICY_TELLS = Traced(
    "records_policyvalue",
    ("id", "name", "value", "from_on", "document", "set_by_id", "confirmed_by_id"),
    moments=("set_at", "confirmed_at"),
    told_at=("confirmed_at", "set_at"),
)


class PolicyValue(models.Model):
    """One dated value of the rules in ⟨ ⟩: set by one person, in force once a second confirmed it."""

    CHANGES = ("confirmed_by", "confirmed_at")
    TRACED = _POLICY_TELLS

    name = models.CharField(max_length=48)
    value = models.CharField(max_length=64)
    from_on = models.DateField()
    document = models.CharField(max_length=120, blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField(auto_now_add=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "from_on"], name="policy_value_once_a_day"),
            models.CheckConstraint(
                condition=Q(set_by=None) | Q(confirmed_by=None) | ~Q(set_by=models.F("confirmed_by")),
                name="policy_two_hands",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="policy_confirmed_at_a_time",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="policy_stays", fields=["name", "value", "from_on", "document", "set_by", "set_at"]
            ),
            final_once("confirmed_at", "confirmed_policy_stays"),
            *never_deleted(),
            *_POLICY_TELLS.triggers(changes=True),
            entered_only(pgtrigger.Insert | pgtrigger.Update),
        ]


class CalendarDay(models.Model):
    """A day on which the county differs from the national working-day calendar, with its document."""

    CHANGES = ("is_workday", "document")

    day = models.DateField(primary_key=True)
    is_workday = models.BooleanField()
    document = models.CharField(max_length=120)

    class Meta:
        triggers = [entered_only(pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete)]
