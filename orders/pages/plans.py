"""What is wanted, and the plans that fill it: cards, bars and the rows of the check page."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import User
from canteens.models import Fund
from canteens.pages.plan_goods import ceiling_words, left_words
from canteens.selectors import figures
from catalog.models import Listing
from kernel import clock, dates, masking, money, weight
from kernel.dates import day_words
from kernel.present import name_of
from kernel.shown import BarPart, Fact, Link, bar
from orders.allocation import Pick, PlanKind
from orders.forms.naming import fund_name, plan_name
from orders.forms.wanting import WantForm
from orders.models import EditReason, KeptPlan
from orders.pages.transport import rule_in_force
from orders.pages.words import counted
from orders.selectors.baskets import funds_of
from orders.selectors.keeping import may_extend, plans_kept
from orders.selectors.orders import seller_name
from orders.selectors.plans import Plan, Want, want_of
from records.forms import new_key


@dataclass(frozen=True, slots=True)
class PickRow:
    """One lot of a plan on the check page; a household's name is masked until it has said yes."""

    seller: str
    place: str
    quantity: str
    price: str
    amount: str
    poor: bool


@dataclass(frozen=True, slots=True)
class PlanFact:
    """One figure by which plans are compared; `best` where no other plan has a better one."""

    label: str
    value: str
    best: bool = False


@dataclass(frozen=True, slots=True)
class CompareRow:
    """One figure of all plans side by side."""

    label: str
    facts: list[PlanFact]


@dataclass(frozen=True, slots=True)
class PlanCard:
    """One plan as its card shows it; the rows of its lots only on the check page."""

    kind: str
    name: str
    hint: str
    total: str
    total_fen: int
    per_kg: str
    bar: list[BarPart]
    owners: str
    poor_owners: int
    poor_kg: str
    poor_percent: int
    weight: str
    short: str = ""
    shown: str = ""
    idem: str = ""
    rows: list[PickRow] | None = None
    facts: list[PlanFact] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class KeptFacts:
    """Until when the lots of a plan are kept, and whether that may still be put off."""

    number: int
    until: str
    until_iso: str
    may_extend: bool
    shares_url: str
    changed: str = ""


def kept_facts(kept: KeptPlan, at: dt.datetime) -> KeptFacts:
    """Return how long a plan is still kept, as its page shows it."""
    until = kept.until_at.astimezone(clock.COUNTY_ZONE)
    changed = ""
    if kept.made_from_id:
        changed = "：".join(filter(None, [str(EditReason(kept.edit_reason).label), kept.edit_words]))
    url = reverse("kept-plan-shares", args=[kept.pk])
    return KeptFacts(kept.pk, f"{until:%H:%M}", until.isoformat(), may_extend(kept, at), url, changed)


def kept_notice(by: User, at: dt.datetime) -> Link | None:
    """Return the way back to what is kept for a person, with its goods and its hour; None where nothing is."""
    rows = list(plans_kept(by).filter(until_at__gt=at).prefetch_related(None))
    if not rows:
        return None
    kept = rows[0]
    goods, more = want_title(want_of(kept)), sum(row.buyer_id == kept.buyer_id for row in rows) - 1
    if more:
        goods = ngettext("%(goods)s and %(n)s line more", "%(goods)s and %(n)s lines more", more) % {
            "goods": goods,
            "n": more,
        }
    said = _("%(goods)s kept for you until %(until)s: look once more and order") % {
        "goods": goods,
        "until": kept_facts(kept, at).until,
    }
    return Link(kept_url(kept), said)


