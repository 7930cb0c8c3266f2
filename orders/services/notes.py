"""Read the code of a delivery note: it leads to its own trip, and to nobody else's."""

from urllib.parse import parse_qs, urlsplit

from django.utils.translation import gettext_lazy as _

from accounts.models import Somebody
from kernel.errors import BadValue, DomainError
from kernel.numbers import Kind, read_number
from orders.models import Delivery
from orders.selectors.orders import deliveries_seen_by


class NoNote(BadValue):
    code = "no_note"
    message = _("This is not the number of a delivery note. It begins with SH and stands at the top of the paper.")


class NoteOfOthers(DomainError):
    code = "note_of_others"
    message = _(
        "This delivery note is not of goods for you. Do not weigh them and do not sign; show the driver the name of "
        "the buyer on the paper."
    )


class OtherNote(DomainError):
    code = "other_note"

    def __init__(self, trip: Delivery, expected: Delivery) -> None:
        super().__init__(
            _(
                "This paper is of delivery %(number)s, but the one you have open is %(open)s. Put the goods apart and "
                "open the delivery that the paper names."
            )
            % {"number": trip.number, "open": expected.number}
        )
        self.trip = trip


def trip_of_note(user: Somebody, code: str, *, expected: Delivery | None = None) -> Delivery:
    """Return the trip that a code names, an address or a number; refuse in words one of another buyer or trip."""
    number = read_number(_number_in(code))
    if not number.startswith(Kind.DELIVERY):
        raise NoNote
    trip = deliveries_seen_by(user).filter(number=number).first()
    if trip is None:
        raise NoteOfOthers
    if expected is not None and trip.pk != expected.pk:
        raise OtherNote(trip, expected)
    return trip


def _number_in(code: str) -> str:
    """Return the number that is typed, or that stands in the address behind a code."""
    try:
        named = parse_qs(urlsplit(code.strip()).query).get("code", [])
    except ValueError:  # an address that is none
        named = []
    return named[0] if named else code.strip()
