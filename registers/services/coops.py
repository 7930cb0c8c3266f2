"""The rules of the registers of co-operatives: who is a member, and for whom a co-operative may sell.

The co-operative asks; the household agrees by itself, signed in by the code on its phone, or on paper that a cadre of
its village photographs. What it agreed to counts from that day on at the earliest.
"""

import datetime as dt
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import CoopMember, Household, Mandate, Organisation, Role, User, fee_words, percent_plain
from accounts.selectors import in_force_on, standing
from accounts.services import coops
from accounts.services.messages import tell
from kernel import clock, money
from kernel.errors import BadValue, DomainError
from kernel.masking import mask_name
from kernel.present import StrOrPromise
from kernel.typed import fold_typed
from registers.services.named import organisation_named
from registers.services.rules import Content, Hands, Rules, Step, seat, seat_of_household, seats_over

_AGREED_ON_PAPER = gettext_lazy(
    "On the paper that your household signed, %(what)s is written down for %(coop)s. If you did not sign it, sign in "
    "and end it under “Me”, or call us."
)


class NoMember(DomainError):
    code = "no_member"
    message = gettext_lazy("This household is no member of the co-operative yet. Ask it to join first.")


class MandateWaits(DomainError):
    code = "mandate_waits"
    message = gettext_lazy("Later terms of this household stand there already. End them first.")


class _AskedOfHousehold(Rules):
    """What a co-operative asks a household for."""

    roles = (Role.COOP_MANAGER, Role.CADRE)
    proposers = (Role.COOP_MANAGER,)
    document_needed = False
    waits = "household_agrees_days"
    apart = True
    what: ClassVar[StrOrPromise] = ""

    def tell_of_paper(self, household: Household, cooperative: Organisation, *, by: User, at: dt.datetime) -> None:
        """Tell a household what somebody else wrote down for it."""
        if standing(by).household_id == household.pk:
            return
        values = {"what": self.what, "coop": cooperative.name}
        document = f"household:{household.pk}"
        tell(_AGREED_ON_PAPER, values, household=household, kind="mandate.on_paper", document=document, at=at)


class CoopMemberRules(_AskedOfHousehold):
    """Members of co-operatives."""

    key = "coop-members"
    what = gettext_lazy("the membership")
    asks = gettext_lazy(
        "%(coop)s wants to enter your household as a member. Sign in before %(until)s and say yes or no under “Me”. "
        "If you do nothing, nothing changes."
    )

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return which household would belong to which co-operative, from when to when."""
        household, cooperative = _parties(content)
        from_on, to_on = _days(content, clock.county_day(at))
        if _overlapping(CoopMember, household, cooperative, from_on, to_on):
            raise BadValue(_("This household is a member already."))
        asked = {"household": household.number, "cooperative": cooperative.name, **_days_in_words(content)}
        facts = [(field, "", value) for field, value in asked.items()]
        return _step(household, cooperative, facts)

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Write the membership."""
        household, cooperative = _parties(content)
        from_on, to_on = _days(content, clock.county_day(at))
        coops.join(household, cooperative, from_on=from_on, to_on=to_on)
        self.tell_of_paper(household, cooperative, by=confirmed_by, at=at)


class MandateRules(_AskedOfHousehold):
    """Mandates: what a co-operative may do for a household, whom buyers pay, what it keeps."""

    key = "mandates"
    what = gettext_lazy("the mandate to sell")
    asks = gettext_lazy(
        "%(coop)s wants to sell for your household (%(terms)s). Sign in before %(until)s, read the terms and say yes "
        "or no under “Me”. If you do nothing, nothing changes."
    )

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return which terms would hold, instead of which."""
        household, cooperative = _parties(content)
        from_on, to_on = _days(content, clock.county_day(at))
        terms = _terms(content)
        members = CoopMember.objects.filter(in_force_on(from_on), household=household, cooperative=cooperative)
        if not members.exists():
            raise NoMember
        there = _overlapping(Mandate, household, cooperative, from_on, to_on)
        if any(mandate.from_on >= from_on for mandate in there):
            raise MandateWaits
        stood = _terms_in_words(_terms_of(there[0])) if there else {}
        if there and there[0].to_on == to_on and stood == _terms_in_words(terms):
            raise BadValue(_("These terms hold already. There is nothing to agree to."))
        asked = {"cooperative": cooperative.name, **_terms_in_words(terms), **_days_in_words(content)}
        facts = [(field, stood.get(field, ""), value) for field, value in asked.items()]
        return _step(household, cooperative, facts, terms=_told(terms))

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Write the mandate; the terms before it end."""
        household, cooperative = _parties(content)
        from_on, to_on = _days(content, clock.county_day(at))
        coops.give_mandate(household, cooperative, terms=_terms(content), from_on=from_on, to_on=to_on)
        self.tell_of_paper(household, cooperative, by=confirmed_by, at=at)


