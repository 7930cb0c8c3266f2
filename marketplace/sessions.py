"""Sessions in the database, sealed: a one-time code or a typed phone number is never readable in the table."""

import json

from cryptography.exceptions import InvalidTag
from django.contrib.sessions.backends import db

from kernel.sealing import seal, unseal


class SessionStore(db.SessionStore):
    """A database session whose data only this site can open, and only under its own key."""

    def _place(self) -> str:
        return f"django_session:{self.session_key}"

    def encode(self, session_dict) -> str:
        """Seal what the session holds."""
        return seal(self.serializer().dumps(session_dict).decode("latin-1"), bound_to=self._place())

    def decode(self, session_data) -> dict:
        """Open a sealed session; anything that does not open is an empty session, as an expired one is."""
        try:
            return self.serializer().loads(unseal(session_data, bound_to=self._place()).encode("latin-1"))
        except (InvalidTag, KeyError, ValueError, json.JSONDecodeError):
            return {}
