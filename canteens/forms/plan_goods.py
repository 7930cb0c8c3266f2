"""What is typed of the goods of a purchase plan: one a line."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from canteens.services.plan_goods import Goods, read_goods, require_goods
from kernel.errors import BadValue

MOST_TYPED = 2_000


class GoodsField(forms.CharField):
    """Goods of a plan as people type them, one a line; what cannot be read is said with its line."""

    def __init__(self, **kwargs: Any) -> None:
        said: dict[str, Any] = {
            "label": _("Which goods?"),
            "help_text": _(
                "One a line: goods, how much, at most how many yuan a jin, like 包菜 500公斤 1.20. The price may be "
                "left out; of a class of goods, like 蔬菜, how much as well."
            ),
            "max_length": MOST_TYPED,
            "widget": forms.Textarea(attrs={"rows": 5}),
        }
        super().__init__(**said | kwargs)

    def clean(self, value: Any) -> tuple[Goods, ...]:
        """Return the goods that were typed, or say in words which line is wrong."""
        text = super().clean(value)
        try:
            goods = read_goods(text)
            require_goods(goods)
        except BadValue as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return goods
