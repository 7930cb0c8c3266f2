"""What the county cannot do yet, each in one sentence with the register that mends it. Each room adds its own."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext, override
from django.utils.translation import gettext as _

from accounts.models import Organisation, Place, Role
from accounts.selectors import Standing
from kernel import near
from kernel.clock import county_day
from registers.pages.desks import desk_of
from registers.permissions import may_see
from registers.selectors import Held, first_unknown_day, lacks_key, posts_held, verifiers_of
from registers.services.rules import has_rules, rules_of

DAYS_AHEAD = 60  # no clock reaches further
MOST_NAMES = 5
KEPT_SECONDS = 600
VERIFIERS = 2  # they visit in pairs
Kind = Organisation.Kind
# How many people each post of the county needs for its hands.
NEEDED = {
    Role.HEAD_OF_OFFICE: (1, (Kind.BUREAU,)),
    Role.BUREAU_APPROVER: (2, (Kind.BUREAU,)),
    Role.VERIFIER: (2, (Kind.BUREAU,)),
    Role.RELIEF_CLERK: (2, (Kind.RELIEF,)),
    Role.FINANCE_MAKER: (1, (Kind.FINANCE,)),
    Role.FINANCE_CHECKER: (1, (Kind.FINANCE,)),
    Role.SYSTEM_ADMIN: (1, (Kind.BUREAU, Kind.PLATFORM)),
    Role.SECURITY_ADMIN: (1, (Kind.PLATFORM,)),
    Role.AUDITOR: (1, (Kind.PLATFORM,)),
}
# What waits while a post has too few people.
WAITS = {
    Role.HEAD_OF_OFFICE: gettext_lazy("nobody confirms the county's posts"),
    Role.BUREAU_APPROVER: gettext_lazy("nobody confirms what the other one proposes"),
    Role.VERIFIER: gettext_lazy("nobody visits in pairs, and losses are not checked"),
    Role.RELIEF_CLERK: gettext_lazy("nobody confirms files of households"),
    Role.FINANCE_MAKER: gettext_lazy("no payout is prepared"),
    Role.FINANCE_CHECKER: gettext_lazy("no payout leaves"),
    Role.SYSTEM_ADMIN: gettext_lazy("nobody keeps the places"),
    Role.SECURITY_ADMIN: gettext_lazy("nobody appoints"),
    Role.AUDITOR: gettext_lazy("nobody reads what was done"),
}


@dataclass(frozen=True)
class Finding:
    """What is missing, and the register that mends it."""

    sentence: str
    register: str

    @property
    def url(self) -> str:
        """Return the address of the register, where this house has it."""
        return reverse("register", args=[self.register]) if has_rules(self.register) else ""


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding as one person sees it; without an address where somebody else mends it."""

    sentence: str
    mended_in: str
    mended_by: str
    url: str


Finder = Callable[[dt.datetime], Iterable[Finding]]
_FINDERS: list[Finder] = []


def add(finder: Finder) -> None:
    """Take in a function that says what a room lacks."""
    _FINDERS.append(finder)


def findings(at: dt.datetime) -> list[Finding]:
    """Return what the county cannot do yet."""
    return [finding for finder in _FINDERS for finding in finder(at)]


def kept_findings(at: dt.datetime) -> list[Finding]:
    """Return what the county cannot do yet, as it was some minutes ago at most; a confirmed change is seen at once."""
    return cast(list[Finding], near.get_or_set(lacks_key(get_language()), lambda: findings(at), KEPT_SECONDS))


def keep_findings(at: dt.datetime) -> int:
    """Look anew and keep what is found in every language, so that no page has to; return how many there are."""
    found: list[Finding] = []
    for language, _name in settings.LANGUAGES:
        with override(language):
            found = findings(at)
            cache.set(lacks_key(language), found, KEPT_SECONDS)
    return len(found)


def shown(found: Iterable[Finding], who: Standing) -> list[FindingRow]:
    """Return findings as this person sees them."""
    rows = []
    for finding in found:
        if not has_rules(finding.register):
            rows.append(FindingRow(finding.sentence, "", "", ""))
            continue
        rules = rules_of(finding.register)
        rows.append(
            FindingRow(
                finding.sentence,
                str(desk_of(finding.register).name),
                "、".join(str(role.label) for role in rules.roles),
                finding.url if may_see(who, rules) else "",
            )
        )
    return rows


def unknown_days(at: dt.datetime) -> Iterator[Finding]:
    """Find a year that clocks will reach before anybody knows its working days."""
    day = first_unknown_day(county_day(at), DAYS_AHEAD)
    if day is not None:
        sentence = _("The working days from %(day)s on are not known. Whatever counts them will stand still.")
        yield Finding(sentence % {"day": day.isoformat()}, "calendar")


def townships_without_pair(at: dt.datetime) -> Iterator[Finding]:
    """Find the townships where no two verifiers could visit a loss; where the county has none at all it is a post."""
    towns = {town.pk: town for town in Place.objects.filter(level=Place.Level.TOWNSHIP).only("code", "level", "name")}
    held = verifiers_of({code: town.level for code, town in towns.items()}, county_day(at))
    lacking = [towns[code].name for code, people in held.items() if len(people) < VERIFIERS]
    if lacking and any(held.values()):
        sentence = _("No two verifiers may visit a loss in: %(names)s")
        yield Finding(sentence % {"names": names_of(lacking)}, "posts")


def empty_posts(at: dt.datetime) -> Iterator[Finding]:
    """Find the posts of the county that have too few people for their hands."""
    held = _together(posts_held({kind for _n, kinds in NEEDED.values() for kind in kinds}, county_day(at)).values())
    for role, (needed, _kinds) in NEEDED.items():
        lacking = needed - len(held.get(role, ()))
        if lacking > 0:
            sentence = ngettext(
                "%(role)s: %(n)s person is missing; until then %(waits)s.",
                "%(role)s: %(n)s people are missing; until then %(waits)s.",
                lacking,
            )
            yield Finding(sentence % {"role": role.label, "n": lacking, "waits": WAITS[role]}, "posts")
    payers = held.get(Role.FINANCE_MAKER, set()) | held.get(Role.FINANCE_CHECKER, set())
    if len(payers) == 1 and {Role.FINANCE_MAKER, Role.FINANCE_CHECKER} <= held.keys():
        yield Finding(_("One person alone makes and checks payouts. Appoint another, or none will leave."), "posts")


def names_of(names: Collection[str]) -> str:
    """Return some names and how many more there are."""
    listed = "、".join(sorted(names)[:MOST_NAMES])
    more = len(names) - MOST_NAMES
    return _("%(names)s and %(n)s more") % {"names": listed, "n": more} if more > 0 else listed


def _together(offices: Iterable[Held]) -> Held:
    held: Held = {}
    for office in offices:
        for role, people in office.items():
            held.setdefault(role, set()).update(people)
    return held
