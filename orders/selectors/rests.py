"""What sellers owe by statements below nothing: what was taken off, what is carried on, what must be asked for."""

import datetime as dt
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from accounts.models import Household, Organisation, Role, Somebody
from accounts.selectors import standing
from canteens.models import Fund, FundKind
from ledger.selectors import taken_off_by_fen
from orders.models import EndStatus, Recovery, RecoveryEnd, SettlementStatement
from orders.selectors.statements import statements_seen_by


def open_rests() -> QuerySet[Any]:
    """Return the statements by which a seller owes something that nothing made up for, each with its `owes_fen`."""
    rows = SettlementStatement.objects.filter(rest_at__isnull=False, carried_by=None, recovery=None)
    return rows.annotate(owes_fen=-F("total_fen") - taken_off_by_fen("statement")).filter(owes_fen__gte=1)


def rests_to_carry(fund: Fund, household: Household | None, cooperative: Organisation | None) -> list[Any]:
    """Return what a seller still owes a fund, the oldest first."""
    return list(open_rests().filter(fund=fund, household=household, cooperative=cooperative).order_by("pk"))


def late_rests(before: dt.datetime) -> QuerySet[Any]:
    """Return the rests that have been open since before this moment."""
    return open_rests().filter(rest_at__lte=before).order_by("pk")


def recoveries_seen_by(user: Somebody) -> QuerySet[Recovery]:
    """Return what is claimed from sellers whose statements this person sees, each with how it ended, or is to end."""
    related = ("statement__buyer", "statement__fund", "statement__household", "statement__cooperative")
    live = RecoveryEnd.objects.exclude(status=EndStatus.REJECTED).select_related("proposed_by__person")
    rows = Recovery.objects.filter(statement__in=statements_seen_by(user).order_by().values("pk"))
    return rows.select_related(*related).prefetch_related(Prefetch("ends", live, to_attr="live_ends"))


def open_recoveries(rows: QuerySet[Recovery]) -> QuerySet[Recovery]:
    """Return those of these claims that did not end, the oldest first."""
    ended = RecoveryEnd.objects.filter(recovery=OuterRef("pk"), status=EndStatus.CONFIRMED)
    return rows.filter(~Exists(ended)).order_by("pk")


def ended_recoveries(rows: QuerySet[Recovery]) -> QuerySet[Recovery]:
    """Return those of these claims that ended."""
    return rows.filter(ends__status=EndStatus.CONFIRMED)


def end_of(recovery: Recovery) -> RecoveryEnd | None:
    """Return how a claim ended, or is to end; reads what `recoveries_seen_by` prefetched."""
    ends: list[RecoveryEnd] = recovery.live_ends  # type: ignore[attr-defined]
    return ends[0] if ends else None


def ends_to_confirm(user: Somebody) -> QuerySet[RecoveryEnd]:
    """Return how claims of one's buyers are to end, for whoever confirms payments, the oldest first."""
    place = standing(user)
    own = Q(recovery__statement__buyer_id__in=place.organisations(Role.PAYMENT_CHECKER))
    union = Q(recovery__statement__buyer_id__in=place.organisations(Role.UNION_CHAIR))
    own |= union & Q(recovery__statement__fund__kind=FundKind.UNION)
    rows = RecoveryEnd.objects.filter(own, status=EndStatus.PROPOSED)
    related = ("recovery__statement__buyer", "recovery__statement__household", "recovery__statement__cooperative")
    return rows.select_related(*related).order_by("pk")
