"""A claim told to people: where it stands, whose turn it is and until when, and every step it took."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from kernel import clock, money
from kernel.dates import day_words, deadline_words
from kernel.shown import Fact, Moment
from losses.models import Award, ClaimFigure, ClaimStatus, LookedAt, LossClaim, Stage, cause_words
from losses.pages.told import told_words
from losses.pages.words import TONES, day_time, place_words
from losses.selectors.claims import all_figures, earlier_rounds, figure_of, paid_at, present_round, quantity_words
from losses.selectors.objections import was_right
from losses.selectors.recovering import was_taken_back
from losses.selectors.sampling import shown_draw
from losses.selectors.stopped_awards import later_of
from losses.services.told import told_in
from records.models import Move

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
    ClaimStatus.UNVISITED: (
        pgettext_lazy("whose turn", "The county"),
        pgettext_lazy("whose turn", "computes the money"),
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
FOUND_RIGHT = (
    pgettext_lazy("whose turn", "The county"),
    pgettext_lazy("whose turn", "says what follows, since an objection was right"),
)


LOOKED_AT = (
    pgettext_lazy("whose turn", "The bureau"),
    pgettext_lazy("whose turn", "looks at what came to light after the award"),
)
_MOVE_OF: dict[str, ClaimStatus] = {
    Stage.DECLARED: ClaimStatus.FILED,
    Stage.VILLAGE: ClaimStatus.VILLAGE_CHECKED,
    Stage.TOWNSHIP: ClaimStatus.TOWNSHIP_CHECKED,
    Stage.COUNTY: ClaimStatus.VISITED,
}
_NOTED = (ClaimStatus.SENT_BACK, ClaimStatus.REFUSED)


@dataclass(frozen=True, slots=True)
class Turn:
    """What happens next: who, and by when."""

    who: str
    what: str
    until: str


def next_turn(claim: LossClaim) -> Turn | None:
    """Return whose turn it is, or nothing once the claim is over."""
    if claim.status == ClaimStatus.AWARDED and paid_at(claim) is None:
        return _turn_of_award(claim.award)
    if claim.status not in TURNS:
        return None
    who, what = TURNS[claim.status] if not was_right(claim) else FOUND_RIGHT
    return Turn(str(who), str(what), deadline_words(claim.due_at, clock.now()) if claim.due_at else "")


def _turn_of_award(award: Award) -> Turn | None:
    """Return who pays an award, or who looks at it before; nobody once it was taken back."""
    if was_taken_back(award):
        return None
    if later_of(award) is not None:
        who, what = LOOKED_AT
        return Turn(str(who), str(what), _("It is not paid before."))
    until = _("by %(day)s") % {"day": day_words(award.payable.due_on)}
    return Turn(pgettext("claim", "Finance"), pgettext("claim", "pays it to the card"), until)


def timeline(claim: LossClaim) -> list[Moment]:
    """Return every step of a claim, newest first: what, when, and what that stage found or wrote."""
    figures: dict[tuple[str, int], ClaimFigure] = {}
    for row in claim.figures.order_by("pk"):
        figures.setdefault((str(_MOVE_OF[row.stage]), row.round), row)
    steps, round = [], 0
    for move in Move.objects.filter(document=claim.reference).order_by("pk"):
        round += move.after == ClaimStatus.FILED
        figure = figures.get((move.after, round))
        quantity = quantity_words(claim, figure) if figure else ""
        why = figure.why if figure and figure.why else move.note if move.after in _NOTED else ""
        steps.append(
            Moment(
                when=day_time(move.at),
                who=" ".join(part for part in (quantity, why) if part),
                what=str(ClaimStatus(move.after).label),
                tone=TONES.get(move.after, "info"),
            )
        )
    if (arrived := paid_at(claim)) is not None:
        what = _("The relief is on the card")
        steps.append(Moment(day_time(arrived), money.yuan(claim.award.amount_fen), what, "ok"))
    return steps[::-1]


def draw_words(claim: LossClaim) -> tuple[str, str] | None:
    """Return whether a claim was drawn for a visit and by which draw; nothing before the village notice has ended."""
    drawn = shown_draw(claim)
    if drawn is None:
        return None
    said = _("Drawn for a visit") if drawn.picked else _("Not drawn for a visit")
    if not drawn.picked and claim.status in (ClaimStatus.TO_VISIT, ClaimStatus.VISITED):
        said = _("Not drawn, but visited: something about it must be looked at")
    elif drawn.spared_fen is not None:
        spared = _("Unsold by the market's record, on sale for %(days)s days before the loss, %(sum)s yuan at the rate")
        return _("No visit is needed by the rules"), spared % {
            "days": drawn.spared_days,
            "sum": money.yuan(drawn.spared_fen),
        }
    how = _("%(month)s, %(percent)s of a hundred of this village (%(regime)s), seed %(seed)s") % {
        "month": f"{drawn.month:%Y-%m}",
        "percent": drawn.percent,
        "regime": drawn.get_regime_display(),
        "seed": drawn.seed,
    }
    return said, how


def figures_table(claim: LossClaim) -> list[Fact]:
    """Return what each stage found in the present round, beside each other."""
    figures = [(stage, figure_of(claim, stage)) for stage in Stage]
    return [
        Fact(
            str(stage.label),
            quantity_words(claim, figure),
            "，".join(part for part in (day_time(figure.at), figure.why, *_shown_words(claim, figure)) if part),
        )
        for stage, figure in figures
        if figure is not None
    ]


@dataclass(frozen=True, slots=True)
class Round:
    """What was said when a claim was filed before, how much was declared, and why it was sent back."""

    label: str
    line: str
    words: str
    why_back: str


def rounds_before(claim: LossClaim) -> list[Round]:
    """Return what was said in each earlier round of a claim, with why that was sent back; the latest first."""
    said = earlier_rounds(claim)
    if not said:
        return []
    sent_back = Move.objects.filter(document=claim.reference, after=ClaimStatus.SENT_BACK).order_by("pk")
    reasons = list(sent_back.values_list("note", flat=True))
    declared = {row.round: row for row in all_figures(claim) if row.stage == Stage.DECLARED}
    rows = [
        Round(
            label=_("Round %(n)s, reported %(day)s") % {"n": row.round, "day": day_time(row.at)},
            line="，".join(
                [
                    day_words(row.happened_on),
                    str(cause_words(row.cause, claim.goods)),
                    quantity_words(claim, declared[row.round]),
                    *[words for words in [told_words(told_in(row))] if words],
                ]
            ),
            words=row.words,
            why_back=reasons[row.round - 1] if row.round <= len(reasons) else "",
        )
        for row in said
    ]
    return rows[::-1]


def _shown_words(claim: LossClaim, figure: ClaimFigure) -> list[str]:
    """Return what a report says of money from elsewhere; of a check what it looked at, its photo and place."""
    if figure.stage == Stage.DECLARED:
        return [told_words(told_in(present_round(claim)))]
    if figure.stage not in (Stage.VILLAGE, Stage.TOWNSHIP):
        return []
    looked_at = _("looked at: %(what)s") % {"what": "、".join(str(LookedAt(one).label) for one in figure.looked_at)}
    if figure.photo_id is None and figure.accuracy_m is None:
        return [looked_at]
    photo = _("with a photo") if figure.photo_id is not None else _("without a photo")
    return [looked_at, photo, place_words(figure.accuracy_m)]
