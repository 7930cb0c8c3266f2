"""What is wanted, and the plans that fill it: cards, bars and the rows of the check page."""

from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from canteens.models import Fund
from canteens.selectors import figures
from catalog.models import Listing
from kernel import masking, money, weight
from kernel.present import name_of
from kernel.shown import BarPart, Fact, bar
from orders.allocation import Pick, PlanKind
from orders.forms import WantForm, fund_name
from orders.pages.words import counted, day_words
from orders.selectors.orders import seller_name
from orders.selectors.plans import Plan, Want


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
    url: str = ""
    rows: list[PickRow] | None = None


def plan_words(kind: str) -> tuple[str, str]:
    """Return the name of a plan, and in a few words what it is good for."""
    return {
        PlanKind.FAIR: (_("Helps most households"), _("A little from each, everybody alike")),
        PlanKind.CHEAPEST: (_("Cheapest"), _("Lowest total")),
        PlanKind.FEWEST: (_("Fewest sellers"), _("One trip, easy to weigh in")),
        PlanKind.CHOSEN: (_("Only this lot"), _("The lot you chose")),
    }[PlanKind(kind)]


def want_title(want: Want) -> str:
    """Return what is wanted: 包菜 500 公斤."""
    return f"{name_of(want.produce)} {asked_words(want)}"


def asked_words(want: Want) -> str:
    """Return how much is wanted: 500 公斤, or so many heads."""
    return counted(want.asked, piece_g=want.produce.piece_g, grams=want.asked_g)


def answers(form: WantForm, want: Want, plan: str, query: str) -> list[Fact]:
    """Return what was answered so far, each answer with the way back to its question."""
    page = reverse("order-new")
    ceiling = want.ceiling_fen_per_kg
    given = [
        ("produce", name_of(want.produce)),
        ("quantity", asked_words(want)),
        ("on", day_words(want.deliver_on)),
        ("ceiling", money.yuan(ceiling) if ceiling is not None else _("Any price")),
        ("fund", fund_name(form.cleaned_data["fund"])),
    ]
    rows = [
        Fact(str(form.fields[name].label), answer, change_url=f"{page}?{query}#id_{name}") for name, answer in given
    ]
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


def plan_card(plan: Plan, *, url: str = "", with_rows: bool = False) -> PlanCard:
    """Return one plan as its card shows it, with the rows of its lots for the check page."""
    name, hint = plan_words(plan.kind)
    card = PlanCard(
        kind=plan.kind.value,
        name=name,
        hint=hint,
        total=money.yuan(plan.total_fen),
        total_fen=plan.total_fen,
        per_kg=money.yuan(money.amount_fen(1000, plan.total_fen, plan.weight_g)) if plan.weight_g else "",
        bar=_share_bar(plan),
        owners=ngettext("%(n)s seller", "%(n)s sellers", plan.split.owners) % {"n": plan.split.owners},
        poor_owners=plan.poor_owners,
        poor_kg=weight.kg(plan.poor_g),
        poor_percent=100 * plan.poor_g // plan.weight_g if plan.weight_g else 0,
        weight=weight.with_commas(weight.kg(plan.weight_g)),
        short=_short(plan),
        url=url,
    )
    return replace(card, rows=_rows(plan)) if with_rows else card


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
    if not lacking:
        return ""
    piece_g = plan.want.produce.piece_g
    quantity = counted(lacking, piece_g=piece_g, grams=lacking * (piece_g or 1))
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
        quantity=counted(pick.quantity, piece_g=listing.piece_g, grams=plan.grams(pick)),
        price=money.price_per_kg(pick.lot.price_fen, pick.lot.price_unit_g),
        amount=money.yuan(plan.amount_fen(pick)),
        poor=pick.lot.poor,
    )
