"""Late awards in words: since when, how many days, and the interest as its own figure."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.selectors import Standing
from kernel import clock, money
from kernel.dates import day_words
from kernel.masking import mask_name
from kernel.piles import pile_of
from kernel.shown import Case, Link, Pile, Tag
from ledger.selectors import FINANCE
from losses.models import LossClaim
from losses.selectors.late_relief import late_seen_by, lateness, lateness_of


@dataclass(frozen=True, slots=True)
class LateRow:
    """One award that is late; no interest where no rate is set."""

    claim: Link
    name: str
    village: str
    amount: str
    due: str
    days: str
    interest: str
    status: Tag


def late_row(award: Any, day: dt.date) -> LateRow:
    """Return one late award, masked."""
    late, claim = lateness(award, day), award.claim
    at_bank = pgettext("late relief", "At the bank, no answer")
    waits = pgettext("late relief", "Not sent")
    return LateRow(
        claim=Link(reverse("claim-detail", args=[claim.pk]), claim.number),
        name=mask_name(claim.household.head_name),
        village=claim.household.village.short_name,
        amount=money.yuan(award.amount_fen),
        due=day_words(late.due_on),
        days=days_words(late.days),
        interest=money.yuan(late.interest_fen) if late.interest_fen else "",
        status=Tag("warn" if award.at_bank else "danger", at_bank if award.at_bank else waits),
    )


def days_words(days: int) -> str:
    """Return how many days late."""
    return ngettext("%(n)s day late", "%(n)s days late", days) % {"n": days}


def late_words(claim: LossClaim) -> list[str]:
    """Return for its household how late the relief of a claim is, and the interest; nothing where it is not."""
    late = lateness_of(claim)
    if late is None:
        return []
    said = {"day": day_words(late.due_on), "late": days_words(late.days)}
    words = [_("It was to be on your card by %(day)s: %(late)s. You need do nothing; finance is reminded.") % said]
    if late.interest_fen:
        words.append(_("Interest for these days so far: %(sum)s yuan.") % {"sum": money.yuan(late.interest_fen)})
    return words


def late(who: Standing, at: dt.datetime) -> Pile:
    """Return the awards that are late; finance's turn."""
    day, pays = clock.county_day(at), who.has(*FINANCE)
    url = reverse("late-relief")

    def case(award: Any) -> Case:
        row = late_row(award, day)
        return Case(
            title=_("Relief of %(name)s is late") % {"name": row.name},
            facts=[row.claim.label, row.due, row.status.text],
            url=url,
            act=pgettext("case", "Pay it out") if pays else "",
            due=Tag("danger", row.days),
            due_on=award.payable.due_on,
            amount_fen=award.amount_fen,
            waits="" if pays else _("Waits for finance"),
        )

    return pile_of(late_seen_by(who, day), case, amount="amount_fen", url=url)
