"""One's own claims: the row of the list, the head of the page, what may be done now, the receipt."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from accounts.selectors import standing
from catalog.models import Listing, PlotSeason
from catalog.services.plot_register import area_words
from kernel import money
from kernel.dates import day_words
from kernel.present import known, name_of
from kernel.shown import Fact, Link, Receipt, Tag
from losses import permissions
from losses.models import ClaimStatus, Goods, LossClaim, SchemeRate, cause_words
from losses.pages.refusals import Refusal, refusal_of
from losses.pages.reports import sheet_words
from losses.pages.story import next_turn
from losses.pages.told import told_facts
from losses.pages.words import Photo, day, day_time, head_name, photo, status_tag, title, witness_words
from losses.relief import per_of
from losses.selectors import claims, rates
from losses.selectors.claims import quantity_words, written_visit
from losses.selectors.lots import left_of, open_claim_of
from losses.selectors.objections import was_right
from losses.selectors.rates import facts_of
from losses.services.told import Told


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim in one's own list."""

    url: str
    title: str
    line: str
    meta: list[str]
    picture: str
    status: Tag


@dataclass(frozen=True, slots=True)
class ClaimHead:
    """What stands above everything else on the page of a claim."""

    title: str
    name: str
    meta: list[str]
    words: str
    picture: str
    status: Tag
    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class LostGoods:
    """The lot or crop whose loss is reported."""

    name: str
    picture: str
    left: str
    owner: str
    in_field: bool
    reported: Link | None


@dataclass(frozen=True, slots=True)
class LotRow:
    """A lot, or a crop never harvested, of which a loss may be reported."""

    url: str
    title: str
    meta: list[str]
    picture: str
    reported: bool


def lot_row(lot: Listing, own_household: UUID | None) -> LotRow:
    """Return a lot to choose, with what is left of it and since when; whose it is stands where it is not one's own."""
    household = known(lot.household)
    others = [] if household.pk == own_household else [household.head_name, lot.village.short_name, lot.number]
    return LotRow(
        url=reverse("claim-new", args=[lot.pk]),
        title=name_of(lot.produce),
        meta=[
            _("%(quantity)s left") % {"quantity": lot.in_words(lot.free())},
            _("listed %(day)s") % {"day": day(lot.listed_at)},
            *([_("recalled")] if lot.recalled_at is not None else []),
            *others,
        ],
        picture=lot.produce.picture,
        reported=lot.reported,  # type: ignore[attr-defined]  # asked beside the lot
    )


def crop_row(season: PlotSeason, own_household: UUID | None) -> LotRow:
    """Return a crop to choose, with what of it still stands in the field; whose it is where it is not one's own."""
    others = [] if season.household_id == own_household else [season.household.head_name, season.village.short_name]
    return LotRow(
        url=reverse("claim-new-crop", args=[season.pk]),
        title=name_of(season.produce),
        meta=[
            _("%(quantity)s at most in the field") % {"quantity": season.in_words(season.left_g())},
            season.parcel,
            _("%(mu)s mu") % {"mu": area_words(season.area_cmu)},
            *others,
        ],
        picture=season.produce.picture,
        reported=season.reported,  # type: ignore[attr-defined]  # asked beside the season
    )


def claim_row(claim: LossClaim, own_household: UUID | None) -> ClaimRow:
    """Return one claim of the list; whose it is stands there when it was filed for somebody else."""
    others = [] if claim.household_id == own_household else [claim.household.head_name]
    return ClaimRow(
        url=reverse("claim-detail", args=[claim.pk]),
        title=title(claim),
        line=quantity_words(claim),
        meta=[claim.number, day(claim.filed_at), *[words for words in [sheet_words(claim)] if words], *others],
        picture=claim.goods.produce.picture,
        status=status_tag(claim),
    )


def claim_head(claim: LossClaim, user: User) -> ClaimHead:
    """Return the head of a claim's page as this person may read it; who was there at the visit by name or masked."""
    full, visit = permissions.sees_names(user, claim), written_visit(claim)
    there = witness_words(visit, full=full) if visit is not None else ""
    return ClaimHead(
        title=title(claim),
        name=head_name(claim, full=full),
        meta=[
            claim.number,
            claim.household.village.short_name,
            day(claim.filed_at),
            *([_("also there: %(who)s") % {"who": there}] if there else []),
        ],
        words=claim.words,
        picture=claim.goods.produce.picture,
        status=status_tag(claim),
        refusal=refusal_of(claim),
    )


def goods(lost: Goods) -> LostGoods:
    """Return the lot or crop of a household as the report of its loss shows it."""
    in_field, claim = isinstance(lost, PlotSeason), open_claim_of(lost)
    return LostGoods(
        name=name_of(lost.produce),
        picture=lost.produce.picture,
        left=lost.in_words(left_of(lost)),
        owner=known(lost.household).head_name,
        in_field=in_field,
        reported=Link(reverse("claim-detail", args=[claim.pk]), claim.number) if claim is not None else None,
    )


