"""Rehearsals of drafts in words: what a draft would cost, whom it reaches, who falls out and why."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import POOR_TIERS, WATCHED_TIERS, Tier, User
from accounts.selectors import Standing, places
from kernel import money, weight
from kernel.dates import period_words, time_words
from kernel.shown import Action, Fact, Tag
from losses import permissions
from losses.models import Basis, FellBy, Rehearsal, RehearsalCell, RehearsalFall, ReliefScheme, SchemeStatus, Sharing
from losses.selectors import rehearsing as selectors
from losses.services.rehearsing import rehearsed_words, version_of


@dataclass(frozen=True, slots=True)
class RehearsalRow:
    """A rehearsal as a line of the list."""

    url: str
    name: str
    season: str
    asked: str
    cost: str
    status: Tag


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft that can be rehearsed, and what is known of it."""

    name: str
    code: str
    told: str
    url: str  # where it is rehearsed; empty for those who only read


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the numbers on top."""

    label: str
    value: str
    unit: str
    note: str = ""
    tone: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class TownRow:
    """What one township would get, by groups of tiers, and how many fall out there."""

    name: str
    households: int
    lifted: str
    watched: str
    others: str
    total: str
    first: str  # of the money there is, if who comes first gets it
    shared: str  # of the money there is, if all share alike
    capped: int
    fallen: int


@dataclass(frozen=True, slots=True)
class TownBar:
    """What one township would need, as a bar beside the others; `share` is of a thousand, the longest 1000."""

    label: str
    value_text: str
    share: int
    tone: str = "now"


@dataclass(frozen=True, slots=True)
class WhyRow:
    """One reason and what falls by it."""

    why: str
    households: int
    losses: int
    weight: str


@dataclass(frozen=True, slots=True)
class BasisPart:
    """What a rehearsal says of one basis."""

    key: str
    title: str
    about: str
    figures: list[Figure]
    towns: list[TownRow]
    sums: TownRow | None
    bars: list[TownBar]  # by township, the dearest first
    whys: list[WhyRow]


@dataclass(frozen=True, slots=True)
class RehearsalPage:
    """One rehearsal: of which draft, over which season, how far it is, and what came of it."""

    title: str
    lead: str
    status: Tag
    progress: str  # how far it is, empty once it has run
    share: int  # of a hundred
    notes: list[tuple[str, str]]  # tone and sentence
    facts: list[Fact]
    parts: list[BasisPart]
    money: str  # whether the money suffices
    money_tone: str


def draft_row(scheme: ReliefScheme, user: User) -> DraftRow:
    """Return a draft with what its last rehearsal told."""
    may = permissions.can_rehearse(user)
    return DraftRow(
        name=scheme.name,
        code=scheme.code,
        told=rehearsed_words(scheme),
        url=reverse("rehearsal-new", args=[scheme.pk]) if may else "",
    )


def rehearsal_row(rehearsal: Rehearsal) -> RehearsalRow:
    """Return one rehearsal of a list; its cost is that of what was reported."""
    done = hasattr(rehearsal, "result")
    need_fen = rehearsal.need_fen or 0  # type: ignore[attr-defined]
    return RehearsalRow(
        url=reverse("rehearsal", args=[rehearsal.pk]),
        name=f"{rehearsal.scheme.name}（{rehearsal.scheme.code}）",
        season=period_words(rehearsal.from_on, rehearsal.to_on),
        asked=time_words(rehearsal.at),
        cost=money.yuan(need_fen) if done else "",
        status=_status(done),
    )


def rehearsal_page(rehearsal: Rehearsal) -> RehearsalPage:
    """Return a rehearsal with all it says, or with how far it is."""
    done = hasattr(rehearsal, "result")
    gone, total = (0, 0) if done else selectors.progress_of(rehearsal)
    parts = _parts(rehearsal) if done else []
    sentence, tone = _suffices(rehearsal) if done else ("", "info")
    waits = _("It waits for its turn, a few seconds. Open this page again then.")
    runs = _("%(done)s of %(total)s losses are looked at. Open this page again to see more.")
    return RehearsalPage(
        title=f"{rehearsal.scheme.name}（{rehearsal.scheme.code}）",
        lead=_lead(rehearsal) if done else period_words(rehearsal.from_on, rehearsal.to_on),
        status=_status(done),
        progress="" if done else runs % {"done": gone, "total": total} if total else waits,
        share=100 * gone // total if total else 0,
        notes=_notes(rehearsal),
        facts=_facts(rehearsal),
        parts=parts,
        money=sentence,
        money_tone=tone,
    )


def rehearse_acts(who: Standing, scheme: ReliefScheme) -> list[Action]:
    """Return where a draft of the register is rehearsed, for the bureau."""
    if scheme.status != SchemeStatus.DRAFT or not who.has(permissions.DESK):
        return []
    return [Action(reverse("rehearsal-new", args=[scheme.pk]), _("Rehearse it over a past season"))]


def _status(done: bool) -> Tag:
    return Tag("ok", pgettext("rehearsal", "Has run")) if done else Tag("info", pgettext("rehearsal", "Running"))


def _lead(rehearsal: Rehearsal) -> str:
    result = rehearsal.result
    sentence = _("%(season)s: %(losses)s losses, %(reported)s of them reported. Nothing here pays a fen.")
    return sentence % {
        "season": period_words(rehearsal.from_on, rehearsal.to_on),
        "losses": result.losses,
        "reported": result.reported,
    }


def _notes(rehearsal: Rehearsal) -> list[tuple[str, str]]:
    scheme = rehearsal.scheme
    notes = []
    if scheme.status == SchemeStatus.DRAFT and rehearsal.version != version_of(selectors.as_said(scheme)):
        notes.append(("warn", _("The draft was changed since. Rehearse it again before it is published.")))
    if scheme.status != SchemeStatus.DRAFT:
        notes.append(("plain", _("The scheme is published meanwhile.")))
    return notes


def _facts(rehearsal: Rehearsal) -> list[Fact]:
    """Return which rules were run, as they stood."""
    said = rehearsal.rules
    known_towns = places()
    towns = "、".join(known_towns[code].name for code in said["townships"] if code in known_towns)
    rules = selectors.rules_kept(rehearsal)
    return [
        Fact(_("Losses from … to …"), period_words(rules.window_from, rules.window_to), _("laid over that year")),
        Fact(_("Who may apply"), "、".join(str(Tier(tier).label) for tier in said["tiers"])),
        Fact(_("In which townships"), towns or _("the whole county")),
        Fact(_("At least"), weight.both(said["min_loss_g"])),
        Fact(_("At most a household"), _("%(n)s yuan") % {"n": money.yuan(said["cap_fen"])}),
        Fact(_("If the money does not suffice"), str(Sharing(said.get("sharing", Sharing.FIRST)).label)),
        Fact(_("Rates of relief"), selectors.rates_in_words(rehearsal)),
        Fact(_("Money behind it"), _("%(n)s yuan") % {"n": money.yuan(rehearsal.money_fen)}),
        Fact(
            pgettext("rehearsal", "Asked"),
            time_words(rehearsal.at),
            rehearsal.by.person.name if rehearsal.by.person is not None else "",
        ),
        Fact(pgettext("rehearsal", "Version of the draft"), rehearsal.version[:8]),
    ]


def _suffices(rehearsal: Rehearsal) -> tuple[str, str]:
    """Return whether the money suffices for what was reported, and in which colour that is said."""
    need = selectors.need_fen(rehearsal, Basis.REPORTED)
    if rehearsal.money_fen < 1:
        sentence = _("No money was behind it yet. For what was reported it needs %(need)s yuan.")
        return sentence % {"need": money.yuan(need)}, "warn"
    left = rehearsal.money_fen - need
    if left >= 0:
        sentence = _("The money suffices for what was reported: %(left)s yuan would be left.")
        return sentence % {"left": money.yuan(left)}, "ok"
    return _("The money does not suffice: %(short)s yuan are missing.") % {"short": money.yuan(-left)}, "danger"


def _parts(rehearsal: Rehearsal) -> list[BasisPart]:
    cells, falls = list(rehearsal.cells.all()), list(rehearsal.falls.all())
    about = {
        Basis.REPORTED: _("Claims of that season at what was found last; what the rules of then refused is seen anew."),
        Basis.ALL: _(
            "Besides, what lots had left on their last day of sale and crops said to be lost. No season asks for more."
        ),
    }
    return [
        _part(
            basis,
            about[basis],
            rehearsal,
            [cell for cell in cells if cell.basis == basis],
            [fall for fall in falls if fall.basis == basis],
        )
        for basis in Basis
    ]


def _part(
    basis: Basis, about: str, rehearsal: Rehearsal, cells: Sequence[RehearsalCell], falls: Sequence[RehearsalFall]
) -> BasisPart:
    need = sum(cell.need_fen for cell in cells)
    reached = sum(cell.households for cell in cells)
    capped, fallen = sum(cell.capped for cell in cells), sum(fall.households for fall in falls)
    really = _("really awarded then: %(fen)s yuan") % {"fen": money.yuan(rehearsal.result.awarded_fen)}
    each = _("%(fen)s yuan a household") % {"fen": money.yuan(need // reached)} if reached else ""
    paid = sum(cell.paid_fen for cell in cells)
    short = _("of the money there is: %(fen)s yuan") % {"fen": money.yuan(paid)} if paid < need else ""
    home = pgettext("unit", "households")
    figures = [
        Figure(_("It would cost"), money.yuan(need), _("yuan"), short or really, "warn" if short else ""),
        Figure(_("Would get something"), str(reached), home, each),
        Figure(_("Reach the most they can get"), str(capped), home),
        Figure(_("Would get nothing"), str(fallen), home),
    ]
    towns = _towns(cells, falls)
    return BasisPart(
        key=basis.value,
        title=str(basis.label),
        about=about,
        figures=figures,
        towns=towns,
        sums=_town(pgettext("rehearsal", "Together"), cells, falls) if len(towns) > 1 else None,
        bars=bars_of(cells),
        whys=_whys(falls),
    )


def _towns(cells: Sequence[RehearsalCell], falls: Sequence[RehearsalFall]) -> list[TownRow]:
    by_town: dict[str, tuple[list[RehearsalCell], list[RehearsalFall]]] = defaultdict(lambda: ([], []))
    for cell in cells:
        by_town[cell.township_id][0].append(cell)
    for fall in falls:
        by_town[fall.township_id][1].append(fall)
    names = places()
    return [_town(names[code].name if code in names else code, *by_town[code]) for code in sorted(by_town)]


def bars_of(cells: Sequence[RehearsalCell]) -> list[TownBar]:
    """Return what each township would need, the dearest first; one alone is no picture."""
    needs: dict[str, int] = defaultdict(int)
    for cell in cells:
        needs[cell.township_id] += cell.need_fen
    most, names = max(needs.values(), default=0), places()
    if len(needs) < 2 or most < 1:
        return []
    return [
        TownBar(names[code].name if code in names else code, money.yuan(fen), 1000 * fen // most)
        for code, fen in sorted(needs.items(), key=lambda need: (-need[1], need[0]))
    ]


def _town(name: str, cells: Sequence[RehearsalCell], falls: Sequence[RehearsalFall]) -> TownRow:
    watched = [cell for cell in cells if cell.tier in WATCHED_TIERS]
    lifted = [cell for cell in cells if cell.tier in POOR_TIERS and cell.tier not in WATCHED_TIERS]
    others = [cell for cell in cells if cell.tier not in POOR_TIERS]
    return TownRow(
        name=name,
        households=sum(cell.households for cell in cells),
        lifted=_yuan(lifted),
        watched=_yuan(watched),
        others=_yuan(others),
        total=_yuan(cells),
        first=money.yuan(sum(cell.paid_fen for cell in cells)),
        shared=money.yuan(sum(cell.shared_fen for cell in cells)),
        capped=sum(cell.capped for cell in cells),
        fallen=sum(fall.households for fall in falls),
    )


def _yuan(cells: Sequence[RehearsalCell]) -> str:
    return money.yuan(sum(cell.need_fen for cell in cells))


def _whys(falls: Sequence[RehearsalFall]) -> list[WhyRow]:
    return [
        WhyRow(
            why=str(why.label),
            households=sum(fall.households for fall in of_it),
            losses=sum(fall.rows for fall in of_it),
            weight=weight.both(sum(fall.grams for fall in of_it)),
        )
        for why in FellBy
        if (of_it := [fall for fall in falls if fall.why == why])
    ]
