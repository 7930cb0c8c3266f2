"""The rules of the register of sanctions: one of the bureau proposes, from the second's word on it holds to a day."""

import datetime as dt

from django.utils.translation import gettext as _

from accounts.models import Household, Organisation, Role, User
from catalog.models import Sanction, SanctionCode
from catalog.services.sanctions import end_effect, take_effect
from kernel import clock
from kernel.errors import BadValue
from kernel.masking import mask_name
from kernel.typed import fold_typed
from kernel.workflow import change
from produce.models import Produce
from produce.services.naming import entry_named
from registers.services.members import household_numbered
from registers.services.named import organisation_named, row_of
from registers.services.rules import Content, Hands, Rules, Step, seat

BUREAU = Hands((seat(Role.BUREAU_APPROVER),), (seat(Role.BUREAU_APPROVER),))
MOST_DAYS = 366  # of one sanction; after that the bureau looks again


class SanctionRules(Rules):
    """Sanctions: what a household or an organisation is warned of, or may not do, until a last day."""

    key = "sanctions"
    roles = (Role.BUREAU_APPROVER,)

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return what would be forbidden to whom until when, or what would be lifted."""
        if "row" in content:
            return self._lifting(row_of(Sanction, content["row"]), at=at)
        household, organisation = _party(content)
        code, produce = SanctionCode(content["code"]), _produce(content)
        today, to_on = clock.county_day(at), dt.date.fromisoformat(content["to_on"])
        if not 0 < (to_on - today).days <= MOST_DAYS:
            raise BadValue(_("A sanction lasts from one day to a year. Choose its last day again."))
        if produce is not None and code != SanctionCode.NO_SELLING:
            raise BadValue(_("Only selling is forbidden for one kind of goods. Leave the goods empty."))
        if code == SanctionCode.NO_ORDERING and (organisation is None or organisation.kind != Organisation.Kind.BUYER):
            raise BadValue(_("Only a buyer places orders. Choose another sanction."))
        twin = Sanction.objects.filter(
            household=household, organisation=organisation, code=code, produce=produce, to_on__gte=today,
            lifted_on=None,
        )  # fmt: skip
        if twin.exists():
            raise BadValue(_("This stands against them already. Lift it first."))
        values = {
            "code": code.value,
            "produce": produce.name if produce is not None else "",
            "to_on": to_on.isoformat(),
            "reason": fold_typed(content["reason"]),
        }
        return Step(
            subject=f"{_subject(household, organisation)}:{code}:{produce.pk if produce is not None else 0}",
            title=party_words(household, organisation),
            facts=[(name, "", value) for name, value in values.items()],
            hands=BUREAU,
            notes=[
                _("It begins on the day the second person confirms it."),
                _("What is ordered already goes on. They are told at once, with the reason."),
            ],
        )

    def _lifting(self, row: Sanction, *, at: dt.datetime) -> Step:
        if row.lifted_on is not None or row.to_on < clock.county_day(at):
            raise BadValue(_("This holds no longer."))
        return Step(
            subject=f"row:{row.pk}",
            title=party_words(row.household, row.organisation),
            facts=[("why", row.to_on.isoformat(), _("lifted"))],
            hands=BUREAU,
        )

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Write the sanction and take the goods off the market, or lift it and let them back."""
        if "row" in content:
            end_effect(change(row_of(Sanction, content["row"]), {"lifted_on": clock.county_day(at)}), at=at)
            return
        household, organisation = _party(content)
        row = Sanction(
            household=household,
            organisation=organisation,
            code=content["code"],
            produce=_produce(content),
            from_on=clock.county_day(at),
            to_on=dt.date.fromisoformat(content["to_on"]),
            reason=fold_typed(content["reason"])[:200],
            document=document,
            by=by,
            confirmed_by=confirmed_by,
            at=at,
        )
        row.save(force_insert=True)
        take_effect(row, at=at)


def party_words(household: Household | None, organisation: Organisation | None) -> str:
    """Return against whom something stands: an organisation's name, or a household's number and masked name."""
    if organisation is not None:
        return organisation.name
    return f"{household.number} {mask_name(household.head_name)}" if household is not None else ""


def _party(content: Content) -> tuple[Household | None, Organisation | None]:
    """Return the one household or organisation that is named; a merged household by its survivor."""
    number, name = content.get("household") or "", content.get("organisation") or ""
    if bool(number) == bool(name):
        raise BadValue(_("Name either a household or an organisation."))
    if name:
        return None, organisation_named(name)
    household = household_numbered(number)
    return household.merged_into or household, None


def _subject(household: Household | None, organisation: Organisation | None) -> str:
    return household.pk.hex if household is not None else f"organisation:{organisation.pk if organisation else 0}"


def _produce(content: Content) -> Produce | None:
    return entry_named(content["produce"]) if content.get("produce") else None
