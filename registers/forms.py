"""How any register is asked for: the fields of its rows, the document, and a file of many rows."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from django import forms
from django.db.models import Model
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from accounts.models import MOST_FEE_BP, MOST_FEE_FEN, Cause, Organisation, Place, Role, Tier
from accounts.services.register import CAUSES, MOST_PEOPLE, TIERS
from kernel import clock
from kernel.brought import BroughtFile
from kernel.form_fields import (
    CodeField,
    DayField,
    IdNumberFormField,
    NumberTextField,
    PercentField,
    PersonNameFormField,
    PhoneFormField,
    TickField,
    WholeNumberField,
    WordField,
    YesNoField,
    YuanFormField,
)
from records.forms import ActForm
from records.selectors.policy import policies_on
from registers.services.policies import POLICY_NAMES
from registers.services.rules import Content


class RegisterForm(forms.Form):
    """The fields of one row of a register; each room derives its own. Labels are the headings of its file too."""

    @classmethod
    def fields_of_row(cls) -> list[str]:
        """Return the names of the fields that make a row, in the order of the page."""
        return [name for name in cls.base_fields if name not in DocumentForm.base_fields]

    def content(self) -> Content:
        """Return what was asked for as values of JSON: days as text, rows by their key."""
        return {name: _plain(self.cleaned_data[name]) for name in self.fields_of_row()}


class DocumentForm(ActForm):
    """The document by which a register changes."""

    document_number = forms.CharField(
        label=_("Number of the document that decides this"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class PageForm(DocumentForm, RegisterForm):
    """A form of a page: nothing is chosen before somebody chooses, and units are chosen rather than typed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Let every list to choose from begin with no choice."""
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, WordField) and isinstance(field.widget, forms.Select):
                choices = list(cast(Iterable[tuple[str, object]], field.choices))
                if field.required and choices[0][0] != "":
                    field.choices = [("", pgettext("register", "choose")), *choices]

    def offer(self, name: str, units: Sequence[str], *, only: bool) -> None:
        """Offer units by name: one's own to choose from and no other, or those that are registered while one types."""
        field = self.fields[name]
        if not only:
            self.offered[name] = units
            field.widget.attrs["list"] = f"{name}-known"
            return
        choices = [(unit, unit) for unit in units]
        if len(units) > 1 or not field.required:
            choices.insert(0, ("", pgettext("register", "choose") if field.required else "—"))
        field.widget = forms.Select(choices=choices)

    @cached_property
    def offered(self) -> dict[str, Sequence[str]]:
        """Return the names offered while one types, by field."""
        return {}


class RowsFile(DocumentForm, BroughtFile):
    """A file of rows and the document by which they change."""

    def __init__(self, *args: Any, document_needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = _("File (.xlsx or .csv)")
        self.fields["document_number"].required = document_needed


class PaperForm(ActForm):
    """The photo of a paper that a household signed."""

    paper = forms.FileField(label=_("Photo of the signed paper"))


class RefusalForm(ActForm):
    """What does not match."""

    why = forms.CharField(label=_("What does not match"), max_length=200)


class HouseholdRefusalForm(ActForm):
    """A household says no; it owes nobody a reason."""

    why = forms.CharField(max_length=200, required=False)


def page_form(form: type[RegisterForm]) -> type[PageForm]:
    """Return the form of a page: the fields of a row, then the document."""
    return type(f"{form.__name__}Page", (PageForm, form), {})


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return value.pk if isinstance(value, Model) else value


class HiddenRow(forms.CharField):
    """Which row of the register is to change."""

    widget = forms.HiddenInput


class ChannelForm(RegisterForm):
    """A buyer channel."""

    code = forms.CharField(label=_("Code"), max_length=16, help_text=_("2 to 16 small letters, such as school"))
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=16)
    name_en = forms.CharField(label=_("Name in English"), max_length=24)
    position = WholeNumberField(label=_("Position in lists"), min_value=1, max_value=99)
    runs_canteen = TickField(label=_("Its buyers run a canteen"), required=False)
    asks_test = TickField(label=_("Its kitchens ask for a test slip"), required=False)


class ChannelChangeForm(ChannelForm):
    """What may change of a channel."""

    code = HiddenRow()
    runs_canteen = None  # type: ignore[assignment]


class PlaceForm(RegisterForm):
    """A township or a village."""

    code = forms.CharField(label=_("Code"), max_length=16, help_text=_("12 digits, as the statistics office gives it"))
    level = WordField(label=_("Level"), choices=Place.Level.choices)
    parent = forms.CharField(
        label=_("Place above"), max_length=60, help_text=_("of a village its township, of a township the county")
    )
    name = forms.CharField(label=pgettext_lazy("register", "Name"), max_length=40)
    from_on = DayField(label=_("Called so from"), help_text=_("today at the latest"))


