"""The evidence of one claim side by side: claimed and found, both sets of photos, what the rules saw."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Tier
from accounts.selectors import tier_on
from kernel import money
from kernel.present import known
from losses.models import LossClaim, Stage
from losses.selectors import queues
from losses.selectors.checks import look
from losses.selectors.claims import (
    VISIT_PHOTOS,
    claim_role,
    declared,
    figure_of,
    latest_figure,
    photos,
    present_visit,
    quantity_words,
    short_words,
    visit_role,
)
from losses.selectors.story import day, day_time, figures_table, title
from records.models import Attachment, Finding

TONE: dict[str, str] = {Finding.Colour.GREEN: "ok", Finding.Colour.AMBER: "warn", Finding.Colour.RED: "danger"}


def evidence(claim: LossClaim, *, at: dt.datetime) -> dict:
    """Return what an officer reads before any decision on a claim."""
    left, pressing = queues.time_left(claim.due_at, at=at)
    return {
        "claim": {
            "title": f"{claim.household.head_name} {title(claim)}",
            "name": claim.household.head_name,
            "meta": [
                f"{claim.household.village.township.name}{claim.household.village.short_name}",
                str(Tier(tier_on(claim.household, claim.happened_on)).label),
                _("Report %(number)s") % {"number": claim.number},
            ],
            "words": claim.words,
            "proxy": claim.by_proxy,
            "left": {"tone": "warn" if pressing else "info", "text": left},
        },
        "figures": figures_table(claim),
        "compare": compare(claim),
        "photos": photo_groups(claim),
        "statement": statement(claim),
        "checks": checks(claim, at=at),
    }


def compare(claim: LossClaim) -> dict:
    """Return claimed and found in one table; only the row that differs stands out."""
    listing, claimed, found = claim.listing, declared(claim), figure_of(claim, Stage.COUNTY)
    last = found or latest_figure(claim)
    price = _("%(n)s yuan/jin") % {"n": money.price_per_jin(listing.price_fen, listing.price_unit_g)}
    same = [
        (_("Listed"), short_words(listing, listing.listed)),
        (_("Sold (of the system)"), short_words(listing, listing.sold)),
        (pgettext("review", "Booked"), short_words(listing, listing.reserved)),
    ]
    rows = [
        {"label": label, "claimed": said, "found": said, "diff": "0", "differs": False, "counted": True}
        for label, said in same
    ]
    less = claimed.quantity - last.quantity
    rows.append(
        {
            "label": str(claim.get_cause_display()),
            "claimed": short_words(listing, claimed.quantity),
            "found": short_words(listing, last.quantity),
            "diff": f"−{short_words(listing, less)}" if less else "0",
            "differs": bool(less),
        }
    )
    rows.append({"label": _("Asking price"), "claimed": price, "found": price, "diff": "0", "differs": False})
    return {"claimed_on": day(claimed.at), "found_on": day(last.at), "rows": rows}


def photo_groups(claim: LossClaim) -> list[dict]:
    """Return the photos of the report, then those of the visit."""
    hanging = photos(claim)
    reported = [one for one in hanging if one.role == claim_role(claim.round)]
    roles = {visit_role(claim.round, which): which for which in VISIT_PHOTOS}
    seen = {one.role: one for one in hanging if one.role in roles}  # the latest of each kind
    visited = [(seen[role], roles[role]) for role in roles if role in seen]
    return [
        {"title": _("Photos of the report"), "items": [_photo(claim, one, day_time(one.at)) for one in reported]},
        {"title": _("Photos of the visit"), "items": [_photo(claim, one, _which(which)) for one, which in visited]},
    ]


def _photo(claim: LossClaim, one: Attachment, caption: str) -> dict[str, str]:
    url = reverse("claim-photo", args=[claim.pk, one.file_id])
    return {"url": f"{url}?px=240", "full_url": url, "alt": caption, "caption": caption}


def _which(which: str) -> str:
    return {
        "whole": pgettext("visit photo", "The whole"),
        "near": pgettext("visit photo", "From near"),
        "people": pgettext("visit photo", "Household with the goods"),
    }[which]


def statement(claim: LossClaim) -> dict | None:
    """Return what the verifiers say, once the second has signed."""
    visit = present_visit(claim)
    if visit is None or visit.first_signed_at is None:
        return None
    names = "、".join(known(user.person).name for user in (visit.first, visit.second))
    signed = _("the household signed") if visit.household_signed else _("the household did not sign")
    text = visit.why or _("As reported: %(quantity)s.") % {"quantity": quantity_words(claim)}
    return {"text": text, "meta": [names, day_time(visit.first_signed_at), signed]}


def checks(claim: LossClaim, *, at: dt.datetime) -> dict:
    """Return what each rule sees now, and who cleared what with which reason."""
    held = {row.rule: row for row in Finding.objects.filter(document=claim.reference).order_by("at", "pk")}
    items = []
    for seen in look(claim, at=at):
        row = held.get(seen.rule)
        cleared = row if row is not None and row.cleared_at is not None and row.colour == seen.colour else None
        detail = seen.detail
        if cleared:
            detail = f"{detail} {_('Cleared: %(reason)s') % {'reason': cleared.cleared_reason}}"
        items.append(
            {
                "tone": "ok" if cleared else TONE[seen.colour],
                "title": seen.title,
                "detail": detail,
                "finding": row.pk if row is not None and seen.colour == Finding.Colour.AMBER and not cleared else None,
            }
        )
    return {"title": _("%(n)s checks") % {"n": len(items)}, "items": items}


def left_this_scheme(claim: LossClaim, held_fen: int) -> str:
    """Say how much more the household can get under this scheme."""
    left = max(0, claim.scheme.household_cap_fen - held_fen)
    return _("This household can get %(left)s yuan more") % {"left": money.yuan(left)}
