"""Notices of loss: said at once by the household or for it, taken also when late, ended by a report or by time."""

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import InboundMessage, User
from accounts.services.people import record_consent
from kernel import clock
from kernel.dates import day_words, message_deadline
from kernel.errors import BadValue, DomainError
from kernel.workflow import lock
from losses.models import EarlyStatus, Goods, LossNotice
from losses.selectors.claims import causes_of, refer_to
from losses.selectors.loss_notices import NOTICE_ROLE, is_late, open_notices_of
from losses.services.claiming import ConsentNeeded, is_member, owner_of, require_not_recalled
from losses.services.deadlines import days_after
from losses.services.photo_ties import ask_for_looks
from losses.services.telling import tell_of
from records.models import Event, StoredFile
from records.services import events
from records.services.files import attach

MOST = 500
TOLD_BEFORE = dt.timedelta(days=2)  # a day less than ⟨loss_notice_days⟩ may be, so that the reminder never comes first

SAID = _(
    "Your notice of loss of about %(quantity)s of %(produce)s is taken. It counts until %(until)s: report the loss "
    "before."
)
SAID_BY_PROXY = _(
    "A notice of loss of about %(quantity)s of %(produce)s was given for you; it counts until %(until)s. If you did "
    "not want this, call the village."
)
SAID_BY_TEXT = _(
    "By your text it is noted: about %(quantity)s of %(produce)s lost on %(day)s (%(cause)s). It counts until "
    "%(until)s: report the loss before, on the site or through your village cadre. If this is not right, call the "
    "cadre."
)
ENDS_SOON = _("Your notice of loss of %(produce)s ends at %(until)s. Report the loss before, or it counts no more.")
ENDED = _("Your notice of loss of %(produce)s has ended, since nothing was reported. You can still report the loss.")


class NoticedAlready(DomainError):
    code = "noticed_already"
    message = _("Notice of loss of these goods is given already. Report the loss from there.")


class NotItsAuthor(DomainError):
    code = "not_its_author"
    message = _("A notice of loss is taken back by whoever gave it, or by the household.")


@transaction.atomic
def give_notice(
    *,
    goods: Goods,
    cause: str,
    about: int,
    seen_on: dt.date,
    words: str,
    photos: Sequence[StoredFile] = (),
    by: User,
    at: dt.datetime,
    consent: str = "",
    text: InboundMessage | None = None,
) -> LossNotice:
    """Write down that goods are lost, about how much and since when; it holds nothing and asks for no money yet.

    Where it came by a `text`, that text gives no second one.
    """
    household = owner_of(goods)
    own = is_member(household, by)
    if not own and not consent:
        raise ConsentNeeded
    if cause not in causes_of(goods):
        raise BadValue(_("Choose what happened."))
    require_not_recalled(goods, cause)
    if about < 1:
        raise BadValue(_("Write a quantity greater than zero."))
    if seen_on > clock.county_day(at):
        raise BadValue(_("This day is still to come. Choose the day on which it happened."))
    notice = LossNotice(
        household=household,
        **refer_to(goods),
        cause=cause,
        about=about,
        seen_on=seen_on,
        words=words.strip()[:300],
        late=is_late(seen_on, at),
        by=by,
        by_proxy=not own,
        text=text,
        at=at,
        ends_at=days_after("loss_notice_days", at),
    )
    if open_notices_of(goods).exists():
        raise NoticedAlready
    try:
        with transaction.atomic():
            notice.begin(by=by, at=at)
    except IntegrityError as collision:
        if "one_open_notice_of_goods" not in str(collision):
            raise
        raise NoticedAlready from None
    ask_for_looks(notice, [attach(notice.reference, photo, NOTICE_ROLE, by=by, at=at) for photo in photos])
    if not own:
        record_consent(household, notice.reference, consent, by=by, at=at)
    events.record("loss.noticed", notice.reference, by=by, at=at, late=notice.late)
    sentence = SAID_BY_TEXT if text is not None else SAID if own else SAID_BY_PROXY
    tell_of(notice, "said", sentence, at=at, **words_of(notice))
    return notice


def words_of(notice: LossNotice) -> dict[str, object]:
    """Return what a household is told of its notice, to be put into words in its language."""
    return {
        "quantity": lambda: notice.goods.in_words(notice.about),
        "cause": notice.get_cause_display,
        "day": lambda: day_words(notice.seen_on),
        "until": message_deadline(notice.ends_at),
    }


@transaction.atomic
def take_back(notice: LossNotice, *, by: User, at: dt.datetime) -> LossNotice:
    """Take a notice of loss back, as whoever gave it or as the household."""
    notice = lock(notice)
    if notice.by.person_id != by.person_id and not is_member(notice.household, by):
        raise NotItsAuthor
    return notice.move_to(EarlyStatus.WITHDRAWN, by=by, at=at)


def end_unreported(*, at: dt.datetime) -> int:
    """End the notices that nobody made a report of in time, and tell those whose time is nearly over, once."""
    standing = LossNotice.objects.filter(status=EarlyStatus.OPEN)
    told = Event.objects.filter(kind="loss.notice_ending").values("document")
    soon = standing.filter(ends_at__gt=at, ends_at__lte=at + TOLD_BEFORE).order_by("ends_at", "pk")[:MOST]
    told_now = set(told.filter(document__in=[row.reference for row in soon]).values_list("document", flat=True))
    for notice in soon:
        if notice.reference not in told_now:
            _warn(notice, at)
    over = standing.filter(ends_at__lte=at).order_by("ends_at", "pk")
    return sum(_lapse(notice, at) for notice in over[:MOST])


@transaction.atomic
def _warn(notice: LossNotice, at: dt.datetime) -> None:
    notice = lock(notice)
    if (
        notice.status != EarlyStatus.OPEN
        or Event.objects.filter(kind="loss.notice_ending", document=notice.reference).exists()
    ):
        return
    events.record("loss.notice_ending", notice.reference, by=None, at=at)
    tell_of(notice, "ends_soon", ENDS_SOON, at=at, until=message_deadline(notice.ends_at))


@transaction.atomic
def _lapse(notice: LossNotice, at: dt.datetime) -> bool:
    notice = lock(notice)
    if not notice.can_move(EarlyStatus.LAPSED):  # reported or taken back just now, or another sweep was first
        return False
    notice.move_to(EarlyStatus.LAPSED, by=None, at=at)
    tell_of(notice, "ended", ENDED, at=at)
    return True
