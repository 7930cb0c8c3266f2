"""An entry of the dictionary in words, column by column; no query is made here."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from kernel import weight
from kernel.present import in_english
from produce.models import ChangeStatus, PaperKind, ProduceChange

# Every column that may change, as the desk calls it.
COLUMN_NAMES = {
    "code": pgettext_lazy("dictionary", "Code"),
    "name": pgettext_lazy("dictionary", "Name"),
    "name_en": gettext_lazy("English name"),
    "aliases": gettext_lazy("Other names"),
    "category": pgettext_lazy("market", "Kind"),
    "picture": gettext_lazy("Picture"),
    "stock_unit": gettext_lazy("Counted in"),
    "piece_g": gettext_lazy("Usual weight of one piece"),
    "packs": gettext_lazy("Also sold in"),
    "grades": gettext_lazy("Grades"),
    "shelf_days": gettext_lazy("Keeps at room temperature"),
    "shelf_days_cold": gettext_lazy("Keeps in a cold store"),
    "season": gettext_lazy("Months of harvest"),
    "yield_g_per_mu": gettext_lazy("The most that one mu gives"),
    "papers": gettext_lazy("Papers that must travel with it"),
    "forbidden": gettext_lazy("It may not be sold here"),
    "forbidden_reason": gettext_lazy("Why it may not be sold here"),
}
_TONES = {ChangeStatus.PROPOSED: "info", ChangeStatus.IN_FORCE: "ok", ChangeStatus.REFUSED: "plain"}


def compared(column: str, change: dict[str, Any], kinds: dict[str, str]) -> dict[str, str]:
    """Return what a column says and what it becomes; of a picture its name as well."""
    words = {"before": said_of(column, change["from"], kinds), "after": said_of(column, change["to"], kinds)}
    if column == "picture":
        words |= {"before_picture": change["from"] or "", "after_picture": change["to"]}
    return words


def said_of(column: str, value: Any, kinds: dict[str, str] | None = None) -> str:
    """Say one value of an entry in the reader's language, a dash where there is none; `kinds` names the categories."""
    if value is None or value == "" or value == []:
        return "—"
    match column:
        case "category":
            return (kinds or {}).get(value, value)
        case "stock_unit":
            return _("Weight") if value == "g" else _("Pieces, settled by weight")
        case "piece_g":
            return weight.both(value)
        case "yield_g_per_mu":
            return _("%(kg)s kg") % {"kg": weight.with_commas(weight.kg(value))}
        case "shelf_days" | "shelf_days_cold":
            return ngettext("%(days)s day", "%(days)s days", value) % {"days": value}
        case "season":
            months = pgettext("list", ", ").join(str(month) for month in value)
            return _("all year") if len(value) == 12 else _("months %(months)s") % {"months": months}
        case "packs":
            return pgettext("list", ", ").join(str(weight.UNIT_NAMES.get(code, code)) for code in value)
        case "papers":
            names = dict(PaperKind.choices)
            return pgettext("list", ", ").join(str(names.get(code, code)) for code in value)
        case "forbidden":
            return _("yes") if value else _("no")
        case "grades":
            return "\n".join(_grade(row) for row in value)
        case "aliases":
            return pgettext("list", ", ").join(value)
    return str(value)


def status_of(found: ProduceChange | str) -> dict[str, str]:
    """Return the tag of a proposal's state."""
    status = ChangeStatus(found if isinstance(found, str) else found.status)
    return {"tone": _TONES[status], "text": str(status.label)}


def _grade(row: dict[str, str]) -> str:
    name = row["name_en"] if in_english() else row["name"]
    return f"{name} {row['measure']}".strip()
