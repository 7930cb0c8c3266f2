"""Photos of documents that are to get a second look: asked for as they come in, made in the background."""

from collections.abc import Sequence

from records.models import Attachment, PhotoLook, PhotoPrint


def ask_for_look(attachments: Sequence[Attachment], *, ties: Sequence[str]) -> None:
    """Let these photos be compared with earlier ones that have one of these ties; once each.

    A file of which no print was taken came by no door of photos: there is nothing to look at.
    """
    printed = set(
        PhotoPrint.objects.filter(file__in=[row.file_id for row in attachments]).values_list("file", flat=True)
    )
    PhotoLook.objects.bulk_create(
        [PhotoLook(attachment=row, ties=list(ties)) for row in attachments if row.file_id in printed],
        ignore_conflicts=True,
    )
