"""How buyers pay: what they owe and for how long, how fast they paid, and the interest that being late makes."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F, Min, Q, QuerySet, Sum

from accounts.models import Role, Somebody
from accounts.selectors import standing
from kernel import clock
from ledger.selectors import offset_fen
from orders.models import SettlementStatement
from orders.selectors.statements import MONEY_ROLES, unpaid
from records.selectors.policy import policy

YEAR = 365
BP = 10_000  # hundredths of a percent in a whole
STEPS = ((1, 7), (8, 30), (31, None))  # days late, from and to
READERS = (Role.OFFICIAL, Role.AUDITOR, Role.FINANCE_MAKER, Role.FINANCE_CHECKER)  # of what all buyers owe


@dataclass(frozen=True, slots=True)
class Owed:
    """What one fund of a buyer owes its sellers, in fen, by how late it is."""

    buyer_id: int
    buyer: str
    fund_id: int
    fund_kind: str
    fund_name: str
    in_time_fen: int
    late_fen: tuple[int, ...]  # by STEPS
    oldest_on: dt.date  # the first day on which some of it was due
    interest_fen: int  # by the rate of today, a half rounded up for the whole; nobody is charged by it

    @property
    def fen(self) -> int:
        """Return all that is owed."""
        return self.in_time_fen + sum(self.late_fen)


@dataclass(frozen=True, slots=True)
class Speed:
    """How one buyer paid: statements paid in the last days, days from acceptance to money, and how many in time."""

    buyer: str
    channel: str
    paid: int
    middle_days: int
    in_time: int
    late_now: int  # statements past their day that nobody has paid


def interest_fen(owed_fen: int, days: int, rate_bp: int) -> int:
    """Return the interest on a sum paid so many days late at a yearly rate, in fen, a half rounded up."""
    return _interest(owed_fen * days, rate_bp)


def owed_seen_by(user: Somebody) -> QuerySet[SettlementStatement]:
    """Return the unpaid statements whose age this person may see: the own buyer's; all of them for who oversees."""
    who = standing(user)
    seen = Q() if who.has(*READERS) else Q(buyer_id__in=who.organisations(*MONEY_ROLES))
    return unpaid(SettlementStatement.objects.filter(seen))


def ageing(statements: QuerySet[SettlementStatement], today: dt.date) -> list[Owed]:
    """Return what each fund owes of these unpaid statements, who owes longest first, in one statement and a policy."""
    left = F("total_fen") - offset_fen("payable")
    due = F("payable__due_on")
    late = {
        f"late_{n}": Sum(
            "left_fen",
            default=0,
            filter=Q(due_on__lte=today - dt.timedelta(days=first))
            & (Q(due_on__gte=today - dt.timedelta(days=last)) if last else Q()),
        )
        for n, (first, last) in enumerate(STEPS)
    }
    rows: Any = (
        statements.order_by()
        .annotate(left_fen=left, due_on=due)
        .values("buyer_id", "buyer__name", "fund_id", "fund__kind", "fund__name")
        .annotate(
            in_time=Sum("left_fen", default=0, filter=Q(due_on__gte=today)),
            oldest=Min("due_on"),
            **late,
        )
        .order_by("oldest", "buyer__name", "fund_id")
    )
    fen_days = _fen_days(statements, today)
    rate_bp = policy("late_interest_bp", today)
    return [
        Owed(
            buyer_id=row["buyer_id"],
            buyer=row["buyer__name"],
            fund_id=row["fund_id"],
            fund_kind=row["fund__kind"],
            fund_name=row["fund__name"],
            in_time_fen=row["in_time"],
            late_fen=tuple(row[name] for name in late),
            oldest_on=row["oldest"],
            interest_fen=_interest(fen_days.get(row["fund_id"], 0), rate_bp),
        )
        for row in rows
    ]


def pay_speed(at: dt.datetime) -> list[Speed]:
    """Return how each buyer paid in the last ⟨pay_speed_days⟩, the slowest first; what was never paid counts apart."""
    today = clock.county_day(at)
    since = clock.day_start(today - dt.timedelta(days=policy("pay_speed_days", today)))
    with connection.cursor() as cursor:
        cursor.execute(_SPEED, {"since": since, "zone": str(clock.COUNTY_ZONE), "today": today})
        return [Speed(*row) for row in cursor.fetchall()]


_SPEED = """
WITH paid AS (
    SELECT s.buyer_id, (p.paid_at AT TIME ZONE %(zone)s)::date - (s.at AT TIME ZONE %(zone)s)::date AS days,
        (p.paid_at AT TIME ZONE %(zone)s)::date <= d.due_on AS in_time
    FROM orders_settlementstatement AS s
    JOIN ledger_payable AS d ON d.id = s.payable_id
    JOIN ledger_payment AS p ON p.payable_id = d.id AND p.status = 'paid'
    WHERE p.paid_at >= %(since)s
), speed AS (
    SELECT buyer_id, count(*) AS paid, percentile_disc(0.5) WITHIN GROUP (ORDER BY days) AS middle,
        count(*) FILTER (WHERE in_time) AS in_time
    FROM paid GROUP BY buyer_id
), late AS (
    SELECT s.buyer_id, count(*) AS late FROM orders_settlementstatement AS s
    JOIN ledger_payable AS d ON d.id = s.payable_id
    WHERE d.due_on < %(today)s
        AND NOT EXISTS (SELECT FROM ledger_payment AS p WHERE p.payable_id = d.id AND p.status IN ('sent', 'paid'))
        AND s.total_fen > (
            SELECT coalesce(sum(o.amount_fen), 0) FROM ledger_payableoffset AS o WHERE o.payable_id = d.id
        )
    GROUP BY s.buyer_id
)
SELECT b.name, b.channel_id, coalesce(paid, 0), coalesce(middle, 0), coalesce(in_time, 0), coalesce(late, 0)
FROM accounts_organisation AS b LEFT JOIN speed ON speed.buyer_id = b.id LEFT JOIN late ON late.buyer_id = b.id
WHERE paid > 0 OR late > 0
ORDER BY coalesce(late, 0) > 0 DESC, coalesce(middle, 0) DESC, b.name
"""


def _fen_days(statements: QuerySet[SettlementStatement], today: dt.date) -> dict[int, int]:
    """Return for each fund the fen that are late, each times its days: what interest is reckoned from."""
    rows = statements.filter(payable__due_on__lt=today).order_by()
    rows = rows.annotate(left_fen=F("total_fen") - offset_fen("payable"))
    sums: dict[int, int] = {}
    for fund, due_on, fen in rows.values_list("fund_id", "payable__due_on").annotate(fen=Sum("left_fen")):
        sums[fund] = sums.get(fund, 0) + fen * (today - due_on).days
    return sums


def _interest(fen_days: int, rate_bp: int) -> int:
    return (fen_days * rate_bp * 2 + YEAR * BP) // (2 * YEAR * BP)
