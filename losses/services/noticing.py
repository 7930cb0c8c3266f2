"""The two public rounds: the village sees quantities before the visit, the county sees amounts before the award.

A notice is frozen and masked; its end is counted in working days when it is published. An objection stops its own
line and no other; it is answered in `records.services.notices`.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Place, User
from kernel import masking, money
from kernel.errors import BadValue, DomainError
from kernel.present import StrOrPromise, known
from kernel.workflow import lock
from losses.models import ClaimStatus, LossClaim, ReliefScheme
from losses.selectors.claims import amount_fen_of, latest_figure, quantity_words
from losses.selectors.sampling import sample_draw
from losses.services.calling import draw_for_call
from losses.services.deadlines import days_after, hours_after
from losses.services.findings import DESK, record_findings
from losses.services.sampling import needs_visit
from losses.services.telling import tell
from records.models import NoticeStatus, PublicNotice
from records.services import notices
from records.services.participation import take_part

SHORTEST_WHY = 4
WITHDRAWN = gettext_lazy(
    "The notice %(notice)s with your report %(number)s (%(produce)s) was withdrawn: %(why)s A new one follows."
)


class NothingToPublish(DomainError):
    code = "nothing_to_publish"
    message = gettext_lazy("No report of this place waits for a notice.")


@transaction.atomic
def publish_village_notice(scheme: ReliefScheme, village: Place, *, by: User, at: dt.datetime) -> PublicNotice:
    """Put every claim of the village that the township has checked on the village's wall, with its quantity."""
    claims = _waiting(scheme, ClaimStatus.TOWNSHIP_CHECKED, village_id=village.code)
    with translation.override("zh-hans"):
        title = _("%(place)s: losses of unsold produce, quantities found") % {"place": village.short_name}
        notice = notices.publish(
            round=PublicNotice.Round.VILLAGE,
            title=title,
            basis=scheme.legal_basis,
            place=village,
            lines=[_line(claim) for claim in claims],
            working_days=scheme.village_days,
            how_computed=_("Quantities as village and township found them. Two people of the county visit next.")
            if scheme.sample_percent == 100 and scheme.no_visit_below_fen is None
            else _("Quantities as village and township found them. Those that are drawn are visited next."),
            by=by,
            at=at,
        )
    _publish(claims, ClaimStatus.VILLAGE_NOTICE, notice, by=by, at=at)
    return notice


@transaction.atomic
def publish_county_notice(scheme: ReliefScheme, township: Place, *, by: User, at: dt.datetime) -> PublicNotice:
    """Publish every computed and held amount of the township; a changed amount would need another notice."""
    claims = _waiting(scheme, ClaimStatus.COMPUTED, village__parent_id=township.code)
    with translation.override("zh-hans"):
        title = _("%(place)s: losses of unsold produce, relief to be paid") % {"place": township.short_name}
        how = _("Quantity found × rate of relief, at most %(cap)s yuan a household. Names are masked.")
        notice = notices.publish(
            round=PublicNotice.Round.COUNTY,
            title=title,
            basis=scheme.legal_basis,
            place=township,
            lines=[_line(claim, amount_fen_of(claim)) for claim in claims],
            working_days=scheme.county_days,
            how_computed=how % {"cap": money.yuan(scheme.household_cap_fen)},
            by=by,
            at=at,
        )
    _publish(claims, ClaimStatus.COUNTY_NOTICE, notice, by=by, at=at)
    return notice


@transaction.atomic
def go_on_after_village_notice(claim: LossClaim, *, at: dt.datetime, by: User | None = None) -> LossClaim:
    """Let a claim wait for its visit once its village notice has ended and no objection stops it."""
    claim = lock(claim)
    notices.require_ended(known(claim.village_notice), claim.reference, at=at)
    record_findings(claim, at=at)
    if not needs_visit(claim):
        return _go_on_unvisited(claim, by=by, at=at)
    claim.move_to(ClaimStatus.TO_VISIT, by=by, at=at)
    claim.due_at = hours_after("visit_hours", at, claim.scheme)
    claim.save(update_fields=["due_at"])
    tell(
        claim,
        "to_visit",
        gettext_lazy("The village notice of your report %(number)s has ended. Two people of the county come to look."),
        at=at,
    )
    return claim


def _go_on_unvisited(claim: LossClaim, *, by: User | None, at: dt.datetime) -> LossClaim:
    """Let a claim go on without a visit: of a sale nothing lies there any more, another was spared or not drawn."""
    claim.move_to(ClaimStatus.UNVISITED, by=by, at=at)
    if claim.sale_id is None:
        draw_for_call(claim, at=at)
    claim.due_at = days_after("review_days", at, claim.scheme)
    claim.save(update_fields=["due_at"])
    tell(claim, "unvisited", _unvisited_words(claim), at=at)
    return claim


