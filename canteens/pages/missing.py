"""What buyers cannot do yet: without a canteen, a purse or enough people no order is paid."""

import datetime as dt
from collections.abc import Callable, Collection, Iterator
from typing import Any

from django.utils.translation import gettext_lazy

from accounts.models import Organisation, Role
from canteens.models import ApprovalTier
from canteens.selectors import buyers_without_canteen, buyers_without_fund, years_to_open
from canteens.selectors.short_tiers import short_tiers
from kernel.clock import county_day
from kernel.money import yuan
from kernel.present import StrOrPromise
from registers.pages.missing import Finding, names_of
from registers.selectors import Held, posts_held

PAYERS = (Role.CASHIER, Role.UNION_TREASURER)
CHECKERS = (Role.PAYMENT_CHECKER, Role.UNION_CHAIR)


def missing_canteens(at: dt.datetime) -> Iterator[Finding]:
    """Find the buyers of channels that eat which have no canteen."""
    buyers = buyers_without_canteen()
    if buyers:
        yield _found(gettext_lazy("No canteen is registered for: %(names)s"), buyers, "canteens")


def missing_funds(at: dt.datetime) -> Iterator[Finding]:
    """Find the buyers without a purse of this year, and from October on of next year."""
    for year, buyers in buyers_without_fund(years_to_open(county_day(at))).items():
        if buyers:
            sentence = gettext_lazy("No purse of %(year)s, so nothing can be ordered in it: %(names)s")
            yield _found(sentence, buyers, "funds", year=year)


def missing_people(at: dt.datetime) -> Iterator[Finding]:
    """Find the buyers with too few people for the hands of one order."""
    names = dict(Organisation.objects.filter(kind=Organisation.Kind.BUYER).values_list("pk", "name"))
    held = posts_held([Organisation.Kind.BUYER], county_day(at))
    for lacks, sentence in LACKS:
        buyers = [name for buyer, name in names.items() if lacks(held.get(buyer, {}))]
        if buyers:
            yield _found(sentence, buyers, "posts")


def missing_approvers(at: dt.datetime) -> Iterator[Finding]:
    """Find the buyers with fewer people in the posts of a tier than it asks for."""
    sentence = gettext_lazy(
        "Too few people for the tier of %(fund)s from %(yuan)s yuan on, which asks %(asked)s besides whoever orders: "
        "%(names)s"
    )
    buyers: dict[int, set[str]] = {}
    tiers: dict[int, ApprovalTier] = {}
    for row in short_tiers(county_day(at)):
        tiers[row.tier.pk] = row.tier
        buyers.setdefault(row.tier.pk, set()).add(row.buyer)
    for key, tier in tiers.items():
        said = {"fund": tier.get_fund_kind_display(), "yuan": yuan(tier.from_fen), "asked": tier.persons}
        yield _found(sentence, buyers[key], "posts", **said)


def _people(held: Held, *roles: str) -> set[Any]:
    return set[Any]().union(*(held.get(role, set()) for role in roles))


def _cannot_pay(held: Held) -> bool:
    """Return whether no two people could pay and confirm a payment."""
    payers, checkers = _people(held, *PAYERS), _people(held, *CHECKERS)
    return not payers or not checkers or len(payers | checkers) < 2


LACKS: tuple[tuple[Callable[[Held], bool], StrOrPromise], ...] = (
    (lambda held: not _people(held, Role.BUYER), gettext_lazy("Nobody orders for: %(names)s")),
    (
        lambda held: not _people(held, Role.BUYING_APPROVER) - _only(held, Role.BUYER),
        gettext_lazy("Nobody but the one who orders could approve for: %(names)s"),
    ),
    (
        lambda held: len(_people(held, Role.RECEIVER)) < 2,
        gettext_lazy("No two receivers to weigh and sign for: %(names)s"),
    ),
    (_cannot_pay, gettext_lazy("No two people to pay and to confirm payments for: %(names)s")),
)


def _only(held: Held, role: str) -> set[Any]:
    """Return the one person who holds a post, where it is one."""
    people = _people(held, role)
    return people if len(people) == 1 else set()


def _found(sentence: StrOrPromise, buyers: Collection[str], register: str, **more: object) -> Finding:
    return Finding(str(sentence) % {"names": names_of(buyers), **more}, register)
