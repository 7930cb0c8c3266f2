"""The rules of the registers of canteens and of funds."""

import datetime as dt

from django.utils.translation import gettext as _

from accounts.models import Organisation, Role, User
from canteens.models import NO_LAST_HOUR, Canteen, CanteenSize, Fund, FundKind, purse_label
from canteens.selectors import years_to_open
from canteens.selectors.sizes import last_size
from canteens.services.purses import (
    BudgetNotFree,
    confirm_budget,
    open_fund,
    paper_of_donor,
    propose_budget,
    purse_name,
    register_canteen,
    rename_fund,
    require_canteen,
    require_other_name,
    require_own_money,
)
from kernel import clock, money
from kernel.errors import BadValue
from registers.services.named import organisation_named, row_of
from registers.services.offices import OFFICES
from registers.services.rules import Content, Hands, Rules, Step, seat


class CanteenRules(Rules):
    """Canteens: how a buyer eats, for how many, and where goods are brought."""

    key = "canteens"
    roles = (Role.RELIEF_CLERK, Role.BUREAU_APPROVER)

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return how a buyer would eat from now on, beside how it is written down today."""
        buyer = _buyer(content)
        there = Canteen.objects.filter(organisation=buyer).first()
        stood = _canteen_in_words(there) if there else {}
        facts = [(field, stood.get(field, ""), value) for field, value in _asked_in_words(content).items()]
        if content.get("from_on"):
            facts.append(_day_of_size(content, there, at))
        return Step(subject=f"{buyer.pk}", title=buyer.name, facts=facts, hands=OFFICES)

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Write down how the buyer eats, and from which day on it is so many."""
        buyer = _buyer(content)
        there = Canteen.objects.filter(organisation=buyer).first()
        counts_anew = there is None or _size(content) != (there.heads, there.union_members)
        canteen = register_canteen(
            buyer,
            mode=content["mode"],
            heads=content["heads"],
            union_members=content["union_members"],
            address=content["address"],
            is_budget_unit=bool(content["is_budget_unit"]),
            last_hour=content.get("last_hour") or NO_LAST_HOUR,
        )
        if counts_anew:
            typed = content.get("from_on")
            CanteenSize.objects.create(
                canteen=canteen,
                heads=canteen.heads,
                union_members=canteen.union_members,
                document=document,
                from_on=dt.date.fromisoformat(typed) if typed else clock.county_day(at),
            )


class FundRules(Rules):
    """Funds: the purse of one buyer, of one kind and name, for one fiscal year; it is opened empty, and renamed."""

    key = "funds"
    roles = (Role.UNION_TREASURER, Role.UNION_CHAIR, Role.CASHIER, Role.PAYMENT_CHECKER)
    document_needed = False  # each sum that is put into it names its own

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return which purse would be opened, for this year or late in it for the next, or how one is renamed."""
        if "fund" in content:
            return self._look_renamed(row_of(Fund, content["fund"]), content["name"])
        buyer, kind, year = _buyer(content), FundKind(content["kind"]), int(content["fiscal_year"])
        name = purse_name(content.get("name") or "", kind)
        require_canteen(buyer, kind)
        is_there = Fund.objects.filter(organisation=buyer, kind=kind, fiscal_year=year, name=name).exists()
        if not is_there:
            _refuse_other_years(year, clock.county_day(at))
        asked = {"organisation": buyer.name, "kind": kind.value, "fiscal_year": str(year)}
        asked |= {"name": name} if name else {}
        if content.get("on_credit"):
            require_own_money(kind, on_credit=True)
            asked |= {"on_credit": "yes"}
        paper = paper_of_donor(content.get("donor_document") or "", kind)
        asked |= {"donor_document": paper} if paper else {}
        return Step(
            subject=":".join(filter(None, (f"{buyer.pk}", kind.value, f"{year}", name))),
            title=_purse_of(buyer, kind, name, year),
            facts=[(field, value if is_there else "", value) for field, value in asked.items()],
            hands=hands_of_purse(buyer, kind),
        )

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Open the purse, or give it its other name."""
        if "fund" in content:
            rename_fund(row_of(Fund, content["fund"]), content["name"])
            return
        name = content.get("name") or ""
        buyer, year, on_credit = _buyer(content), int(content["fiscal_year"]), bool(content.get("on_credit"))
        paper = content.get("donor_document") or ""
        open_fund(buyer, content["kind"], year, name=name, on_credit=on_credit, donor_document=paper, at=at)

    def _look_renamed(self, fund: Fund, typed: str) -> Step:
        """Return what a purse is called, and would be."""
        name = require_other_name(fund, typed)
        return Step(
            subject=f"{fund.pk}:name",
            title=_purse_of(fund.organisation, fund.kind, fund.name, fund.fiscal_year),
            facts=[("name", fund.name, name)],
            hands=hands_of_purse(fund.organisation, fund.kind),
            notes=[_("It is called so in every year, also where it paid already.")],
        )


