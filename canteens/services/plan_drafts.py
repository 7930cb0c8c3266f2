"""Keep a purchase plan while it is written, throw it away, and end what lies too long."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services.messages import tell
from canteens.models import PlanDraft
from canteens.selectors.plan_drafts import draft_days, drafts_of
from kernel import clock
from kernel.errors import BadValue, DomainError

MOST_DRAFTS = 20  # of one person: as many as a page shows
MOST_TYPED = 2_000  # signs of one answer
ENDED = _("Your draft of a purchase plan lay for %(n)s days and was thrown away: %(occasion)s. Write it anew.")
UNNAMED = _("without an occasion")


class TooManyDrafts(DomainError):
    code = "too_many_plan_drafts"

    def __init__(self) -> None:
        sentence = _("You keep %(n)s drafts of plans already. Send one or throw one away first.")
        super().__init__(sentence % {"n": MOST_DRAFTS})


class DraftGone(DomainError):
    code = "plan_draft_gone"
    message = _(
        "This draft was sent or thrown away meanwhile. What you wrote stands here: send it, or keep it as a new draft."
    )


@transaction.atomic
def keep(typed: Mapping[str, str], draft: PlanDraft | None = None, *, by: User, at: dt.datetime) -> PlanDraft:
    """Keep what is typed of a plan as it is, finished or not: in a new draft, or instead of what a draft said."""
    said = {name: value for name, value in typed.items() if value.strip()}
    if not said:
        raise BadValue(_("Nothing is written yet. Write something of the plan first."))
    if draft is None:
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        if drafts_of(by).count() >= MOST_DRAFTS:
            raise TooManyDrafts
        return PlanDraft.objects.create(by=by, typed=said, changed_at=at)
    there = drafts_of(by).select_for_update().filter(pk=draft.pk).first()
    if there is None:
        raise DraftGone
    there.typed, there.changed_at = said, at
    there.save(update_fields=["typed", "changed_at"])
    return there


def drop(draft: PlanDraft, *, by: User, at: dt.datetime) -> None:
    """Throw a draft away; twice is as once."""
    drafts_of(by).filter(pk=draft.pk).delete()


def drop_sent(draft_id: int | None, *, by: User) -> None:
    """Throw away the draft of a plan that was just sent, if it was of this person and is still there."""
    if draft_id is not None:
        drafts_of(by).filter(pk=draft_id).delete()


@transaction.atomic
def end_old(draft: PlanDraft, *, at: dt.datetime) -> bool:
    """Throw away a draft that nobody changed for long, and tell its author."""
    days = draft_days(at)
    old = PlanDraft.objects.select_for_update(of=("self",)).select_related("by")
    since = clock.day_start(clock.county_day(at) - dt.timedelta(days=days))
    row = old.filter(pk=draft.pk, changed_at__lt=since).first()
    if row is None:
        return False
    said = {"n": days, "occasion": row.occasion[:60] or UNNAMED}
    tell(ENDED, said, phone=row.by.phone, kind="plan.draft_ended", document=f"plan-draft:{row.pk}", at=at)
    row.delete()
    return True
