"""What is typed about canteens and purses."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Role
from canteens.forms.plan_goods import GoodsField
from canteens.models import (
    LONGEST_STEP_HOURS,
    MOST_APPROVERS,
    MOST_NOTICE_DAYS,
    MOST_QUOTES,
    NO_LAST_HOUR,
    Canteen,
    Fund,
    FundKind,
    LiftedPart,
    PurchasePlanKind,
    ShareCause,
)
from canteens.services.purchase_plans import Planned
from kernel.form_fields import (
    DayField,
    NumberTextField,
    PercentField,
    TickField,
    WholeNumberField,
    WordField,
    YesNoField,
    YuanFormField,
)
from records.forms import ActForm
from registers.forms import HiddenRow, RegisterForm

MOST_PEOPLE = 1_000_000
MOST_TYPED = 40  # signs, blanks among them
CREDIT_BACK = [("back", pgettext_lazy("budget", "Neither: it was paid, and the credit comes back"))]
NAME_OF_PURSE = _("Name of the purse")
LIFTED_PART, LIFTED_BY = _("What gives way?"), _("By how many yuan beyond the rule")
LIFTED_UNTIL = _("Last day")
NAME_OF_KITCHEN = _("Name of the canteen")
MAY_APPROVE = {
    Role.BUYING_APPROVER: _("The canteen's approver may approve"),
    Role.UNION_CHAIR: _("The union's chair may approve"),
    Role.UNION_TREASURER: _("The union's treasurer may approve"),
}


def _name_of_purse() -> forms.CharField:
    """Return the field for the name of a purse, as it was typed: blanks alone are refused in words."""
    return forms.CharField(
        label=NAME_OF_PURSE,
        max_length=MOST_TYPED,
        strip=False,
        required=False,
        help_text=_("only where a buyer has several of one kind, for example 一食堂; a union has one"),
    )


class BudgetForm(ActForm):
    """Money put into a purse or taken out, and the document that says so."""

    direction = forms.ChoiceField(
        label=_("Does the budget become more or less?"),
        choices=[("more", pgettext_lazy("budget", "More")), ("less", pgettext_lazy("budget", "Less"))],
        widget=forms.RadioSelect,
    )
    amount = YuanFormField(label=_("By how much?"))
    document_number = NumberTextField(label=_("Number of the document"), max_length=80)

    def __init__(self, *args: Any, on_credit: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if on_credit:
            direction: Any = self.fields["direction"]
            direction.choices = [*CREDIT_BACK, *direction.choices]

    def gives_back(self) -> bool:
        """Return whether a credit limit gets back what was paid."""
        return bool(self.cleaned_data["direction"] == CREDIT_BACK[0][0])

    def amount_fen(self) -> int:
        """Return what is put in, or with a minus what is taken out."""
        amount: int = self.cleaned_data["amount"]
        return -amount if self.cleaned_data["direction"] == "less" else amount


class PurchasePlanForm(ActForm):
    """What is planned: from which fund, for what occasion, up to which sum, which goods, on which days."""

    fund = forms.ChoiceField(label=_("Which fund pays?"))
    kind = forms.ChoiceField(label=_("Kind of plan"), choices=PurchasePlanKind.choices, widget=forms.RadioSelect)
    occasion = forms.CharField(label=_("For what occasion?"), max_length=60)
    total = YuanFormField(label=_("Up to how many yuan in all?"))
    goods = GoodsField()
    per_head = YuanFormField(label=_("At most how many yuan for each union member?"), required=False)
    apart = TickField(
        label=_("Outside the ordinary ceiling of the year"),
        required=False,
        help_text=_("of a union's money, where a rule of its place lets it"),
    )
    from_on = DayField(label=_("First day"))
    to_on = DayField(label=_("Last day"))
    committee_record = NumberTextField(label=_("Number of the committee's record"), max_length=80)
    project_number = NumberTextField(label=_("Number of the project"), max_length=80, required=False)
    draft = WholeNumberField(min_value=1, max_value=2**62, required=False, widget=forms.HiddenInput)  # it came from

    def __init__(self, *args: Any, funds: Iterable[Fund], **kwargs: Any):
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["fund"]).choices = [
            (str(fund.pk), f"{fund.organisation.name} {fund.label} {fund.fiscal_year}") for fund in funds
        ]

    def planned(self) -> Planned:
        """Return what the plan says, without its fund."""
        said = self.cleaned_data
        return Planned(
            kind=said["kind"],
            occasion=said["occasion"],
            total_fen=said["total"],
            goods=said["goods"],
            from_on=said["from_on"],
            to_on=said["to_on"],
            committee_record=said["committee_record"],
            per_head_fen=said["per_head"],
            apart=said["apart"],
            project_number=said["project_number"],
        )


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
    from_on = DayField(
        label=_("So many people and members since"),
        required=False,
        help_text=_("where either changes; nothing: since the day it is confirmed"),
    )


class CanteenChangeForm(CanteenForm):
    """What may change of a canteen; its buyer stays."""

    canteen = HiddenRow()
    organisation = None  # type: ignore[assignment]


class KitchenForm(RegisterForm):
    """One canteen of a buyer by its name."""

    organisation = forms.CharField(label=_("Buyer"), max_length=80, help_text=_("as it is registered"))
    name = forms.CharField(label=NAME_OF_KITCHEN, max_length=MOST_TYPED, help_text=_("such as 一食堂"))
    address = forms.CharField(label=_("Where goods are brought"), max_length=120)
    run_by = forms.CharField(
        label=_("Run by"), max_length=80, required=False, help_text=_("of an outsourced canteen, who buys for it")
    )
    from_on = DayField(label=pgettext_lazy("register", "From"))


class KitchenChangeForm(RegisterForm):
    """Where goods are brought, and the end of a canteen; its name and who runs it stay."""

    kitchen = HiddenRow()
    address = forms.CharField(label=_("Where goods are brought"), max_length=120)
    to_on = DayField(label=_("First day without this canteen"), required=False)


class KitchenShareForm(RegisterForm):
    """Which other buyer eats from a canteen."""

    organisation = forms.CharField(label=_("Buyer that eats there too"), max_length=80)
    kitchen_of = forms.CharField(label=_("Whose canteen"), max_length=80, help_text=_("as it is registered"))
    name = forms.CharField(label=NAME_OF_KITCHEN, max_length=MOST_TYPED, help_text=_("such as 一食堂"))
    from_on = DayField(label=pgettext_lazy("register", "From"))


class KitchenShareEndForm(RegisterForm):
    """From when on a buyer no longer eats from a canteen."""

    share = HiddenRow()
    to_on = DayField(label=_("First day on which it no longer eats there"))


class TierForm(RegisterForm):
    """An approval tier."""

    fund_kind = WordField(label=_("Kind of fund"), choices=FundKind.choices)
    amount = YuanFormField(
        label=_("From how many yuan on"), zero_ok=True, help_text=_("0: every order waits for a second person")
    )
    rule = forms.CharField(label=_("Rule"), max_length=200, help_text=_("as it will stand on the order"))
    persons = WholeNumberField(
        label=_("How many people must approve"),
        min_value=1,
        max_value=MOST_APPROVERS,
        required=False,
        help_text=_("different people, never the one who orders; nothing: one"),
    )
    buying_approver = TickField(label=MAY_APPROVE[Role.BUYING_APPROVER], required=False)
    union_chair = TickField(label=MAY_APPROVE[Role.UNION_CHAIR], required=False)
    union_treasurer = TickField(
        label=MAY_APPROVE[Role.UNION_TREASURER],
        required=False,
        help_text=_("no tick at all: all three for union funds, the approver for the rest"),
    )
    hours = WholeNumberField(
        label=_("Hours to answer"),
        min_value=1,
        max_value=LONGEST_STEP_HOURS,
        required=False,
        help_text=_("then deputies are asked, then the other approvers; nothing: 24"),
    )
    from_on = DayField(label=pgettext_lazy("register", "From"))


class TierEndForm(RegisterForm):
    """The end of an approval tier."""

    tier = HiddenRow()
    to_on = DayField(label=_("First day without this tier"))


class UnionRuleForm(RegisterForm):
    """What a union may spend on goods for each member, in a place."""

    place = forms.CharField(
        label=pgettext_lazy("union rule", "Place"), max_length=40, help_text=_("a county, township or village")
    )
    year = YuanFormField(
        label=_("For each member in a year (yuan)"), required=False, help_text=_("inside the ordinary ceiling")
    )
    festival = YuanFormField(
        label=_("For each member on one festival (yuan)"),
        required=False,
        help_text=_("binds every plan with a sum for each member, whatever its kind"),
    )
    apart = YuanFormField(
        label=_("For each member in a year outside the ordinary ceiling (yuan)"),
        required=False,
        help_text=_("empty: nothing may be planned outside it"),
    )
    least = PercentField(
        label=_("Least of a year's declared buying that is of poor households (%)"), most_bp=100_00, required=False
    )
    plan_from = YuanFormField(
        label=_("From how many yuan on orders on no plan need one"),
        required=False,
        help_text=_("what a union orders on no plan in the days of the look-back counts together; empty: from none"),
    )
    counts_unplanned = YesNoField(label=_("Do orders on no plan count in the year?"))
    from_on = DayField(label=pgettext_lazy("register", "From"))


class UnionRuleEndForm(RegisterForm):
    """The end of a rule of union money."""

    rule = HiddenRow()
    to_on = DayField(label=_("First day without this rule"))


class UnionAllowanceForm(RegisterForm):
    """What a union asks to do beyond a rule of its money."""

    organisation = forms.CharField(label=_("Buyer"), max_length=80, help_text=_("as it is registered"))
    fiscal_year = WholeNumberField(label=_("Fiscal year"), min_value=2020, max_value=2100)
    lifts = WordField(label=LIFTED_PART, choices=LiftedPart.choices)
    more = YuanFormField(label=LIFTED_BY, zero_ok=True, help_text=_("0: what was allowed is taken back"))
    until_on = DayField(label=LIFTED_UNTIL)
    why = forms.CharField(label=_("Why"), max_length=200)


class PlanRequirementForm(RegisterForm):
    """What purchase plans of a size must have, in a place."""

    place = forms.CharField(
        label=pgettext_lazy("union rule", "Place"), max_length=40, help_text=_("a county, township or village")
    )
    fund_kind = WordField(label=_("Kind of fund"), choices=FundKind.choices)
    amount = YuanFormField(label=_("Plans from how many yuan on"), zero_ok=True)
    notice_days = WholeNumberField(
        label=_("Working days on public notice"), min_value=0, max_value=MOST_NOTICE_DAYS, required=False
    )
    quotes = WholeNumberField(
        label=_("Quotes of how many suppliers"), min_value=0, max_value=MOST_QUOTES, required=False
    )
    needs_project = YesNoField(label=_("Is the number of a project needed?"))
    from_on = DayField(label=pgettext_lazy("register", "From"))


class PlanRequirementEndForm(RegisterForm):
    """The end of a rule of what plans must have."""

    requirement = HiddenRow()
    to_on = DayField(label=_("First day without this rule"))


class CarryOverForm(RegisterForm):
    """What is left of a year that is over, for the year after."""

    organisation = forms.CharField(label=_("Buyer"), max_length=80, help_text=_("as it is registered"))
    kind = WordField(label=_("Kind of fund"), choices=FundKind.choices)
    fiscal_year = WholeNumberField(label=_("Out of the year"), min_value=2020, max_value=2100)
    name = _name_of_purse()
    amount = YuanFormField(label=_("How much is carried over?"))


class FundForm(RegisterForm):
    """A purse to be opened."""

    organisation = forms.CharField(label=_("Buyer"), max_length=80, help_text=_("as it is registered"))
    kind = WordField(label=_("Kind of fund"), choices=FundKind.choices)
    fiscal_year = WholeNumberField(label=_("Fiscal year"), min_value=2020, max_value=2100)
    name = _name_of_purse()
    on_credit = YesNoField(
        label=_("Is it a credit limit?"),
        required=False,
        help_text=_("of own money alone: what is paid gives the credit back; no or nothing: it is prepaid"),
    )
    donor_document = forms.CharField(
        label=_("Paper of the donor"),
        max_length=80,
        required=False,
        help_text=_("of a donation alone: who gave it, by which agreement and number"),
    )


class FundChangeForm(RegisterForm):
    """What a purse is called; all else of it stays."""

    fund = HiddenRow()
    name = forms.CharField(label=NAME_OF_PURSE, max_length=MOST_TYPED, strip=False)


class ShareUnitForm(RegisterForm):
    """To whom a buyer answers, who reports for it, and who runs its canteen."""

    organisation = forms.CharField(label=_("Buyer"), max_length=80, help_text=_("as it is registered"))
    superior = forms.CharField(
        label=_("Answers to"), max_length=80, required=False, help_text=_("the office above it, as it is registered")
    )
    reported_by = forms.CharField(
        label=_("Is reported by"), max_length=80, required=False, help_text=_("where several eat in one canteen")
    )
    run_by = forms.CharField(
        label=_("Run by"), max_length=80, required=False, help_text=_("of an outsourced canteen, who buys for it")
    )
    from_on = DayField(label=pgettext_lazy("register", "From"))


class ShareCorrectionForm(RegisterForm):
    """What was declared wrongly; buyer and year stay."""

    share = HiddenRow()
    total = YuanFormField(label=_("Food of the canteen in the year (yuan)"), zero_ok=True)
    union = YuanFormField(label=_("What the union means to buy (yuan)"), zero_ok=True, required=False)
    ratio = PercentField(label=_("Kept for poor households' goods (%)"), most_bp=100_00)


class ShareForm(RegisterForm):
    """What a buyer declares for a year."""

    organisation = forms.CharField(label=_("Buyer"), max_length=80, help_text=_("as it is registered"))
    year = WholeNumberField(label=_("Fiscal year"), min_value=2020, max_value=2100)
    total = YuanFormField(label=_("Food of the canteen in the year (yuan)"), zero_ok=True)
    union = YuanFormField(label=_("What the union means to buy (yuan)"), zero_ok=True, required=False)
    ratio = PercentField(label=_("Kept for poor households' goods (%)"), most_bp=100_00)


class ShareExceptionForm(RegisterForm):
    """Another ratio for one buyer and year."""

    organisation = forms.CharField(label=_("Buyer"), max_length=80, help_text=_("as it is registered"))
    year = WholeNumberField(label=_("Fiscal year"), min_value=2020, max_value=2100)
    ratio = PercentField(label=_("Ratio instead (%)"), most_bp=100_00, help_text=_("0: nothing is kept"))
    why = forms.CharField(label=_("Why"), max_length=200)


class CauseForm(ActForm):
    """Why a buyer is behind with its share."""

    cause = forms.ChoiceField(label=_("Why are you behind?"), choices=ShareCause.choices, widget=forms.RadioSelect)
    words = forms.CharField(label=_("In your words"), max_length=200, required=False)
