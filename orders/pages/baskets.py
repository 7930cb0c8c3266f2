"""The order being written, as its page shows it: lines, marks in the pasted text, purses before and after."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from canteens.models import Fund, FundKind, Kitchen, PurchasePlan
from canteens.selectors import figures
from kernel import dates, money, weight
from kernel.shown import BarPart, bar
from orders.forms.naming import fund_name, kitchen_choices, plan_name
from orders.models import Basket, Otherwise, PurchaseOrder
from orders.pages.plans import KeptFacts, kept_facts
from orders.pages.words import counted
from orders.selectors.baskets import Row, Share, grams_of, kitchen_chosen, most_fen
from orders.selectors.keeping import is_running
from orders.services.basket_placing import Planned, Proposal
from orders.services.baskets import HOURS
from produce.selectors.dictionary import Word


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a select."""

    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A piece of the pasted text: plain, read, or asked about."""

    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class LineCard:
    """One line of the basket."""

    id: int
    name: str
    picture: str
    note: str
    new: bool
    amount: str
    unit: str
    ceiling: str
    reference: str
    faults: list[str]
    questions: list[str]
    candidates: list[Word] = field(default_factory=list)
    chosen: bool = True
    hours: list[Choice] = field(default_factory=list)
    otherwise: list[Choice] = field(default_factory=list)
    grades: list[Choice] = field(default_factory=list)
    funds: list[Choice] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Purse:
    """One purse before and after."""

    name: str
    before: str
    after: str
    short: bool


@dataclass(frozen=True, slots=True)
class Sums:
    """What the basket comes to."""

    lines: str
    weight: str
    most: str
    about: str
    open: str


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One line on the check page."""

    name: str
    picture: str
    asked: str
    found: str
    sellers: str
    price: str
    total: str
    short: str
    shares_url: str = ""


@dataclass(frozen=True, slots=True)
class KeptBasket:
    """Until when lines of a basket are kept, which, and what may be done about it."""

    clock: KeptFacts
    lines: str
    all: bool


@dataclass(frozen=True, slots=True)
class CheckPart:
    """One order of the check page: what one purse pays for."""

    purse: str
    rows: list[CheckRow]
    total: str
    before: str
    after: str
    short: bool
    plan: str = ""  # the purchase plan it draws on, with what is left of it
    kitchen: str = ""  # the canteen it is for, where there are several; else a sentence that asks for it


def basket_title(on: dt.date) -> str:
    """Return for which day this is: 星期一（11 月 30 日）的菜."""
    return _("Goods for %(weekday)s (%(day)s)") % {"weekday": date_format(on, "l"), "day": dates.day_words(on)}


def line_card(row: Row, funds: Sequence[Fund]) -> LineCard:
    """Return a line with what may be chosen for it."""
    typed = row.typed
    word = row.word
    ceiling = typed.get("ceiling")
    if ceiling is None:
        ceiling = money.yuan_plain(row.ceiling_fen) if row.ceiling_fen else ""
    return LineCard(
        id=row.id,
        name=word.local_name if word else f"「{typed.get('said', '')}」",
        picture=word.picture if word else "",
        note=_note(row),
        new=bool(typed.get("new")),
        amount=typed.get("amount", ""),
        unit=str(weight.COUNT_WORDS[word.count_word]) if word and word.counted else str(weight.UNIT_NAMES["kg"]),
        ceiling=ceiling,
        reference=money.yuan_plain(row.reference_fen) if row.reference_fen else "",
        faults=list(row.faults.values()),
        questions=[str(doubt.label) for doubt in row.doubts],
        candidates=row.candidates,
        chosen=word is not None,
        hours=_hours(typed.get("latest", "")),
        otherwise=_otherwise(row),
        grades=_grades(row),
        funds=_funds(row, funds) if len(funds) > 1 else [],
    )


def marks(basket: Basket) -> list[Mark]:
    """Return the pasted text cut where its lines were read."""
    text, parts, at = basket.typed.get("shown", ""), [], 0
    for start, end, asked in sorted(basket.typed.get("marks", [])):
        if start < at:
            continue
        parts += [Mark(text[at:start]), Mark(text[start:end], "asked" if asked else "read")]
        at = end
    return [part for part in [*parts, Mark(text[at:])] if part.text]