def preview_facts(goods: Goods, typed: dict[str, Any], quantity: int, rate: SchemeRate, told: Told) -> list[Fact]:
    """Return what would be reported, as it will stand, with what it would come to at the rate before any check."""
    per = per_of(rate.terms(), facts_of(goods, on=typed["happened_on"]))
    amount = money.yuan(money.amount_fen(goods.grams(quantity), *per)) if per is not None else "—"
    facts = [
        Fact(pgettext("loss", "Goods"), name_of(goods.produce)),
        Fact(_("What happened"), str(cause_words(typed["cause"], goods))),
        Fact(_("How much"), goods.in_words(quantity)),
        Fact(_("Day"), day_words(typed["happened_on"])),
        Fact(_("Relief at the rate"), _("%(amount)s yuan, if all of it is found") % {"amount": amount}),
        *told_facts(told),
    ]
    return [*facts, Fact(_("Your words"), typed["words"])] if typed["words"] else facts


def then_words(goods: Goods) -> str:
    """Return what a report brings with it, as it is said before it is sent."""
    if isinstance(goods, PlotSeason):
        return _("What you report cannot be put on sale until it is decided. People come to the field and look.")
    return _("What you report cannot be sold until it is decided. People come to look at it.")


def rate_words(rate: SchemeRate | None) -> str:
    """Return a rate in words, empty where nothing is paid."""
    return rates.rate_words(rate) if rate else ""


def photos_of_claim(claim: LossClaim) -> list[Photo]:
    """Return every photo that hangs on a claim, with when it came."""
    return [photo(claim, attached, day_time(attached.at), _("Photo of the loss")) for attached in claims.photos(claim)]


def notice_links(claim: LossClaim) -> list[Link]:
    """Return the notices a claim hangs or hung on, with their addresses."""
    return [Link(reverse("notice", args=[notice.number]), notice.title) for notice in claims.notices_of_claim(claim)]


def next_step(claim: LossClaim, user: User) -> Link | None:
    """Return the step this person may take on the claim now, with its page."""
    steps = {
        ClaimStatus.FILED: ("claim-village-check", permissions.can_village_check, _("Check it")),
        ClaimStatus.VILLAGE_CHECKED: ("claim-township-check", permissions.can_township_check, _("Check it")),
        ClaimStatus.TO_VISIT: ("visit-draw", permissions.can_decide, _("Draw the verifiers")),
        ClaimStatus.UNVISITED: ("claim-compute", permissions.can_decide, _("Compute the money")),
        ClaimStatus.VISITED: ("claim-compute", permissions.can_decide, _("Compute the money")),
        ClaimStatus.COUNTY_NOTICE: ("claim-review", permissions.can_decide, _("Review it")),
    }
    if was_right(claim):
        steps[ClaimStatus.VILLAGE_NOTICE] = steps[ClaimStatus.COUNTY_NOTICE]
    if claim.status not in steps:
        return None
    page, may, label = steps[ClaimStatus(claim.status)]
    return Link(reverse(page, args=[claim.pk]), label) if may(user, claim) else None


def way_back(claim: LossClaim, user: User, *, home: str) -> Link:
    """Return where this person came from: the own claims, the work queue, or else the first page."""
    if permissions.can_complete(user, claim):
        return Link(reverse("claim-list-mine"), _("Losses"))
    if standing(user).has(*permissions.CHECKERS):
        return Link(reverse("check-list"), _("Back"))
    return Link(home, _("Back"))


def receipt_of(claim: LossClaim) -> Receipt:
    """Return the receipt of a report, with its number and what happens next."""
    turn = next_turn(claim)
    return Receipt(
        title=_("Received"),
        number=claim.number,
        sentence=_off_the_market(claim) % {"quantity": quantity_words(claim), "produce": name_of(claim.goods.produce)},
        picture=claim.goods.produce.picture,
        facts=[Fact(_("What happened"), claim.get_cause_display()), Fact(_("Day"), day_words(claim.happened_on))],
        steps=[
            (
                _("The village comes to look %(until)s.")
                if claim.sale_id is None
                else _("The village looks at the papers %(until)s.")
            )
            % {"until": turn.until if turn else ""},
            _("The township checks, then it hangs on the village wall."),
            *([_("Two people of the county come to look.")] if claim.sale_id is None else []),
            _("The money is computed and hangs on the county notice."),
            _("The money is on the card within %(n)s days after the award.") % {"n": claim.scheme.pay_days},
        ],
    )


def _off_the_market(claim: LossClaim) -> str:
    if claim.sale_id is not None:
        return _("The loss on %(quantity)s of %(produce)s that were sold is reported.")
    if claim.plot_season_id is not None:
        return _("%(quantity)s of %(produce)s stand as lost in the field; they cannot be put on sale meanwhile.")
    return _("%(quantity)s of %(produce)s are off the market until this is decided.")


def early_url(goods: Goods) -> str:
    """Return where notice is given that these goods are lost, before anybody reports it."""
    name = "loss-notice-crop" if isinstance(goods, PlotSeason) else "loss-notice-lot"
    return reverse(name, args=[goods.pk])


def early_link(claim: LossClaim) -> Link | None:
    """Return the notice of loss that a claim answers, with its day; nothing where none was given before."""
    notice = claims.early_notice(claim)
    if notice is None:
        return None
    return Link(reverse("loss-notice", args=[notice.pk]), day_time(notice.at))
