"""The callers' doors: whom to call today, and what was said."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors import SignedIn
from kernel import clock, keyset
from kernel.narrowing import narrowed
from kernel.places import places
from kernel.shown import Link, page_links
from losses import permissions
from losses.filters import CallFilter
from losses.forms.looks import CallForm
from losses.models import CallBack
from losses.pages import calls as pages
from losses.services import calling
from records.doors import act_on, on_form
from records.forms import new_key


@require_GET
def call_list(request: SignedIn) -> HttpResponse:
    """List the households that were drawn for a call, those drawn last in front."""
    found = narrowed(request, CallFilter, permissions.access_calls(request.user))
    page = keyset.cut(found.rows, ("-pk",), cursor=request.GET.get("cursor", ""))
    at = clock.now()
    context = {
        "found": found,
        "rows": [pages.call_task(row, request.user, at=at) for row in page.rows],
        "pages": page_links(page, found.kept),
        "back": Link(places(request).home(), _("Calls")),
    }
    return render(request, "losses/call_list.html", context, status=found.status)


@require_http_methods(["GET", "POST"])
def call(request: SignedIn, call_id: int) -> HttpResponse:
    """Show whom to call and about what, and write down what was said."""
    row = permissions.access_call(request.user, call_id)
    form = CallForm(request.POST or None, initial={"idem": new_key()})
    if request.method == "GET":
        return _page(request, row, form, 200)
    again = on_form(form, lambda status: _page(request, row, form, status))
    to, done = reverse("call-list"), _("Written down.")
    return act_on(request, form, calling.record_call, row, to=to, done=done, again=again)


def _page(request: SignedIn, row: CallBack, form: CallForm, status: int) -> HttpResponse:
    context = {
        "call": pages.call_page(row, request.user),
        "form": form,
        "back": Link(reverse("call-list"), _("Calls")),
    }
    return render(request, "losses/call.html", context, status=status)