def read_words(basket: Basket) -> str:
    """Say what became of the pasted text: 读出 4 样，3 样放进单子了，1 样要问你."""
    found = basket.typed.get("marks")
    if found is None:
        return ""
    asked = sum(1 for mark in found if mark[2])
    if not asked:
        return ngettext("%(n)s line read", "%(n)s lines read", len(found)) % {"n": len(found)}
    return _("%(n)s lines read, %(sure)s sure, %(asked)s to be asked") % {
        "n": len(found),
        "sure": len(found) - asked,
        "asked": asked,
    }


def purses(shares: Sequence[Share]) -> list[Purse]:
    """Return the purses that pay, before and after."""
    return [
        Purse(
            fund_name(share.fund),
            money.yuan(share.left_fen),
            money.yuan(share.left_fen - share.most_fen),
            share.most_fen > share.left_fen,
        )
        for share in shares
    ]


def plan_choices(plans: Sequence[PurchasePlan], chosen: PurchasePlan | None) -> list[Choice]:
    """Return the purchase plans on which a basket may be ordered, after none of them; nothing where there are none."""
    rows = [Choice(str(plan.pk), plan_name(plan), plan == chosen) for plan in plans]
    return [Choice("", _("On none"), chosen is None), *rows] if rows else []


def split_words(shares: Sequence[Share], rows: Sequence[Row]) -> str:
    """Say which goods go to which purse, where there are several: then two orders are made."""
    if len(shares) < 2:
        return ""
    names = {row.id: row.word.local_name for row in rows if row.word}
    parts = [
        _("%(goods)s from %(purse)s")
        % {"goods": "、".join(names[line] for line in share.lines if line in names), "purse": fund_name(share.fund)}
        for share in shares
    ]
    orders = ngettext("%(n)s order will be made.", "%(n)s orders will be made.", len(shares)) % {"n": len(shares)}
    return "；".join(parts) + "。" + orders


def purse_bar(fund: Fund, this_fen: int) -> list[BarPart]:
    """Return how a purse divides with this order in it."""
    stand = figures(fund)
    parts = [
        ("used", pgettext("budget", "Used"), stand.spent_fen),
        ("held", _("Held by other orders"), stand.held_fen),
        ("this", _("This order"), min(this_fen, max(0, stand.left_fen))),
        ("left", _("Left after this order"), max(0, stand.left_fen - this_fen)),
    ]
    return bar([BarPart(key, 0, 0, label, money.yuan(fen)) for key, label, fen in parts], [fen for *_k, fen in parts])


def sums(rows: Sequence[Row]) -> Sums:
    """Return what the lines that can be ordered come to, at most and by the reference prices."""
    ready = [row for row in rows if row.ready]
    about = sum(money.amount_fen(grams_of(row), row.reference_fen, 1000) for row in ready if row.reference_fen)
    left_out = [row for row in rows if not row.ready]
    names = "、".join(row.word.local_name if row.word else row.typed.get("said", "") for row in left_out)
    return Sums(
        lines=ngettext("%(n)s line", "%(n)s lines", len(ready)) % {"n": len(ready)},
        weight=_("%(kg)s kg") % {"kg": weight.with_commas(weight.kg(sum(map(grams_of, ready))))},
        most=money.yuan(sum(map(most_fen, ready))),
        about=money.yuan(about) if about else "",
        open=_("Not settled yet and left out: %(names)s.") % {"names": names} if left_out else "",
    )


def kitchen_options(kitchens: Sequence[Kitchen], basket: Basket) -> list[Choice]:
    """Return the canteens a basket may be for, after none of them; nothing where there is nothing to choose."""
    if len(kitchens) < 2:
        return []
    chosen = str(kitchen_chosen(basket) or "")
    rows = kitchen_choices(kitchens, [basket.buyer_id])
    return [Choice(value, label, value == chosen) for value, label in rows]


def check_parts(proposal: Proposal, kitchens: Sequence[Kitchen]) -> list[CheckPart]:
    """Return the orders that would be made."""
    return [
        CheckPart(
            purse=fund_name(share.fund),
            rows=[_check_row(one) for one in proposal.of(share)],
            total=money.yuan(share.most_fen),
            before=money.yuan(share.left_fen),
            after=money.yuan(share.left_fen - share.most_fen),
            short=share.most_fen > share.left_fen,
            plan=plan_name(proposal.on_plan) if proposal.on_plan and proposal.on_plan.fund_id == share.fund.pk else "",
            kitchen=_kitchen_words(proposal, share.fund, kitchens),
        )
        for share in proposal.shares
    ]


