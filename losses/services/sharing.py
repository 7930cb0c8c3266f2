"""Money that all share alike: once a scheme takes no more reports, everything that waits is computed in one act.

What each would get is worked out as ever, in the order of the reports; where the money does not suffice each gets its
part of it, right to a fen. Nobody decides anything here, so it is nobody's hand in any claim.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Household, User
from accounts.selectors import survivor_id
from accounts.services.households import lock_counted
from accounts.services.messages import Word, tell_all
from kernel.errors import DomainError
from kernel.money import yuan
from kernel.workflow import lock
from ledger.services.payables import payee_accounts
from ledger.services.transfers import Hold, hold, lock_accounts
from losses.models import ClaimStatus, Computation, LossClaim, ReliefScheme, SchemeStatus, Sharing
from losses.relief import ENDLESS_FEN, Loss, Purse, Relief, Rules, shares
from losses.selectors.claims import latest_figure, with_story
from losses.selectors.rates import at_rate
from losses.selectors.rehearsing import elsewhere_of, seen_as_other
from losses.selectors.sales import gap_of_claim
from losses.services import holding
from losses.services.awarding import COMPUTED
from losses.services.deadlines import days_after
from records.models import Finding
from records.services import events

ON_THE_WAY = [
    ClaimStatus.FILED, ClaimStatus.VILLAGE_CHECKED, ClaimStatus.TOWNSHIP_CHECKED, ClaimStatus.VILLAGE_NOTICE,
    ClaimStatus.TO_VISIT,
]  # fmt: skip
WAITS = [ClaimStatus.VISITED, ClaimStatus.UNVISITED]
HOLDS = [ClaimStatus.COMPUTED, ClaimStatus.COUNTY_NOTICE, ClaimStatus.AWARDED]


class NotShared(DomainError):
    code = "not_shared"
    message = _("Only the money of a scheme that is closed and whose money all share is computed together.")


class StillOnTheWay(DomainError):
    code = "still_on_the_way"

    def __init__(self, count: int) -> None:
        super().__init__(
            ngettext(
                "%(n)s report is still checked or waits for its visit. All share once each is looked at.",
                "%(n)s reports are still checked or wait for their visit. All share once each is looked at.",
                count,
            )
            % {"n": count}
        )


class NothingToShare(DomainError):
    code = "nothing_to_share"
    message = _("No report waits for its amount, or no money is left.")


@dataclass(frozen=True, slots=True)
class Part:
    """What one claim comes to, and its part of the money."""

    claim: LossClaim
    found: Relief
    amount_fen: int


@transaction.atomic
def share_all(scheme: ReliefScheme, *, by: User, at: dt.datetime) -> int:
    """Compute every claim of a closed scheme that waits, and hold each its part; return how many."""
    scheme = lock(scheme)
    _require_closed(scheme)
    waiting = LossClaim.objects.filter(scheme=scheme, status__in=WAITS).order_by("pk").select_for_update()
    lock_counted(set(waiting.values_list("household_id", flat=True)))
    claims = _possible(list(_waiting(scheme)))
    payees = payee_accounts([claim.household for claim in claims])
    locked = lock_accounts([scheme.account_id, *(account.pk for account in payees.values())])
    money_fen = locked[scheme.account_id].available_fen()
    everything = parts_of(scheme, claims, money_fen)
    all_fen = sum(part.found.amount_fen for part in everything)
    parts = [part for part in everything if part.amount_fen > 0]
    if not parts:
        raise NothingToShare
    LossClaim.move_all([part.claim for part in parts], ClaimStatus.COMPUTED, by=by, at=at)
    due_at = days_after("publish_days", at)
    LossClaim.objects.filter(pk__in=[part.claim.pk for part in parts]).update(due_at=due_at)
    hold(
        [
            Hold(
                holding.hold_reference(part.claim),
                scheme.account_id,
                payees[part.claim.household_id].pk,
                part.amount_fen,
            )
            for part in parts
        ],
        at=at,
        accounts=locked,
    )
    Computation.objects.bulk_create(_computation(part, money_fen, all_fen, by=by, at=at) for part in parts)
    events.record(
        "scheme.shared", scheme.reference, by=by, at=at, claims=len(parts), money_fen=money_fen, all_fen=all_fen
    )
    tell_all((_word(part) for part in parts), at=at)
    return len(parts)


def parts_of(scheme: ReliefScheme, claims: Sequence[LossClaim], money_fen: int) -> list[Part]:
    """Return what each of these claims comes to and its part of so much money; what comes to nothing is left out."""
    if not claims:
        return []
    days = [claim.happened_on for claim in claims]
    rules = Rules(
        window_from=scheme.window_from,
        window_to=scheme.window_to,
        tiers=frozenset(),
        townships=frozenset(),
        rates={},
        cap_fen=scheme.household_cap_fen,
        min_loss_g=scheme.min_loss_g,
    )
    purse = Purse(rules, ENDLESS_FEN, elsewhere_of(min(days), max(days)))
    _remember(purse, scheme, claims)
    others = seen_as_other()
    found: list[tuple[LossClaim, Relief]] = []
    for claim in claims:
        grams = latest_figure(claim).quantity_g
        if grams < scheme.min_loss_g:
            continue
        given = purse.grant(_loss(claim, grams, is_other=claim.reference in others), at_rate(claim))
        if isinstance(given, Relief):
            found.append((claim, given))
    amounts = shares([relief.amount_fen for _claim, relief in found], money_fen)
    return [Part(claim, relief, amount) for (claim, relief), amount in zip(found, amounts, strict=True)]


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one claim would get of money that is not shared yet: of what waits now, and of all that is on its way."""

    full_fen: int
    most_fen: int
    least_fen: int
    waiting: int
    on_the_way: int
    is_last: bool  # nothing more comes: it is what sharing now gives


