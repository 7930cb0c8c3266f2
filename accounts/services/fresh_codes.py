"""Ask whoever is signed in to prove once more that the phone is in their hands: a code for one purpose, used once.

The code lies in the cache as its HMAC, under keys that guard: while nobody can count, none is given and none is taken.
"""

import secrets

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services.messages import in_chinese, write_message
from kernel import clock
from kernel.errors import BadValue, DomainError
from kernel.masking import mask_phone
from kernel.present import StrOrPromise
from kernel.sealing import blind_index
from kernel.spare_cache import how_often

LASTS_SECONDS = 300
MOST_TRIES = 5  # of one code
MOST_CODES = 5  # of one person and purpose in a day
DAY_SECONDS = 24 * 3600


class WrongCode(BadValue):
    code = "wrong_code"
    message = _("This code is not right. Look at the newest text message and write its six digits.")


class CodeSpent(DomainError):
    code = "code_spent"
    message = _("This code is used up or too old. Ask for a new one.")


class TooManyCodes(DomainError):
    code = "too_many_codes"
    message = _("So many codes were asked for today that no more are sent. Try again tomorrow, or call us.")


def send_fresh_code(user: User, purpose: str, sentence: StrOrPromise) -> str:
    """Send a code for one purpose to the phone of an account, in a sentence with `code`; return the phone, masked."""
    if how_often(f"{_key(user, purpose)}:sent", DAY_SECONDS) > (500 if settings.DEMO else MOST_CODES):
        raise TooManyCodes
    code = settings.DEMO_CODE if settings.DEMO else f"{secrets.randbelow(10**6):06d}"
    cache.set(_key(user, purpose), blind_index("fresh_code", f"{user.pk}:{purpose}:{code}"), LASTS_SECONDS)
    cache.delete(f"{_key(user, purpose)}:tries")
    write_message(phone=user.phone, kind="fresh_code", body=in_chinese(sentence, {"code": code}), at=clock.now())
    return mask_phone(user.phone)


def require_fresh_code(user: User, purpose: str, code: str) -> None:
    """Refuse a code that is not the one sent last for this purpose; the sixth try of one code finds it gone."""
    sent = cache.get(_key(user, purpose))
    if sent is None:
        raise CodeSpent
    if how_often(f"{_key(user, purpose)}:tries", LASTS_SECONDS) > MOST_TRIES:
        cache.delete(_key(user, purpose))
        raise CodeSpent
    if not secrets.compare_digest(sent, blind_index("fresh_code", f"{user.pk}:{purpose}:{code}")):
        raise WrongCode


def spend_fresh_code(user: User, purpose: str) -> None:
    """Use a code up; of two that come with the same one, the second is refused."""
    if not cache.delete(_key(user, purpose)):
        raise CodeSpent


def _key(user: User, purpose: str) -> str:
    return f"fresh-code:{purpose}:{user.pk}"