def _kitchen_words(proposal: Proposal, fund: Fund, kitchens: Sequence[Kitchen]) -> str:
    """Return for which canteen goods would be ordered from a purse; empty where nothing is to be chosen."""
    if len(kitchens) < 2 or fund.kind == FundKind.UNION:
        return ""
    called = {row.pk: row.label_for(fund.organisation_id) for row in kitchens}
    return called.get(proposal.kitchen or 0) or _("not chosen yet: go back and choose one")


def kept_basket(proposal: Proposal, at: dt.datetime) -> KeptBasket | None:
    """Return how long lines of a basket are still kept, and how many of those for which there are goods."""
    running = [kept for kept in proposal.kept if kept.of_basket and is_running(kept, at)]
    if not running:
        return None
    found = sum(bool(one.plan.split.picks) for one in proposal.lines)
    kept = len(proposal.stays)
    words = ngettext("%(kept)s of %(n)s line", "%(kept)s of %(n)s lines", found) % {"kept": kept, "n": found}
    return KeptBasket(kept_facts(running[0], at), words, kept == found)


def repeat_words(order: PurchaseOrder | None) -> dict[str, str] | None:
    """Return what the buttons of an earlier order say: order it again at once, or lay it out to change it."""
    if order is None:
        return None
    day = {"day": dates.day_words(order.deliver_on)}
    return {
        "again": _("The same as for %(day)s: see the plans") % day,
        "begin": _("Begin with the order for %(day)s") % day,
    }


def _check_row(one: Planned) -> CheckRow:
    plan, word = one.plan, one.row.word
    produce = plan.want.produce
    taken = sum(pick.quantity for pick in plan.split.picks)
    lacking = one.lacking
    return CheckRow(
        name=word.local_name if word else "",
        picture=word.picture if word else "",
        asked=counted(plan.want.asked, word=produce.count_word, grams=plan.want.asked_g),
        found=counted(taken, word=produce.count_word, grams=plan.weight_g) if taken else _("nobody has it now"),
        sellers=ngettext("%(n)s seller", "%(n)s sellers", plan.split.owners) % {"n": plan.split.owners},
        price=money.yuan_plain(one.price_fen) if taken else "",
        total=money.yuan(plan.total_fen),
        short=_("%(quantity)s short")
        % {"quantity": counted(lacking, word=produce.count_word, grams=lacking * (produce.piece_g or 1))}
        if lacking and taken
        else "",
        shares_url=reverse("kept-plan-shares", args=[one.kept.pk]) if one.kept else "",
    )


def _note(row: Row) -> str:
    typed = row.typed
    if typed.get("before") and typed.get("pasted"):
        return _("%(before)s before, %(pasted)s pasted") % {"before": typed["before"], "pasted": typed["pasted"]}
    return ""


def _hours(latest: str) -> list[Choice]:
    return [Choice("", _("that day"), not latest), *(Choice(hour, hour.lstrip("0"), hour == latest) for hour in HOURS)]


def _otherwise(row: Row) -> list[Choice]:
    now, swap = row.typed.get("otherwise", ""), row.typed.get("swap", "")
    plain = (Otherwise.LESS, Otherwise.ASK, Otherwise.NONE)
    return [
        *(Choice(one.value, str(one.label), one == now) for one in plain),
        *(
            Choice(
                f"swap:{word.id}",
                _("%(produce)s, for the same or less") % {"produce": word.local_name},
                now == Otherwise.SWAP and str(word.id) == swap,
            )
            for word in row.swaps
        ),
    ]


def _grades(row: Row) -> list[Choice]:
    if row.word is None or not row.word.grades:
        return []
    chosen = row.typed.get("grade")
    grades = [Choice(str(pk), name, pk == chosen) for pk, _code, name, _en in row.word.grades]
    return [Choice("", _("any grade"), not chosen), *grades]


def _funds(row: Row, funds: Sequence[Fund]) -> list[Choice]:
    return [
        Choice("", _("any purse"), row.fund_id is None),
        *(Choice(str(fund.pk), fund.label, fund.pk == row.fund_id) for fund in funds),
    ]
