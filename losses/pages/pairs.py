"""A photo beside the earlier one that shows the same picture, and when each was taken, sent and received."""

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from kernel import clock
from losses.models import LossClaim
from losses.pages.words import Photo, photo
from losses.selectors.photos import judged_photos, same_pictures
from losses.services.photo_rules import document_words, why_words
from records.models import Attachment, PhotoMatch
from records.services.photos import photo_url

MOST_PAIRS = 6


@dataclass(frozen=True, slots=True)
class PhotoPair:
    """A photo of the claim beside the earlier one that shows the same picture; none where that is not shown here."""

    words: str
    later: Photo
    earlier: Photo | None


def photo_times(row: Attachment) -> list[str]:
    """Return when a photo was taken, by its camera and by the phone that sent it, and when it arrived."""
    facts, times = row.file.facts, []
    if "taken" in facts:
        taken = dt.datetime.fromisoformat(facts["taken"]).replace(tzinfo=clock.COUNTY_ZONE)
        wrong = facts.get("clock") == "impossible"
        said = _("its camera says %(at)s, which cannot be") if wrong else _("its camera says %(at)s")
        times.append(said % {"at": _whole(taken)})
    else:
        times.append(_("its camera says no time"))
    if "phone" in facts:
        times.append(_("the phone says %(at)s") % {"at": _whole(dt.datetime.fromisoformat(facts["phone"]))})
    times.append(_("arrived %(at)s") % {"at": _whole(row.file.at)})
    if facts.get("signed"):
        times.append(_("signed by its camera, which nobody verified"))
    return times


def photo_pairs(claim: LossClaim) -> list[PhotoPair]:
    """Return the photos of a claim that show what an earlier one shows, each beside it."""
    found = same_pictures(claim, judged_photos(claim))
    pairs = [*found.again, *found.twice][:MOST_PAIRS]
    names = document_words({match.other.document for match in pairs})
    return [_pair(claim, match, names[match.other.document]) for match in pairs]


def _pair(claim: LossClaim, match: PhotoMatch, name: str) -> PhotoPair:
    later, other = match.look.attachment, match.other
    words = _("The same picture as one of %(document)s (%(why)s)") % {"document": name, "why": why_words(match)}
    said, was = (_("arrived %(at)s") % {"at": _whole(row.at)} for row in (later, other))
    mine = photo(claim, later, _("This report, %(arrived)s") % {"arrived": said})
    url, caption = _address(other), f"{name}，{was}"
    return PhotoPair(words, mine, Photo(f"{url}?px=240", url, caption, caption) if url else None)


def _address(other: Attachment) -> str:
    """Return where an earlier photo is shown to whoever may see its document; of other kinds it is not shown here."""
    kind, _colon, key = other.document.partition(":")
    if kind == "claim":
        return reverse("claim-photo", args=[key, other.file_id])
    if kind == "lossnotice":
        return reverse("loss-notice-photo", args=[key, other.file_id])
    return photo_url(other.file, 720) if kind == "listing" else ""


def _whole(at: dt.datetime) -> str:
    """Return an instant with its year, which a wrong clock has wrong: 2026-11-01 16:00."""
    return f"{at.astimezone(clock.COUNTY_ZONE):%Y-%m-%d %H:%M}"
