"""A claim told to people: where it stands, whose turn it is and until when, and every step it took."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from kernel import clock, dates, masking, money
from kernel.present import name_of
from losses.models import ClaimFigure, ClaimStatus, LossClaim, Stage
from losses.relief import arithmetic
from losses.selectors.claims import figure_of, latest_figure, present_computation, quantity_words
from records.models import Move

TONES: dict[str, str] = {
    ClaimStatus.AWARDED: "ok",
    ClaimStatus.REFUSED: "danger",
    ClaimStatus.SENT_BACK: "warn",
    ClaimStatus.WITHDRAWN: "plain",
}


TURNS: dict[str, tuple] = {
    ClaimStatus.FILED: (pgettext_lazy("whose turn", "The village"), pgettext_lazy("whose turn", "comes to look")),
    ClaimStatus.VILLAGE_CHECKED: (pgettext_lazy("whose turn", "The township"), pgettext_lazy("whose turn", "checks")),
    ClaimStatus.TOWNSHIP_CHECKED: (
        pgettext_lazy("whose turn", "The county"),
        pgettext_lazy("whose turn", "puts it on the village wall"),
    ),
    ClaimStatus.VILLAGE_NOTICE: (
        pgettext_lazy("whose turn", "Everybody"),
        pgettext_lazy("whose turn", "may say if something is wrong"),
    ),
    ClaimStatus.TO_VISIT: (
        pgettext_lazy("whose turn", "Two people of the county"),
        pgettext_lazy("whose turn", "come to look"),
    ),
    ClaimStatus.VISITED: (pgettext_lazy("whose turn", "The county"), pgettext_lazy("whose turn", "computes the money")),
    ClaimStatus.COMPUTED: (
        pgettext_lazy("whose turn", "The county"),
        pgettext_lazy("whose turn", "puts it on the county notice"),
    ),
    ClaimStatus.COUNTY_NOTICE: (
        pgettext_lazy("whose turn", "The county"),
        pgettext_lazy("whose turn", "waits for the end of the notice and decides"),
    ),
    ClaimStatus.SENT_BACK: (pgettext_lazy("whose turn", "You"), pgettext_lazy("whose turn", "add what is missing")),
}


_MOVE_OF: dict[str, ClaimStatus] = {
    Stage.DECLARED: ClaimStatus.FILED,
    Stage.VILLAGE: ClaimStatus.VILLAGE_CHECKED,
    Stage.TOWNSHIP: ClaimStatus.TOWNSHIP_CHECKED,
    Stage.COUNTY: ClaimStatus.VISITED,
}
_NOTED = (ClaimStatus.SENT_BACK, ClaimStatus.REFUSED)


@dataclass(frozen=True)
class Turn:
    """What happens next: who, and by when."""

    who: str
    what: str
    until: str


def status_tag(claim: LossClaim) -> dict:
    """Return the state of a claim as a word with its tone."""
    return {"tone": TONES.get(claim.status, "info"), "text": str(ClaimStatus(claim.status).label)}


def title(claim: LossClaim) -> str:
    """Name a claim as the household does: 包菜没卖掉, 100 斤."""
    return _("%(produce)s: %(cause)s") % {
        "produce": name_of(claim.listing.produce),
        "cause": claim.get_cause_display(),
    }


def head_name(claim: LossClaim, *, full: bool) -> str:
    """Return the head of household's name, in full only for those who may read it."""
    name = claim.household.head_name
    return name if full else masking.mask_name(name)


def day_time(at: dt.datetime) -> str:
    """Write an instant as the county's clocks show it: 11 月 25 日 09:30."""
    return dates.time_words(at)


def day(at: dt.datetime) -> str:
    """Write the county day of an instant: 11 月 25 日."""
    return dates.day_words(clock.county_day(at))


def next_turn(claim: LossClaim) -> Turn | None:
    """Return whose turn it is, or nothing once the claim is over."""
    if claim.status not in TURNS:
        return None
    who, what = TURNS[claim.status]
    return Turn(str(who), str(what), day_time(claim.due_at))


def timeline(claim: LossClaim) -> list[dict]:
    """Return every step of a claim, newest first: what, when, and what that stage found or said."""
    figures: dict[tuple[str, int], ClaimFigure] = {}
    for row in claim.figures.order_by("pk"):
        figures.setdefault((str(_MOVE_OF[row.stage]), row.round), row)
    steps, round = [], 0
    for move in Move.objects.filter(document=claim.reference).order_by("pk"):
        round += move.after == ClaimStatus.FILED
        figure = figures.get((move.after, round))
        said = quantity_words(claim, figure) if figure else ""
        why = figure.why if figure and figure.why else move.note if move.after in _NOTED else ""
        steps.append(
            {
                "when": day_time(move.at),
                "who": " ".join(part for part in (said, why) if part),
                "what": str(ClaimStatus(move.after).label),
                "tone": TONES.get(move.after, "info"),
            }
        )
    return steps[::-1]


def amount_words(claim: LossClaim) -> str:
    """Return the computed amount, or what the latest quantity would come to at the claim's rate."""
    computation = present_computation(claim)
    if computation is not None:
        return money.yuan(computation.amount_fen)
    grams = latest_figure(claim).quantity_g
    return money.yuan(money.amount_fen(grams, claim.rate.rate_fen, claim.rate.rate_unit_g))


def arithmetic_words(claim: LossClaim) -> list[str]:
    """Return how the amount came about, a step a line; empty before it was computed."""
    computation = present_computation(claim)
    return arithmetic(computation) if computation is not None else []


def figures_table(claim: LossClaim) -> list[dict]:
    """Return what each stage found in the present round, beside each other."""
    rows = []
    for stage in Stage:
        figure = figure_of(claim, stage)
        if figure is not None:
            rows.append(
                {
                    "label": str(stage.label),
                    "value": quantity_words(claim, figure),
                    "note": " ".join(part for part in (day_time(figure.at), figure.why) if part),
                }
            )
    return rows
