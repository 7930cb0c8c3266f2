"""What stands around every page: the way to one's own things, who is signed in, whom to call when stuck."""

from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import pgettext_lazy

from accounts.models import Organisation, Role
from accounts.pages.me import role_words
from accounts.selectors import Standing, standing
from canteens.pages.union_allowances import door_of_refusal
from kernel import near
from kernel.present import StrOrPromise
from kernel.shown import Link
from marketplace.ended_sessions import why_ended

HELP_SECONDS = 600

# Each place one may go to: its address by name, its icon, its word.
LINKS = {
    "home": ("home", pgettext_lazy("navigation", "Home")),
    "market": ("basket", pgettext_lazy("navigation", "Market")),
    "notice-list": ("notice", pgettext_lazy("navigation", "Notices")),
    "sign-in": ("person", pgettext_lazy("navigation", "Sign in")),
    "me": ("person", pgettext_lazy("navigation", "Me")),
    "my-listings": ("box", pgettext_lazy("navigation", "My goods")),
    "sale-list": ("basket", pgettext_lazy("navigation", "Who buys")),
    "order-list": ("box", pgettext_lazy("navigation", "Orders")),
    "fund-list": ("money", pgettext_lazy("navigation", "Funds")),
    "delivery-list": ("truck", pgettext_lazy("navigation", "Deliveries")),
    "driver-day": ("truck", pgettext_lazy("navigation", "My day")),
    "return-list": ("truck", pgettext_lazy("navigation", "Goods sent back")),
    "complaint-list": ("warn", pgettext_lazy("navigation", "Complaints")),
    "statement-list": ("report", pgettext_lazy("navigation", "Statements")),
    "run-list": ("money", pgettext_lazy("navigation", "Pay runs")),
    "invoice-list": ("report", pgettext_lazy("navigation", "Invoices")),
    "pay-ageing": ("clock", pgettext_lazy("navigation", "Owed")),
    "coop": ("box", pgettext_lazy("navigation", "Co-operative")),
    "sell-for": ("camera", pgettext_lazy("navigation", "List goods")),
    "dictionary": ("report", pgettext_lazy("navigation", "Dictionary")),
    "check-list": ("shield", pgettext_lazy("navigation", "To check")),
    "household-list": ("person", pgettext_lazy("navigation", "Households")),
    "recognition-list": ("check", pgettext_lazy("navigation", "Recognised")),
    "place-list": ("pin", pgettext_lazy("navigation", "Places")),
    "visit-list": ("pin", pgettext_lazy("navigation", "Visits")),
    "review-desk": ("shield", pgettext_lazy("navigation", "Review")),
    "batch-list": ("money", pgettext_lazy("navigation", "Payouts")),
    "sales": ("report", pgettext_lazy("navigation", "Report")),
    "shares": ("report", pgettext_lazy("navigation", "Reserved share")),
    "funnel": ("shield", pgettext_lazy("navigation", "Relief")),
    "register-index": ("report", pgettext_lazy("navigation", "Registers")),
    "refused-tries": ("shield", pgettext_lazy("navigation", "Refused")),
    "log": ("report", pgettext_lazy("navigation", "Log")),
    "grievance-list": ("person", pgettext_lazy("navigation", "Grievances")),
}