def kept_url(kept: KeptPlan) -> str:
    """Return the address of the check page of what is kept."""
    if kept.of_basket:
        return f"{reverse('order-basket-check')}?{urlencode({'buyer': kept.buyer_id})}"
    want, fund = want_of(kept), next(iter(funds_of(kept.buyer, clock.county_day(kept.at).year)), None)
    counted_g = want.produce.piece_g is None
    query = {
        "produce": want.produce.code,
        "quantity_0": weight.kg(kept.asked) if counted_g else str(kept.asked),
        "quantity_1": "kg" if counted_g else "piece",
        "on": kept.deliver_on.isoformat(),
        "fund": str(fund.pk) if fund else "",
        "ceiling": money.yuan_plain(kept.ceiling_fen_per_kg) if kept.ceiling_fen_per_kg else "",
        "parcel": weight.kg(kept.parcel_g) if kept.parcel_g else "",
        "listing": str(kept.listing_id or ""),
        "plan": kept.plan,
    }
    return f"{reverse('order-plan')}?{urlencode(query)}"


def plan_words(kind: str) -> tuple[str, str]:
    """Return the name of a plan, and in a few words what it is good for."""
    return {
        PlanKind.FAIR: (_("Helps most households"), _("A little from each, everybody alike")),
        PlanKind.CHEAPEST: (_("Cheapest"), _("Lowest total")),
        PlanKind.FEWEST: (_("Fewest stops"), _("Few villages, quickly loaded")),
        PlanKind.CHOSEN: (_("Only this lot"), _("The lot you chose")),
    }[PlanKind(kind)]


def want_title(want: Want) -> str:
    """Return what is wanted: 包菜 500 公斤."""
    return f"{name_of(want.produce)} {asked_words(want)}"


def asked_words(want: Want) -> str:
    """Return how much is wanted: 500 公斤, or so many heads."""
    return counted(want.asked, word=want.produce.count_word, grams=want.asked_g)


def answers(form: WantForm, want: Want, plan: str, query: str) -> list[Fact]:
    """Return what was answered so far, each answer with the way back to its question."""
    page = reverse("order-new")
    ceiling = want.ceiling_fen_per_kg
    given = [
        ("produce", name_of(want.produce)),
        ("quantity", asked_words(want)),
        ("on", day_words(want.deliver_on)),
        ("ceiling", money.yuan(ceiling) if ceiling is not None else _("Any price")),
        ("parcel", weight.both(want.parcel_g) if want.parcel_g else _("As the county has it")),
        ("fund", fund_name(form.cleaned_data["fund"])),
    ]
    if form.cleaned_data["purchase"]:
        given.append(("purchase", plan_name(form.cleaned_data["purchase"])))
    kitchen: Any = form.fields.get("kitchen")
    if kitchen and form.cleaned_data["kitchen"]:
        given.append(("kitchen", dict(kitchen.choices)[str(form.cleaned_data["kitchen"])]))
    rows = [
        Fact(str(form.fields[name].label), answer, change_url=f"{page}?{query}#id_{name}") for name, answer in given
    ]
    goods = form.plan_goods
    if goods is not None:
        rows.append(Fact(_("Left on the purchase plan"), left_words(goods), note=ceiling_words(goods)))
    return [*rows, Fact(pgettext("orders", "Plan"), plan, change_url=f"?{query}")]


def budget_items(fund: Fund, this_fen: int, *, held_already: bool = False) -> list[BarPart]:
    """Return how a purse divides with this order in it, whether or not its sum is held already."""
    stand = figures(fund)
    others_fen = stand.held_fen - this_fen if held_already else stand.held_fen
    left = stand.left_fen if held_already else max(0, stand.left_fen - this_fen)
    parts = [("used", stand.spent_fen), ("held", others_fen), ("this", this_fen), ("left", left)]
    labels = {
        "used": pgettext("budget", "Used"),
        "held": _("Held by other orders"),
        "this": _("This order"),
        "left": _("Left after this order"),
    }
    cells = bar([BarPart(key, 0, 0, labels[key], money.yuan(fen)) for key, fen in parts], [fen for _key, fen in parts])
    return [cell for cell, (key, fen) in zip(cells, parts, strict=True) if fen or key != "this"]


