"""Two rehearsals side by side: what each township and each kind of household would get by one and by the other."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Tier
from accounts.selectors import places
from kernel import money
from kernel.dates import period_words, time_words
from losses.models import Basis, Rehearsal, RehearsalCell


@dataclass(frozen=True, slots=True)
class Sums:
    """What the households of one row would get by one rehearsal."""

    households: int = 0
    need_fen: int = 0
    capped: int = 0

    def plus(self, cell: RehearsalCell) -> "Sums":
        """Return the same with one cell more."""
        return Sums(self.households + cell.households, self.need_fen + cell.need_fen, self.capped + cell.capped)


@dataclass(frozen=True, slots=True)
class PairRow:
    """One township, one kind of household, or all of them, by both rehearsals."""

    name: str
    first: Sums
    second: Sums

    @property
    def more_fen(self) -> int:
        """Return how much more the second would cost than the first; with a minus how much less."""
        return self.second.need_fen - self.first.need_fen


@dataclass(frozen=True, slots=True)
class PairLine:
    """A row in words."""

    name: str
    households: str
    first: str
    second: str
    more: str
    differs: bool


@dataclass(frozen=True, slots=True)
class PairPart:
    """What two rehearsals say of one basis: together, by township, by kind of household."""

    key: str
    title: str
    rows: list[PairRow]

    def lines(self) -> list[PairLine]:
        """Return the rows in words."""
        return [_line(row) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Choice:
    """A rehearsal that can be chosen."""

    value: int
    label: str


def choices_of(rehearsals: Iterable[Rehearsal]) -> list[Choice]:
    """Return the rehearsals that can be set beside each other, by name, season and when they were asked for."""
    return [Choice(row.pk, rehearsal_words(row)) for row in rehearsals]


def rehearsal_words(row: Rehearsal) -> str:
    """Return one rehearsal by its draft, its season and when it was asked for."""
    season = period_words(row.from_on, row.to_on)
    return f"{row.scheme.name}（{row.scheme.code}），{season}，{time_words(row.at)}"


def pair_parts(first: Rehearsal, second: Rehearsal) -> list[PairPart]:
    """Return two rehearsals side by side, by basis; one question for both."""
    cells = list(RehearsalCell.objects.filter(rehearsal__in=[first, second]).order_by("township_id", "pk"))
    return [
        PairPart(basis.value, str(basis.label), _rows([cell for cell in cells if cell.basis == basis], first, second))
        for basis in Basis
    ]


def _rows(cells: Sequence[RehearsalCell], first: Rehearsal, second: Rehearsal) -> list[PairRow]:
    names = {code: known.name for code, known in places().items()}
    tiers = {tier.value: str(tier.label) for tier in Tier}
    return [
        *_by(cells, first, second, lambda cell: pgettext("rehearsal", "Together")),
        *_by(cells, first, second, lambda cell: names.get(cell.township_id, cell.township_id)),
        *_by(cells, first, second, lambda cell: tiers.get(cell.tier, cell.tier)),
    ]


def _by(
    cells: Sequence[RehearsalCell], first: Rehearsal, second: Rehearsal, name_of: Callable[[RehearsalCell], str]
) -> list[PairRow]:
    """Add up the cells of both by a name; with what only one of them has."""
    sums: dict[str, dict[int, Sums]] = defaultdict(dict)
    for cell in cells:
        own = sums[name_of(cell)]
        own[cell.rehearsal_id] = own.get(cell.rehearsal_id, Sums()).plus(cell)
    return [PairRow(name, own.get(first.pk, Sums()), own.get(second.pk, Sums())) for name, own in sums.items()]


def _line(row: PairRow) -> PairLine:
    sign = "−" if row.more_fen < 0 else "+" if row.more_fen else ""
    return PairLine(
        name=row.name,
        households=_("%(first)s → %(second)s") % {"first": row.first.households, "second": row.second.households},
        first=money.yuan(row.first.need_fen),
        second=money.yuan(row.second.need_fen),
        more=f"{sign}{money.yuan(abs(row.more_fen))}",
        differs=row.more_fen != 0,
    )
