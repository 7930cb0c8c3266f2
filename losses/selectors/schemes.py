"""The published rules, as everybody may read them."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Case, Q, QuerySet, Value, When

from accounts.models import Membership, Organisation, Role
from catalog.models import PlotSeason
from losses.models import Goods, ReliefScheme, SchemeRate, SchemeStatus


def published() -> QuerySet[ReliefScheme]:
    """Return what was ever published, the newest first; drafts are nobody's business yet."""
    return ReliefScheme.objects.exclude(status=SchemeStatus.DRAFT).select_related("payer", "account").order_by("-pk")


def open_schemes(on: dt.date) -> QuerySet[ReliefScheme]:
    """Return the schemes under which a loss may be reported on this day."""
    return published().filter(status=SchemeStatus.PUBLISHED, window_from__lte=on, window_to__gte=on)


def schemes_to_come(today: dt.date) -> QuerySet[ReliefScheme]:
    """Return the schemes under which losses may be reported today or later, the one that ends last at the end."""
    return published().filter(status=SchemeStatus.PUBLISHED, window_to__gte=today).order_by("window_to", "pk")


def fitting(goods: Goods, *, on: dt.date, sold: bool = False) -> ReliefScheme | None:
    """Return the scheme a loss that is reported on this day falls under: the newest with a rate whose window runs.

    Where none runs, the newest that is over and not closed: a loss of its last days may still be reported.
    """
    begun = _with_rate(goods, sold=sold).filter(window_from__lte=on)
    over = Case(When(window_to__gte=on, then=Value(0)), default=Value(1))
    return begun.order_by(over, "-pk").first()


def fitting_day(goods: Goods, day: dt.date, offered: ReliefScheme, *, sold: bool = False) -> ReliefScheme:
    """Return the newest scheme in whose window the day of the loss lies, else the one that was offered."""
    if offered.window_from <= day <= offered.window_to:
        return offered
    return _with_rate(goods, sold=sold).filter(window_from__lte=day, window_to__gte=day).first() or offered


def _with_rate(goods: Goods, *, sold: bool) -> QuerySet[ReliefScheme]:
    """Return the schemes, published and not closed, that have a rate for goods of this place, the newest first."""
    rates = SchemeRate.objects.filter(produce=goods.produce_id, category=category_of(goods, sold=sold))
    here = Q(townships=[]) | Q(townships__contains=[goods.village.parent_id])
    return published().filter(here, status=SchemeStatus.PUBLISHED, pk__in=rates.values("scheme"))


def rate_of(scheme: ReliefScheme, goods: Goods, *, sold: bool = False) -> SchemeRate | None:
    """Return what one unit of these goods is relieved with."""
    return scheme.rates.filter(produce=goods.produce_id, category=category_of(goods, sold=sold)).first()


def category_of(goods: Goods, *, sold: bool = False) -> SchemeRate.Category:
    """Return which kind of loss goods can have: sold too low, spoiled after harvest, or never harvested."""
    kinds = SchemeRate.Category
    if sold:
        return kinds.SOLD_LOW
    return kinds.UNHARVESTED if isinstance(goods, PlotSeason) else kinds.SPOILED


def verifier_posts(asked: Iterable[ReliefScheme], on: dt.date) -> QuerySet[Membership]:
    """Return the posts of verifiers on a day, where a scheme names the offices they come from of those alone."""
    posts = Membership.objects.filter(role=Role.VERIFIER, from_on__lte=on).filter(Q(to_on=None) | Q(to_on__gt=on))
    for scheme in asked:
        if scheme.verifier_offices:
            posts = posts.filter(organisation__in=scheme.verifier_offices)
    return posts


def verifier_offices(scheme: ReliefScheme) -> list[str]:
    """Return the names of the offices whose verifiers are drawn; none where all may be."""
    offices = Organisation.objects.filter(pk__in=scheme.verifier_offices).order_by("name")
    return list(offices.values_list("name", flat=True))
