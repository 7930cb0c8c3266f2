"""The second page of sign-in: the code of the text message, tried and sent again no more often than was allowed."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.views import ConfirmLoginCodeView
from allauth.core import ratelimit
from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.forms import SignInCodeForm


class SignInCode(ConfirmLoginCodeView):
    """The library's page, whose tries and texts are counted outside the session.

    A session is read at the start of a request and written at its end: requests side by side would all begin with the
    same count.
    """

    def get_form_kwargs(self) -> dict[str, Any]:
        """Tell the form whose code it is."""
        kwargs = super().get_form_kwargs()
        return kwargs | {"phone": self._phone()} if issubclass(self.get_form_class(), SignInCodeForm) else kwargs

    def form_valid(self, form: Form) -> HttpResponse:
        """Sign in; or send another code, which counts as one that was asked for."""
        if isinstance(form, SignInCodeForm):
            return super().form_valid(form)
        to = redirect(self.passthrough_next_url(reverse("account_confirm_login_code")))
        if not ratelimit.consume(self.request, action="request_login_code", key=self._phone()):
            adapter = get_adapter(self.request)
            refusal = adapter.error_messages["too_many_login_attempts"]
            adapter.add_message(self.request, messages.ERROR, message=refusal)
            return to
        if self._process.user is None:
            return to  # a number nobody knows is answered as any other
        return super().form_valid(form)

    def _phone(self) -> str:
        return str(self._process.state.get("phone", ""))
