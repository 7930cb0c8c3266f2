"""Read the list of a union's members from a file: every row, and what is wrong with the others by its cell."""

import datetime as dt
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from canteens.models import MOST_MEMBERS
from canteens.services.union_members import ListedMember, ListFault
from kernel.dates import read_day
from kernel.errors import DomainError
from kernel.tables import Row, read_table

COLUMNS = {
    "姓名": "name",
    "会员姓名": "name",
    "name": "name",
    "身份证号": "id_number",
    "身份证号码": "id_number",
    "证件号码": "id_number",
    "id_number": "id_number",
    "入会日期": "from_on",
    "from_on": "from_on",
    "退会日期": "to_on",
    "to_on": "to_on",
}


@dataclass
class ListRead:
    """The rows of a file, and what is wrong with those that cannot be read."""

    rows: list[ListedMember] = field(default_factory=list)
    faults: list[ListFault] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def read_list(raw: bytes) -> ListRead:
    """Return the members that a file lists; raises BadValue where it is no table with these headings."""
    table = read_table(raw, COLUMNS, most_rows=MOST_MEMBERS)
    read = ListRead(left_out=table.left_out())
    for row in table.rows:
        trouble = row.trouble(named=["name"], alone=("name", "id_number"))
        if trouble is not None:
            column, reason = trouble
            read.faults.append(ListFault(_place(row, column), reason))
            continue
        try:
            read.rows.append(_member(row))
        except DomainError as refusal:
            read.faults.append(ListFault(_place(row, "from_on"), str(refusal)))
    return read


def _member(row: Row) -> ListedMember:
    cells = row.cells
    return ListedMember(
        name=cells["name"],
        id_number=cells.get("id_number", ""),
        from_on=_day(cells.get("from_on", "")),
        to_on=_day(cells.get("to_on", "")),
        place=_place(row, "name"),
    )


def _day(text: str) -> dt.date | None:
    return read_day(text) if text else None


def _place(row: Row, column: str) -> str:
    return row.cell(column) or row.cell("name") or _("row %(number)s") % {"number": row.number}
