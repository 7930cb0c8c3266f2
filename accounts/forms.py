"""Forms of sign-in and of the register."""

from allauth.account.forms import ConfirmLoginCodeForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kernel.form_fields import CodeField, PlainDecimalField, WholeNumberField


class SignInCodeForm(ConfirmLoginCodeForm):
    """The six digits of the text message."""

    code = CodeField(label=_("Six digits"))


class FirstAuthenticatorForm(ActivateTOTPForm):
    """The six digits that prove an authenticator app was set up."""

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


class HouseholdFile(forms.Form):
    """The register of households as a file."""

    file = forms.FileField(label=_("File of households (.xlsx or .csv)"))


class PointForm(forms.Form):
    """Where a village lies, in degrees, and how far it reaches."""

    latitude = PlainDecimalField(label=_("Latitude"), min_value=-90, max_value=90, max_digits=9, decimal_places=6)
    longitude = PlainDecimalField(label=_("Longitude"), min_value=-180, max_value=180, max_digits=9, decimal_places=6)
    radius_m = WholeNumberField(label=_("Radius (m)"), min_value=1, max_value=100_000)

    def point(self) -> dict[str, int]:
        """Return what `set_point` takes."""
        typed = self.cleaned_data
        return {
            "latitude_e6": int(typed["latitude"] * 1_000_000),
            "longitude_e6": int(typed["longitude"] * 1_000_000),
            "radius_m": typed["radius_m"],
        }