def _unvisited_words(claim: LossClaim) -> StrOrPromise:
    """Say why nobody comes to look."""
    if claim.sale_id is not None:
        return gettext_lazy(
            "The village notice of your report %(number)s has ended. Sold goods need no visit; next comes the money."
        )
    drawn = sample_draw(claim)
    if drawn is not None and drawn.spared_fen is not None:
        return gettext_lazy(
            "The village notice of your report %(number)s has ended. The market shows that it was unsold, so by the "
            "rules nobody has to come; next comes the money."
        )
    return gettext_lazy(
        "The village notice of your report %(number)s has ended. It was not drawn for a visit; next, the money."
    )


@transaction.atomic
def withdraw_notice(notice: PublicNotice, *, why: str, by: User, at: dt.datetime) -> PublicNotice:
    """Take a notice that is wrong off the wall while it runs; its claims wait for a new one, everybody is told why.

    Objections to it stay: an open one stops its claim under the new notice too.
    """
    notice = lock(notice)
    why = why.strip()[:200]
    if len(why) < SHORTEST_WHY:
        raise BadValue(gettext_lazy("Write in a sentence what is wrong with the notice. Everybody can read it."))
    if notice.status != NoticeStatus.PUBLISHED or at >= notice.ends_at:
        raise notices.NoticeEnded
    is_village = notice.round == PublicNotice.Round.VILLAGE
    field, status = ("village_notice", "VILLAGE_NOTICE") if is_village else ("county_notice", "COUNTY_NOTICE")
    before = ClaimStatus.TOWNSHIP_CHECKED if is_village else ClaimStatus.COMPUTED
    hanging = LossClaim.objects.filter(**{field: notice}, status=ClaimStatus[status])
    claims = list(
        hanging.select_related("household", "listing__produce", "plot_season__produce", "rate")
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    notice.move_to(NoticeStatus.WITHDRAWN, by=by, at=at, note=why)
    LossClaim.move_all(claims, before, by=by, at=at, note=notice.number)
    for claim in claims:
        take_part(claim.reference, DESK, by=by, at=at)
        setattr(claim, field, None)
        claim.due_at = days_after("publish_days", at)
        claim.save(update_fields=[field, "due_at"])
        tell(claim, "notice_withdrawn", WITHDRAWN, at=at, notice=notice.number, why=why)
    return notice


@transaction.atomic
def close_ended(notice: PublicNotice, *, at: dt.datetime, by: User | None = None) -> PublicNotice:
    """Close a notice whose last working day has passed."""
    notice = lock(notice)
    if at < notice.ends_at:
        raise notices.NoticeStillRuns
    return notice.move_to(NoticeStatus.CLOSED, by=by, at=at)


def _waiting(scheme: ReliefScheme, status: str, **place: Any) -> list[LossClaim]:
    claims = (
        LossClaim.objects.filter(
            scheme=scheme, status=status, **{f"household__{name}": value for name, value in place.items()}
        )
        .select_related("household__village", "listing__produce", "plot_season__produce", "scheme", "rate")
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    waiting = list(claims)
    if not waiting:
        raise NothingToPublish
    return waiting


def _line(claim: LossClaim, amount_fen: int | None = None) -> notices.Line:
    return notices.Line(
        document=claim.reference,
        masked_name=masking.mask_name(claim.household.head_name),
        village_name=claim.household.village.short_name,
        goods=_goods_words(claim),
        quantity_g=latest_figure(claim).quantity_g,
        amount_fen=amount_fen,
    )


def _goods_words(claim: LossClaim) -> str:
    words = f"{claim.goods.produce.name} {quantity_words(claim)}"
    return words if claim.sale_id is None else f"{words}（{claim.get_cause_display()}）"


def _publish(claims: list[LossClaim], status: str, notice: PublicNotice, *, by: User, at: dt.datetime) -> None:
    field = "village_notice" if status == ClaimStatus.VILLAGE_NOTICE else "county_notice"
    LossClaim.move_all(claims, status, by=by, at=at, note=notice.number)
    for claim in claims:
        take_part(claim.reference, DESK, by=by, at=at)
        setattr(claim, field, notice)
        review_by = days_after("review_days", notice.ends_at, claim.scheme)
        claim.due_at = notice.ends_at if field == "village_notice" else review_by
        claim.save(update_fields=[field, "due_at"])
        tell(
            claim,
            status,
            gettext_lazy("Your report %(number)s is on public notice %(notice)s until %(until)s.")
            if field == "village_notice"
            else gettext_lazy(
                "Your report %(number)s is on the county notice %(notice)s with %(amount)s yuan until %(until)s."
            ),
            at=at,
            notice=notice.number,
            until=f"{notice.ends_on.month} 月 {notice.ends_on.day} 日",
            amount=lambda claim=claim: money.yuan(amount_fen_of(claim)) if field == "county_notice" else "",
        )