class PlaceNameForm(PlaceForm):
    """What a place is called from a day on; its code and where it lies stay."""

    place = HiddenRow()
    code = None  # type: ignore[assignment]
    level = None  # type: ignore[assignment]
    parent = None  # type: ignore[assignment]


class FirstPlaceForm(RegisterForm):
    """A name of a place in the files that open a county."""

    code = forms.CharField(label=_("Code"), max_length=16)
    level = WordField(label=_("Level"), choices=Place.Level.choices)
    parent = forms.CharField(label=_("Code of the place above"), max_length=16, required=False)
    name = forms.CharField(label=pgettext_lazy("register", "Name"), max_length=40)
    valid_from = DayField(label=_("Called so from"))
    valid_to = DayField(label=_("Called so until"), required=False)


class FirstPostForm(RegisterForm):
    """Somebody who must hold a post before two hands can decide anything, with the office."""

    organisation = forms.CharField(label=_("Organisation"), max_length=80)
    kind = WordField(label=_("Kind of organisation"), choices=Organisation.Kind.choices)
    place = forms.CharField(label=_("Place"), max_length=60, required=False)
    name = PersonNameFormField(label=_("Name"))
    id_number = IdNumberFormField(label=_("ID number"))
    phone = PhoneFormField(label=_("Mobile phone"))
    role = WordField(label=_("Post"), choices=Role.choices)


class OrganisationForm(RegisterForm):
    """An office, a co-operative or a buyer."""

    name = forms.CharField(label=pgettext_lazy("register", "Name"), max_length=80)
    kind = WordField(label=_("Kind"), choices=Organisation.Kind.choices)
    channel = forms.CharField(
        label=_("Buyer channel"), max_length=24, required=False, help_text=_("of buyers only, such as 学校")
    )
    place = forms.CharField(
        label=_("Place"), max_length=60, help_text=_("a township, a village or a 12-digit code; 示范镇东村")
    )
    phone = PhoneFormField(label=_("Telephone"), landline=True, required=False)
    uscc = forms.CharField(label=_("Social credit code"), max_length=18, required=False)


class OrganisationChangeForm(OrganisationForm):
    """What may change of an organisation; its kind and its channel stay."""

    organisation = HiddenRow()
    kind = None  # type: ignore[assignment]
    channel = None  # type: ignore[assignment]


class PostForm(RegisterForm):
    """An appointment."""

    name = PersonNameFormField(label=_("Name"))
    id_number = IdNumberFormField(label=_("ID number"))
    phone = PhoneFormField(label=_("Mobile phone"), help_text=_("the number to sign in with"))
    organisation = forms.CharField(label=_("Organisation"), max_length=80, help_text=_("as it is registered"))
    role = WordField(label=_("Post"), choices=Role.choices)
    area = forms.CharField(
        label=_("Area"),
        max_length=60,
        required=False,
        help_text=_("a township or a village; where the organisation is if it stays empty"),
    )
    from_on = DayField(label=pgettext_lazy("register", "From"))
    to_on = DayField(label=_("Until"), required=False, help_text=_("the first day without the post"))
    deputises = forms.CharField(
        label=_("Deputy of"), max_length=50, required=False, help_text=_("the name of whoever holds the post")
    )


class PostEndForm(RegisterForm):
    """The end of a post."""

    post = HiddenRow()
    to_on = DayField(label=_("First day without the post"))
    organisation = forms.CharField(
        label=_("Moves to (organisation)"),
        max_length=80,
        required=False,
        help_text=_("as it is registered; empty where the person only leaves"),
    )
    role = WordField(label=_("Moves to (post)"), choices=[("", "—"), *Role.choices], required=False)
    area = forms.CharField(
        label=_("Area of the new post"),
        max_length=60,
        required=False,
        help_text=_("a township or a village; where the organisation is if it stays empty"),
    )


