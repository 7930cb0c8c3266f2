"""How allauth meets our people: phones that prove themselves by a code, authenticators sealed like all secrets."""

import secrets

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.pages.me import role_words
from accounts.selectors import standing
from accounts.services.messages import in_chinese, write_message
from accounts.services.people import account_of_phone
from accounts.services.sessions import note_session
from kernel import clock
from kernel.form_fields import PhoneFormField
from kernel.sealing import seal, unseal


class PhoneAdapter(DefaultAccountAdapter):
    """Sign-in by phone number and code; accounts are opened by the register, never by a stranger."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": _(
            "Too many codes were asked for with this number today, or from this network within an hour. Use the last "
            "code, or ask again in an hour; if that is refused too, tomorrow."
        )
    }

    def is_open_for_signup(self, request) -> bool:
        return False

    def phone_form_field(self, **kwargs):
        return PhoneFormField(label=_("Your phone number"), **kwargs)

    def get_user_by_phone(self, phone: str) -> User | None:
        user = account_of_phone(phone)
        return user if user is not None and user.is_active else None

    def get_phone(self, user) -> tuple[str, bool]:
        return user.phone, user.phone_verified

    def set_phone(self, user, phone: str, verified: bool):
        raise NotImplementedError  # the register changes phone numbers

    def set_phone_verified(self, user, phone: str):
        user.phone_verified = True  # allauth looks at this same object in its next step
        user.save(update_fields=["phone_verified"])

    def generate_phone_verification_code(self, *, user, phone: str) -> str:
        return settings.DEMO_CODE if settings.DEMO else f"{secrets.randbelow(10**6):06d}"

    def send_verification_code_sms(self, user, phone: str, code: str, **kwargs):
        sentence = _("Your code for Liujin Market is %(code)s. It lasts 5 minutes; tell it to nobody.")
        self._send(phone, in_chinese(sentence) % {"code": code})

    def send_unknown_account_sms(self, phone: str, **kwargs):
        self._send(phone, in_chinese(_("This number is not registered with Liujin Market. Ask your village cadre.")))

    def post_login(self, request, user, **kwargs):
        """Write down where somebody is signed in now."""
        answer = super().post_login(request, user, **kwargs)
        note_session(user, request.session.session_key, request.headers.get("user-agent", ""), at=clock.now())
        return answer

    def add_message(self, request, level, message_template=None, message_context=None, extra_tags="", message=None):
        # Our own pages say what a message would repeat.
        if message is not None:
            super().add_message(request, level, message=message, extra_tags=extra_tags)

    def send_notification_mail(self, *args, **kwargs):
        return None  # nobody has a mail address here

    def _send(self, phone: str, body: str):
        write_message(phone=phone, kind="sign_in", body=body, at=clock.now())


class SecondStepAdapter(DefaultMFAAdapter):
    """Authenticator apps of staff: secrets are ciphertext at rest, labels say the product and the post."""

    PLACE = "mfa_authenticator:totp"

    def encrypt(self, text: str) -> str:
        return seal(text, bound_to=self.PLACE)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text, bound_to=self.PLACE)

    def get_totp_issuer(self) -> str:
        return "Liujin Market"

    def get_totp_label(self, user) -> str:
        return role_words(standing(user))

    def send_notification_mail(self, *args, **kwargs):
        return None
