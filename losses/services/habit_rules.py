"""What the rules see on habits: reports for others in like words, checks by the minute, verifiers who always agree."""

import datetime as dt
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from kernel import clock
from kernel.identity import name_key
from kernel.present import known
from losses.models import ClaimFigure, LossClaim, Stage, Visit
from losses.selectors.claims import all_figures, declared
from losses.services.seen import AMBER, GREEN, Look
from records.selectors.policy import policies_on, policy

A_MINUTE = dt.timedelta(minutes=1)
MOST_COMPARED = 1000  # reports for others in a township
SAID_BY_MANY = 8  # letters; two who never met say as little in the same words
ENOUGH_TO_CHOOSE = 3  # with two verifiers the pair is always the same


def copied_report(claim: LossClaim) -> Look:
    """Count households of the township for which others wrote nearly these words and this quantity.

    Only what came before counts, so that whoever wrote first is never held for whoever copied it. A sentence as short
    as many say it is compared with the same person's alone.
    """
    rule, title = "copied_report", _("Not written for others from one pattern")
    if not claim.by_proxy or not claim.words:
        return Look(rule, GREEN, title, _("The household reported it itself, or nothing was written."))
    values = policies_on(clock.county_day(claim.filed_at))
    days, most, part = values["proxy_alike_days"], values["proxy_alike_most"], values["proxy_alike_permille"]
    before = _filed_for_others(claim, days)
    if len(_letters(claim.words)) < SAID_BY_MANY:
        before = before.filter(claim__filed_by__person=claim.filed_by.person_id)
    rows = before.order_by("-pk").values_list("claim__household", "claim__words")[:MOST_COMPARED]
    households = {claim.household_id, *_in_like_words(claim.words, list(rows), part)}
    detail = _(
        "Household no. %(n)s of the township that others reported in nearly these words (%(part)s of a hundred alike) "
        "and this quantity in %(days)s days; more than %(most)s are looked at (%(clause)s)."
    )
    said = {
        "n": len(households),
        "part": f"{part / 10:g}",
        "days": days,
        "most": most,
        "clause": claim.scheme.legal_basis,
    }
    return Look(rule, AMBER if len(households) > most else GREEN, title, detail % said)


def _filed_for_others(claim: LossClaim, days: int) -> QuerySet[ClaimFigure]:
    """Return what was declared for others in the township, of the same quantity, in these days before a report."""
    earlier = Q(claim__filed_at__lt=claim.filed_at) | Q(claim__filed_at=claim.filed_at, claim__lt=claim.pk)
    return ClaimFigure.objects.filter(
        earlier,
        stage=Stage.DECLARED,
        round=1,
        quantity=declared(claim).quantity,
        claim__by_proxy=True,
        claim__household__village__parent=claim.household.village.parent_id,
        claim__filed_at__gt=claim.filed_at - dt.timedelta(days=days),
    ).exclude(claim__words="")


def _in_like_words(words: str, rows: list[tuple[Any, str]], permille: int) -> set[Any]:
    """Return the households whose reports have nearly these words."""
    from rapidfuzz import fuzz, process  # here, since it is needed only where somebody reports for others

    letters = [_letters(text) for _household, text in rows]
    like = process.extract_iter(_letters(words), letters, scorer=fuzz.ratio, score_cutoff=permille / 10)
    return {rows[place][0] for _text, _score, place in like}


def _letters(text: str) -> str:
    """Return what is compared of a text: its letters, traditional as simplified, no signs and blanks."""
    return "".join(sign for sign in name_key(text) if sign.isalnum())


def check_pace(claim: LossClaim) -> list[Look]:
    """Count what whoever checked wrote in the minute up to each check: nobody looks at many heaps in one."""
    looks = []
    for figure in all_figures(claim):
        if figure.stage not in (Stage.VILLAGE, Stage.TOWNSHIP) or figure.round != claim.round:
            continue
        within = ClaimFigure.objects.filter(
            stage=figure.stage, by__person=figure.by.person_id, at__gt=figure.at - A_MINUTE, at__lte=figure.at
        )
        count, most = within.count(), policy("checks_a_minute", clock.county_day(figure.at))
        detail = _("Check no. %(n)s of this person within a minute; more than %(most)s are looked at (%(clause)s).")
        said = {"n": count, "most": most, "clause": claim.scheme.legal_basis}
        title = _("The village took its time") if figure.stage == Stage.VILLAGE else _("The township took its time")
        looks.append(Look(f"check_pace_{figure.stage}", AMBER if count > most else GREEN, title, detail % said))
    return looks


def pair_habits(visit: Visit) -> list[Look]:
    """See whether the two verifiers always go together, and whether they always find what was reported."""
    signed_at = known(visit.first_signed_at)
    values = policies_on(clock.county_day(signed_at))
    days, least = values["pair_days"], values["pair_visits_least"]
    since = signed_at - dt.timedelta(days=days)
    written = Visit.objects.filter(first_signed_at__gt=since, first_signed_at__lte=signed_at, redrawn_at=None)
    first, second = visit.first.person_id, visit.second.person_id
    own = written.filter(Q(first__person=first) | Q(second__person=first))
    together = own.filter(Q(first__person=second) | Q(second__person=second))
    said = {"days": days, "least": least, "clause": visit.claim.scheme.legal_basis}
    return [
        _always_together(own.count(), together.count(), _verifiers(written), values["pair_permille"], said),
        _always_exact(together, values["pair_exact_permille"], said),
    ]


def _verifiers(written: Any) -> int:
    """Return how many people went on these visits."""
    seconds = written.values("second__person")
    return written.values("first__person").union(seconds).count()


def _always_together(n: int, together: int, people: int, most_permille: int, said: dict[str, Any]) -> Look:
    rule, title = "pair_together", _("The verifiers are drawn anew")
    if n < said["least"] or people < ENOUGH_TO_CHOOSE:
        few = _(
            "Unknown: %(n)s visits in %(days)s days by %(people)s verifiers; %(least)s by three are needed to see it."
        )
        return Look(rule, GREEN, title, few % (said | {"n": n, "people": people}))
    detail = _(
        "%(together)s of the %(n)s visits of the first verifier in %(days)s days were with this second one; more than "
        "%(most)s of a hundred are looked at (%(clause)s)."
    )
    colour = AMBER if together * 1000 > most_permille * n else GREEN
    return Look(
        rule, colour, title, detail % (said | {"n": n, "together": together, "most": f"{most_permille / 10:g}"})
    )


def _always_exact(together: Any, most_permille: int, said: dict[str, Any]) -> Look:
    """See how many visits of the two found to the gram what was declared."""
    rule, title = "pair_exact", _("The verifiers count for themselves")
    figures = ClaimFigure.objects.filter(claim=OuterRef("claim"), round=OuterRef("round"), stage=Stage.DECLARED)
    counted = together.annotate(declared=Subquery(figures.values("quantity")[:1]))
    n, exact = counted.count(), counted.filter(found=F("declared")).count()
    if n < said["least"]:
        few = _("Unknown: %(n)s visits of the two in %(days)s days; %(least)s are needed to see it.")
        return Look(rule, GREEN, title, few % (said | {"n": n}))
    detail = _(
        "%(exact)s of %(n)s visits of the two in %(days)s days found exactly what was reported; more than %(most)s of "
        "a hundred are looked at (%(clause)s)."
    )
    colour = AMBER if exact * 1000 > most_permille * n else GREEN
    return Look(rule, colour, title, detail % (said | {"n": n, "exact": exact, "most": f"{most_permille / 10:g}"}))
