"""The sheet of a public notice as a file: drawn in Chinese to be signed, handed to everybody once it is."""

import io
import json
from pathlib import Path

import noto_cjk_sans_otc
from django.conf import settings
from django.http import FileResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from kernel import clock
from kernel.dates import time_words
from kernel.qr import square_code
from kernel.shown import Fact
from records.models import NoticeSignature
from records.pages import notices as pages
from records.selectors.notices import NoticePage
from records.services.files import read_original
from records.services.scans import PDF

TYPST = Path("templates") / "typst"


def poster_pdf(page: NoticePage) -> bytes:
    """Return the sheet of a notice as PDF (A4), with a code that leads to the notice itself."""
    import typst  # here, since a typesetter is large and only the background draws

    with override("zh-hans"):
        data = _words(page)
    return typst.compile(
        str(settings.BASE_DIR / TYPST / "notice.typ"),
        root=str(settings.BASE_DIR / TYPST),
        font_paths=[str(Path(noto_cjk_sans_otc.__file__).parent)],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )


def signature_facts(signature: NoticeSignature) -> list[Fact]:
    """Return which certificate signed a sheet, and when."""
    stamp = _("confirmed by a time-stamp server") if signature.stamped else _("by the clock of this site")
    return [
        Fact(_("Signed with the certificate of"), signature.subject),
        Fact(_("Certificate issued by"), signature.issuer),
        Fact(_("Serial number of the certificate"), signature.serial),
        Fact(_("Certificate valid until"), date_format(clock.county_day(signature.valid_until), "DATE_FORMAT")),
        Fact(_("Signed on"), time_words(signature.at), stamp),
    ]


def signed_file(signature: NoticeSignature) -> FileResponse:
    """Hand out the signed sheet, to be saved: browsers do not show who signed."""
    name = f"{signature.notice.number}.pdf"
    answer = FileResponse(
        io.BytesIO(read_original(signature.file)), content_type=PDF, as_attachment=True, filename=name
    )
    answer["Cache-Control"] = "no-cache"  # a notice may be withdrawn
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _words(page: NoticePage) -> dict[str, object]:
    head = pages.notice_head(page, rules_url="")
    total = pages.total_of(page)
    address = settings.SITE_ADDRESS + reverse("notice", args=[head.number])
    rows = [pages.public_line(page.notice, line) for line in page.lines]
    return {
        "title": head.title,
        "office": f"{head.office} · " + _("Notice %(number)s") % {"number": head.number},
        "facts": [
            [pgettext("public notice", "On notice"), f"{head.period}（{head.period_note}）"],
            [pgettext("public notice", "Rule"), head.rule.label],
            [pgettext("public notice", "In all"), head.sum_text],
        ],
        "rows": [
            [row.name, f"{row.village} · {row.no}" if row.no else row.village, row.line, row.amount] for row in rows
        ],
        "total": [total.label, total.amount],
        "how": head.how,
        "objection": _("Think it is not right? Read the code or open the address below and object."),
        "code": square_code(address),
        "address": address,
    }