class CarryOverRules(Rules):
    """Carry-over: what is left of a purse of a year before goes into the purse of the year after, on a document.

    Only the rest goes: what orders hold stays with its year.
    """

    key = "carry-over"
    roles = FundRules.roles

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return how much would be left in the one purse, and in the other."""
        old, new = _purses_of(content, clock.county_day(at))
        amount, free = int(content["amount"]), old.account.available_fen()
        if not 0 < amount <= free:
            raise BudgetNotFree(free)
        rest = new.account.available_fen()
        return Step(
            subject=f"{old.pk}",
            title=_purse_of(old.organisation, old.kind, old.name, old.fiscal_year),
            facts=[
                ("left_before", money.yuan(free), money.yuan(free - amount)),
                ("left_after", money.yuan(rest), money.yuan(rest + amount)),
            ],
            hands=hands_of_purse(old.organisation, old.kind),
            notes=[
                _("Orders of %(year)s still hold %(yuan)s yuan; that stays with its year.")
                % {"year": old.fiscal_year, "yuan": money.yuan(old.account.debits_pending_fen)}
            ],
        )

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Take the money out of the one purse and put it into the other, both on this document."""
        old, new = _purses_of(content, clock.county_day(at))
        for fund, amount in ((old, -int(content["amount"])), (new, int(content["amount"]))):
            confirm_budget(propose_budget(fund, amount, document, by=by, at=at), by=confirmed_by, at=at)


def _purses_of(content: Content, today: dt.date) -> tuple[Fund, Fund]:
    """Return the purse that is over and the one of the year after it."""
    buyer, kind, year = _buyer(content), FundKind(content["kind"]), int(content["fiscal_year"])
    if year >= today.year:
        raise BadValue(_("The year %(year)s is not over yet. Carry over once it is.") % {"year": year})
    name = purse_name(content.get("name") or "", kind)
    purses = Fund.objects.filter(organisation=buyer, kind=kind, name=name, fiscal_year__in=(year, year + 1))
    found = {fund.fiscal_year: fund for fund in purses.select_related("account", "organisation")}
    for missing in (year, year + 1):
        if missing not in found:
            raise BadValue(_("There is no purse of this kind for %(year)s. Open it first.") % {"year": missing})
    if found[year].on_credit:
        raise BadValue(_("A credit limit is not carried over: set the limit of the year after on its own document."))
    return found[year], found[year + 1]


def _purse_of(buyer: Organisation, kind: str, name: str, year: int) -> str:
    values = {"fund": purse_label(kind, name), "year": year, "buyer": buyer.name}
    return _("%(fund)s %(year)s, %(buyer)s") % values


def hands_of_purse(buyer: Organisation, kind: str) -> Hands:
    """Return who opens a purse of this kind: the union's treasurer and chair, else the cashier and the checker."""
    union = kind == FundKind.UNION
    first, second = (Role.UNION_TREASURER, Role.UNION_CHAIR) if union else (Role.CASHIER, Role.PAYMENT_CHECKER)
    return Hands((seat(first, buyer.pk),), (seat(second, buyer.pk),))


def _buyer(content: Content) -> Organisation:
    """Return the buyer of a row: of the canteen that changes, or by its name."""
    if "canteen" in content:
        return row_of(Canteen, content["canteen"]).organisation
    organisation = organisation_named(content["organisation"])
    if organisation.kind != Organisation.Kind.BUYER:
        raise BadValue(_("%(name)s is no buyer. Only buyers have canteens and funds.") % {"name": organisation.name})
    return organisation


def _refuse_other_years(year: int, today: dt.date) -> None:
    if year in years_to_open(today):
        return
    years = {"this": today.year, "next": today.year + 1}
    raise BadValue(_("Funds are opened for %(this)s, and from 1 October on for %(next)s.") % years)


def _size(content: Content) -> tuple[int, int]:
    return int(content["heads"]), int(content["union_members"])


def _day_of_size(content: Content, there: Canteen | None, at: dt.datetime) -> tuple[str, str, str]:
    """Return from which day on it would be so many, beside the day of what is known; refuse a day that cannot be."""
    from_on, last = dt.date.fromisoformat(content["from_on"]), last_size(there) if there else None
    if there is not None and _size(content) == (there.heads, there.union_members):
        raise BadValue(_("Neither people nor members are other than before. Leave their day out."))
    if from_on > clock.county_day(at):
        raise BadValue(_("This day is yet to come. Write down how many it is once it is so."))
    if last is not None and from_on < last.from_on:
        raise BadValue(
            _("How many it is from %(day)s on is known already. Choose that day or a later one.")
            % {"day": last.from_on.isoformat()}
        )
    return "from_on", last.from_on.isoformat() if last else "", from_on.isoformat()


def _asked_in_words(content: Content) -> dict[str, str]:
    return {
        "mode": content["mode"],
        "heads": str(content["heads"]),
        "union_members": str(content["union_members"]),
        "address": content["address"].strip(),
        "is_budget_unit": _yes(content["is_budget_unit"]),
        "last_hour": str(content.get("last_hour") or NO_LAST_HOUR),
    }


def _canteen_in_words(canteen: Canteen) -> dict[str, str]:
    return {
        "mode": canteen.mode,
        "heads": str(canteen.heads),
        "union_members": str(canteen.union_members),
        "address": canteen.address,
        "is_budget_unit": _yes(canteen.is_budget_unit),
        "last_hour": str(canteen.last_hour),
    }


def _yes(value: object) -> str:
    return "yes" if value else "no"
