"""The files that open a county, told apart by their headings and read by the forms of the registers."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from kernel.errors import BadValue
from kernel.tables import NoHeadings, Row, Table, read_table
from registers.forms import ChannelForm, FirstPlaceForm, FirstPostForm, RegisterForm
from registers.pages.files import headings_of
from registers.services.opening import CountyFiles, Fault, Line

MOST_ROWS = 5000
FORMS: dict[str, type[RegisterForm]] = {"places": FirstPlaceForm, "channels": ChannelForm, "people": FirstPostForm}


def read_county(files: Sequence[tuple[str, bytes]]) -> CountyFiles:
    """Read files, each named; what cannot be read is a fault by file, cell and sentence."""
    county = CountyFiles()
    for name, raw in files:
        try:
            kind, table = _told_apart(raw)
        except BadValue as refusal:
            county.faults.append(Fault(name, str(refusal)))
            continue
        county.faults += [Fault(name, sentence) for sentence in table.left_out()]
        lines: list[Line] = getattr(county, kind)
        for row in table.rows:
            read = _read(FORMS[kind], row, name)
            if isinstance(read, Line):
                lines.append(read)
            else:
                county.faults += read
    return county


def _told_apart(raw: bytes) -> tuple[str, Table]:
    """Return which of the files this is, and its rows."""
    for kind, form in FORMS.items():
        try:
            table = read_table(raw, headings_of(form), most_rows=MOST_ROWS)
        except NoHeadings:
            continue
        if {name for name in form.fields_of_row() if form.base_fields[name].required} <= table.columns:
            return kind, table
    raise BadValue(_("The headings are not those of places, of channels or of people. Compare them with the guide."))


def _read(form: type[RegisterForm], row: Row, name: str) -> Line | list[Fault]:
    cells = {column: f"{name} {row.cell(column)}" for column in row.letters}
    trouble = row.trouble(named=list(row.cells)[:1])
    if trouble is not None:
        column, reason = trouble
        return [Fault(cells[column], reason)]
    filled = form(row.cells)
    if filled.is_valid():
        return Line(filled.content(), cells)
    first = next(iter(cells.values()))
    return [Fault(cells.get(column, first), str(errors[0])) for column, errors in filled.errors.items()]
