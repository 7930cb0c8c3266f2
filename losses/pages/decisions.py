"""The decision on one claim: what it comes to, who may not take it, and why it cannot be taken yet."""

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from kernel import money
from kernel.present import known
from losses.models import ClaimStatus, LossClaim
from losses.pages.desks import on_notice_words
from losses.pages.words import amount_words, arithmetic_words
from losses.selectors.claims import held_fen
from losses.selectors.objections import is_stopped, was_right
from losses.services.answering import AWARD
from records.selectors.notices import ANSWERS
from records.selectors.participation import documents_barred


@dataclass(frozen=True, slots=True)
class Decision:
    """What the desk decides on, where it sends the decision, and what stands against it."""

    amount: str
    arithmetic: str
    left_this_year: str
    approve_url: str
    approve_label: str
    back_url: str
    refuse_url: str
    idem: str
    blocked: str
    not_yet: str


def decision(claim: LossClaim, user: User, *, key: str, at: dt.datetime) -> Decision:
    """Return the decision on a claim as this person may take it, under a form's `key`."""
    amount = amount_words(claim)
    left_fen = max(0, claim.scheme.household_cap_fen - held_fen(claim.household, claim.scheme))
    return Decision(
        amount=amount,
        arithmetic="；".join(arithmetic_words(claim)),
        left_this_year=_("This household can get %(left)s yuan more") % {"left": money.yuan(left_fen)},
        approve_url=reverse("claim-award", args=[claim.pk]),
        approve_label=_("Approve, %(amount)s yuan") % {"amount": amount},
        back_url=reverse("claim-send-back", args=[claim.pk]),
        refuse_url=reverse("claim-refuse", args=[claim.pk]),
        idem=key,
        blocked=_blocked(claim, user),
        not_yet=_not_yet(claim, at),
    )


def _blocked(claim: LossClaim, user: User) -> str:
    """Return why this person may not decide at all."""
    right = was_right(claim)
    if claim.status != ClaimStatus.COUNTY_NOTICE and not right:
        return pgettext("review", "This claim is not waiting for a decision: %(status)s.") % {
            "status": ClaimStatus(claim.status).label
        }
    if documents_barred([claim.reference], ANSWERS if right else AWARD, by=user):
        return _("You took part in an earlier step of this claim. A colleague decides it.")
    return ""


def _not_yet(claim: LossClaim, at: dt.datetime) -> str:
    """Return why nobody can approve now, though sending back and refusing are possible."""
    if was_right(claim):
        return _("An objection was right. Refuse the report, or send it back: the household then writes what is right.")
    if claim.status != ClaimStatus.COUNTY_NOTICE:
        return ""
    notice = known(claim.county_notice)
    if at < notice.ends_at:
        return on_notice_words(notice.ends_on)
    if is_stopped(claim):
        return _("An objection stops this line. It must be answered first.")
    return ""
