"""A restore and its frozen batches in words."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.selectors import spoken_time
from kernel import money
from kernel.shown import Fact, Link
from ledger.models import BatchStatus, FrozenBatch, FrozenStatus, Restore
from ledger.pages.mending import hands_of, steps_of, story_shown, tag_of
from ledger.services.restoring import lost_batches


def frozen_shown(frozen: FrozenBatch, form: Any, may: bool, user: User) -> dict[str, Any]:
    """Return what the page of a frozen batch shows, and what this person may do with it."""
    batch = frozen.batch
    facts = [
        Fact(_("Batch"), batch.number, url=reverse("batch-detail", args=[batch.pk])),
        Fact(_("Amount (yuan)"), money.yuan(batch.total_fen)),
        Fact(_("As it stands here"), BatchStatus(batch.status).label),
    ]
    if frozen.found:
        facts.append(Fact(_("As the bank has it"), frozen.get_found_display()))
    return {
        "title": _("Frozen after a restored backup"),
        "status": tag_of(frozen),
        "facts": facts + hands_of(frozen),
        "story": story_shown(frozen),
        "back": Link(reverse("restore", args=[frozen.restore_id]), _("The restore")),
        **steps_of(frozen, form, may=may, user=user, names=("frozen-batch-confirm", "frozen-batch-reject")),
    }


def restore_shown(row: Restore, form: Any, may: bool, user: User) -> dict[str, Any]:
    """Return what the page of a restore shows: its frozen batches, what went further, and what may be done."""
    facts = [Fact(_("Marked"), spoken_time(row.marked_at))]
    for frozen in row.frozen.select_related("batch").order_by("batch_id"):
        page = reverse("frozen-batch", args=[frozen.pk])
        facts.append(Fact(frozen.batch.number, FrozenStatus(frozen.status).label, url=page))
    missing = [line["batch"] for line in lost_batches(row)]
    for line in row.lost:
        what = _("%(n)s households, %(amount)s yuan") % {"n": line["lines"], "amount": money.yuan(line["fen"])}
        label = _("Had left, is missing here") if line["batch"] in missing else _("Went further after the backup")
        facts.append(Fact(label, line["batch"], what))
    if row.letter_number:
        facts.append(Fact(_("The bank's letter"), row.letter_number))
    return {
        "title": _("A backup was restored"),
        "status": tag_of(row),
        "facts": facts + hands_of(row),
        "story": story_shown(row),
        "back": Link(reverse("problem-list"), _("Money that came back")),
        **steps_of(row, form, may=may, user=user, names=("restore-confirm", "restore-reject")),
    }
