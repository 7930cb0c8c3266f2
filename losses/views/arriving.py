"""What several doors of relief share: photos that arrive with a form."""

import uuid

from django.utils.translation import gettext as _

from kernel.errors import DomainError
from losses.forms import remember, remembered
from records.models import StoredFile
from records.services.photos import receive_photo


def photos_of(request, form, names: tuple[str, ...], *, at) -> dict[str, StoredFile]:
    """Take in the photos of a form and return those that are here now, also from earlier tries.

    A photo that cannot be read becomes an error beside its field; the others stay, though the form is shown again.
    """
    kept = remembered(request.POST.get("kept", ""), request.user)
    for name in names:
        uploads = request.FILES.getlist(name)[:12]
        for number, upload in enumerate(uploads):
            try:
                photo = receive_photo(upload, by=request.user, at=at, public=False)
            except DomainError as refusal:
                form.add_error(name, str(refusal))
                continue
            kept[name if len(names) > 1 else f"{name}{len(kept)}-{number}"] = str(photo.pk)
    files = StoredFile.objects.in_bulk([uuid.UUID(key) for key in kept.values()])
    if kept:
        form.data = form.data.copy()
        form.data["kept"] = remember(kept | {"by": str(request.user.pk)})
    found = {name: files[uuid.UUID(key)] for name, key in kept.items() if uuid.UUID(key) in files}
    form.here = _("%(n)s photos are here already") % {"n": len(found)} if found else ""
    return found