def _parties(content: Content) -> tuple[Household, Organisation]:
    """Return the household of a number and the co-operative of a name."""
    household = Household.objects.select_related("village").filter(number=fold_typed(content["household"])).first()
    if household is None:
        sentence = _("No household has this number. Compare it with the household's book.")
        raise BadValue(sentence, about=content["household"])
    cooperative = organisation_named(content["cooperative"])
    if cooperative.kind != Organisation.Kind.COOPERATIVE:
        raise BadValue(_("%(name)s is no co-operative.") % {"name": cooperative.name})
    return household, cooperative


def _days(content: Content, today: dt.date) -> tuple[dt.date, dt.date | None]:
    """Return from when to when; nothing counts before the day on which the household agrees."""
    from_on = max(dt.date.fromisoformat(content["from_on"]), today)
    to_on = dt.date.fromisoformat(content["to_on"]) if content.get("to_on") else None
    if to_on is not None and to_on <= from_on:
        raise BadValue(_("It would end before it begins. Write a later last day, or leave it empty."))
    return from_on, to_on


def _days_in_words(content: Content) -> dict[str, str]:
    return {"from_on": content["from_on"], "to_on": content.get("to_on") or ""}


def _overlapping(model: Any, household: Household, cooperative: Organisation, first: dt.date, last: Any) -> list[Any]:
    """Return the rows of this pair that hold on one of these days, the earliest first."""
    rows = model.objects.filter(household=household, cooperative=cooperative).exclude(to_on__lte=first)
    rows = rows if last is None else rows.filter(from_on__lt=last)
    return list(rows.order_by("from_on"))


def _terms(content: Content) -> dict[str, Any]:
    terms = {name: bool(content[name]) for name in ("may_list", "may_confirm", "payee_is_coop")}
    fees = {name: int(content.get(name) or 0) for name in ("fee_bp", "fee_fen_per_kg")}
    if not terms["may_list"] and not terms["may_confirm"]:
        raise BadValue(_("Say what the co-operative may do: list goods, answer buyers, or both."))
    if all(fees.values()):
        raise BadValue(_("Write one fee: a share of the money, or an amount a kilo."))
    return {**terms, **fees}


def _terms_of(mandate: Mandate) -> dict[str, Any]:
    names = ("may_list", "may_confirm", "payee_is_coop", "fee_bp", "fee_fen_per_kg")
    return {name: getattr(mandate, name) for name in names}


def _terms_in_words(terms: dict[str, Any]) -> dict[str, str]:
    yes_no = {name: "yes" if terms[name] else "no" for name in ("may_list", "may_confirm", "payee_is_coop")}
    fees = {
        "fee_bp": percent_plain(terms["fee_bp"]) if terms["fee_bp"] else "",
        "fee_fen_per_kg": money.yuan_plain(terms["fee_fen_per_kg"]) if terms["fee_fen_per_kg"] else "",
    }
    return {**yes_no, **fees}


def _told(terms: dict[str, Any]) -> object:
    """Return the terms as they fit into a text, in the language of whoever reads it."""

    def words() -> str:
        does = [
            *([_("list goods")] if terms["may_list"] else []),
            *([_("answer buyers")] if terms["may_confirm"] else []),
        ]
        paid = _("the money goes to the co-operative first") if terms["payee_is_coop"] else _("you are paid directly")
        fee = _("it keeps %(fee)s") % {"fee": fee_words(terms["fee_bp"], terms["fee_fen_per_kg"])}
        return pgettext("list", ", ").join([*does, paid, fee])

    return words


def _step(household: Household, cooperative: Organisation, facts: list[tuple[str, str, str]], **values: object) -> Step:
    return Step(
        subject=f"{household.pk}:{cooperative.pk}",
        title=f"{household.number} {mask_name(household.head_name)}",
        facts=facts,
        hands=Hands(
            (seat(Role.COOP_MANAGER, cooperative.pk),),
            (seat_of_household(household), *seats_over(Role.CADRE, household.village)),
        ),
        notes=[_("It counts from the day on which the household agrees, at the earliest.")],
        values={"coop": cooperative.name, **values},
    )
