"""What a scheme promises: from the fields of its form to its columns, and back in words."""

import datetime as dt
import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Membership, Organisation, Place, Role, Tier
from accounts.selectors import places
from kernel import money
from kernel.errors import BadValue
from losses.models import ReliefScheme, Sharing
from losses.selectors.schemes import verifier_offices
from losses.services import schemes
from registers.services.named import organisation_named, place_named
from registers.services.rules import Content

PER_JIN_G = 500
FEWEST = 2  # verifiers that a draw needs


def terms_of(content: Content, *, at: dt.datetime) -> dict[str, Any]:
    """Return what a draft is to say, by the columns of a scheme."""
    return {
        "name": content["name"].strip(),
        "legal_basis": content["legal_basis"].strip(),
        "window_from": dt.date.fromisoformat(content["window_from"]),
        "window_to": dt.date.fromisoformat(content["window_to"]),
        "payer": _payer(content["payer"]),
        "tiers": _tiers(content["tiers"]),
        "townships": [town.code for town in _townships(content["townships"])],
        "household_cap_fen": int(content["household_cap"]),
        "min_loss_g": int(content["min_loss_jin"]) * PER_JIN_G,
        "village_days": int(content["village_days"]),
        "county_days": int(content["county_days"]),
        "sample_percent": int(content.get("sample_percent") or 100),
        "sharing": content.get("sharing") or Sharing.FIRST,
        "most_claims": int(content["most_claims"]) if content.get("most_claims") else None,
        "waiting_days": int(content.get("waiting_days") or 0),
        "pay_days": int(content.get("pay_days") or schemes.usual_pay_days(at)),
        "check_photos": content.get("check_photos") == "yes",
        **_own(content),
    }


def said_of(scheme: ReliefScheme) -> dict[str, str]:
    """Return in words what a scheme says, by the fields of its form."""
    known = places()
    return {
        "name": scheme.name,
        "legal_basis": scheme.legal_basis,
        "window_from": scheme.window_from.isoformat(),
        "window_to": scheme.window_to.isoformat(),
        "code": scheme.code,
        "tiers": "、".join(str(Tier(tier).label) for tier in scheme.tiers),
        "townships": "、".join(known[code].name for code in scheme.townships) or _("the whole county"),
        "household_cap": money.yuan(scheme.household_cap_fen),
        "min_loss_jin": str(scheme.min_loss_g // PER_JIN_G),
        "village_days": str(scheme.village_days),
        "county_days": str(scheme.county_days),
        "sample_percent": str(scheme.sample_percent),
        "sharing": str(Sharing(scheme.sharing).label),
        "most_claims": str(scheme.most_claims or _("as many as there are losses")),
        "waiting_days": str(scheme.waiting_days),
        "pay_days": str(scheme.pay_days),
        "check_photos": _check_photos_words("yes" if scheme.check_photos else ""),
        **{name: str(getattr(scheme, name) or _("as the county has it")) for name in schemes.CLOCKS},
        "no_visit_below": _sum_words(scheme.no_visit_below_fen),
        "no_visit_listed_days": str(scheme.no_visit_listed_days or "—"),
        "verifier_offices": "、".join(verifier_offices(scheme)) or _("any"),
        "payer": scheme.payer.name,
    }


def _own(content: Content) -> dict[str, int | list[int] | None]:
    """Return what a scheme has of its own beside the county's policy: clocks, what needs no visit, who visits."""
    numbers = {
        name: int(content[name]) if content.get(name) else None for name in (*schemes.CLOCKS, "no_visit_listed_days")
    }
    below = int(content["no_visit_below"]) if content.get("no_visit_below") else None
    if (below is None) != (numbers["no_visit_listed_days"] is None):
        raise BadValue(_("Write both: below which sum no visit is needed, and for how many days the lot was on sale."))
    return {**numbers, "no_visit_below_fen": below, "verifier_offices": _offices(content.get("verifier_offices"))}


def _offices(text: str | None) -> list[int]:
    """Return the keys of the offices whose verifiers are drawn; together they must have two of them."""
    names = [word for word in re.split(r"[、,，\s]+", (text or "").strip()) if word]
    offices = [organisation_named(name).pk for name in names]
    posts = Membership.objects.filter(role=Role.VERIFIER, to_on=None, organisation__in=offices)
    if offices and posts.values("person").distinct().count() < FEWEST:
        raise BadValue(
            _("These offices have fewer than two verifiers. Name more of them, or leave it empty."), about=text
        )
    return offices


def _sum_words(fen: int | None) -> str:
    return money.yuan(fen) if fen is not None else _("all are drawn")


def _check_photos_words(word: str | None) -> str:
    return pgettext("check photos", "yes, each its own") if word == "yes" else pgettext("check photos", "no")


def _payer(name: str) -> Organisation:
    payer = organisation_named(name)
    if payer.kind != Organisation.Kind.FINANCE:
        raise BadValue(_("Relief is paid by a finance office. Write its name."), about=name)
    return payer


def _tiers(text: str) -> list[str]:
    words = {str(label): value for value, label in Tier.choices} | {value: value for value in Tier.values}
    asked = [word for word in re.split(r"[、,，\s]+", text.strip()) if word]
    unknown = [word for word in asked if word not in words]
    if unknown or not asked:
        known = "、".join(str(label) for label in Tier.labels)
        raise BadValue(_("Write which households may apply, of these: %(known)s.") % {"known": known}, about=text)
    return list(dict.fromkeys(words[word] for word in asked))


def _townships(text: str) -> list[Place]:
    towns = [place_named(word) for word in re.split(r"[、,，\s]+", (text or "").strip()) if word]
    if any(town.level != Place.Level.TOWNSHIP for town in towns):
        raise BadValue(_("Write townships, or leave it empty for the whole county."), about=text)
    return towns
