"""What the bureau types about an entry of the dictionary, read into the values that a change compares."""

import re
from pathlib import Path
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.errors import BadValue
from kernel.form_fields import WeightField, WholeNumberField
from kernel.present import in_english
from kernel.typed import fold_width, strip_invisible
from kernel.weight import COUNT_WORDS, PACKED, UNIT_NAMES, heads
from produce.models import PaperKind, Produce, ProduceCategory, StockUnit
from produce.selectors.dictionary_changes import GRADE_COLUMNS

GRADES, MOST_ALIASES, MOST_LETTERS = 6, 12, 24
MONTHS = [(month, str(month)) for month in range(1, 13)]
_BETWEEN = re.compile(r"[,，、;；\n]+")
_NO_SIGNS = RegexValidator(r"^[^<>{}%_\\/]*$", _("Write words, without signs."))
# Words of the addresses beside those of the entries.
_RESERVED = {"new", "proposals"}


def pictures() -> list[str]:
    """Return the drawings there are."""
    return sorted(file.stem for file in Path(settings.BASE_DIR, "static/img/produce").glob("*.svg"))


class Words(forms.CharField):
    """A few words without invisible signs."""

    def __init__(self, **kwargs):
        kwargs.setdefault("max_length", MOST_LETTERS)
        super().__init__(validators=[_NO_SIGNS], **kwargs)

    def to_python(self, value: Any) -> str:
        """Return them trimmed, full-width letters folded."""
        return strip_invisible(fold_width(super().to_python(value) or "")).strip()


