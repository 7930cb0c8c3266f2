"""What is typed about canteens and purses."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from canteens.models import NO_LAST_HOUR, Canteen, FundKind
from kernel.form_fields import DayField, NumberTextField, WholeNumberField, WordField, YesNoField, YuanFormField
from records.forms import ActForm
from registers.forms import HiddenRow, RegisterForm

MOST_PEOPLE = 1_000_000


class BudgetForm(ActForm):
    """Money put into a purse or taken out, and the document that says so."""

    direction = forms.ChoiceField(
        label=_("Does the budget become more or less?"),
        choices=[("more", pgettext_lazy("budget", "More")), ("less", pgettext_lazy("budget", "Less"))],
        widget=forms.RadioSelect,
    )
    amount = YuanFormField(label=_("By how much?"))
    document_number = NumberTextField(label=_("Number of the document"), max_length=80)

    def amount_fen(self) -> int:
        """Return what is put in, or with a minus what is taken out."""
        amount: int = self.cleaned_data["amount"]
        return -amount if self.cleaned_data["direction"] == "less" else amount


class CanteenForm(RegisterForm):
    """How a buyer eats."""

    organisation = forms.CharField(label=_("Buyer"), max_length=80, help_text=_("as it is registered"))
    mode = WordField(label=_("How people eat"), choices=Canteen.Mode.choices)
    heads = WholeNumberField(label=_("People who eat"), min_value=0, max_value=MOST_PEOPLE)
    union_members = WholeNumberField(label=_("Union members"), min_value=0, max_value=MOST_PEOPLE)
    address = forms.CharField(label=_("Where goods are brought"), max_length=120)
    is_budget_unit = YesNoField(label=_("Is it a budget unit?"))
    last_hour = WholeNumberField(
        label=_("Goods of the next day are ordered until (o'clock)"),
        min_value=1,
        max_value=NO_LAST_HOUR,
        required=False,
        help_text=_("16: until four in the afternoon; 24 or nothing: at any hour"),
    )


class CanteenChangeForm(CanteenForm):
    """What may change of a canteen; its buyer stays."""

    canteen = HiddenRow()
    organisation = None  # type: ignore[assignment]


class TierForm(RegisterForm):
    """An approval tier."""

    fund_kind = WordField(label=_("Kind of fund"), choices=FundKind.choices)
    amount = YuanFormField(
        label=_("From how many yuan on"), zero_ok=True, help_text=_("0: every order waits for a second person")
    )
    rule = forms.CharField(label=_("Rule"), max_length=200, help_text=_("as it will stand on the order"))
    from_on = DayField(label=pgettext_lazy("register", "From"))


class TierEndForm(RegisterForm):
    """The end of an approval tier."""

    tier = HiddenRow()
    to_on = DayField(label=_("First day without this tier"))


class CarryOverForm(RegisterForm):
    """What is left of a year that is over, for the year after."""

    organisation = forms.CharField(label=_("Buyer"), max_length=80, help_text=_("as it is registered"))
    kind = WordField(label=_("Kind of fund"), choices=FundKind.choices)
    fiscal_year = WholeNumberField(label=_("Out of the year"), min_value=2020, max_value=2100)
    amount = YuanFormField(label=_("How much is carried over?"))


class FundForm(RegisterForm):
    """A purse to be opened."""

    organisation = forms.CharField(label=_("Buyer"), max_length=80, help_text=_("as it is registered"))
    kind = WordField(label=_("Kind of fund"), choices=FundKind.choices)
    fiscal_year = WholeNumberField(label=_("Fiscal year"), min_value=2020, max_value=2100)
