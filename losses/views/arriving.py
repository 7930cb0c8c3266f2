"""What several doors of relief share: photos that arrive with a form, the evidence that pages show."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.doors import SignedIn
from kernel.errors import DomainError
from kernel.shown import Link
from losses.forms import AppealForm, ClaimForm, PaperForm, SoldLowForm, remember, remembered
from losses.forms.checking import CheckForm
from losses.forms.several import SeveralForm
from losses.forms.visits import VisitForm
from losses.models import Goods, LossClaim
from losses.pages import claims as pages
from losses.pages.evidence import evidence_of
from losses.pages.papers import paper_rows
from losses.selectors.papers import papers_of
from records.models import StoredFile
from records.services.photos import receive_photo

MOST_LETTERS = 40  # of what is looked for


def photos_of(
    request: SignedIn,
    form: ClaimForm | CheckForm | VisitForm | AppealForm | PaperForm,
    names: tuple[str, ...],
    *,
    at: dt.datetime,
) -> dict[str, StoredFile]:
    """Take in the photos of a form and return those that are here now, also from earlier tries.

    A photo that cannot be read becomes an error beside its field; the others stay, though the form is shown again.
    """
    kept = remembered(request.POST.get("kept", ""), request.user)
    for name in names:
        uploads = request.FILES.getlist(name)[:12]
        told = request.POST.getlist(f"{name}_at")  # by the phone's script, one a photo
        for number, upload in enumerate(uploads):
            phone_ms = told[number] if len(told) == len(uploads) else ""
            try:
                photo = receive_photo(upload, by=request.user, at=at, public=False, phone_ms=phone_ms)
            except DomainError as refusal:
                form.add_error(name, str(refusal))
                continue
            kept[name if len(names) > 1 else f"{name}{len(kept)}-{number}"] = str(photo.pk)
    files = StoredFile.objects.in_bulk([uuid.UUID(key) for key in kept.values()])
    if kept:
        data = request.POST.copy()
        data["kept"] = remember(kept | {"by": str(request.user.pk)})
        form.data = data
    here = {name: files[uuid.UUID(key)] for name, key in kept.items() if uuid.UUID(key) in files}
    form.here = _("%(n)s photos are here already") % {"n": len(here)} if here else ""
    return here


def taken_in(
    request: SignedIn,
    form: ClaimForm | SeveralForm,
    *,
    shown: Callable[[], HttpResponse | None],
    filed: Callable[[list[StoredFile]], HttpResponse | None],
    at: dt.datetime,
) -> HttpResponse | None:
    """Take in what was typed: shown once more first, then filed; nothing where the form is to be shown again."""
    photos = photos_of(request, form, ("photos",), at=at)
    if not form.is_valid() or "again" in request.POST:
        return None
    if not photos:
        form.add_error("photos", _("Take at least one photo of what is lost."))
        return None
    if not form.cleaned_data["sure"]:
        return shown()
    if answer := filed(list(photos.values())):
        return answer
    # The answer was for what is refused here, not for what is typed next.
    form.data = {name: told for name, told in form.data.items() if name != "sure"}
    return None


def travelling(form: ClaimForm | SoldLowForm) -> list[tuple[str, str]]:
    """Return everything typed on a form, to travel with the page that shows it once more."""
    left_out = ("csrfmiddlewaretoken", "photos", "sure", "again", "shown_on")
    return [(name, value) for name, value in form.data.items() if name not in left_out]


def lost_goods(goods: Goods) -> dict[str, Any]:
    """Return the goods of a report by the names its pages use, and the way back."""
    return {"goods": pages.goods(goods), "back": Link(reverse("claim-list-mine"), _("Report a loss"))}


def evidence_context(claim: LossClaim, *, at: dt.datetime) -> dict[str, Any]:
    """Return the evidence of a claim by the names its pages use."""
    evidence = evidence_of(claim, at=at)
    return {
        "claim": evidence.claim,
        "figures": evidence.figures,
        "compare": evidence.compare,
        "photos": evidence.photos,
        "pairs": evidence.pairs,
        "statement": evidence.statement,
        "checks": evidence.checks,
        "market": evidence.market,
        "papers": paper_rows(claim, papers_of(claim), evidence=True),
    }