class HouseholdForm(RegisterForm):
    """A household with its head."""

    number = NumberTextField(
        label=_("Household number"), max_length=20, required=False, help_text=_("made here if it stays empty")
    )
    name = PersonNameFormField(label=_("Household head"))
    id_number = IdNumberFormField(label=_("ID number"))
    phone = PhoneFormField(label=_("Phone"), required=False, help_text=_("several households may share one"))
    village = forms.CharField(
        label=_("Village"), max_length=60, help_text=_("with its township in front, or its 12-digit code")
    )
    people = WholeNumberField(label=_("People"), min_value=1, max_value=MOST_PEOPLE)
    tier = WordField(label=_("Kind of household"), choices=Tier.choices)
    cause = WordField(
        label=_("Cause"), choices=[("", "—"), *Cause.choices], required=False, help_text=_("of watched households only")
    )
    from_on = DayField(label=pgettext_lazy("register", "From"), help_text=_("from which day this kind counts"))


def _first_words(words: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return for each kind the first word that files write for it."""
    return [(word, word) for word in reversed({kind: word for word, kind in reversed(list(words.items()))}.values())]


class HouseholdRowForm(RegisterForm):
    """The columns of a file of households, under the headings that its reader knows in every language."""

    number = forms.CharField(
        label="户编号", required=False, help_text=_("your own number; made here if it stays empty")
    )
    name = forms.CharField(label="户主姓名")
    id_number = forms.CharField(label="身份证号", help_text=_("18 characters, as text; must be filled in"))
    phone = forms.CharField(label="联系电话", required=False, help_text=_("several households may share one"))
    people = forms.CharField(label="家庭人口", required=False, help_text=_("1 to 40; asked once if it stays empty"))
    tier = WordField(label="户类型", choices=_first_words(TIERS), required=False)
    cause = WordField(
        label="风险类型", choices=_first_words(CAUSES), required=False, help_text=_("of watched households only")
    )
    town = forms.CharField(label="乡镇", required=False, help_text=_("with the village; or the village code instead"))
    village = forms.CharField(label="行政村", required=False, help_text=_("with the township; or the code instead"))
    village_code = forms.CharField(label="村代码", required=False, help_text=_("12 digits, instead of the names"))


class HouseholdChangeForm(HouseholdForm):
    """What may change of a household; its number and its head stay."""

    household = HiddenRow()
    number = None  # type: ignore[assignment]
    name = None  # type: ignore[assignment]
    id_number = None  # type: ignore[assignment]
    from_on = DayField(
        label=pgettext_lazy("register", "From"), required=False, help_text=_("from which day another kind counts")
    )


class MemberForm(RegisterForm):
    """Somebody who comes into a household."""

    household = NumberTextField(label=_("Household number"), max_length=20)
    name = PersonNameFormField(label=pgettext_lazy("register", "Name"))
    id_number = IdNumberFormField(label=_("ID number"))
    phone = PhoneFormField(label=_("Phone"), required=False, help_text=_("the own one, to sign in with"))
    from_on = DayField(label=pgettext_lazy("register", "From"), help_text=_("born, married in, moved in: that day"))


class MemberChangeForm(RegisterForm):
    """What became of a member."""

    member = HiddenRow()
    what = WordField(
        label=pgettext_lazy("member", "What happened"),
        choices=[("left", _("Left the household")), ("died", _("Died")), ("heads", _("Heads the household now"))],
        widget=forms.RadioSelect,
    )
    on = DayField(label=_("On which day"), required=False, help_text=_("of who left or died"))


class KinForm(RegisterForm):
    """Somebody who is declared to be kin of a household."""

    name = PersonNameFormField(label=pgettext_lazy("register", "Name"))
    id_number = IdNumberFormField(label=_("ID number"))
    household = NumberTextField(label=_("Household number"), max_length=20)
    relation = forms.CharField(label=_("Relation"), max_length=20, help_text=_("brother, father-in-law, niece"))


class KinEndForm(RegisterForm):
    """The end of a relation that counts."""

    kin = HiddenRow()
    to_on = DayField(label=_("First day on which it counts no more"))


class DuplicateForm(RegisterForm):
    """Two households that look like one and are not."""

    household = NumberTextField(label=_("One household"), max_length=20, help_text=_("its number"))
    other = NumberTextField(label=_("The other household"), max_length=20, help_text=_("its number"))
    why = forms.CharField(
        label=_("Why they are two households"), max_length=200, help_text=_("twins; a son who set up his own")
    )


class DuplicateChangeForm(DuplicateForm):
    """Why a pair that was found is two households."""

    duplicate = HiddenRow()
    household = None  # type: ignore[assignment]
    other = None  # type: ignore[assignment]


class MergeForm(RegisterForm):
    """Two households that are one."""

    household = NumberTextField(
        label=_("Household that counts no more by itself"), max_length=20, help_text=_("its number")
    )
    into = NumberTextField(label=_("Household it counts by"), max_length=20, help_text=_("its number"))


class SplitForm(RegisterForm):
    """Members of a household who set up their own."""

    household = NumberTextField(label=_("Household they come from"), max_length=20, help_text=_("its number"))
    head = IdNumberFormField(label=_("ID number of who heads the new household"))
    others = forms.CharField(
        label=_("ID numbers of the others who go"), max_length=400, required=False, help_text=_("with blanks between")
    )
    number = NumberTextField(
        label=_("Number of the new household"),
        max_length=20,
        required=False,
        help_text=_("made here if it stays empty"),
    )
    village = forms.CharField(
        label=_("Village"), max_length=60, help_text=_("with its township in front, or its 12-digit code")
    )
    phone = PhoneFormField(label=_("Phone"), required=False, help_text=_("several households may share one"))
    people = WholeNumberField(label=_("People"), min_value=1, max_value=MOST_PEOPLE)
    tier = WordField(label=_("Kind of household"), choices=Tier.choices)
    cause = WordField(
        label=_("Cause"), choices=[("", "—"), *Cause.choices], required=False, help_text=_("of watched households only")
    )
    from_on = DayField(label=pgettext_lazy("register", "From"))


class CardForm(RegisterForm):
    """The card of a household or of an organisation."""

    owner = forms.CharField(
        label=_("Whose card"),
        max_length=80,
        help_text=_("the number of the household, the ID number of its head, or the name of the organisation"),
    )
    holder = forms.CharField(label=_("Name on the card"), max_length=80)
    number = forms.CharField(
        label=_("Card number"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    bank = forms.CharField(label=_("Bank"), max_length=40)
    lost = YesNoField(label=_("Is the old card lost?"), help_text=_("then the new one is used at once"))


class OwnCardForm(CardForm, ActForm):
    """The card on which one wants to be paid, with the code that came on the own phone."""

    owner = forms.ChoiceField(label=_("Whose card"))  # type: ignore[assignment]
    code = CodeField(label=_("The six digits of the text message"))

    def __init__(self, *args: Any, owners: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = cast(forms.ChoiceField, self.fields["owner"])
        owner.choices = list(owners.items())
        if len(owners) == 1:
            owner.widget = forms.HiddenInput()

    @classmethod
    def fields_of_row(cls) -> list[str]:
        """Return the fields of the card, without the code."""
        return CardForm.fields_of_row()


class PolicyForm(RegisterForm):
    """A policy value."""

    name = WordField(label=_("Rule"), choices=POLICY_NAMES)
    value = WholeNumberField(label=_("Value"), min_value=0, max_value=10_000_000)
    from_on = DayField(label=pgettext_lazy("register", "From"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Show beside each rule the value that holds today."""
        super().__init__(*args, **kwargs)
        values = policies_on(clock.county_day(clock.now()))
        now_is = pgettext("policy", "%(rule)s: now %(value)s")
        choices = [(name, now_is % {"rule": rule, "value": values[name]}) for name, rule in POLICY_NAMES]
        cast(forms.ChoiceField, self.fields["name"]).choices = choices


class CalendarForm(RegisterForm):
    """A working day, or a day off."""

    day = DayField(label=pgettext_lazy("register", "Day"))
    is_workday = YesNoField(label=_("Is it a working day?"))


class CoopMemberForm(RegisterForm):
    """A membership that a household is asked for."""

    household = forms.CharField(label=_("Number of the household"), max_length=20)
    cooperative = forms.CharField(label=_("Co-operative"), max_length=80, help_text=_("as it is registered"))
    from_on = DayField(label=pgettext_lazy("register", "From"), help_text=_("not before the household agrees"))
    to_on = DayField(label=_("Until"), required=False, help_text=_("the first day without it; empty: for good"))


class MandateForm(CoopMemberForm):
    """What a co-operative may do for a household."""

    may_list = YesNoField(label=_("May it put goods on sale?"))
    may_confirm = YesNoField(label=_("May it answer buyers?"))
    payee_is_coop = YesNoField(
        label=_("Is the co-operative paid first?"), help_text=_("no: buyers pay the household's own card")
    )
    fee_bp = PercentField(
        label=_("Fee (% of the money)"), required=False, help_text=_("such as 1.5; empty: none"), most_bp=MOST_FEE_BP
    )
    fee_fen_per_kg = YuanFormField(
        label=_("Fee (yuan a kilo)"), required=False, help_text=_("instead of a share"), most_fen=MOST_FEE_FEN
    )


class MandateChangeForm(MandateForm):
    """Other terms for a household that has a mandate."""

    household = HiddenRow()
    cooperative = HiddenRow()
