"""The rules of the register of plots and seasons: the household or its cadre says what is grown, the township confirms.

Nobody confirms for a household they belong to, or with which they share a phone or a card.
"""

import datetime as dt
from collections.abc import Set

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Household, Role, User
from accounts.selectors import counted_with, households_tied_to, standing
from accounts.services.acts import note_act
from accounts.services.households import require_stands
from accounts.services.messages import tell
from catalog.models import CapacityReason, PlotSeason
from catalog.services import plots
from kernel import clock, weight
from kernel.errors import BadValue, DomainError
from kernel.masking import mask_name
from kernel.typed import fold_typed
from produce.models import Produce
from produce.services.naming import entry_named
from registers.services.named import row_of
from registers.services.rules import Content, Hands, Rules, Step, seat_of_household, seats_over

MOST_PARCEL = 40


_WRITTEN_FOR_YOU = gettext_lazy(
    "It is written down for you that your %(produce)s (%(parcel)s) give about %(capacity)s this season. If that is "
    "wrong, correct it under “What I grow”, or call the village."
)


class TiedToHousehold(DomainError):
    code = "tied_to_household"
    message = gettext_lazy(
        "You belong to this household, or share a phone or card with it. Another officer of the township confirms it."
    )


class PlotRules(Rules):
    """Plots and seasons: what a household grows on which land, and what that may yield."""

    key = "plots"
    roles = (Role.CADRE, Role.TOWNSHIP_OFFICER)
    proposers = (Role.CADRE,)
    by_household = True
    document_needed = False

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return what would stand there of a season, beside what stands there now."""
        household, old, asked = _read(content)
        capacity_g = asked.capacity(clock.county_day(at))
        if old is not None:
            _require_correctable(old, asked, capacity_g)
        same = PlotSeason.objects.filter(
            household__in=counted_with(household), produce=asked.produce, parcel=asked.parcel, superseded_at=None
        ).filter(harvest_from__lte=asked.harvest_to, harvest_to__gte=asked.harvest_from)
        if any(season != old for season in same):
            raise plots.StandsAlready
        stood = _in_words(_asked_of(old), old.capacity_g) if old is not None else {}
        facts = [(field, stood.get(field, ""), value) for field, value in _in_words(asked, capacity_g).items()]
        township = seats_over(Role.TOWNSHIP_OFFICER, household.village.township)
        return Step(
            subject=f"season:{old.pk}" if old is not None else _subject(household, asked),
            title=f"{household.number} {mask_name(household.head_name)} {asked.produce.name}",
            facts=facts,
            hands=Hands(_proposed_in(household), tuple(dict.fromkeys(township))),
            notes=_notes(household, old, asked, capacity_g),
        )

    def is_for_others(self, content: Content, seats: Set[str]) -> bool:
        """Return whether this is about a household for which whoever sits here says nothing."""
        try:
            household, _old, _asked = _read(content)
        except DomainError:
            return False
        return seats.isdisjoint(_proposed_in(household))

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Write the season down; one that is corrected counts no more."""
        household, old, asked = _read(content)
        if counted_with(household).filter(pk__in=households_tied_to(confirmed_by)).exists():
            raise TiedToHousehold
        season = plots.enter_season(
            household, asked, replaces=old, document=document, by=by, confirmed_by=confirmed_by, at=at
        )
        if standing(by).household_id != household.pk:
            note_act(household, f"season:{season.pk}", "office", by=by, at=at)
            values = {
                "produce": asked.produce.name,
                "parcel": asked.parcel,
                "capacity": lambda: weight.both(season.capacity_g),
            }
            document = f"household:{household.pk}"
            tell(_WRITTEN_FOR_YOU, values, household=household, kind="season.for_you", document=document, at=at)


def _proposed_in(household: Household) -> tuple[str, ...]:
    return (seat_of_household(household), *seats_over(Role.CADRE, household.village))