def estimate_of(claim: LossClaim) -> Estimate | None:
    """Return what sharing would give a claim that waits for its amount; nothing if it comes to nothing."""
    scheme = claim.scheme
    money_fen = scheme.account.available_fen()
    waiting = _possible(list(_waiting(scheme)))
    coming = _possible(list(with_story(LossClaim.objects.filter(scheme=scheme, status__in=ON_THE_WAY))))
    everybody = sorted([*waiting, *coming], key=lambda one: (one.filed_at, one.pk))
    now, later = (_part_of(claim, parts_of(scheme, claims, money_fen)) for claims in (waiting, everybody))
    if now is None or later is None:
        return None
    return Estimate(
        full_fen=now.found.amount_fen,
        most_fen=max(now.amount_fen, later.amount_fen),
        least_fen=min(now.amount_fen, later.amount_fen),
        waiting=len(waiting),
        on_the_way=len(coming),
        is_last=scheme.status == SchemeStatus.CLOSED and not coming,
    )


def _part_of(claim: LossClaim, parts: Sequence[Part]) -> Part | None:
    return next((part for part in parts if part.claim.pk == claim.pk), None)


def shared_words(scheme: ReliefScheme) -> list[str]:
    """Return what sharing now would give, for the two who decide it; refuse where it cannot be."""
    _require_closed(scheme)
    money_fen = scheme.account.available_fen()
    parts = parts_of(scheme, _possible(list(_waiting(scheme))), money_fen)
    if not any(part.amount_fen for part in parts):
        raise NothingToShare
    all_fen = sum(part.found.amount_fen for part in parts)
    words = gettext("%(n)s reports come to %(all)s yuan; the scheme has %(money)s yuan.")
    told = words % {"n": len(parts), "all": yuan(all_fen), "money": yuan(money_fen)}
    if all_fen <= money_fen:
        return [told, gettext("The money suffices: each gets all of it.")]
    part = f"{money_fen * 1000 // all_fen / 10:.1f}"
    return [told, gettext("Each gets %(part)s of a hundred yuan that it comes to.") % {"part": part}]


def _require_closed(scheme: ReliefScheme) -> None:
    if scheme.sharing != Sharing.PRO_RATA or scheme.status != SchemeStatus.CLOSED:
        raise NotShared
    count = LossClaim.objects.filter(scheme=scheme, status__in=ON_THE_WAY).count()
    if count:
        raise StillOnTheWay(count)


def _waiting(scheme: ReliefScheme) -> QuerySet[LossClaim]:
    return with_story(LossClaim.objects.filter(scheme=scheme, status__in=WAITS)).order_by("filed_at", "pk")


def _possible(claims: list[LossClaim]) -> list[LossClaim]:
    """Leave out what the rules last saw to be impossible."""
    names = [claim.reference for claim in claims]
    seen = Finding.objects.filter(document__in=names).order_by("at", "pk").values_list("document", "rule", "colour")
    latest = {(document, rule): colour for document, rule, colour in seen}
    red = {document for (document, _rule), colour in latest.items() if colour == Finding.Colour.RED}
    return [claim for claim in claims if claim.reference not in red]


def _remember(purse: Purse, scheme: ReliefScheme, claims: Sequence[LossClaim]) -> None:
    """Let a purse know what these households have of the scheme already, and what was taken off for money elsewhere."""
    homes = {survivor_id(claim.household) for claim in claims}
    whose = Household.objects.filter(pk__in=homes) | Household.objects.filter(merged_into__in=homes)
    held = Computation.objects.filter(
        claim__household__in=whose, claim__status__in=HOLDS, round=F("claim__round")
    ).select_related("claim__household", "claim__rate", "claim__sale")
    for row in held:
        home = survivor_id(row.claim.household)
        if row.claim.scheme_id == scheme.pk:
            purse.had_fen[home] += row.amount_fen
        if row.elsewhere_fen:
            purse.remember(_loss(row.claim, row.verified_g, is_other=False), row.elsewhere_fen)


def _loss(claim: LossClaim, grams: int, *, is_other: bool) -> Loss:
    return Loss(
        household=survivor_id(claim.household),
        township="",
        tier="",
        produce=claim.rate.produce_id,
        category=claim.rate.category,
        on=claim.happened_on,
        at=claim.filed_at,
        grams=grams,
        reported=True,
        gap=gap_of_claim(claim) if claim.sale_id is not None else None,
        is_other=is_other,
    )


def _computation(part: Part, money_fen: int, all_fen: int, *, by: User, at: dt.datetime) -> Computation:
    found = part.found
    return Computation(
        claim=part.claim,
        round=part.claim.round,
        verified_g=found.verified_g,
        rate_fen=found.rate_fen,
        rate_unit_g=found.rate_unit_g,
        gap_fen=found.gap_fen,
        lines_fen=found.lines_fen,
        elsewhere_fen=found.elsewhere_fen,
        cap_left_fen=found.cap_left_fen,
        money_left_fen=money_fen,
        amount_fen=part.amount_fen,
        full_fen=found.amount_fen,
        all_fen=all_fen,
        by=by,
        at=at,
    )


def _word(part: Part) -> Word:
    claim = part.claim
    values = {"number": claim.number, "produce": claim.goods.produce.name, "amount": yuan(part.amount_fen)}
    return Word(COMPUTED, values, claim.household, "claim.computed", claim.reference)
