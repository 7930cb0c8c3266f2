"""What buyers owe and how fast they pay, in words."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Channel
from canteens.models import purse_label
from kernel import money
from kernel.dates import day_words
from kernel.present import label_of
from orders.selectors.ageing import STEPS, Owed, Speed
from orders.selectors.ratings import Praise


@dataclass(frozen=True, slots=True)
class Late:
    """What is so late."""

    step: str
    amount: str


@dataclass(frozen=True, slots=True)
class OwedRow:
    """What one fund owes, by its age."""

    buyer: str
    fund: str
    in_time: str
    late: list[Late]
    total: str
    since: str
    is_late: bool
    interest: str


@dataclass(frozen=True, slots=True)
class OwedTable:
    """What funds owe, with its sums; the columns of what is late are named here."""

    steps: list[str]
    rows: list[OwedRow]
    sums: OwedRow


@dataclass(frozen=True, slots=True)
class SpeedRow:
    """How one buyer paid."""

    buyer: str
    channel: str
    paid: str
    days: str
    in_time: str
    late: str
    fairly: str  # what farmers say


def owed_table(owed: Sequence[Owed], today: dt.date) -> OwedTable:
    """Return what funds owe by its age."""
    sums = Owed(
        buyer_id=0,
        buyer=_("Together"),
        fund_id=0,
        fund_kind="",
        fund_name="",
        in_time_fen=sum(row.in_time_fen for row in owed),
        late_fen=tuple(sum(row.late_fen[n] for row in owed) for n in range(len(STEPS))),
        oldest_on=min((row.oldest_on for row in owed), default=today),
        interest_fen=sum(row.interest_fen for row in owed),
    )
    return OwedTable([_step(*step) for step in STEPS], [_row(row, today) for row in owed], _row(sums, today))


def speed_rows(speeds: Sequence[Speed], said: Mapping[str, Praise]) -> list[SpeedRow]:
    """Return how buyers paid, as everybody may read it."""
    channels = {channel.code: label_of(channel) for channel in Channel.objects.all()}
    return [_speed(speed, channels.get(speed.channel, ""), said.get(speed.buyer)) for speed in speeds]


def _speed(speed: Speed, channel: str, said: Praise | None) -> SpeedRow:
    return SpeedRow(
        buyer=speed.buyer,
        channel=channel,
        paid=str(speed.paid),
        days=ngettext("%(n)s day", "%(n)s days", speed.middle_days) % {"n": speed.middle_days} if speed.paid else "",
        fairly=_("%(yes)s of %(all)s") % {"yes": said.right_weight, "all": said.said} if said is not None else "",
        in_time=f"{speed.in_time * 100 // speed.paid} %" if speed.paid else "",
        late=ngettext("%(n)s statement", "%(n)s statements", speed.late_now) % {"n": speed.late_now}
        if speed.late_now
        else "",
    )


def _row(row: Owed, today: dt.date) -> OwedRow:
    return OwedRow(
        buyer=row.buyer,
        fund=purse_label(row.fund_kind, row.fund_name) if row.fund_kind else "",
        in_time=_yuan(row.in_time_fen),
        late=[Late(_step(*step), _yuan(fen)) for step, fen in zip(STEPS, row.late_fen, strict=True)],
        total=money.yuan(row.fen),
        since=day_words(row.oldest_on) if row.fund_kind else "",
        is_late=row.oldest_on < today,
        interest=_yuan(row.interest_fen),
    )


def _yuan(fen: int) -> str:
    return money.yuan(fen) if fen else ""


def _step(first: int, last: int | None) -> str:
    if last is None:
        return pgettext("ageing", "over %(days)s days late") % {"days": first - 1}
    return pgettext("ageing", "%(first)s–%(last)s days late") % {"first": first, "last": last}
