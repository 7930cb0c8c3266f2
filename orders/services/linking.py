"""Give a read-only link to a fund's file, take it back, and count who looks."""

import datetime as dt
import secrets

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from canteens.models import Fund
from kernel.clock import county_day
from kernel.errors import BadValue, DomainError
from kernel.spare_cache import how_often
from orders.models import ReadLink
from orders.selectors.dossier import MOST_AT_ONCE, trips_of_period
from records.selectors.policy import policy

MOST_AN_HOUR = 30  # from one address
HOUR = 3600


class LinkIsOver(DomainError):
    code = "link_is_over"

    def __init__(self) -> None:
        super().__init__(_("This link was taken back already."))


class TooManyLooks(DomainError):
    code = "too_many_looks"

    def __init__(self) -> None:
        super().__init__(_("This page was opened very often from your address. Wait an hour."))


def give_link(fund: Fund, *, first: dt.date, last: dt.date, by: User, at: dt.datetime) -> ReadLink:
    """Make an address that shows the file of these days for so many days as the county set."""
    if trips_of_period(fund, first, last).count() > MOST_AT_ONCE:
        raise BadValue(_("These days have more than %(n)s deliveries. Choose fewer days.") % {"n": MOST_AT_ONCE})
    today = county_day(at)
    return ReadLink.objects.create(
        code=secrets.token_urlsafe(24),
        fund=fund,
        first_on=first,
        last_on=last,
        until_on=today + dt.timedelta(days=policy("file_link_days", today)),
        by=by,
        at=at,
    )


@transaction.atomic
def take_back(link: ReadLink, *, by: User, at: dt.datetime) -> None:
    """Let a link open nothing any more."""
    if not ReadLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_by=by, revoked_at=at):
        raise LinkIsOver


def look(code: str, *, address: str, at: dt.datetime) -> ReadLink | None:
    """Return the link of this code if it still opens, counting the look; None for any other, told apart by nobody."""
    if how_often(f"file-looks-from:{address}", HOUR) > MOST_AN_HOUR:
        raise TooManyLooks
    links = ReadLink.objects.filter(code=code, revoked_at=None, until_on__gte=county_day(at))
    if not links.update(looks=F("looks") + 1, looked_at=at):
        return None
    return links.select_related("fund__organisation").get()
