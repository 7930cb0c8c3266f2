"""An award that something which came later has stopped, in words: what it is, and who looks."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Role, User
from accounts.selectors import Standing, spoken_time
from kernel import money
from kernel.clock import county_day
from kernel.dates import spoken_day
from kernel.masking import mask_name
from kernel.piles import pile_of
from kernel.shown import Case, Fact, Link, Pile
from losses.models import Award, LossClaim
from losses.pages.words import title
from losses.selectors.stopped_awards import Later, doubted_awards, later_of
from losses.services.photo_rules import document_words


@dataclass(frozen=True, slots=True)
class StoppedAward:
    """One award with what came to light of it since it was last looked at; nothing in `facts` stops it no longer."""

    title: str
    name: str
    number: str
    amount: str
    claim_url: str
    recover_url: str
    facts: list[Fact]
    seen_until: str  # the newest of it, as its form says it back
    releases: list[Fact]


def stopped_award(award: Award) -> StoppedAward:
    """Return what stops an award, and what was said each time that it was let be paid."""
    later, claim = later_of(award), award.claim
    rows = award.releases.select_related("by__person").order_by("-pk")  # type: ignore[attr-defined]
    return StoppedAward(
        title=title(claim),
        name=claim.household.head_name,
        number=claim.number,
        amount=money.yuan(award.amount_fen),
        claim_url=reverse("claim-detail", args=[claim.pk]),
        recover_url=reverse("relief-recovery-new", args=[claim.pk]),
        facts=_facts(award, later) if later else [],
        seen_until=later.newest.isoformat() if later else "",
        releases=[
            Fact(spoken_time(row.at), row.why, mask_name(row.by.person.name) if row.by.person else "") for row in rows
        ],
    )


def _who(user: User) -> str:
    return mask_name(user.person.name) if user.person else ""


def _facts(award: Award, later: Later) -> list[Fact]:
    facts = []
    if later.sold:
        lots = _("lots %(numbers)s") % {"numbers": "、".join(later.lots)}
        facts.append(Fact(_("Sold after the award"), award.claim.goods.in_words(later.sold), lots))
    if later.photos:
        names = "、".join(document_words(set(later.photos)).values())
        facts.append(Fact(_("A photo of the report was found elsewhere"), names, ""))
    if later.twins:
        facts.append(Fact(_("The household may stand on the register twice"), "、".join(later.twins), ""))
    if later.reinspected:
        facts.append(Fact(_("A re-inspection found too much"), later.reinspected))
    return facts


def doubted(who: Standing, at: dt.datetime, first: Sequence[Any]) -> Pile:
    """Return the awards that something which came later stops, until somebody has looked; `first` are read."""
    looks = who.has(Role.BUREAU_APPROVER)

    def case(award: Any) -> Case:
        since = _("stopped %(day)s") % {"day": spoken_day(county_day(award.stopped_at), county_day(at))}
        return Case(
            title=_("Relief of %(name)s is not paid: something came to light")
            % {"name": mask_name(award.payable.payee_name)},
            facts=[award.claim.number, since],
            url=reverse("award-stopped", args=[award.claim_id]) if looks else reverse("batch-list"),
            act=pgettext("case", "Look at it") if looks else "",
            amount_fen=award.amount_fen,
            waits="" if looks else _("Waits for the bureau"),
        )

    url = reverse("check-list") if looks else reverse("batch-list")
    return pile_of(doubted_awards(who), case, amount="amount_fen", url=url, first=first)


def stopped_link(claim: LossClaim) -> Link | None:
    """Return where to look at what stops the payment of an awarded claim, or nothing."""
    if later_of(claim.award) is None:
        return None
    return Link(reverse("award-stopped", args=[claim.pk]), _("Not paid for now: something came to light"))
