"""Relief claimed back in words: how much of which report and why, what is due when, what came back, whose turn."""

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from accounts.selectors import spoken_time
from kernel import clock, money
from kernel.dates import due_words, spoken_day
from kernel.present import known
from kernel.shown import Fact, Link, Tag
from ledger.permissions import can_pay
from ledger.selectors import arrived_fen
from losses import permissions
from losses.models import LossClaim, ReceiptHow, ReceiptStatus, RecoveryReason, RecoveryStatus, ReliefRecovery
from losses.pages.words import head_name, title
from losses.selectors.recovering import never_left, open_award, plan_of, receipts_of, standing_of

TONES = {
    RecoveryStatus.PROPOSED: "info",
    RecoveryStatus.CLAIMED: "warn",
    RecoveryStatus.PAID: "ok",
    RecoveryStatus.WAIVED: "plain",
    RecoveryStatus.REJECTED: "plain",
}


@dataclass(frozen=True, slots=True)
class RecoveryRow:
    """Relief claimed back, as a line of the list."""

    url: str
    title: str
    line: str
    meta: list[str]
    picture: str
    status: Tag


def recovery_row(row: ReliefRecovery, user: User, at: dt.datetime) -> RecoveryRow:
    """Return one of the list, with what is still owed and what is late."""
    claim, day = row.award.claim, clock.county_day(at)
    now = standing_of(row, day)
    meta = [name_shown(row, user), claim.household.village.short_name, claim.number]
    if now.late_fen:
        meta.append(_("%(amount)s yuan is late") % {"amount": money.yuan(now.late_fen)})
    values = {"amount": money.yuan(row.amount_fen), "left": money.yuan(now.left_fen)}
    line = _("%(amount)s yuan, %(left)s yuan still to come") if now.left_fen else _("%(amount)s yuan")
    return RecoveryRow(
        url=reverse("relief-recovery", args=[row.pk]),
        title=str(RecoveryReason(row.reason).label),
        line=line % values,
        meta=meta,
        picture=claim.rate.produce.picture,
        status=status_tag(row),
    )


def status_tag(row: ReliefRecovery) -> Tag:
    """Return how it stands."""
    return Tag(TONES[RecoveryStatus(row.status)], str(RecoveryStatus(row.status).label))


def facts(row: ReliefRecovery, user: User, at: dt.datetime) -> list[Fact]:
    """Return who gives back how much of what, why, and what of it came back."""
    claim, now = row.award.claim, standing_of(row, clock.county_day(at))
    seen = permissions.visible_claims(user).filter(pk=claim.pk).exists()
    report = reverse("claim-detail", args=[claim.pk]) if seen else ""
    shown = [
        Fact(pgettext("loss", "Whose"), name_shown(row, user), claim.household.village.short_name),
        Fact(pgettext("relief claimed back", "Report"), claim.number, title(claim), url=report),
        Fact(pgettext("relief claimed back", "Awarded"), money.yuan(row.award.amount_fen)),
        Fact(_("Claimed back"), money.yuan(row.amount_fen), str(RecoveryReason(row.reason).label)),
        Fact(_("Proposed by"), _person(row.proposed_by), spoken_time(row.proposed_at)),
    ]
    if row.decided_by is not None:
        shown.append(Fact(_("Decided by"), _person(row.decided_by), spoken_time(known(row.decided_at))))
    shown.append(Fact(_("Came back"), money.yuan(now.back_fen)))
    if now.waived_fen:
        shown.append(Fact(pgettext("relief claimed back", "Waived"), money.yuan(now.waived_fen)))
    shown.append(Fact(pgettext("relief claimed back", "Still to come"), money.yuan(now.left_fen)))
    head = claim.household.head
    if head is not None and head.died_on is not None:
        words = _("It stands against what was left behind; it is paid from there, or waived by two people.")
        shown.append(Fact(_("The head of household has died"), spoken_day(head.died_on, clock.county_day(at)), words))
    return shown


def plan_facts(row: ReliefRecovery, at: dt.datetime) -> list[Fact]:
    """Return each part with its day, and whether it is here by now."""
    day, now, sums = clock.county_day(at), standing_of(row, clock.county_day(at)), 0
    shown = []
    for part in plan_of(row):
        sums += part.amount_fen
        here = row.status != RecoveryStatus.PROPOSED and sums <= row.amount_fen - now.left_fen
        words = pgettext("part of relief claimed back", "is here") if here else due_words(part.due_on, day)
        label = _("Part %(n)s, by %(day)s") % {"n": part.number, "day": spoken_day(part.due_on, day)}
        shown.append(Fact(label, money.yuan(part.amount_fen), words))
    return shown


def receipt_facts(row: ReliefRecovery) -> list[Fact]:
    """Return what was written of money that came back or is waived, oldest first."""
    return [
        Fact(
            f"{ReceiptHow(one.how).label}（{ReceiptStatus(one.status).label}）",
            money.yuan(one.amount_fen),
            f"{one.voucher_number or one.why} {_person(one.proposed_by)} {spoken_time(one.proposed_at)}",
        )
        for one in receipts_of(row)
    ]


def asked_first(claim: LossClaim) -> dict[str, str]:
    """Return what the form for claiming relief back shows at first: all of what never left, in one part."""
    award = getattr(claim, "award", None)
    if award is None or not never_left(award):
        return {"parts": "1"}
    tomorrow = clock.county_day(clock.now()) + dt.timedelta(days=1)
    return {"parts": "1", "amount_fen": money.yuan_plain(award.amount_fen), "first_on": tomorrow.isoformat()}


def claim_links(claim: LossClaim, user: User) -> tuple[str, list[Link]]:
    """Return where relief of this report can be claimed back, and what was claimed back of it, for whom it is."""
    rows = permissions.recoveries_seen_by(user).filter(award__claim=claim).order_by("pk")
    links = [Link(reverse("relief-recovery", args=[row.pk]), status_tag(row).text) for row in rows]
    may = permissions.can_decide(user, claim) and open_award(claim) is not None
    return (reverse("relief-recovery-new", args=[claim.pk]) if may else ""), links


def heir_url(claim: LossClaim, user: User) -> str:
    """Return where finance names the heir of an award whose money has not arrived."""
    award = getattr(claim, "award", None)
    if award is None or not can_pay(user, award.payable) or arrived_fen(award.payable_id):
        return ""
    return reverse("heir-new", args=[award.payable_id])


def name_shown(row: ReliefRecovery, user: User) -> str:
    """Return the head of household, in full only for those who may read it."""
    return head_name(row.award.claim, full=permissions.sees_names(user, row.award.claim))


def _person(user: User) -> str:
    return user.person.name if user.person is not None else ""
