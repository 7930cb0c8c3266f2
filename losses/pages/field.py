"""The visit without a net, in words: what a phone keeps, what it says of what waits, what happened meanwhile."""

from collections.abc import Collection, Iterable
from typing import Any, cast

from django.contrib.staticfiles.storage import staticfiles_storage
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Role, Somebody
from accounts.selectors import standing
from kernel import clock
from kernel.present import known
from losses.forms import StockField, VisitForm
from losses.models import ClaimStatus, LossClaim, Visit
from losses.pages.evidence import compare, evidence_head, photo_groups
from losses.pages.visits import photo_slots
from losses.pages.words import day_time, short_words, title
from losses.selectors.claims import VISIT_PHOTOS, declared, latest_figure


def bar(user: Somebody, visits: Iterable[Visit]) -> dict[str, Any]:
    """Return what the page of the list or of a visit tells the script that keeps it; empty for whoever visits nobody.

    The address of the pack is another one for each person, each release, and whenever the visits are others.
    """
    if not standing(user).has(Role.VERIFIER):
        return {}
    release = getattr(staticfiles_storage, "manifest_hash", "")
    visits_now = " ".join(f"{visit.pk}:{visit.first_signed_at}" for visit in visits)
    known_by = salted_hmac("offline visits", f"{user.pk} {release} {visits_now}").hexdigest()[:16]
    return {
        "visit_words": words(),
        "offline": f"{reverse('visit-offline')}?for={known_by}",
        "owner": user.pk,
    }


def words() -> dict[str, str]:
    """Return what the script says of a visit that is on the phone, state by state."""
    return {
        "kept": _("Kept on this phone"),
        "typing": pgettext("visit", "Kept on this phone, not finished"),
        "sending": pgettext("visit", "Being sent"),
        "received": _("Received ({n})"),
        "refused": _("Not taken"),
        "signed-out": _("Sign in again, then it goes off. It is kept on this phone."),
        "lost": _("This visit is not yours any more. Ask the bureau; what you typed is still here."),
        "waits": _("Written down. Kept on this phone; it goes off by itself when there is a net."),
        "photo": _("The photo is kept on this phone"),
        "shrinking": _("Making it smaller"),
        "unreadable": _("This photo cannot be read. Take another one."),
        "twin": _("This is the same photo as another of the three. Take a new one."),
        "empty": _("Write how much you see."),
        "why": _("It is less than reported, or nobody signed: write in a sentence why."),
        "photos": _("Three photos are needed: the whole, one from near, and the household with the goods."),
        "conclusion": _("Say what you conclude: as reported, partly, or not there."),
        "signed": _("Say how the household signed, or that it did not."),
        "signature": _("Let the household sign in the box, or say that it signed on paper or not at all."),
        "sign-here": _("The signature is kept on this phone"),
        "found": _("seen: {n}"),
        "place-asking": _("Looking for the place…"),
        "place-sharp": _("Very exact, to {n} m"),
        "place-fair": _("Fairly exact, to {n} m"),
        "place-rough": _("Not exact, to {n} m. Wait a little under the open sky."),
        "place-none": _("The phone does not say where it is. The visit counts all the same; the bureau reads it."),
    }


def check_place_words() -> dict[str, str]:
    """Return what the script of a check says of where the phone stands, state by state."""
    said = words()
    known = {state: said[f"place-{state}"] for state in ("asking", "sharp", "fair", "rough")}
    return known | {"none": _("The phone does not say where it is. The check counts all the same.")}


def record_context(
    visit: Visit,
    form: VisitForm,
    there: Collection[str],
    *,
    card: bool,
    signature_here: bool = False,
    for_phone: bool = False,
) -> dict[str, Any]:
    """Return what the page asks on which a visit is written; kept by a phone it reads little of each visit."""
    claim, at = visit.claim, clock.now()
    quantity = declared(claim).quantity
    return {
        "claim": evidence_head(claim, at=at, tier=not for_phone),
        "compare": compare(claim),
        "photos": [] if for_phone else photo_groups(claim)[:1],
        "phone": claim.household.phone,
        "form": form,
        "unit": cast(StockField, form.fields["found"]).unit_word,
        "least": form.fields["found"].prepare_value(latest_figure(claim).quantity),
        "claimed_short": short_words(claim.goods, quantity),
        "slots": photo_slots(form, there),
        "missing": len(VISIT_PHOTOS) - len(set(there) & set(VISIT_PHOTOS)),
        "card": claim.number if card else "",
        "signature_here": signature_here,
        "second": known(visit.second.person).name,
        "kept_one": {
            "id": visit.pk,
            "title": f"{claim.household.head_name} {title(claim)}",
            "url": reverse("visit-written", args=[visit.pk]),
            "photos": reverse("visit-photo", args=[visit.pk, "whole", "0"]).removesuffix("whole/0/"),
        },
    }


def over_meanwhile(visit: Visit) -> str:
    """Return why a visit that a phone has kept is not written any more, in words; empty while it can be."""
    claim = LossClaim.objects.get(pk=visit.claim_id)  # type: ignore[attr-defined]
    if visit.second_signed_at is not None:
        said = _("%(name)s signed this visit on %(at)s as it was written then. What you typed is still here.")
        return said % {"name": known(visit.second.person).name, "at": day_time(visit.second_signed_at)}
    if visit.redrawn_at is not None:
        said = _("Another was drawn in your place on %(at)s. What you typed is still here.")
        return said % {"at": day_time(visit.redrawn_at)}
    if claim.status == ClaimStatus.REFUSED:
        said = _("Report %(number)s was refused meanwhile: %(reason)s What you typed is still here.")
        return said % {"number": claim.number, "reason": claim.reason}
    if claim.status != ClaimStatus.TO_VISIT or claim.round != visit.round:
        said = _("Report %(number)s is not waiting for this visit any more. What you typed is still here.")
        return said % {"number": claim.number}
    return ""
