"""What people type about one harm that took several goods: said once, with a quantity for each."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.forms.boundfield import BoundField

from catalog.models import PlotSeason
from kernel.present import name_of
from losses.forms import ClaimForm, StockField
from losses.models import Cause, Goods, are_animals, cause_words
from losses.selectors.claims import causes_of


def field_of(goods: Goods) -> str:
    """Name the field in which it stands how much of these goods is lost."""
    return f"{'season' if isinstance(goods, PlotSeason) else 'lot'}{goods.pk}"


def common_causes(goods: Sequence[Goods]) -> list[Cause]:
    """Return what can have happened to all of these goods at once."""
    return [cause for cause in causes_of(goods[0]) if all(cause in causes_of(one) for one in goods)]


class SeveralForm(ClaimForm):
    """What happened and when, for all goods; how much, for each; the photos show all of them."""

    def __init__(self, *args: Any, several: Sequence[Goods], proxy: bool, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, goods=several[0], proxy=proxy, today=today, **kwargs)
        self.several = several
        del self.fields["quantity"]
        speaks_of = several[0] if all(are_animals(one) for one in several) else None
        cast(forms.ChoiceField, self.fields["cause"]).choices = [
            (cause, cause_words(cause, speaks_of) if speaks_of is not None else cause.label)
            for cause in common_causes(several)
        ]
        for goods in several:
            self.fields[field_of(goods)] = StockField(goods=goods, label=name_of(goods.produce))

    def amounts(self) -> list[BoundField]:
        """Return the fields of the quantities, in the order of the goods."""
        return [self[field_of(goods)] for goods in self.several]

    def quantities(self) -> list[int]:
        """Return how much of each is lost, in its own unit."""
        return [self.cleaned_data[field_of(goods)] for goods in self.several]