# What each post leads to, the first that fits; everybody also has home and the own page.
BY_ROLE = [
    ((Role.BUYER, Role.BUYING_APPROVER), ("market", "order-list", "fund-list", "delivery-list")),
    ((Role.UNION_TREASURER, Role.UNION_CHAIR), ("fund-list", "order-list", "statement-list", "run-list")),
    ((Role.RECEIVER,), ("delivery-list", "return-list", "complaint-list")),
    ((Role.HAULIER,), ("driver-day", "delivery-list", "return-list", "statement-list")),
    ((Role.CASHIER, Role.PAYMENT_CHECKER), ("statement-list", "run-list", "invoice-list", "fund-list")),
    ((Role.COOP_MANAGER,), ("coop", "sell-for", "sale-list", "delivery-list")),
    ((Role.CADRE,), ("sell-for", "check-list", "delivery-list")),
    ((Role.TOWNSHIP_OFFICER,), ("check-list", "household-list", "recognition-list", "sales")),
    ((Role.VERIFIER,), ("visit-list", "check-list", "place-list", "dictionary")),
    ((Role.BUREAU_APPROVER,), ("review-desk", "check-list", "return-list", "sales", "dictionary")),
    ((Role.FINANCE_MAKER, Role.FINANCE_CHECKER), ("batch-list", "statement-list", "grievance-list", "shares", "sales")),
    ((Role.RELIEF_CLERK,), ("household-list", "return-list", "register-index", "sales")),
    ((Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN, Role.HEAD_OF_OFFICE), ("register-index",)),
    ((Role.AUDITOR,), ("sales", "funnel", "pay-ageing", "log", "notice-list")),
    ((Role.OFFICIAL,), ("sales", "shares", "funnel", "pay-ageing", "notice-list")),
]


@dataclass(frozen=True, slots=True)
class NavLink:
    """One main link; `current` on the pages behind it."""

    url: str
    icon: str
    label: StrOrPromise
    current: bool


@dataclass(frozen=True, slots=True)
class HelpLine:
    """Whom to call when stuck."""

    who: str
    phone: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in, and as what."""

    name: str
    role: str


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the context that base.html draws its frame from."""
    user = getattr(request, "user", None)
    context: dict[str, Any] = {}
    if user is None:
        return context
    who = standing(user)
    context["nav"] = nav(who, request.path)
    if not any(link.current for link in shown(context["nav"], elder=getattr(request, "elder", False))):
        # A page of no main place leads back home; a view that knows better says so.
        context["back"] = Link(reverse("home"), str(LINKS["home"][1]))
    context["why_ended"] = why_ended(request)
    context["allowed_at"] = door_of_refusal(getattr(request, "refused", ""), who)
    context["help_line"] = help_line(who.village_code)
    if user.is_authenticated:
        context["who"] = Person(who.name, role_words(who))
        context["org_name"] = who.organisation_name
    return context


def nav(who: Standing, path: str) -> list[NavLink]:
    """Return the main links of this person, at most six; the last one is always the own page."""
    links = []
    for name in _names(who):
        icon, label = LINKS[name]
        url = reverse(name)
        current = path == url if url == "/" else path.startswith(url)
        links.append(NavLink(url, icon, label, current))
    return links


def shown(links: list[NavLink], *, elder: bool) -> list[NavLink]:
    """Return the links that the tab bar shows: in large letters the first two and the last."""
    return [*links[:2], *links[-1:]] if elder else links


def _names(who: Standing) -> tuple[str, ...]:
    if not who.user.is_authenticated:
        return ("home", "market", "notice-list", "sign-in")
    if not who.posts:
        return ("home", "my-listings", "sale-list", "me") if who.household_id else ("home", "me")
    own = next((names for roles, names in BY_ROLE if who.has(*roles)), ())
    return ("home", *own, "me")


def help_line(village_code: str) -> HelpLine | None:
    """Return whom to call: the co-operative of the village, else the agriculture bureau."""
    kept = near.get_or_set(f"help-line:{village_code}", lambda: _help_line(village_code) or NOBODY, HELP_SECONDS)
    return None if kept == NOBODY else cast(HelpLine, kept)


NOBODY = HelpLine("", "")  # so that the answer "nobody" is kept too


def _help_line(village_code: str) -> HelpLine | None:
    reachable = Organisation.objects.exclude(phone="")
    nearest = reachable.filter(kind="cooperative", place_id=village_code).first() if village_code else None
    organisation = nearest or reachable.filter(kind="bureau").first()
    return HelpLine(organisation.name, organisation.phone) if organisation is not None else None
