"""What was typed at the scale so far: kept with the session until the last line, so a killed page loses nothing."""

import uuid

from kernel import weight
from kernel.errors import DomainError
from orders.services.receiving import Weighed
from records.forms import new_key
from records.models import StoredFile
from records.services.photos import receive_photo


class Draft:
    """The weighing of one delivery, line by line, before it becomes a receipt."""

    def __init__(self, session, delivery, lots):
        self.session, self.lots = session, lots
        self.name = f"scale-{delivery.pk}"
        kept = session.get(self.name) or {"key": new_key(), "lines": {}}
        living = {str(lot.pk): lot for lot in lots}
        self.key = kept["key"]
        self.lines = {pk: line for pk, line in kept["lines"].items() if pk in living and _stands(line, living[pk])}
        self.photos = {pk: file for pk, file in kept.get("photos", {}).items() if pk in living}

    def open_lot(self, asked: str):
        """Return the lot to weigh now: the one asked for, else the first not yet weighed."""
        named = next((lot for lot in self.lots if str(lot.pk) == asked), None)
        return named or next(iter(self.missing()), self.lots[0])

    def missing(self) -> list:
        """Return the lots not yet weighed."""
        return [lot for lot in self.lots if str(lot.pk) not in self.lines]

    def typed(self, lot) -> dict:
        """Return what was typed of a lot, to change it."""
        return dict(self.lines.get(str(lot.pk), {}))

    def exactly(self, lot) -> dict:
        """Return the form as if somebody had typed exactly what was ordered."""
        return {"gross": weight.kg(lot.weight_g), "tare": "", "refused": "", "pieces": str(lot.quantity)}

    def keep(self, lot, form):
        """Keep what was typed of a lot."""
        said = form.cleaned_data
        self.lines[str(lot.pk)] = {
            "gross": said["gross"],
            "tare": said["tare"] or 0,
            "refused": said["refused"] or 0,
            "reason": said["reason"],
            "note": said["note"],
            "pieces": said.get("pieces"),
        }
        self._write()

    def take_photo(self, lot, form, upload, *, by, at):
        """Take in a photo of the scale; it stays though the line is shown again, and one that fails is said there."""
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

    def _write(self):
        self.session[self.name] = {"key": self.key, "lines": self.lines, "photos": self.photos}

    def weights(self) -> dict[int, Weighed]:
        """Return all that was weighed, by allocation."""
        return {int(pk): _weighed(line) for pk, line in self.lines.items()}

    def forget(self):
        """Drop the draft: the receipt has it now."""
        self.session.pop(self.name, None)

    @staticmethod
    def read(form) -> Weighed:
        """Return what one valid form says."""
        return _weighed(form.cleaned_data)


def _stands(line: dict, lot) -> bool:
    """Say whether what was typed of a lot still counts: nothing of it does once the lot is recalled after that."""
    return lot.listing.recalled_at is None or not _weighed(line).accepted_g


def _weighed(said: dict) -> Weighed:
    return Weighed(
        said["gross"],
        tare_g=said["tare"] or 0,
        refused_g=said["refused"] or 0,
        reason=said["reason"],
        note=said["note"],
        accepted_pieces=said.get("pieces"),
    )