def _read(content: Content) -> tuple[Household, PlotSeason | None, plots.SeasonAsked]:
    """Return whose season it is, which one is corrected, and what is said of it."""
    old = row_of(PlotSeason, content["season"]) if content.get("season") else None
    household = known_by(old.household) if old is not None else _household(content["household"])
    require_stands(household)
    asked = plots.SeasonAsked(
        produce=_produce(content["produce"]),
        parcel=fold_typed(content["parcel"])[:MOST_PARCEL],
        area_cmu=int(content["area"]),
        harvest_from=dt.date.fromisoformat(content["harvest_from"]),
        harvest_to=dt.date.fromisoformat(content["harvest_to"]),
        capacity_g=int(content["capacity"]) if content.get("capacity") else None,
        capacity_reason=CapacityReason(content["capacity_reason"]),
    )
    return household, old, asked


def known_by(household: Household) -> Household:
    """Return the household that this one counts by, which corrects its seasons from the merging on."""
    return household.merged_into or household


def _household(number: str) -> Household:
    household = Household.objects.select_related("village__parent").filter(number=fold_typed(number)).first()
    if household is None:
        raise BadValue(_("No household has this number. Compare it with the household's book."))
    return household


def _produce(name: str) -> Produce:
    produce = entry_named(name)
    if produce.forbidden:
        raise BadValue(_("This may not be sold, so no season of it is written down."), about=name)
    return produce


def _require_correctable(old: PlotSeason, asked: plots.SeasonAsked, capacity_g: int) -> None:
    taken_g = old.capacity_g - old.left_g()
    if old.superseded_at is not None:
        raise plots.SeasonReplaced
    if taken_g and asked.produce.pk != old.produce_id:
        raise plots.OtherProduceGrows
    if taken_g > capacity_g:
        raise plots.LessThanIsTaken(taken_g)
    plots.require_goods_of_its_days(old, asked)


def _asked_of(season: PlotSeason) -> plots.SeasonAsked:
    return plots.SeasonAsked(
        season.produce, season.parcel, season.area_cmu, season.harvest_from, season.harvest_to,
        capacity_reason=season.capacity_reason,
    )  # fmt: skip


def _in_words(asked: plots.SeasonAsked, capacity_g: int) -> dict[str, str]:
    return {
        "produce": asked.produce.name,
        "parcel": asked.parcel,
        "area": area_words(asked.area_cmu),
        "harvest_from": asked.harvest_from.isoformat(),
        "harvest_to": asked.harvest_to.isoformat(),
        "capacity": weight.jin(capacity_g),
        "capacity_reason": asked.capacity_reason,
    }


def area_words(area_cmu: int) -> str:
    """Return an area in mu, as people write it: 2.5."""
    return f"{area_cmu / 100:.2f}".rstrip("0").rstrip(".")


def _subject(household: Household, asked: plots.SeasonAsked) -> str:
    return f"{household.pk}:{asked.produce.pk}:{asked.harvest_from}:{asked.parcel}"[:100]


def _notes(household: Household, old: PlotSeason | None, asked: plots.SeasonAsked, capacity_g: int) -> list[str]:
    """Return what of the household's goods counts in the season by this, and what finds no room in it."""
    notes = [_("Lots put on sale from then on count in it.")]
    left_g = capacity_g
    if old is not None:
        notes = [_("%(listed)s of this season is on sale or sold.") % {"listed": weight.both(old.listed_g)}]
        left_g -= old.capacity_g - old.left_g()
    fitting, too_much = plots.that_fit(plots.lots_outside(household, asked), left_g)
    comes_in, stays_out = (sum(lot.counted_g() for lot in lots) for lots in (fitting, too_much))
    if comes_in:
        notes.append(_("%(goods)s on sale or sold already comes in.") % {"goods": weight.both(comes_in)})
    if stays_out:
        notes.append(
            _("%(goods)s on sale already finds no room and stays outside.") % {"goods": weight.both(stays_out)}
        )
    return notes
