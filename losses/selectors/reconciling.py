"""One payout batch from report to card: six stages by township, the identity, and only those to follow.

The claims counted are those of the county notices whose awards the batch pays, so that a line stopped by an objection
stands under "on notice" and not under "approved".
"""

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kernel import masking, money
from ledger.selectors import fate_of, lines_of
from losses.models import Award, ClaimFigure, LossClaim, Stage
from losses.selectors.claims import declared, figure_of, present_computation, with_story
from losses.selectors.story import day_time

STAGES = ("declared", "verified", "noticed", "awarded", "sent", "arrived")


@dataclass
class Sums:
    """Households and money at each stage of one township, or of all."""

    name: str
    households: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STAGES, 0))
    fen: dict[str, int] = field(default_factory=lambda: dict.fromkeys((*STAGES, "returned", "unknown"), 0))

    def add(self, stage: str, amount_fen: int) -> None:
        """Count one household with its money at a stage."""
        if stage in self.households:
            self.households[stage] += 1
        self.fen[stage] += amount_fen

    @property
    def difference(self) -> int:
        """Return what was sent and is neither arrived, come back nor unknown: always nothing."""
        return self.fen["sent"] - self.fen["arrived"] - self.fen["returned"] - self.fen["unknown"]


def reconciliation(batch: Any) -> dict[str, Any]:
    """Return the context of the reconciliation page of one batch."""
    payments = {payment.payable.document: payment for payment in lines_of(batch)}
    claims = _claims(payments)
    total = Sums(_("In all"))
    towns: dict[str, Sums] = {}
    for claim in claims:
        town = claim.household.village.township
        sums = towns.setdefault(town.code, Sums(town.name))
        for stage, amount in _amounts(claim, payments.get(claim.reference)):
            total.add(stage, amount)
            sums.add(stage, amount)
    by_reference = {claim.reference: claim for claim in claims}
    follow = [_follow(p, by_reference.get(p.payable.document)) for p in payments.values() if fate_of(p) != "arrived"]
    rows = [total, *sorted(towns.values(), key=lambda sums: (-sums.fen["sent"], sums.name))]
    return {
        "stages": [
            {"label": label, "amount": money.yuan(total.fen[stage]), "households": _households(total.households[stage])}
            for stage, label in _labels()
        ],
        "identity": _identity(total),
        "columns": [label for _stage, label in _labels()],
        "rows": [_row(sums, sums is total) for sums in rows],
        "note": _("Off = sent − arrived − came back − unknown, always 0. Claims are those of the same notices."),
        "follow": {
            "title": _("%(n)s households to follow") % {"n": len(follow)},
            "hint": _("Unknown is not failed: nothing is paid again before the bank has answered"),
            "rows": follow,
        },
    }


def _labels() -> list[tuple[str, str]]:
    words = (
        pgettext("reconciliation", "Declared"),
        pgettext("reconciliation", "Verified"),
        pgettext("reconciliation", "On notice"),
        pgettext("reconciliation", "Approved"),
        pgettext("reconciliation", "Sent"),
        pgettext("reconciliation", "Arrived"),
    )
    return list(zip(STAGES, words, strict=True))


def _claims(payments: Any) -> list[LossClaim]:
    paid = Award.objects.filter(payable__in=[payment.payable_id for payment in payments.values()])
    notices = LossClaim.objects.filter(pk__in=paid.values("claim")).values("county_notice")
    claims = LossClaim.objects.filter(county_notice__in=notices)
    return list(with_story(claims).select_related("household__village__parent", "award").order_by("pk"))


def _amounts(claim: LossClaim, payment: Any) -> Any:
    """Yield each stage a claim has reached with its money; quantities are priced at the claim's own rate."""
    yield "declared", _priced(claim, declared(claim))
    if found := figure_of(claim, Stage.COUNTY):
        yield "verified", _priced(claim, found)
    if computation := present_computation(claim):
        yield "noticed", computation.amount_fen
    if hasattr(claim, "award"):
        yield "awarded", claim.award.amount_fen
    if payment is None:
        return
    yield "sent", payment.amount_fen
    yield fate_of(payment), payment.amount_fen


def _priced(claim: LossClaim, figure: ClaimFigure) -> int:
    return money.amount_fen(figure.quantity_g, claim.rate.rate_fen, claim.rate.rate_unit_g)


def _row(sums: Sums, total: bool) -> dict:
    return {
        "name": sums.name,
        "cells": [{"households": sums.households[s], "amount": money.yuan(sums.fen[s])} for s in STAGES],
        "returned": money.yuan(sums.fen["returned"]) if sums.fen["returned"] else "",
        "unknown": money.yuan(sums.fen["unknown"]) if sums.fen["unknown"] else "",
        "difference": money.yuan(sums.difference),
        "off": sums.difference != 0,
        "total": total,
    }


def _identity(total: Sums) -> dict:
    said = {key: money.yuan(total.fen[key]) for key in ("sent", "arrived", "returned", "unknown")}
    text = _("Sent %(sent)s = arrived %(arrived)s + came back %(returned)s + unknown %(unknown)s.") % said
    if total.difference:
        return {"balanced": False, "title": _("The accounts do not balance."), "text": text}
    return {"balanced": True, "title": _("The accounts balance."), "text": text}


def _follow(payment: Any, claim: LossClaim | None) -> dict[str, Any]:
    payable, unknown = payment.payable, fate_of(payment) == "unknown"
    return {
        "number": claim.number if claim else payment.line_reference,
        "name": masking.mask_name(payable.payee_name),
        "village": payable.household.village.short_name if payable.household else "",
        "account": masking.mask_card(payable.card),
        "amount": money.yuan(payment.amount_fen),
        "status": {
            "tone": "warn" if unknown else "danger",
            "text": pgettext("reconciliation", "Unknown") if unknown else pgettext("reconciliation", "Returned"),
        },
        "why": _("The bank has not answered") if unknown else payment.failure,
        "next": {
            "url": reverse("claim-detail", args=[claim.pk]),
            "label": _("Wait for the bank, do not pay again") if unknown else _("Have the card checked"),
        }
        if claim
        else None,
    }


def _households(n: int) -> str:
    return _("%(n)s households") % {"n": n}


def made_words(batch: Any) -> list[str]:
    """Say who made a batch and who checked it."""
    said = [_("Made by %(name)s, %(at)s") % {"name": batch.maker.person.name, "at": day_time(batch.prepared_at)}]
    if batch.checker is not None:
        said.append(_("Checked by %(name)s") % {"name": batch.checker.person.name})
    return said
