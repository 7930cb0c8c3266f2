"""What was typed at the scale so far: kept with the session until the last line, so a killed page loses nothing."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from kernel import weight
from kernel.errors import DomainError
from kernel.shown import Link
from orders.forms import ScaleForm
from orders.models import Allocation, Delivery, DeliveryLine
from orders.pages import scale as scale_pages
from orders.pages.words import step_choices
from orders.selectors.scale import refused_role, roles_of, scale_role, slip_role
from orders.services.weighing import AtScale, Weighed
from records.forms import new_key
from records.models import StoredFile
from records.services.photos import receive_photo

PHOTO_FIELDS = {"photo": scale_role, "refused_photo": refused_role, "slip": slip_role}


class Draft:
    """The weighing of one delivery, line by line, before it becomes a receipt."""

    def __init__(self, session: SessionBase | dict, delivery: Delivery, trip_lines: list[DeliveryLine]) -> None:
        self.session, self.trip_lines = session, trip_lines
        self.name = f"scale-{delivery.pk}"
        kept = session.get(self.name) or {"key": new_key(), "lines": {}}
        living = {str(line.allocation_id): line.allocation for line in trip_lines}
        self.key = kept["key"]
        self.lines = {pk: line for pk, line in kept["lines"].items() if pk in living and _stands(line, living[pk])}
        roles = set(roles_of(line.allocation_id for line in trip_lines))
        self.photos = {role: file for role, file in kept.get("photos", {}).items() if role in roles}

    def open_line(self, lot_id: str) -> DeliveryLine:
        """Return the line to weigh now: the one asked for, else the first not yet weighed."""
        named = next((line for line in self.trip_lines if str(line.allocation_id) == lot_id), None)
        return named or next(iter(self.missing()), self.trip_lines[0])

    def missing(self) -> list[DeliveryLine]:
        """Return the lines not yet weighed."""
        return [line for line in self.trip_lines if str(line.allocation_id) not in self.lines]

    def typed(self, lot: Allocation) -> dict[str, Any]:
        """Return what was typed of a lot, to change it."""
        return dict(self.lines.get(str(lot.pk), {}))

    def exactly(self, line: DeliveryLine) -> dict[str, str]:
        """Return the form as if somebody had typed exactly what was sent."""
        return {"gross": weight.kg(line.shipped_g), "tare": "", "refused": "", "pieces": str(line.shipped)}

    def keep(self, lot: Allocation, form: ScaleForm) -> None:
        """Keep what was typed of a lot."""
        typed = form.cleaned_data
        self.lines[str(lot.pk)] = {
            "gross": typed["gross"],
            "tare": typed["tare"] or 0,
            "refused": typed["refused"] or 0,
            "reason": typed["reason"],
            "note": typed["note"],
            "pieces": typed.get("pieces"),
            "over": typed.get("over", ""),
            "grade": typed.get("grade", ""),
        }
        self._write()

    def take_photos(
        self, lot: Allocation, form: ScaleForm, files: Mapping[str, UploadedFile], *, by: User, at: dt.datetime
    ) -> None:
        """Take in what was photographed of a lot; it stays though the line is shown again, and one that fails is said
        there."""
        for field, role in PHOTO_FIELDS.items():
            if files.get(field) is None or field not in form.fields:
                continue
            try:
                self.photos[role(lot.pk)] = str(receive_photo(files[field], by=by, at=at, public=False).pk)
            except DomainError as refusal:
                form.add_error(field, str(refusal))
            self._write()

    def photos_here(self, lot: Allocation) -> set[str]:
        """Return the fields whose photo of this lot has arrived."""
        return {field for field, role in PHOTO_FIELDS.items() if role(lot.pk) in self.photos}

    def photo_files(self) -> dict[str, StoredFile]:
        """Return the photos by the role in which the receipt shows them."""
        files = StoredFile.objects.in_bulk([uuid.UUID(file) for file in self.photos.values()])
        return {role: files[uuid.UUID(file)] for role, file in self.photos.items() if uuid.UUID(file) in files}

    def _write(self) -> None:
        self.session[self.name] = {"key": self.key, "lines": self.lines, "photos": self.photos}

    def weights(self) -> dict[int, Weighed]:
        """Return all that was weighed, by allocation."""
        return {int(pk): _weighed(line) for pk, line in self.lines.items()}

    def forget(self) -> None:
        """Drop the draft: the receipt has it now."""
        self.session.pop(self.name, None)

    @staticmethod
    def read(form: ScaleForm) -> Weighed:
        """Return what one valid form says."""
        return _weighed(form.cleaned_data)


def _stands(line: dict[str, Any], lot: Allocation) -> bool:
    """Return whether what was typed of a lot still counts: nothing of it does once the lot is recalled after that."""
    return lot.listing.recalled_at is None or not _weighed(line).accepted_g


def _weighed(line: dict[str, Any]) -> Weighed:
    return Weighed(
        line["gross"],
        tare_g=line["tare"] or 0,
        refused_g=line["refused"] or 0,
        reason=line["reason"],
        note=line["note"],
        accepted_pieces=line.get("pieces"),
        over=line.get("over", ""),
        grade=line.get("grade", ""),
    )


def scale_context(
    trip: Delivery, lines: list[DeliveryLine], line: DeliveryLine, draft: Draft, rules: AtScale, form: ScaleForm
) -> dict[str, Any]:
    """Return the context of the scale: this line's form open, those of the others behind their cards."""
    weights, title = draft.weights(), _("Delivery %(number)s") % {"number": trip.number}
    return {
        "kept_one": {"id": trip.pk, "title": title, "url": reverse("delivery-weighed", args=[trip.pk])},
        "delivery": {
            "id": trip.pk,
            "title": title,
            "meta": scale_pages.delivery_meta(trip, lines),
            "scan_url": f"{reverse('delivery-scan')}?at={trip.pk}",
        },
        "form": form,
        "lines": [
            (item, _form_of(lot, line, draft, rules, form))
            for item, lot in zip(scale_pages.scale_lines(trip, lines, weights, line), lines, strict=True)
        ],
        "line": scale_pages.open_line(line, weights.get(line.allocation_id), rules),
        "totals": scale_pages.running_total(lines, rules.decided(weights), rules.held),
        "submit": scale_pages.next_step(lines, weights, line),
        "back": Link(reverse("delivery-list"), _("Weigh in")),
    }


def scale_form(rules: AtScale, lot: Allocation, *typed: Any, **more: Any) -> ScaleForm:
    """Return the form of one lot at the scale, with what is asked of such a lot."""
    return ScaleForm(*typed, grades=step_choices(lot.listing), **rules.kind(lot), **more)


def _form_of(
    lot: DeliveryLine, on_scale: DeliveryLine, draft: Draft, rules: AtScale, form: ScaleForm
) -> dict[str, Any]:
    """Return the form of one lot: the one on the scale as it was sent, any other as it would be opened."""
    if lot != on_scale:
        typed, auto_id = draft.typed(lot.allocation), f"id_{lot.allocation_id}_%s"
        form = scale_form(rules, lot.allocation, initial=typed, auto_id=auto_id)
    return {
        "form": form,
        "id": "scale-form" if lot == on_scale else f"scale-form-{lot.allocation_id}",
        "line": scale_pages.open_line(lot, draft.weights().get(lot.allocation_id), rules),
        "papers": scale_pages.door_papers(rules.papers.get(lot.allocation_id)),
        "photos_here": draft.photos_here(lot.allocation),
        "open": lot == on_scale,
    }
