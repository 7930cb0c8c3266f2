"""What was typed at the scale so far: kept with the session until the last line, so a killed page loses nothing."""

import datetime as dt
import uuid
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.core.files.uploadedfile import UploadedFile

from accounts.models import User
from kernel import weight
from kernel.errors import DomainError
from orders.forms import ScaleForm
from orders.models import Allocation, Delivery, DeliveryLine
from orders.services.receiving import Weighed
from records.forms import new_key
from records.models import StoredFile
from records.services.photos import receive_photo


class Draft:
    """The weighing of one delivery, line by line, before it becomes a receipt."""

    def __init__(self, session: SessionBase, delivery: Delivery, trip_lines: list[DeliveryLine]) -> None:
        self.session, self.trip_lines = session, trip_lines
        self.name = f"scale-{delivery.pk}"
        kept = session.get(self.name) or {"key": new_key(), "lines": {}}
        living = {str(line.allocation_id): line.allocation for line in trip_lines}
        self.key = kept["key"]
        self.lines = {pk: line for pk, line in kept["lines"].items() if pk in living and _stands(line, living[pk])}
        self.photos = {pk: file for pk, file in kept.get("photos", {}).items() if pk in living}

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
        }
        self._write()

    def take_photo(
        self, lot: Allocation, form: ScaleForm, upload: UploadedFile | None, *, by: User, at: dt.datetime
    ) -> None:
        """Take in a photo of the scale; it stays though the line is shown again, and one that fails is typed there."""
        if upload is None:
            return
        try:
            self.photos[str(lot.pk)] = str(receive_photo(upload, by=by, at=at, public=False).pk)
        except DomainError as refusal:
            form.add_error("photo", str(refusal))
        self._write()

    def photo_files(self) -> dict[int, StoredFile]:
        """Return the photos of the scale, by allocation."""
        files = StoredFile.objects.in_bulk([uuid.UUID(file) for file in self.photos.values()])
        return {int(pk): files[uuid.UUID(file)] for pk, file in self.photos.items() if uuid.UUID(file) in files}

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
    )
