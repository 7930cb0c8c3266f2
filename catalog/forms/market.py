"""What the market may be narrowed to, read strictly."""

import datetime as dt
from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.selectors import market, search
from kernel.form_fields import YuanFormField
from produce.models import MOST_PRICE_FEN
from produce.selectors import dictionary

KEEPS = [("3", _("Within 3 days")), ("7", _("Within 7 days")), ("30", _("Within 30 days"))]
SELLERS = [
    ("household", pgettext_lazy("market", "Households")),
    ("cooperative", pgettext_lazy("market", "Co-operatives")),
]


class MarketFilter(forms.Form):
    """What the market may be narrowed to; nothing else is a filter."""

    category = forms.MultipleChoiceField(required=False)
    township = forms.MultipleChoiceField(required=False)
    track = forms.MultipleChoiceField(choices=market.TRACKS, required=False)
    seller = forms.MultipleChoiceField(choices=SELLERS, required=False)
    grade = forms.MultipleChoiceField(required=False)
    papers = forms.MultipleChoiceField(choices=market.PAPERS, required=False)
    keeps = forms.ChoiceField(choices=KEEPS, required=False)
    price_from = YuanFormField(most_fen=MOST_PRICE_FEN, required=False)
    price_to = YuanFormField(most_fen=MOST_PRICE_FEN, required=False)
    produce = forms.CharField(max_length=32, required=False)
    village = forms.RegexField(r"^[0-9]{12}$", required=False)
    q = forms.CharField(max_length=dictionary.MOST_LETTERS, required=False)

    def __init__(self, data, *, board: market.Board, day: dt.date):
        super().__init__(data)
        self.board, self.day = board, day
        self.meant = search.Meant()
        for name, codes in (
            ("category", [code for code, _zh, _en in board.categories]),
            ("township", [code for code, _name in board.townships]),
            ("grade", list(dictionary.grade_names())),
        ):
            cast(forms.MultipleChoiceField, self.fields[name]).choices = [(code, code) for code in codes]

    def question(self) -> search.Question:
        """Return what was asked for; nothing narrowed where it could not be read."""
        if not self.is_valid():
            return search.Question()
        said = self.cleaned_data
        if said["q"].strip():
            self.meant = search.meant_by(said["q"], self.board.produce_on_sale())
        named = self.meant.produce
        return search.Question(
            produce=_in_all(
                None if named is None else [word.id for word in named],
                dictionary.of_categories(said["category"]) if said["category"] else None,
                [word.id for word in dictionary.words() if word.code == said["produce"]] if said["produce"] else None,
            ),
            place=self.meant.place,
            townships=tuple(said["township"]),
            villages=(said["village"],) if said["village"] else (),
            until=self.day + dt.timedelta(days=int(said["keeps"])) if said["keeps"] else None,
            grades=tuple(dictionary.grades_of(said["grade"])) if said["grade"] else None,
            tracks=tuple(said["track"]),
            sellers=tuple(said["seller"]),
            papers=tuple(said["papers"]),
            price_from=said["price_from"],
            price_to=said["price_to"],
        )


def _in_all(*lists: list[int] | None) -> tuple[int, ...] | None:
    """Return what stands in each of these lists, None where there is no list."""
    there = [set(ids) for ids in lists if ids is not None]
    return tuple(sorted(set.intersection(*there))) if there else None
