"""Changes of the dictionary in words, column by column; no query is made here."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from accounts.models import User
from accounts.selectors import spoken_time
from kernel import weight
from kernel.present import in_english, name_of
from kernel.shown import Tag
from produce.models import ChangeStatus, PaperKind, ProduceChange
from records.models import Move

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
    "count_word": gettext_lazy("Said by the word"),
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


@dataclass(frozen=True, slots=True)
class Column:
    """What a column says and what it becomes; of a picture its name as well."""

    label: str
    before: str
    after: str
    before_picture: str = ""
    after_picture: str = ""


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """One proposal in a list."""

    url: str
    title: str
    what: str
    more: str
    who: str
    when: str
    reason: str
    status: Tag


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a proposal, with what its doer wrote to it."""

    when: str
    who: str
    what: str
    tone: str
    note: str


def columns_of(change: ProduceChange, kinds: dict[str, str]) -> list[Column]:
    """Return what a proposal changes, column by column."""
    return [
        _compared(column, str(label), change.becomes[column], kinds)
        for column, label in COLUMN_NAMES.items()
        if column in change.becomes
    ]


def _compared(column: str, label: str, change: dict[str, Any], kinds: dict[str, str]) -> Column:
    before, after = said_of(column, change["from"], kinds), said_of(column, change["to"], kinds)
    if column == "picture":
        return Column(label, before, after, change["from"] or "", change["to"])
    return Column(label, before, after)


def proposal_row(change: ProduceChange) -> ProposalRow:
    """Return one proposal in a list: of what, how much, by whom and why."""
    number = len(change.becomes)
    columns = [str(COLUMN_NAMES[column]) for column in list(change.becomes)[:4] if column in COLUMN_NAMES]
    return ProposalRow(
        url=reverse("proposal", args=[change.pk]),
        title=title_of(change),
        what=_("everything") if change.produce_id is None else pgettext("list", ", ").join(columns),
        more=ngettext("%(n)s change", "%(n)s changes", number) % {"n": number},
        who=_person(change.proposed_by),
        when=spoken_time(change.at),
        reason=change.reason,
        status=status_of(change.status),
    )


def title_of(change: ProduceChange) -> str:
    """Return which entry a proposal is about."""
    if change.produce is not None:
        return name_of(change.produce)
    return _("New: %(name)s") % {"name": change.becomes["name_en" if in_english() else "name"]["to"]}


def proposed_by(change: ProduceChange) -> str:
    """Return who proposed a change, and when."""
    return _("%(who)s, %(when)s") % {"who": _person(change.proposed_by), "when": spoken_time(change.at)}


def history_of(moves: Iterable[Move]) -> list[Step]:
    """Return what happened to a proposal, as it comes."""
    statuses = [(move, status_of(move.after)) for move in moves]
    return [
        Step(spoken_time(move.at), _person(move.by), status.text, status.tone, move.note) for move, status in statuses
    ]


def _person(user: User | None) -> str:
    return user.person.name if user is not None and user.person is not None else ""


def said_of(column: str, value: Any, kinds: dict[str, str] | None = None) -> str:
    """Return a value of an entry in the reader's language, a dash where there is none; `kinds` names categories."""
    if value is None or value == "" or value == []:
        return "—"
    match column:
        case "category":
            return (kinds or {}).get(value, value)
        case "stock_unit":
            return _("Weight") if value == "g" else _("Pieces, settled by weight")
        case "piece_g":
            return weight.both(value)
        case "count_word":
            return str(weight.COUNT_WORDS.get(value, value))
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


def status_of(status: str) -> Tag:
    """Return the tag of a proposal's state."""
    state = ChangeStatus(status)
    return Tag(_TONES[state], str(state.label))


def _grade(row: dict[str, Any]) -> str:
    name = row["name_en"] if in_english() else row["name"]
    worth = _("%(percent)s%% of the best price") % {"percent": row["worth_percent"]} if row["worth_percent"] else ""
    return " ".join(filter(None, (name, row["measure"], worth)))
