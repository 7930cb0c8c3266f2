"""What stands around every page: the way to one's own things, who is signed in, whom to call when stuck."""

from django.conf import settings
from django.core.cache import cache
from django.urls import NoReverseMatch, reverse
from django.utils.translation import pgettext

from accounts.models import Organisation, Role
from accounts.selectors import Standing, standing
from marketplace.demo.people import DEMO_PEOPLE

HELP_SECONDS = 600
BUYING = (Role.BUYER, Role.BUYING_APPROVER, Role.UNION_TREASURER, Role.UNION_CHAIR)
PAYING = (Role.CASHIER, Role.PAYMENT_CHECKER)
CHECKING = (Role.CADRE, Role.TOWNSHIP_OFFICER)


def frame(request) -> dict:
    """Return the context that base.html draws its frame from."""
    user = getattr(request, "user", None)
    context: dict = {"demo": {"code": settings.DEMO_CODE, "people": DEMO_PEOPLE} if settings.DEMO else None}
    if user is None:
        return context
    who = standing(user)
    context["nav"] = nav(who, request.path)
    context["help_line"] = help_line(who.village_code)
    if user.is_authenticated:
        context["who"] = {"name": who.name, "role": who.title}
        context["org_name"] = who.organisation_name
    return context


def nav(who: Standing, path: str) -> list[dict]:
    """Return the main links of this person, at most five; the last one is always the own page."""
    links = []
    for name, icon, label in _links(who):
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        current = path == url if url == "/" else path.startswith(url)
        links.append({"url": url, "icon": icon, "label": label, "current": current})
    return links


def _links(who: Standing) -> list[tuple[str, str, str]]:
    home = ("home", "home", pgettext("navigation", "Home"))
    if not who.user.is_authenticated:
        return [
            home,
            ("market", "basket", pgettext("navigation", "Market")),
            ("notice-list", "notice", pgettext("navigation", "Notices")),
            ("sign-in", "person", pgettext("navigation", "Sign in")),
        ]
    own = ("me", "person", pgettext("navigation", "Me"))
    if not who.posts:
        goods = [
            ("my-listings", "box", pgettext("navigation", "My goods")),
            ("sale-list", "basket", pgettext("navigation", "Who buys")),
        ]
        return [home, *(goods if who.household_id else []), own]
    return [home, *_of_posts(who)[:4], own]


def _of_posts(who: Standing) -> list[tuple[str, str, str]]:
    market = ("market", "basket", pgettext("navigation", "Market"))
    deliveries = ("delivery-list", "truck", pgettext("navigation", "Deliveries"))
    report = ("sales", "report", pgettext("navigation", "Report"))
    if who.has(*BUYING):
        orders = ("order-list", "box", pgettext("navigation", "Orders"))
        return [market, orders, ("fund-list", "money", pgettext("navigation", "Funds")), deliveries]
    if who.has(Role.RECEIVER, Role.HAULIER):
        return [deliveries]
    if who.has(*PAYING):
        return [
            ("statement-list", "money", pgettext("navigation", "To pay")),
            ("fund-list", "box", pgettext("navigation", "Funds")),
        ]
    if who.has(Role.COOP_MANAGER):
        return [
            ("sell-for", "camera", pgettext("navigation", "List goods")),
            ("sale-list", "basket", pgettext("navigation", "Who buys")),
            deliveries,
        ]
    if who.has(Role.CADRE):
        return [
            ("sell-for", "camera", pgettext("navigation", "List goods")),
            ("check-list", "shield", pgettext("navigation", "To check")),
            deliveries,
        ]
    if who.has(Role.TOWNSHIP_OFFICER):
        return [
            ("check-list", "shield", pgettext("navigation", "To check")),
            ("household-list", "person", pgettext("navigation", "Households")),
            report,
        ]
    if who.has(Role.VERIFIER):
        return [
            ("visit-list", "pin", pgettext("navigation", "Visits")),
            ("check-list", "shield", pgettext("navigation", "To check")),
        ]
    if who.has(Role.BUREAU_APPROVER):
        return [
            ("review-desk", "shield", pgettext("navigation", "Review")),
            ("check-list", "box", pgettext("navigation", "To check")),
            report,
        ]
    if who.has(Role.FINANCE_MAKER, Role.FINANCE_CHECKER):
        return [
            ("batch-list", "money", pgettext("navigation", "Payouts")),
            ("statement-list", "box", pgettext("navigation", "Statements")),
            report,
        ]
    if who.has(Role.RELIEF_CLERK):
        return [("household-list", "person", pgettext("navigation", "Households")), report]
    if who.has(Role.OFFICIAL, Role.AUDITOR):
        return [
            report,
            ("funnel", "shield", pgettext("navigation", "Relief")),
            ("notice-list", "notice", pgettext("navigation", "Notices")),
        ]
    return []


def help_line(village_code: str) -> dict | None:
    """Return whom to call: the co-operative of the village, else the agriculture bureau."""
    return cache.get_or_set(f"help-line:{village_code}", lambda: _help_line(village_code), HELP_SECONDS) or None


def _help_line(village_code: str) -> dict:
    reachable = Organisation.objects.exclude(phone="")
    nearest = reachable.filter(kind="cooperative", place_id=village_code).first() if village_code else None
    found = nearest or reachable.filter(kind="bureau").first()
    return {"who": found.name, "phone": found.phone} if found else {}