def plan_card(plan: Plan, *, with_rows: bool = False) -> PlanCard:
    """Return one plan as its card shows it, with the rows of its lots for the check page."""
    name, hint = plan_words(plan.kind)
    card = PlanCard(
        kind=plan.kind.value,
        name=name,
        hint=hint,
        total=money.yuan(plan.total_fen),
        total_fen=plan.total_fen,
        per_kg=_per_kg(plan),
        bar=_share_bar(plan),
        owners=ngettext("%(n)s seller", "%(n)s sellers", plan.split.owners) % {"n": plan.split.owners},
        poor_owners=plan.poor_owners,
        poor_kg=weight.kg(plan.poor_g),
        poor_percent=100 * plan.poor_g // plan.weight_g if plan.weight_g else 0,
        weight=weight.with_commas(weight.kg(plan.weight_g)),
        short=_short(plan),
        shown=plan.print,
        idem=new_key(),
    )
    return replace(card, rows=_rows(plan)) if with_rows else card


def plan_cards(plans: Sequence[Plan], fund: Fund) -> list[PlanCard]:
    """Return the cards of plans that are compared, each with its figures and which of them are the best."""
    facts = compared(plans, fund)
    return [replace(plan_card(plan), facts=[row.facts[number] for row in facts]) for number, plan in enumerate(plans)]


def compare_rows(cards: Sequence[PlanCard], plans: Sequence[Plan]) -> list[CompareRow]:
    """Return the figures of all plans side by side, as phones show them."""
    total = _compared(
        pgettext("plan", "Goods"), plans, lambda plan: money.yuan(plan.total_fen), lambda plan: plan.total_fen
    )
    owners = _compared(_("Sellers"), plans, lambda plan: str(plan.split.owners), lambda plan: -plan.split.owners)
    inner = range(1, len(cards[0].facts) - 1)  # the first and the last stand on the cards there, too
    rows = [CompareRow(cards[0].facts[n].label, [card.facts[n] for card in cards]) for n in inner]
    return [total, owners, *rows]


