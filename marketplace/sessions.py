"""Sessions in the database, sealed: a one-time code or a typed phone number is never readable in the table.

A row is kept for SESSION_COOKIE_AGE after its last use, so that its end tells when that was; the database's clock says
both.
"""

import datetime as dt
import json
from typing import Any

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.contrib.sessions.backends import db
from django.db.models.functions import Now

from kernel.sealing import seal, unseal

KEPT_FOR = dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)
AT_MOST_ONCE = dt.timedelta(minutes=1)  # how often a use is written down


class SessionStore(db.SessionStore):
    """A database session whose data only this site can open, and only under its own key; it knows its rest."""

    read_at: dt.datetime | None = None
    rested = dt.timedelta(0)

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

    def _get_session_from_db(self) -> Any:
        """Return the row, and keep how long nobody had used it when this request came."""
        rows = self.model.objects.annotate(read_at=Now())
        row = rows.filter(session_key=self.session_key, expire_date__gt=Now()).first()
        if row is None:
            self._session_key = None
            return None
        self.read_at, self.rested = row.read_at, KEPT_FOR - (row.expire_date - row.read_at)
        return row

    def create_model_instance(self, data) -> Any:
        """Return the row to be written: writing it is a use."""
        row = super().create_model_instance(data)
        row.expire_date = Now() + KEPT_FOR
        return row

    def write_use(self) -> None:
        """Write down that the session is used now, and nothing else of it: another request may just change its data."""
        stale = self.model.objects.filter(session_key=self.session_key, expire_date__lt=Now() + KEPT_FOR - AT_MOST_ONCE)
        stale.update(expire_date=Now() + KEPT_FOR)
