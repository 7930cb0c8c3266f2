"""Notices of loss in words: the row of the list, the page of one."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from accounts.selectors import standing
from catalog.selectors.seasons import newest_of
from kernel import masking
from kernel.dates import day_words
from kernel.present import known, name_of
from kernel.shown import Fact, Link, Tag
from losses import permissions
from losses.models import EarlyStatus, LossNotice
from losses.pages.words import Photo, day, day_time
from losses.selectors.loss_notices import photos_of_notice
from records.models import Attachment

TONES: dict[str, str] = {EarlyStatus.OPEN: "info", EarlyStatus.CLAIMED: "ok"}


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice of loss in a list."""

    url: str
    title: str
    line: str
    meta: list[str]
    picture: str
    status: Tag


@dataclass(frozen=True, slots=True)
class NoticePage:
    """Everything of one notice of loss."""

    title: str
    status: Tag
    late: str
    facts: list[Fact]
    words: str
    photos: list[Photo]
    picture: str
    claim: Link | None
    until: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Where a notice is taken back, under which key."""

    url: str
    idem: str


def title_of(notice: LossNotice) -> str:
    """Name a notice as the household does: 包菜烂在地里."""
    values = {"produce": name_of(notice.goods.produce), "cause": notice.get_cause_display()}
    return _("%(produce)s: %(cause)s") % values


def notice_row(notice: LossNotice, user: User) -> NoticeRow:
    """Return one notice of a list; a late one says so."""
    own = notice.household_id in standing(user).households
    late = [pgettext("notice of loss", "late")] if notice.late else []
    return NoticeRow(
        url=reverse("loss-notice", args=[notice.pk]),
        title=title_of(notice),
        line=_("about %(quantity)s") % {"quantity": notice.goods.in_words(notice.about)},
        meta=[day(notice.at), *late, *([] if own else [name_for(notice, user), notice.household.village.short_name])],
        picture=notice.goods.produce.picture,
        status=_status(notice),
    )


def notice_page(notice: LossNotice, user: User) -> NoticePage:
    """Return one notice as this person may read it."""
    late = _("Said later than it should be. It is taken all the same; somebody looks at it.")
    way = known(notice.by.person).name if notice.by_proxy else _("by a text") if notice.text_id else ""
    facts = [
        Fact(pgettext("loss", "Whose"), f"{name_for(notice, user)} {notice.household.village.short_name}"),
        Fact(_("About how much"), notice.goods.in_words(notice.about)),
        Fact(_("Seen on"), day_words(notice.seen_on)),
        Fact(_("Said"), day_time(notice.at), way),
    ]
    claim = notice.claim
    return NoticePage(
        title=title_of(notice),
        status=_status(notice),
        late=late if notice.late else "",
        facts=facts,
        words=notice.words,
        photos=[_photo(notice, hanging) for hanging in photos_of_notice(notice)],
        picture=notice.goods.produce.picture,
        claim=Link(reverse("claim-detail", args=[claim.pk]), claim.number) if claim is not None else None,
        until=day_time(notice.ends_at) if notice.status == EarlyStatus.OPEN else "",
    )


def name_for(notice: LossNotice, user: User) -> str:
    """Return the head of household's name, in full only for those who may read it."""
    name = notice.household.head_name
    return name if permissions.reads_name_of_notice(user, notice) else masking.mask_name(name)


def claim_url(notice: LossNotice) -> str:
    """Return where an open notice becomes a report, with everything in it; empty for one that is over."""
    if notice.status != EarlyStatus.OPEN:
        return ""
    if notice.listing_id is not None:
        return f"{reverse('claim-new', args=[notice.listing_id])}?notice={notice.pk}"
    season = newest_of(known(notice.plot_season))
    return f"{reverse('claim-new-crop', args=[season.pk])}?notice={notice.pk}"


def withdraw_of(notice: LossNotice, *, key: str) -> Withdraw | None:
    """Return where an open notice is taken back, under a form's `key`."""
    if notice.status != EarlyStatus.OPEN:
        return None
    return Withdraw(reverse("loss-notice-withdraw", args=[notice.pk]), key)


def _status(notice: LossNotice) -> Tag:
    return Tag(TONES.get(notice.status, "plain"), str(EarlyStatus(notice.status).label))


def _photo(notice: LossNotice, hanging: Attachment) -> Photo:
    url = reverse("loss-notice-photo", args=[notice.pk, hanging.file_id])
    return Photo(url=f"{url}?px=240", full_url=url, alt=_("Photo of the loss"), caption=day_time(hanging.at))
