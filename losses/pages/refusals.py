"""A report that was sent back or refused, in words one can act on: what it rests on, and what would help."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.shown import Link
from losses.models import ClaimStatus, LossClaim, Reason

ANSWERED = (ClaimStatus.SENT_BACK, ClaimStatus.REFUSED)
HELP: dict[str, str | Promise] = {
    Reason.PHOTOS: _("Bring photos that show the goods near by and how much of them there is."),
    Reason.QUANTITY: _("Bring what shows how much it was: a weighing slip, or neighbours who saw it."),
    Reason.NOT_FOUND: _("Show where the goods lie or lay, and bring somebody who saw them there."),
    Reason.SOLD: _("If they were not sold, bring the slip, or let the buyer say so."),
    Reason.RULES: _("No paper mends this: the rules do not cover it. Read them, another scheme may."),
    Reason.TOO_LITTLE: _("No paper mends this: it is less than the rules relieve. What spoils later may be reported."),
    Reason.CAP: _("No paper mends this: the household has had the most that the rules give."),
    Reason.NO_MONEY: _("No paper mends this: the money is used up. Ask the bureau whether more comes in."),
    Reason.OBJECTION: _("Bring what answers the objection: papers, photos, or people who saw it."),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a report was sent back or refused, by which rules, and what to bring."""

    reason: str
    rules: Link
    bring: str


def refusal_of(claim: LossClaim) -> Refusal | None:
    """Return why a report did not pass as it is, nothing of any other."""
    if claim.status not in ANSWERED:
        return None
    rules = Link(reverse("scheme-detail", args=[claim.scheme_id]), claim.scheme.legal_basis)
    return Refusal(claim.reason, rules, bring_words(claim))


def bring_words(claim: LossClaim) -> str:
    """Return what would help a report that was sent back or refused; empty where nothing is known."""
    return str(HELP.get(claim.reason_code, "")) if claim.status in ANSWERED else ""
