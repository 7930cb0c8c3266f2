"""Addresses that a page of a lower room shows and a higher room owns: the roof hands them over with each request."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Places:
    """Where pages of other rooms lie, each made when it is asked for."""

    home: Callable[[], str]
    sell: Callable[[], str]
    sell_again: Callable[[int], str]  # the number of a lot
    sell_for: Callable[[], str]
    about_produce: Callable[[str], str]  # its code
    order_lot: Callable[[str, int], str]  # the code of its produce, its number
    recall_lot: Callable[[int], str]
    claim_lot: Callable[[int], str]
    claim_of_lot: Callable[[int], str]
    rules: Callable[[], str]  # the published rules of relief
    land_of: Callable[[UUID], str]  # the key of a household
    own_card: Callable[[], str]  # where another bank card is asked for
    household_file: Callable[[], str]  # the file of households to fill in
    own_coops: Callable[[], str]  # the co-operatives that sell for one's household


def places(request: HttpRequest) -> Places:
    """Return the addresses handed over with a request."""
    return cast(Places, request.places)  # type: ignore[attr-defined]
