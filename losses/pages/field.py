"""The visit without a net, in words: what a phone keeps, what it says of what waits, what happened meanwhile."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.contrib.staticfiles.storage import staticfiles_storage
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Role, Somebody, User
from accounts.selectors import standing
from kernel.present import known
from losses.forms import StockField
from losses.forms.visits import VisitForm, VisitSignForm
from losses.models import ClaimStatus, Conclusion, HouseholdSigned, LossClaim, Visit
from losses.pages.evidence import compare, evidence_head, photo_groups
from losses.pages.visits import NUMBERS, photo_slots
from losses.pages.words import day_time, short_words, title, witness_words
from losses.selectors.claims import (
    FIRST_SIGNATURE,
    PAPER,
    SECOND_SIGNATURE,
    SIGNATURE,
    VISIT_PHOTOS,
    declared,
    latest_figure,
)


def bar(user: Somebody, visits: Iterable[Visit]) -> dict[str, Any]:
    """Return what the page of the list or of a visit tells the script that keeps it; empty for whoever visits nobody.

    The address of the pack is another one for each person, each release, and whenever the visits are others.
    """
    if not standing(user).has(Role.VERIFIER):
        return {}
    release = getattr(staticfiles_storage, "manifest_hash", "")
    visits_now = " ".join(f"{visit.pk}:{visit.first_signed_at}:{visit.contested_at}" for visit in visits)
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
        "witness": _("Write the name of whoever was there beside the household and say who it is, or neither."),
        "signed": _("Say how the household signed, or that it did not."),
        "signature": _("Let the household sign in the box, or say that it signed on paper or not at all."),
        "sign-here": _("The signature is kept on this phone"),
        "found": _("seen: {n}"),
        "yours": pgettext("visit", "On this phone"),
        "theirs": pgettext("visit", "Written meanwhile"),
        "place-asking": _("Looking for the place…"),
        "place-sharp": _("Very exact, to {n} m"),
        "place-fair": _("Fairly exact, to {n} m"),
        "place-rough": _("Not exact, to {n} m. Wait a little under the open sky."),
        "place-none": _("The phone does not say where it is. The visit counts all the same; the bureau reads it."),
    }


def signing_words() -> dict[str, str]:
    """Return what the script says on the page of the second signature, where it says it otherwise."""
    return words() | {
        "waits": _("Kept on this phone; it counts as signed once it has arrived. It goes off by itself."),
        "empty": _("Write how much the first wrote, as you read it."),
        "different": _("Say in a sentence what is different."),
    }


def check_place_words() -> dict[str, str]:
    """Return what the script of a check says of where the phone stands, state by state."""
    said = words()
    known = {state: said[f"place-{state}"] for state in ("asking", "sharp", "fair", "rough")}
    return known | {"none": _("The phone does not say where it is. The check counts all the same.")}


_LABELLED = ("why", "conclusion", "signed", "witness")  # fields whose number stands before their name


def record_context(
    visit: Visit,
    form: VisitForm,
    there: Collection[str],
    *,
    card: bool,
    at: dt.datetime,
    signed_here: Collection[str] = (),
    for_phone: bool = False,
) -> dict[str, Any]:
    """Return what the page asks on which a visit is written; kept by a phone it reads little of each visit."""
    claim = visit.claim
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
        "household_signs": SignaturePad(
            SIGNATURE, _("The household signs here, with a finger"), SIGNATURE in signed_here
        ),
        "first_signs": SignaturePad(
            FIRST_SIGNATURE, _("You sign here, with a finger (may stay empty)"), FIRST_SIGNATURE in signed_here
        ),
        "paper_here": PAPER in signed_here,
        "no": NUMBERS,
        "labels": {name: f"{NUMBERS[name]} {form.fields[name].label}" for name in _LABELLED},
        "contested": visit.contested if visit.is_contested else "",
        "second": known(visit.second.person).name,
        "kept_one": {
            "id": visit.pk,
            "title": f"{claim.household.head_name} {title(claim)}",
            "url": reverse("visit-written", args=[visit.pk]),
            "photos": _photos_url(visit),
        },
    }


def _photos_url(visit: Visit) -> str:
    """Return where the photos and signatures of a visit go, but for which and for their digest."""
    return reverse("visit-photo", args=[visit.pk, "whole", "0"]).removesuffix("whole/0/")


@dataclass(frozen=True, slots=True)
class SignaturePad:
    """Where a name is drawn with a finger: under which name it goes, what is asked, whether it has come already."""

    role: str
    label: str
    here: bool = False


@dataclass(frozen=True, slots=True)
class ReadyRow:
    """One thing to look at before one leaves: what it says when right, when not, and when the phone tells nothing.

    `key` is what the script looks at; without one it is read by a human.
    """

    key: str
    label: str
    go: str = ""
    no: str = ""
    unknown: str = ""


def ready_context(user: User, visits: Sequence[Visit], *, until: dt.datetime) -> dict[str, Any]:
    """Return what somebody looks at before leaving for visits; the script looks at what a phone tells."""
    person = known(user.person)
    others = [visit.second if visit.first.person_id == person.pk else visit.first for visit in visits]
    count = Counter(known(other.person).name for other in others)
    told = "、".join(_("%(name)s (%(n)s)") % {"name": name, "n": n} for name, n in count.items())
    return {
        "rows": _ready_rows(day_time(until)),
        "until": round(until.timestamp() * 1000),
        "told": _("You go with %(told)s. Call before you leave.") % {"told": told} if told else "",
    }


def _ready_rows(until: str) -> list[ReadyRow]:
    return [
        ReadyRow(
            "pack",
            _("Visits on this phone"),
            _("They are kept on this phone since {n}. You can go without a net."),
            _("They are not on this phone, or are a day old. Open the list of visits with a net and wait a moment."),
            _("This phone keeps nothing. Take another phone, or the printed form."),
        ),
        ReadyRow(
            "room",
            _("Room for photos"),
            _("There is room: {n} MB."),
            _("Only {n} MB are left: not enough for the photos. Delete something first."),
            _("The phone does not say how much room it has. Look in its settings: 100 MB are needed."),
        ),
        ReadyRow(
            "battery",
            _("Battery"),
            _("{n} percent full."),
            _("Only {n} percent full. Charge it first, or take a power bank along."),
            _("The phone does not say how full it is. Look for yourself: half full at least."),
        ),
        ReadyRow(
            "place",
            pgettext("visit", "Place"),
            _("The phone may say where it is."),
            _("The phone may not say where it is. Allow it in the settings of the browser."),
            _("The phone asks when you open a visit. Allow it."),
        ),
        ReadyRow(
            "camera",
            _("Camera"),
            _("The camera may be used."),
            _("The camera is forbidden to this page. Allow it in the settings of the browser."),
            _("The camera opens when you take the first photo. Try it before you leave."),
        ),
        ReadyRow(
            "session",
            _("Signed in"),
            _("You are signed in until %(until)s.") % {"until": until},
            _("Your signing in ends at %(until)s. Sign in again before you leave.") % {"until": until},
            _("You are signed in until %(until)s.") % {"until": until},
        ),
    ]


def signing_context(visit: Visit, form: VisitSignForm, there: Collection[str], *, at: dt.datetime) -> dict[str, Any]:
    """Return what the page says on which the second signs: what was reported, what the first wrote; little of each."""
    claim, written = visit.claim, visit.first_signed_at is not None
    return {
        "claim": evidence_head(claim, at=at, tier=False),
        "phone": claim.household.phone,
        "claimed": short_words(claim.goods, declared(claim).quantity),
        "first": known(visit.first.person).name,
        "written": written,
        "found": short_words(claim.goods, known(visit.found)) if written else "",
        "read": _written_words(visit) if written else [],
        "shown": "、".join(slot.label for slot in photo_slots(VisitForm(goods=claim.goods), there) if slot.here),
        "contested": visit.contested if visit.is_contested else "",
        "form": form,
        "unit": cast(StockField, form.fields["found"]).unit_word,
        "can_sign": visit.second_signed_at is None,
        "second_signs": SignaturePad(SECOND_SIGNATURE, _("You sign here, with a finger (may stay empty)")),
        "visit_words": signing_words(),
        "kept_one": {
            "id": f"sign-{visit.pk}",
            "title": f"{claim.household.head_name} {title(claim)}",
            "url": reverse("visit-signed", args=[visit.pk]),
            "photos": _photos_url(visit),
        },
    }


def _written_words(visit: Visit) -> list[tuple[str, str, str]]:
    """Return what stands there of a visit: its name in a form, its label and its words."""
    said = [
        ("found", _("Lost, as seen"), short_words(visit.claim.goods, known(visit.found))),
        ("conclusion", _("Conclusion"), str(Conclusion(visit.conclusion).label)),
        ("why", _("In a sentence"), visit.why),
        ("signed", _("The household's signature"), str(HouseholdSigned(visit.signed).label)),
        ("witness", _("Who was there beside the household"), witness_words(visit, full=True)),
    ]
    return [(name, str(label), words or "—") for name, label, words in said]


def both(visit: Visit, typed: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Return side by side what was typed or read and what stands there now; nothing while nothing stands there.

    What the second had read comes in words (`read_found`), what the first typed as the form has it.
    """
    visit.refresh_from_db(
        fields=["found", "conclusion", "why", "signed", "witness_sealed", "witness_tie", "first_signed_at"]
    )
    if visit.first_signed_at is None:
        return []
    unit = cast(StockField, VisitForm(goods=visit.claim.goods).fields["found"]).unit_word
    yours = {
        "found": f"{typed.get('found', '')} {unit}" if typed.get("found") else "",
        "conclusion": str(dict(Conclusion.choices).get(typed.get("conclusion", ""), "")),
        "why": typed.get("why", ""),
        "signed": str(dict(HouseholdSigned.choices).get(typed.get("signed", ""), "")),
        "witness": typed.get("witness", ""),
    }
    return [
        (label, typed.get(f"read_{name}") or yours[name] or "—", words) for name, label, words in _written_words(visit)
    ]


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