class ProduceForm(forms.Form):
    """Everything the dictionary says of one produce, and why it should."""

    idem = forms.CharField(max_length=64, widget=forms.HiddenInput)
    name = Words(label=pgettext_lazy("dictionary", "Name"))
    name_en = Words(label=_("English name"), max_length=40)
    aliases = forms.CharField(
        label=_("Other names"), help_text=_("One behind the other, a comma between."), max_length=300, required=False
    )
    category = forms.ChoiceField(label=pgettext_lazy("market", "Kind"))
    picture = forms.ChoiceField(label=_("Picture"), widget=forms.RadioSelect)
    stock_unit = forms.ChoiceField(
        label=_("Counted in"), choices=[("g", _("Weight")), ("piece", _("Pieces, settled by weight"))],
        widget=forms.RadioSelect,
    )  # fmt: skip
    piece_g = WeightField(unit="kg", label=_("Usual weight of one piece"), required=False)
    count_word = forms.ChoiceField(
        label=_("Said by the word"), required=False, widget=forms.RadioSelect,
        help_text=_("Only of what is sold in pieces: the word behind the number."),
    )  # fmt: skip
    packs = forms.MultipleChoiceField(
        label=_("Also sold in"), choices=[(code, UNIT_NAMES[code]) for code in PACKED], required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    shelf_days = WholeNumberField(label=_("Keeps at room temperature"), min_value=1, max_value=3650)
    shelf_days_cold = WholeNumberField(label=_("Keeps in a cold store"), min_value=1, max_value=3650)
    season = forms.TypedMultipleChoiceField(
        label=_("Months of harvest"), choices=MONTHS, coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    yield_g_per_mu = WholeNumberField(
        label=_("The most that one mu gives"), min_value=1, max_value=100_000, required=False
    )
    papers = forms.MultipleChoiceField(
        label=_("Papers that must travel with it"), choices=PaperKind.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    forbidden = forms.BooleanField(label=_("It may not be sold here"), required=False)
    forbidden_reason = forms.CharField(label=_("Why it may not be sold here"), max_length=200, required=False)
    reason = forms.CharField(
        label=_("Reason for this change"), max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args, produce: Produce | None, **kwargs):
        super().__init__(*args, **kwargs)
        self.produce = produce
        english = in_english()
        cast(forms.ChoiceField, self.fields["category"]).choices = [
            (kind.code, kind.name_en if english else kind.name_zh)
            for kind in ProduceCategory.objects.order_by("position")
        ]
        cast(forms.ChoiceField, self.fields["count_word"]).choices = [
            ("", _("none")), *((code, heads(10, code)) for code in COUNT_WORDS)
        ]  # fmt: skip
        cast(forms.ChoiceField, self.fields["picture"]).choices = [(name, name) for name in pictures()]
        for number in range(GRADES):
            self.fields[f"grade_{number}_code"] = forms.SlugField(
                max_length=16, required=False, widget=forms.HiddenInput
            )
            label = _("Grade %(number)s") % {"number": number + 1}
            self.fields[f"grade_{number}_name"] = Words(label=label, required=False)
            self.fields[f"grade_{number}_name_en"] = Words(
                label=_("%(grade)s, in English") % {"grade": label}, max_length=40, required=False
            )
            self.fields[f"grade_{number}_measure"] = forms.CharField(
                label=_("%(grade)s, how it is told apart") % {"grade": label}, max_length=80, required=False
            )
            self.fields[f"grade_{number}_worth_percent"] = WholeNumberField(
                label=_("%(grade)s, its price in percent of the best grade's") % {"grade": label},
                min_value=1, max_value=100, required=False,
            )  # fmt: skip

    @staticmethod
    def typed(values: dict[str, Any]) -> dict[str, Any]:
        """Return what the fields show of an entry as it stands."""
        shown = dict(values)
        shown["aliases"] = "、".join(values["aliases"])
        shown["yield_g_per_mu"] = (values["yield_g_per_mu"] or 0) // 1000 or None
        for number, grade in enumerate(values["grades"][:GRADES]):
            shown |= {f"grade_{number}_{column}": values for column, values in grade.items()}
        return shown

    @classmethod
    def read_values(cls, produce: Produce, values: dict[str, Any], reason: str) -> dict[str, Any]:
        """Return an entry as it shall become by these values of its columns, or refuse what the page would."""
        shown = cls(initial=cls.typed(values) | {"idem": "-", "reason": reason}, produce=produce)
        form = cls({field.name: field.value() for field in shown}, produce=produce)
        if not form.is_valid():
            raise BadValue(" ".join(f"{form[name].label}: {said[0]}" for name, said in form.errors.items()))
        return form.values()

    def grade_rows(self) -> list[dict]:
        """Return the fields of each grade, side by side."""
        return [{column: self[f"grade_{number}_{column}"] for column in GRADE_COLUMNS} for number in range(GRADES)]

    def clean_aliases(self) -> list[str]:
        """Return every other name once."""
        text = strip_invisible(fold_width(self.cleaned_data["aliases"]))
        names = list(dict.fromkeys(filter(None, (name.strip() for name in _BETWEEN.split(text)))))
        if len(names) > MOST_ALIASES:
            raise forms.ValidationError(_("Write at most %(most)s other names.") % {"most": MOST_ALIASES})
        for name in names:
            _NO_SIGNS(name)
            if len(name) > MOST_LETTERS:
                raise forms.ValidationError(_("“%(name)s” is too long for a name.") % {"name": name[:30]})
        return names

    def clean(self) -> dict[str, Any]:
        """Read what belongs together."""
        values = super().clean() or {}
        if values.get("stock_unit") == StockUnit.PIECE and "piece_g" not in self.errors and not values.get("piece_g"):
            self.add_error("piece_g", _("Write what one usually weighs."))
        if values.get("stock_unit") == StockUnit.GRAM and values.get("piece_g"):
            self.add_error("piece_g", _("Goods sold by weight have no pieces. Leave it empty."))
        if (
            values.get("stock_unit") == StockUnit.PIECE
            and "count_word" not in self.errors
            and not values.get("count_word")
        ):
            self.add_error("count_word", _("Choose the word by which it is counted."))
        if values.get("stock_unit") == StockUnit.GRAM and values.get("count_word"):
            self.add_error("count_word", _("Goods sold by weight are not counted. Choose none."))
        if values.get("shelf_days", 0) > values.get("shelf_days_cold", 3650):
            self.add_error("shelf_days_cold", _("It keeps at least as long cold as at room temperature."))
        if values.get("forbidden") and not values.get("forbidden_reason", "").strip():
            self.add_error("forbidden_reason", _("Say why, as a household should read it."))
        if values.get("name") and values["name"] in (values.get("aliases") or []):
            self.add_error("aliases", _("The name itself need not stand here."))
        self._read_grades(values)
        return values

    def values(self) -> dict[str, Any]:
        """Return the entry as it shall become, as a change compares it."""
        values = self.cleaned_data
        kilograms = values["yield_g_per_mu"]
        values = {
            column: values[column]
            for column in (
                "name", "name_en", "aliases", "category", "picture", "stock_unit", "piece_g", "count_word", "packs",
                "shelf_days", "shelf_days_cold", "season", "papers", "forbidden",
            )
        }  # fmt: skip
        values["yield_g_per_mu"] = kilograms * 1000 if kilograms else None
        values["forbidden_reason"] = values["forbidden_reason"].strip() if values["forbidden"] else ""
        values["grades"] = self.grades
        if self.produce is None:
            values["code"] = self.code
        return values

    @property
    def code(self) -> str:
        """Return how a new entry is called in addresses: its English name."""
        code = slugify(self.cleaned_data["name_en"]).replace("-", "_")[:32]
        return f"{code}_" if code in _RESERVED else code

    def clean_name_en(self) -> str:
        """Return a name that makes an address."""
        name = self.cleaned_data["name_en"]
        if not slugify(name):
            raise forms.ValidationError(_("Write the English name in Latin letters."))
        return name

    def _read_grades(self, values: dict[str, Any]):
        self.grades: list[dict[str, Any]] = []
        taken = {values.get(f"grade_{number}_code") for number in range(GRADES)}
        for number in range(GRADES):
            row = {column: values.get(f"grade_{number}_{column}") or "" for column in ("name", "name_en", "measure")}
            worth = values.get(f"grade_{number}_worth_percent")
            if not any([*row.values(), worth]):
                continue
            for column in ("name", "name_en"):
                if not row[column] and f"grade_{number}_{column}" not in self.errors:
                    self.add_error(f"grade_{number}_{column}", _("A grade needs its name in both languages."))
            code = values.get(f"grade_{number}_code") or slugify(row["name_en"]).replace("-", "_")[:14] or f"g{number}"
            while code in {grade["code"] for grade in self.grades} or (
                code in taken and code != values.get(f"grade_{number}_code")
            ):
                code = f"{code[:14]}_{number}"
            self.grades.append({"code": code, **row, "measure": row["measure"].strip(), "worth_percent": worth})


class DecideForm(forms.Form):
    """Agreeing or refusing, once a key."""

    idem = forms.CharField(max_length=64, widget=forms.HiddenInput)


class RefuseForm(DecideForm):
    """Why a proposal is refused."""

    reason = forms.CharField(label=_("Why it is refused"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