def compared(plans: Sequence[Plan], fund: Fund) -> list[CompareRow]:
    """Return the figures by which plans are compared: each row with the words of every plan, the best ones marked."""
    left_fen = figures(fund).left_fen
    return [
        _compared(_("yuan/kg"), plans, _per_kg, lambda plan: plan.total_fen * 1000 // max(1, plan.weight_g)),
        _compared(_("Stops"), plans, _stops, lambda plan: plan.split.stops),
        _compared(_("Carting, about"), plans, lambda plan: money.yuan(plan.freight_fen), lambda plan: plan.freight_fen),
        _compared(_("Arrives"), plans, _arrives, lambda plan: plan.arrival_minute),
        _compared(pgettext("plan", "Harvested"), plans, _harvested, lambda plan: -plan.harvested[0].toordinal()),
        _compared(_("Still keeps"), plans, _keeps, lambda plan: -plan.keeps_days),
        _compared(
            _("Left in the purse"), plans, lambda plan: money.yuan(max(0, left_fen - plan.total_fen)),
            lambda plan: plan.total_fen,
        ),
    ]  # fmt: skip


def rule_words(plan: Plan) -> list[str]:
    """Return the published rule with the figures in force, as whoever compares plans reads it."""
    terms = plan.terms
    rule = _(
        "The rule is public: lots by price and day, then poor households first, then whoever sold least of it this "
        "season, then what spoils first, then everybody alike; nobody brings less than %(least)s kg. The next page "
        "shows each seller's part."
    ) % {"least": weight.kg(terms["min_parcel_g"])}
    cap = _("One household sells at most %(most)s kg of it a season this way.") % {
        "most": weight.kg(terms["season_cap_g"])
    }
    cart = _(
        "Carting is reckoned alike for every plan: %(stop)s yuan a village and %(load)s yuan for each 100 kg begun; "
        "the cart leaves at %(leaves)s and needs %(minutes)s minutes a village."
    ) % {
        "stop": money.yuan(plan.cart.stop_fen),
        "load": money.yuan(plan.cart.hundred_kg_fen),
        "leaves": minute_words(plan.cart.leaves_minute),
        "minutes": plan.cart.stop_minutes,
    }
    least = _(
        "What a seller hands over of a lot at least, and what you fetch at least from one household, is kept to: less "
        "is taken only where it is all that is left."
    )
    paid = rule_in_force(terms) or _("What the cart costs is not held here; it is settled with whoever drives.")
    return [rule, least, *([cap] if terms["season_cap_g"] else []), cart, paid]


def minute_words(minute: int) -> str:
    """Return a minute of the day as people say it: 6 点 20."""
    return _("%(hour)s:%(minute)s") % {"hour": minute // 60, "minute": f"{minute % 60:02}"}


def _compared(
    label: str, plans: Sequence[Plan], words: Callable[[Plan], str], rank: Callable[[Plan], Any]
) -> CompareRow:
    """Return one row; what ranks first is the best, unless all plans do."""
    ranks = [rank(plan) for plan in plans]
    best = min(ranks)
    marked = [one == best and best != max(ranks) for one in ranks]
    return CompareRow(label, [PlanFact(label, words(plan), mark) for plan, mark in zip(plans, marked, strict=True)])


def _per_kg(plan: Plan) -> str:
    return money.yuan(money.amount_fen(1000, plan.total_fen, plan.weight_g)) if plan.weight_g else ""


def _stops(plan: Plan) -> str:
    return ngettext("%(n)s village", "%(n)s villages", plan.split.stops) % {"n": plan.split.stops}


def _arrives(plan: Plan) -> str:
    return minute_words(plan.arrival_minute)


def _harvested(plan: Plan) -> str:
    first, last = plan.harvested
    if first == last:
        return dates.day_words(first)
    return _("%(first)s to %(last)s") % {"first": dates.day_words(first), "last": dates.day_words(last)}


def _keeps(plan: Plan) -> str:
    return ngettext("%(n)s day", "%(n)s days", plan.keeps_days) % {"n": plan.keeps_days}


def looked_words(plan: Plan) -> str:
    """Return how many lots were looked at and which came first, empty where all of them were."""
    if plan.there_are <= plan.looked_at:
        return ""
    return _(
        "%(there_are)s lots could fill this. The plans look at %(looked_at)s of them: first those of households lifted "
        "out of poverty or watched, then what must be sold soonest. With a highest price they look only at lots that "
        "cost no more."
    ) % {"there_are": f"{plan.there_are:,}", "looked_at": f"{plan.looked_at:,}"}


def _share_bar(plan: Plan) -> list[BarPart]:
    by_owner: dict[str, list[Pick]] = {}
    for pick in plan.split.picks:
        by_owner.setdefault(pick.lot.owner, []).append(pick)
    poor_first = sorted(by_owner.values(), key=lambda picks: not picks[0].lot.poor)
    keys = ["household" if picks[0].lot.poor else "other" for picks in poor_first]
    sizes = [sum(plan.grams(pick) for pick in picks) for picks in poor_first]
    return bar([BarPart(key, 0, 0) for key in keys], sizes) if any(sizes) else []


def _short(plan: Plan) -> str:
    """Return what of the wish nobody has now, empty when all of it is there."""
    lacking = plan.split.short
    if lacking <= 0:
        return ""
    produce = plan.want.produce
    quantity = counted(lacking, word=produce.count_word, grams=lacking * (produce.piece_g or 1))
    return _("%(quantity)s of it nobody has now. You can order what there is.") % {"quantity": quantity}


def _rows(plan: Plan) -> list[PickRow]:
    listings = Listing.objects.select_related("village", "household", "cooperative").in_bulk(
        [pick.lot.listing_id for pick in plan.split.picks]
    )
    return [_row(plan, pick, listings[pick.lot.listing_id]) for pick in plan.split.picks]


def _row(plan: Plan, pick: Pick, listing: Listing) -> PickRow:
    name = seller_name(listing)
    return PickRow(
        seller=masking.mask_name(name) if listing.household_id else name,
        place=listing.village.short_name,
        quantity=counted(pick.quantity, word=plan.want.produce.count_word, grams=plan.grams(pick)),
        price=money.price_per_kg(pick.lot.price_fen, pick.lot.price_unit_g),
        amount=money.yuan(plan.amount_fen(pick)),
        poor=pick.lot.poor,
    )
