"""Forms of sign-in and of the register."""

from typing import Any

from allauth.account.forms import ConfirmLoginCodeForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import get_totp_secret
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import Tier, User
from accounts.services.fresh_codes import CodeSpent
from accounts.services.register import MOST_PEOPLE, Answers, Report
from kernel.brought import BroughtFile
from kernel.form_fields import CodeField, DayField, DegreesField, WholeNumberField
from kernel.sealing import blind_index
from kernel.spare_cache import how_often
from records.forms import ActForm


class SignInCodeForm(ConfirmLoginCodeForm):
    """The six digits of the text message; each code is tried so often, by however many requests at once.

    While nobody can count, the session's own count holds: a code that was given still opens the door.
    """

    code = CodeField(label=_("Six digits"))

    def __init__(self, *args: Any, phone: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.phone = phone

    def clean_code(self) -> str:
        tried = f"sign-in-code:{blind_index('sign_in_code', f'{self.phone}:{self.expected_code}')}"
        if how_often(tried, settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT) > settings.ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS:
            raise forms.ValidationError(str(CodeSpent.message))
        return super().clean_code()


class FirstAuthenticatorForm(ActivateTOTPForm):
    """The six digits that prove an authenticator app was set up."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        """Keep the secret however often the page is opened: somebody may have scanned it already."""
        forms.Form.__init__(self, *args, **kwargs)
        self.user = user
        self.secret = get_totp_secret(regenerate=False)

    code = CodeField(label=_("Six digits of your authenticator app"))


class OnceMoreForm(ReauthenticateForm):
    """The six digits of the authenticator app, asked for again."""

    code = CodeField(label=_("Six digits of your authenticator app"))


class SecondStepForm(AuthenticateForm):
    """The six digits of the authenticator app; the demo's staff may type the demo code instead."""

    code = CodeField(label=_("Six digits of your authenticator app"))

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if settings.DEMO and code == settings.DEMO_CODE:
            self.authenticator = Authenticator.objects.get(user=self.user, type=Authenticator.Type.TOTP)
            return code
        return super().clean_code()


class HouseholdFile(BroughtFile):
    """The register of households as a file, and what was answered about it."""

    tier = forms.ChoiceField(
        label=_("What are the households whose kind is not written?"),
        choices=[("", "—"), *Tier.choices],
        required=False,
    )
    people = WholeNumberField(
        label=_("How many people live in the households whose number is not written?"),
        min_value=1,
        max_value=MOST_PEOPLE,
        required=False,
    )
    from_on = DayField(label=_("From which day do the other kinds of households count?"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = _("File of households (.xlsx or .csv)")

    def answers(self) -> Answers:
        """Return what was answered about the file."""
        typed = self.cleaned_data
        return Answers(
            with_hidden=self.hidden_answer,
            tier=typed.get("tier", ""),
            people=typed.get("people"),
            from_on=typed.get("from_on"),
        )

    def asked(self, report: Report) -> list[forms.BoundField]:
        """Return the questions that this file raises, those already answered too."""
        answers = self.answers()
        raised = {
            "with_hidden": report.hidden_rows or answers.with_hidden is not None,
            "tier": report.without_tier or answers.tier,
            "people": report.without_people or answers.people,
            "from_on": report.without_from_on or answers.from_on,
        }
        return [self[name] for name, open_or_answered in raised.items() if open_or_answered]


class RefusalForm(ActForm):
    """What does not match."""

    why = forms.CharField(label=_("What does not match"), max_length=200)


class PointForm(forms.Form):
    """Where a village lies, in degrees, and how far it reaches."""

    latitude = DegreesField(label=_("Latitude"), most=90)
    longitude = DegreesField(label=_("Longitude"), most=180)
    radius_m = WholeNumberField(label=_("Radius (m)"), min_value=1, max_value=100_000)

    sure = forms.BooleanField(label=_("Yes, it lies there"), required=False, widget=forms.HiddenInput)

    def point(self) -> dict[str, Any]:
        """Return what `set_point` takes."""
        typed = self.cleaned_data
        return {
            "latitude_e6": typed["latitude"],
            "longitude_e6": typed["longitude"],
            "radius_m": typed["radius_m"],
            "sure": typed["sure"],
        }

    def ask(self) -> None:
        """Show the box that says that the point is meant."""
        self.fields["sure"].widget = forms.CheckboxInput()


class DisputeAnswerForm(ActForm):
    """What an officer found, and the words that the household reads."""

    verdict = forms.ChoiceField(
        label=_("What came out"),
        choices=[
            ("upheld", _("It was not the household: undo what can be undone")),
            ("explained", _("It is explained: it stands")),
        ],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(label=_("Your answer in words"), max_length=500, widget=forms.Textarea(attrs={"rows": 4}))


class GrievanceAnswerForm(ActForm):
    """What came out, and the words that whoever asked will read."""

    verdict = forms.ChoiceField(
        label=_("What came out"),
        choices=[
            ("upheld", _("They are right: it is put right")),
            ("explained", _("It is explained: nothing is to be put right")),
        ],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("Your answer in plain words"), max_length=500, widget=forms.Textarea(attrs={"rows": 4})
    )


class GrievanceForm(ActForm):
    """What is not right, in one's own words."""

    words = forms.CharField(label=_("What is not right?"), max_length=300, widget=forms.Textarea(attrs={"rows": 4}))


class ReopenForm(ActForm):
    """What is still not right."""

    words = forms.CharField(
        label=_("What is still not right?"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
