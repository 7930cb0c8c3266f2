"""Doors of the week's menu: read by everybody, published by the kitchen."""

import datetime as dt
from functools import partial

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors import SignedIn
from accounts.models import Organisation
from canteens import permissions
from canteens.forms.menus import MenuForm, WeekForm
from canteens.pages import menus as pages
from canteens.selectors.menus import kitchens, menu_of, weeks_of
from canteens.selectors.sizes import heads_on
from canteens.services.menus import publish_menu
from kernel import clock, keyset
from kernel.places import places
from kernel.shown import Link, page_links
from records.doors import act_once
from records.forms import new_key

PAST = dt.timedelta(weeks=4)
AHEAD = dt.timedelta(weeks=8)


@require_GET
@login_not_required
def menu_list(request: HttpRequest) -> HttpResponse:
    """List, for everybody, the kitchens that published what they cook."""
    page = keyset.cut(kitchens(_this_week()), ("name", "pk"), cursor=request.GET.get("cursor", ""))
    context = {
        "rows": [Link(reverse("menu", args=[kitchen.pk]), kitchen.name) for kitchen in page.rows],
        "pages": page_links(page),
        "publish_url": reverse("menu-new") if permissions.publishes_menus(request.user) else "",
        "back": Link(places(request).home(), _("What schools cook")),
    }
    return render(request, "canteens/menu_list.html", context)


@require_GET
@login_not_required
def menu(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Show everybody what one kitchen cooks in a week, and how much of what goes to a head."""
    kitchen = get_object_or_404(Organisation, pk=organisation_id, kind=Organisation.Kind.BUYER)
    this = _this_week()
    monday = WeekForm.monday_of(request.GET, this)
    shown = menu_of(kitchen, monday)
    context = {
        "kitchen": kitchen,
        "week": pages.week_words(monday, this),
        "tabs": pages.week_tabs(kitchen, weeks_of(kitchen, this - PAST, this + AHEAD), monday, this),
        "days": pages.day_rows(shown) if shown is not None else [],
        "turn": shown.turn if shown is not None else 0,
        "back": Link(reverse("menu-list"), _("What schools cook")),
    }
    return render(request, "canteens/menu.html", context)


@require_http_methods(["GET", "POST"])
def menu_new(request: SignedIn) -> HttpResponse:
    """Write what the kitchen cooks in a week, beginning with what it cooked before, and publish it."""
    kitchen = permissions.access_kitchen(request.user)
    this = _this_week()
    monday = WeekForm.monday_of(request.GET, this + pages.WEEK)
    if request.method == "POST":
        form = MenuForm(request.POST)
    else:
        stands = menu_of(kitchen, monday) or menu_of(kitchen, monday - pages.WEEK)
        eating = heads_on(kitchen, monday)
        start: dict[str, object] = {f"heads_{weekday}": eating for weekday in range(5)}
        start |= pages.typed_again(stands) if stands is not None else {}
        form = MenuForm(initial=start | {"monday": monday, "idem": new_key()})
    again = partial(_new_page, request, kitchen, form)
    if request.method == "GET":
        return again("", 200)

    def act(at: dt.datetime) -> dict[str, str]:
        asked = form.cleaned_data["monday"]
        publish_menu(kitchen, asked, form.days(), by=request.user, at=at)
        return {"monday": asked.isoformat()}

    return act_once(
        request,
        form,
        act,
        to=lambda answer: f"{reverse('menu', args=[kitchen.pk])}?week={answer['monday']}",
        done=_("Published. Everybody can read it, without signing in."),
        again=again,
    )


def _new_page(request: SignedIn, kitchen: Organisation, form: MenuForm, refusal: str, status: int) -> HttpResponse:
    context = {
        "form": form,
        "days": form.day_fields(),
        "kitchen": kitchen,
        "refusal": refusal,
        "back": Link(reverse("menu", args=[kitchen.pk]), _("Menu")),
    }
    return render(request, "canteens/menu_new.html", context, status=status)


def _this_week() -> dt.date:
    today = clock.county_day(clock.now())
    return today - dt.timedelta(days=today.weekday())
