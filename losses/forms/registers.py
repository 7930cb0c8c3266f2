"""The forms of the registers of relief: schemes, their rates and money, and what households got elsewhere."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.form_fields import (
    DayField,
    WholeNumberField,
    WordField,
    YuanFormField,
)
from losses.models import (
    MOST_HOURS,
    MOST_LISTED_DAYS,
    MOST_PAY_DAYS,
    MOST_REVIEW_DAYS,
    BroughtBy,
    PaperForm,
    PaperKind,
    SchemeRate,
    Sharing,
)
from registers.forms import HiddenRow, RegisterForm


def _own_clock(label: Any, most: int) -> WholeNumberField:
    """Return the field of a clock of its own."""
    return WholeNumberField(
        label=label, min_value=1, max_value=most, required=False, help_text=_("empty is what the county's policy says")
    )


class SchemeForm(RegisterForm):
    """The draft of a scheme: a new one, a copy, or one that is mended."""

    mends = WordField(
        label=_("New, or a draft that is mended?"),
        choices=[("", _("a new draft")), ("yes", _("the draft of this code, said anew"))],
        required=False,
    )
    copies = forms.CharField(
        label=_("Copied from the scheme (code)"),
        max_length=32,
        required=False,
        help_text=_("empty, or a published one: its rates and papers come along, its money does not"),
    )
    code = forms.CharField(label=_("Code"), max_length=32, help_text=_("capital letters and digits, such as ZX2030"))
    name = forms.CharField(label=pgettext_lazy("register", "Name"), max_length=80)
    legal_basis = forms.CharField(label=_("By which rules"), max_length=120)
    window_from = DayField(label=_("Losses from"))
    window_to = DayField(label=_("Losses until"))
    tiers = forms.CharField(
        label=_("Who may apply"),
        max_length=120,
        help_text=_("kinds of households: 脱贫户、边缘易致贫户"),
    )
    townships = forms.CharField(
        label=_("In which townships"), max_length=400, required=False, help_text=_("empty is the whole county")
    )
    household_cap = YuanFormField(label=_("At most a household (yuan)"))
    min_loss_jin = WholeNumberField(label=_("At least (jin)"), min_value=0, max_value=1_000_000)
    village_days = WholeNumberField(label=_("Working days on the village wall"), min_value=1, max_value=60)
    county_days = WholeNumberField(label=_("Working days on the county notice"), min_value=1, max_value=60)
    sample_percent = WholeNumberField(
        label=_("Visited of a hundred reports"),
        min_value=1,
        max_value=100,
        required=False,
        help_text=_("empty is every one; a village where visits found less is visited more"),
    )
    sharing = WordField(
        label=_("If the money does not suffice"),
        choices=[("", _("who comes first")), *Sharing.choices],
        required=False,
    )
    most_claims = WholeNumberField(
        label=_("At most reports a household"),
        min_value=1,
        max_value=99,
        required=False,
        help_text=_("empty is any number"),
    )
    waiting_days = WholeNumberField(
        label=_("Days between two reports"), min_value=0, max_value=366, required=False, help_text=_("empty is none")
    )
    pay_days = WholeNumberField(
        label=_("Paid within, after the award (days)"),
        min_value=1,
        max_value=MOST_PAY_DAYS,
        required=False,
        help_text=_("empty is what the county's policy says"),
    )
    check_photos = WordField(
        label=_("Village and township take a photo"),
        choices=[
            ("", pgettext_lazy("check photos", "no")),
            ("yes", pgettext_lazy("check photos", "yes, each its own")),
        ],
        required=False,
    )
    village_check_hours = _own_clock(_("The village looks within (hours)"), MOST_HOURS)
    township_check_hours = _own_clock(_("The township checks within (hours)"), MOST_HOURS)
    visit_hours = _own_clock(_("The two visit within (hours)"), MOST_HOURS)
    review_days = _own_clock(_("The county computes and decides within (days)"), MOST_REVIEW_DAYS)
    no_visit_below = YuanFormField(
        label=_("Unsold lots: no visit below (yuan)"),
        required=False,
        help_text=_("empty: all are drawn. Only lots that nothing speaks against; calls are drawn among them"),
    )
    no_visit_listed_days = WholeNumberField(
        label=_("… which were on sale before the loss for at least (days)"),
        min_value=1,
        max_value=MOST_LISTED_DAYS,
        required=False,
    )
    verifier_offices = forms.CharField(
        label=_("Verifiers of which offices"),
        max_length=200,
        required=False,
        help_text=_("as they are registered; empty is of any"),
    )
    payer = forms.CharField(label=_("Paid by"), max_length=80, help_text=_("the finance office, as it is registered"))


class SchemeActForm(RegisterForm):
    """What becomes of a scheme."""

    scheme = HiddenRow()
    act = WordField(
        label=_("What is to be done"),
        choices=[
            ("publish", _("Publish it")),
            ("close", _("Take no more reports under it")),
            ("share", _("Compute all amounts together")),
        ],
    )


class RateForm(RegisterForm):
    """A rate of a draft."""

    scheme = forms.CharField(label=_("Code of the scheme"), max_length=32)
    produce = forms.CharField(label=_("Produce"), max_length=40)
    category = WordField(label=_("Kind of loss"), choices=SchemeRate.Category.choices)
    basis = WordField(label=_("Counted by"), choices=SchemeRate.Basis.choices, required=False)
    rate = YuanFormField(label=_("Yuan for a jin, a mu or a head"), most_fen=500_000, required=False)
    percent = WholeNumberField(label=_("Percent of the value"), min_value=1, max_value=100, required=False)


MENDS = [("correct", _("Correct it as written here")), ("strike", _("Strike it out of the draft"))]


class RateMendForm(RateForm):
    """What a rate of a draft is to be instead, or that it is struck out."""

    row = HiddenRow()
    act = WordField(label=_("What is to be done"), choices=MENDS)
    scheme = None  # type: ignore[assignment]
    produce = None  # type: ignore[assignment]
    category = None  # type: ignore[assignment]


class PaperForForm(RegisterForm):
    """A paper that a draft asks for."""

    scheme = forms.CharField(label=_("Code of the scheme"), max_length=32)
    kind = WordField(label=_("Which paper"), choices=PaperKind.choices)
    from_amount = YuanFormField(
        label=_("From how much relief on (yuan)"), required=False, help_text=_("empty is always")
    )
    brought_by = WordField(label=_("Who brings it"), choices=BroughtBy.choices)
    form = WordField(label=_("What is added"), choices=PaperForm.choices)


class PaperMendForm(PaperForForm):
    """How a draft is to ask for a paper instead, or that it is struck out."""

    row = HiddenRow()
    act = WordField(label=_("What is to be done"), choices=MENDS)
    scheme = None  # type: ignore[assignment]
    kind = None  # type: ignore[assignment]


class SchemeMoneyForm(RegisterForm):
    """A sum behind a scheme."""

    scheme = forms.CharField(label=_("Code of the scheme"), max_length=32)
    direction = WordField(
        label=_("More or less money?"),
        choices=[("more", pgettext_lazy("budget", "More")), ("less", pgettext_lazy("budget", "Less"))],
    )
    amount = YuanFormField(label=_("Amount (yuan)"))


class SchemeMoneyStrikeForm(RegisterForm):
    """A sum that is struck out of a draft."""

    row = HiddenRow()


class OtherReliefForm(RegisterForm):
    """What a household got elsewhere."""

    household = forms.CharField(
        label=_("Household"), max_length=20, help_text=_("its number, or the ID number of a member")
    )
    source = forms.CharField(label=_("From whom"), max_length=60, help_text=_("the insurer, or the other rules"))
    produce = forms.CharField(
        label=_("Produce"), max_length=40, required=False, help_text=_("empty is whatever it grew")
    )
    from_on = DayField(label=_("Losses from"))
    to_on = DayField(label=_("Losses until"))
    amount = YuanFormField(label=_("Amount (yuan)"))


class OtherReliefEndForm(RegisterForm):
    """A row that should not stand there."""

    row = HiddenRow()
    why = forms.CharField(label=_("Why it is struck out"), max_length=120)
