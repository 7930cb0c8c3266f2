"""What the rules see on the photos of one claim: whether others had them before, how they came about, when."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from catalog.models import Listing
from kernel import clock
from losses.models import LossClaim, LossNotice, Stage
from losses.selectors.claims import claim_role
from losses.selectors.photos import SamePictures, check_of, judged_photos, own_story, same_pictures, visit_of
from losses.services.seen import AMBER, GREEN, RED, Look
from records.models import Attachment, PhotoLook, PhotoMatch
from records.selectors.photos import looks_at
from records.selectors.policy import policy

MOST_NAMED = 5
MOST_COMPARED = 100  # photos of one second
# What programs that change or make pictures write as their name; that of a camera or of an album is none of them.
EDITORS = (
    "photoshop", "lightroom", "gimp", "snapseed", "picsart", "pixelmator", "affinity", "canva", "facetune", "vsco",
    "meitu", "美图", "beautycam", "醒图", "midjourney", "stable diffusion", "dall", "firefly", "remini",
)  # fmt: skip
# How many points screens of phones have, across and down; a camera's photo has others.
SCREENS = frozenset(
    [(640, 1136), (720, 1280), (720, 1520), (720, 1560), (720, 1600), (720, 1612), (720, 1640), (750, 1334),
     (828, 1792), (1080, 1920), (1080, 2160), (1080, 2220), (1080, 2280), (1080, 2310), (1080, 2312), (1080, 2340),
     (1080, 2376), (1080, 2388), (1080, 2400), (1080, 2408), (1080, 2412), (1080, 2460), (1125, 2436), (1170, 2532),
     (1179, 2556), (1200, 2640), (1206, 2622), (1220, 2712), (1224, 2700), (1228, 2700), (1240, 2772), (1242, 2208),
     (1242, 2688), (1260, 2720), (1260, 2800), (1284, 2778), (1290, 2796), (1320, 2868), (1344, 2992), (1440, 2560),
     (1440, 2960), (1440, 3040), (1440, 3088), (1440, 3120), (1440, 3200)]
)  # fmt: skip


def photo_looks(claim: LossClaim) -> list[Look]:
    """Run every rule on the photos of a claim as they hang there now."""
    judged = judged_photos(claim)
    found = same_pictures(claim, judged)
    looks = {look.pk: look for look in looks_at(claim.reference)}
    return [
        _same_bytes(claim),
        *_own_photos_of_checks(claim, judged),
        _compared(judged, looks),
        _again(claim, judged, found),
        _twice(claim, judged, found),
        _made(claim, judged, looks),
        _old(claim, judged),
        _same_moment(claim, judged),
    ]


def _same_bytes(claim: LossClaim) -> Look:
    """Find the very same photo bytes on a claim that had them before; whoever had them first is not held."""
    title = _("The photos are not used elsewhere")
    own = Attachment.objects.filter(document=claim.reference, role=claim_role(claim.round))
    first = {digest: pk for pk, digest in own.order_by("-pk").values_list("pk", "file__sha256")}
    earlier = Q()
    for digest, pk in first.items():
        earlier |= Q(file__sha256=digest, pk__lt=pk)
    elsewhere = Attachment.objects.filter(earlier, document__startswith="claim:").exclude(document=claim.reference)
    names = elsewhere.values_list("document", flat=True) if first else []
    keys = {int(name.removeprefix("claim:")) for name in names}
    # One photo may show a heap of several lines of one report.
    others = LossClaim.objects.filter(pk__in=keys).exclude(report=claim.report_id) if keys else LossClaim.objects.none()
    if not others.exists():
        return Look("same_photo", GREEN, title, _("No other report has one of them."))
    neighbours = others.exclude(household=claim.household)
    numbers = "、".join(others.order_by("pk").values_list("number", flat=True)[:5])
    detail = _("The same photo hangs on claim %(numbers)s.") % {"numbers": numbers}
    return Look("same_photo", RED if neighbours.exists() else AMBER, title, detail)


def _own_photos_of_checks(claim: LossClaim, judged: Sequence[Attachment]) -> list[Look]:
    """See that no check showed the very photo of an earlier report; says nothing where no check took one."""
    taken = [row for row in judged if check_of(claim, row) is not None]
    earlier = Q()
    for row in taken:
        earlier |= Q(file__sha256=row.file.sha256, pk__lt=row.pk)
    if not taken:
        return []
    rule, title = "check_photo", _("Each check took its own photo")
    elsewhere = Attachment.objects.filter(earlier).exclude(document=claim.reference)
    names = document_words(set(elsewhere.order_by("pk").values_list("document", flat=True)[:MOST_NAMED]))
    if not names:
        return [Look(rule, GREEN, title, _("No earlier document has it."))]
    detail = _("The photo of a check hung before on %(documents)s.") % {"documents": "、".join(names.values())}
    return [Look(rule, AMBER, title, detail)]


def _compared(judged: Sequence[Attachment], every: Mapping[int, PhotoLook]) -> Look:
    """See that each photo was compared with earlier ones, which the background does within minutes."""
    rule, title = "photos_compared", _("The photos were compared with earlier ones")
    looks = [every[row.pk] for row in judged if row.pk in every]
    waiting = sum(look.looked_at is None for look in looks)
    if waiting:
        detail = _("%(n)s photos were not compared yet. That takes some minutes; look again then.")
        return Look(rule, AMBER, title, detail % {"n": waiting})
    unread = sum(not look.opened for look in looks)
    if unread:
        detail = _("%(n)s photos could not be opened for it. Compare them by eye.")
        return Look(rule, AMBER, title, detail % {"n": unread})
    if not looks:
        return Look(rule, GREEN, title, _("None of them came in since photos are compared."))
    most = max(look.compared for look in looks)
    detail = _("%(n)s photos, each with up to %(most)s of this household, village and sender.")
    return Look(rule, GREEN, title, detail % {"n": len(looks), "most": most})


def _again(claim: LossClaim, judged: Sequence[Attachment], found: SamePictures) -> Look:
    """Say which photos show what an earlier document showed; the earlier one is never held for it."""
    rule, title = "photo_again", _("The photos show what no earlier photo shows")
    if not found.again:
        return Look(rule, GREEN, title, _("No earlier photo shows the same picture."))
    names = document_words({match.other.document for match in found.again})
    said = [
        _("%(photo)s shows the same as one of %(document)s (%(why)s).")
        % {
            "photo": photo_words(claim, judged, match.look_id),  # type: ignore[attr-defined]
            "document": names[match.other.document],
            "why": why_words(match),
        }
        for match in found.again[:MOST_NAMED]
    ]
    return Look(rule, AMBER, title, "".join(said))


def _twice(claim: LossClaim, judged: Sequence[Attachment], found: SamePictures) -> Look:
    """Say which photos of one claim show the same picture: each should show something else."""
    rule, title = "photo_twice", _("Each photo shows something else")
    if not found.twice:
        return Look(rule, GREEN, title, _("No two photos of this report show the same picture."))
    said = [
        _("%(photo)s shows the same as %(other)s (%(why)s).")
        % {
            "photo": photo_words(claim, judged, match.look_id),  # type: ignore[attr-defined]
            "other": photo_words(claim, judged, match.other_id),  # type: ignore[attr-defined]
            "why": why_words(match),
        }
        for match in found.twice[:MOST_NAMED]
    ]
    return Look(rule, AMBER, title, "".join(said))


def _made(claim: LossClaim, judged: Sequence[Attachment], looks: Mapping[int, PhotoLook]) -> Look:
    """See whether a photo looks like one of a screen, or says that a program changed or made it."""
    rule, title = "photo_made", _("The photos come from a camera")
    said = [
        _("%(photo)s: %(why)s.") % {"photo": photo_words(claim, judged, row.pk), "why": why}
        for row in judged
        if (why := _not_from_camera(row, looks.get(row.pk)))
    ]
    if said:
        return Look(rule, AMBER, title, "".join(said))
    return Look(rule, GREEN, title, _("Nothing in them speaks of a screen or of a program that changes photos."))


def _old(claim: LossClaim, judged: Sequence[Attachment]) -> Look:
    """Say which photos of the report were taken well before the loss, as their camera says."""
    rule, title = "photo_old", _("The photos are no older than the loss")
    days = policy("photo_early_days", clock.county_day(claim.filed_at))
    said = {row.pk: day for row in judged if row.role == claim_role(claim.round) and (day := _day_taken(row))}
    if not said:
        return Look(rule, GREEN, title, _("Unknown: no photo of the report says when it was taken."))
    old = {key: day for key, day in said.items() if (claim.happened_on - day).days > days}
    if not old:
        detail = _("None that says its day is more than %(days)s days older than the loss.") % {"days": days}
        return Look(rule, GREEN, title, detail)
    words = [
        _("%(photo)s: its camera says %(day)s, %(n)s days before the loss.")
        % {"photo": photo_words(claim, judged, key), "day": day.isoformat(), "n": (claim.happened_on - day).days}
        for key, day in old.items()
    ]
    return Look(rule, AMBER, title, "".join(words))


def _same_moment(claim: LossClaim, judged: Sequence[Attachment]) -> Look:
    """Say which photos were taken in the very second in which the like of their camera took an earlier document's.

    What was cut, drawn on or lit anew keeps what the camera wrote. A camera that writes its number is that one alone.
    """
    rule, title = "photo_moment", _("No camera took it for somebody else")
    mine = {row.pk: _camera(row) for row in judged if _day_taken(row) is not None and any(_camera(row))}
    if not mine:
        return Look(rule, GREEN, title, _("Unknown: no photo says with what it was taken, and when."))
    moments = {row.pk: row.file.facts["taken"] for row in judged if row.pk in mine}
    taken = Attachment.objects.alias(moment=KeyTextTransform("taken", "file__facts"))
    elsewhere = taken.filter(moment__in=set(moments.values()), pk__lt=max(mine))
    others = elsewhere.exclude(document__in={claim.reference, *own_story(claim)})
    said: dict[int, str] = {}
    for other in others.select_related("file").order_by("pk")[:MOST_COMPARED]:
        for key, camera in mine.items():
            if moments[key] == other.file.facts["taken"] and key > other.pk and camera == _camera(other):
                said.setdefault(key, other.document)
    if not said:
        return Look(rule, GREEN, title, _("No earlier photo was taken by the like of its camera in the same second."))
    names = document_words(set(said.values()))
    words = [
        _("%(photo)s and one of %(document)s were taken by the like of one camera in the same second.")
        % {"photo": photo_words(claim, judged, key), "document": names[document]}
        for key, document in list(said.items())[:MOST_NAMED]
    ]
    return Look(rule, AMBER, title, "".join(words))


def _camera(row: Attachment) -> tuple[str, ...]:
    """Return what a camera wrote of itself: its maker, its kind, its own number where it has one."""
    return tuple(str(row.file.facts.get(name, "")) for name in ("make", "model", "serial"))


def _day_taken(row: Attachment) -> dt.date | None:
    """Return the day that the camera wrote, unless its clock cannot be right."""
    facts = row.file.facts
    if "taken" not in facts or facts.get("clock") == "impossible":
        return None
    return dt.date.fromisoformat(facts["taken"][:10])


def _not_from_camera(row: Attachment, look: PhotoLook | None) -> str:
    facts, size = row.file.facts, (row.file.width or 0, row.file.height or 0)
    software = str(facts.get("software", ""))
    if any(name in software.lower() for name in EDITORS):
        return _("it says it went through %(program)s") % {"program": software}
    if facts.get("thumbnail") == "another":
        return _("the small picture inside it shows something else")
    if (min(size), max(size)) in SCREENS and not (facts.get("make") or facts.get("model")):
        return _("it is as large as a phone's screen (%(w)s × %(h)s) and names no camera") % {
            "w": size[0],
            "h": size[1],
        }
    if look is not None and look.framed:
        return _("it stands between bars, as a screen shows it")
    return ""


def photo_words(claim: LossClaim, judged: Sequence[Attachment], key: int) -> str:
    """Name one photo of a claim as the desk counts them: photo 2 of the report, photo 1 of the visit."""
    row = next(one for one in judged if one.pk == key)
    stage = check_of(claim, row)
    if stage is not None:
        return _("The village's photo") if stage == Stage.VILLAGE else _("The township's photo")
    of_visit = visit_of(claim, row)
    number = 1 + _alike(claim, judged, of_visit).index(key)
    return (_("Photo %(n)s of the visit") if of_visit else _("Photo %(n)s of the report")) % {"n": number}


def _alike(claim: LossClaim, judged: Sequence[Attachment], of_visit: bool) -> list[int]:
    """Return the keys of the photos of the visit, or of the report."""
    return [row.pk for row in judged if visit_of(claim, row) == of_visit and check_of(claim, row) is None]


def why_words(match: PhotoMatch) -> str:
    """Return by what two photos were found to show the same picture."""
    if match.points:
        return _("%(n)s points lie alike") % {"n": match.points}
    return pgettext("photo", "they look alike")


def document_words(documents: Collection[str]) -> dict[str, str]:
    """Name documents whose photos are spoken of, each by its number where it has one."""
    keys: dict[str, set[int]] = {}
    for document in documents:
        kind, _colon, key = document.partition(":")
        if key.isdigit():
            keys.setdefault(kind, set()).add(int(key))
    names = {document: pgettext("photo", "another document") for document in documents}
    for pk, number in LossClaim.objects.filter(pk__in=keys.get("claim", ())).values_list("pk", "number"):
        names[f"claim:{pk}"] = _("report %(number)s") % {"number": number}
    for pk, number in Listing.objects.filter(pk__in=keys.get("listing", ())).values_list("pk", "number"):
        names[f"listing:{pk}"] = _("lot %(number)s") % {"number": number}
    for notice in LossNotice.objects.filter(pk__in=keys.get("lossnotice", ())):
        names[notice.reference] = _("the notice of loss of %(day)s") % {"day": clock.county_day(notice.at).isoformat()}
    return names
