"""Heirs of payees who died, in words; names, ID numbers and cards are masked."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.selectors import spoken_time
from kernel import dates, masking, money
from kernel.shown import Fact, Link
from ledger.models import Heir, Payable
from ledger.pages.mending import ProblemRow, hands_of, steps_of, story_shown, tag_of


def heir_row(heir: Heir) -> ProblemRow:
    """Return one line of the heirs that wait for a second person."""
    payable = heir.payable
    return ProblemRow(
        url=reverse("heir", args=[heir.pk]),
        name=masking.mask_name(payable.payee_name),
        village=payable.household.village.short_name if payable.household else "",
        amount=money.yuan(payable.amount_fen),
        since=spoken_time(heir.proposed_at),
        why=_("The payee died; an heir is named."),
        status=tag_of(heir),
    )


def payable_facts(payable: Payable) -> list[Fact]:
    """Return whose money it is and how much."""
    return [
        Fact(_("Household head"), masking.mask_name(payable.payee_name)),
        Fact(_("Amount (yuan)"), money.yuan(payable.amount_fen)),
        Fact(_("Document"), payable.document),
    ]


def heir_shown(heir: Heir, may: bool, user: User) -> dict[str, Any]:
    """Return what the page of an heir shows: whose money, by which paper, to whom, and what may be done."""
    facts = [
        *payable_facts(heir.payable),
        Fact(_("Died on"), dates.day_words(heir.died_on)),
        Fact(_("Paper of the death"), heir.document, _("see its photo"), url=reverse("heir-paper", args=[heir.pk])),
        Fact(_("Heir"), masking.mask_name(heir.payee_name), masking.mask_id(heir.id_number)),
        Fact(_("Card of the heir"), masking.mask_card(heir.card), heir.bank),
        *hands_of(heir),
    ]
    steps = steps_of(heir, None, may=may, user=user, names=("heir-confirm", "heir-reject"))
    return {
        "title": _("Money of somebody who died"),
        "status": tag_of(heir),
        "facts": facts,
        "story": story_shown(heir),
        "back": Link(reverse("problem-list"), _("Money that came back")),
        **steps,
        "form": None,
    }
