"""Write down what the rules saw, block what is impossible, let another person clear what must be looked at."""

import datetime as dt

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kernel.errors import BadValue, DomainError
from kernel.workflow import change, lock
from losses.models import OPEN_CLAIMS, LossClaim
from losses.selectors.claims import figures_read_once
from losses.services.further_rules import look_further
from losses.services.rules import Look, look
from records.models import Finding
from records.selectors.policy import policies_read_once
from records.services.participation import take_part

DESK = "desk"


class NotPossible(DomainError):
    code = "not_possible"

    def __init__(self, finding: Finding) -> None:
        super().__init__(
            _("%(title)s: %(detail)s Send the report back or refuse it.")
            % {"title": finding.title, "detail": finding.detail}
        )


class LookAgain(DomainError):
    code = "look_again"

    def __init__(self, finding: Finding) -> None:
        super().__init__(
            _("%(title)s: %(detail)s Somebody who took no part must look at it and say why it is fine.")
            % {"title": finding.title, "detail": finding.detail}
        )


class NothingToClear(DomainError):
    code = "nothing_to_clear"
    message = _("There is nothing to clear here any more. Open the claim again.")


def record_findings(claim: LossClaim, *, at: dt.datetime) -> list[Finding]:
    """Run the rules and write down what is new or has changed; return how each rule stands now.

    What somebody cleared stays cleared as long as the rule sees the same.
    """
    seen, held = _seen(claim, at), latest_findings(claim)
    changed = [one for one in seen if one.rule not in held or not _alike(held[one.rule], one)]
    if changed:
        rows = [Finding(document=claim.reference, rule=one.rule, at=at, **_says(claim, one)) for one in changed]
        Finding.objects.bulk_create(rows, ignore_conflicts=True)
        held |= {row.rule: row for row in Finding.objects.filter(document=claim.reference, at=at)}
    for one in changed:  # two steps at the same instant leave the later one's
        if not _alike(held[one.rule], one):
            change(held[one.rule], _says(claim, one))
    return [held[one.rule] for one in seen]


def _seen(claim: LossClaim, at: dt.datetime) -> list[Look]:
    # The words of the record.
    with translation.override("zh-hans"), policies_read_once(), figures_read_once(claim):
        return [*look(claim, at=at), *look_further(claim)]


def _alike(finding: Finding, seen: Look) -> bool:
    return (finding.colour, finding.detail) == (seen.colour, seen.detail)


def _says(claim: LossClaim, seen: Look) -> dict[str, str]:
    return {
        "colour": seen.colour,
        "title": seen.title[:120],
        "detail": seen.detail,
        "clause": claim.scheme.legal_basis[:120],
    }


def latest_findings(claim: LossClaim) -> dict[str, Finding]:
    """Return how each rule stands, by the name of the rule."""
    return {row.rule: row for row in Finding.objects.filter(document=claim.reference).order_by("at", "pk")}


def is_doubted(claim: LossClaim, *, at: dt.datetime) -> bool:
    """Return whether a rule says of a claim to look again and nobody has cleared what it sees now."""
    cleared = [row for row in latest_findings(claim).values() if row.cleared_at is not None]
    doubts = [one for one in _seen(claim, at) if one.colour == Finding.Colour.AMBER]
    return not all(any(row.rule == one.rule and _alike(row, one) for row in cleared) for one in doubts)


def require_possible(claim: LossClaim, *, at: dt.datetime) -> None:
    """Run the rules; refuse to go on when one says that this cannot be."""
    for finding in record_findings(claim, at=at):
        if finding.colour == Finding.Colour.RED:
            raise NotPossible(finding)


def require_clear(claim: LossClaim, *, at: dt.datetime) -> None:
    """Run the rules; refuse when one says impossible, or look again and nobody has cleared it.

    What they saw stays on record although the act is refused, so that somebody can clear it.
    """
    for finding in record_findings(claim, at=at):
        refusal: DomainError | None = None
        if finding.colour == Finding.Colour.RED:
            refusal = NotPossible(finding)
        elif finding.colour == Finding.Colour.AMBER and finding.cleared_at is None:
            refusal = LookAgain(finding)
        if refusal is not None:
            refusal.aftermath = lambda: record_findings(lock(claim), at=at)
            raise refusal


@transaction.atomic
def clear_finding(finding: Finding, claim: LossClaim, *, reason: str, by: User, at: dt.datetime) -> Finding:
    """Clear an amber finding with a reason, as the desk: neither who checked before nor who will decide."""
    claim = lock(claim)
    finding = Finding.objects.select_for_update().get(pk=finding.pk, document=claim.reference)
    if not reason.strip():
        raise BadValue(_("Write why it is fine."))
    if finding.colour != Finding.Colour.AMBER or finding.cleared_at or claim.status not in OPEN_CLAIMS:
        raise NothingToClear
    take_part(claim.reference, DESK, by=by, at=at)
    finding.cleared_by, finding.cleared_at, finding.cleared_reason = by, at, reason.strip()
    finding.save(update_fields=["cleared_by", "cleared_at", "cleared_reason"])
    return finding
