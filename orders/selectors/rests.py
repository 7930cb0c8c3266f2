"""What sellers owe by statements below nothing: what was taken off, what is carried on, what must be asked for."""

import datetime as dt
from typing import Any

from django.db.models import F, QuerySet

from accounts.models import Household, Organisation
from canteens.models import Fund
from ledger.selectors import taken_off_by_fen
from orders.models import Recovery, SettlementStatement


def open_rests() -> QuerySet[Any]:
    """Return the statements by which a seller owes something that nothing made up for, each with its `owes_fen`."""
    rows = SettlementStatement.objects.filter(rest_at__isnull=False, carried_by=None, recovery=None)
    return rows.annotate(owes_fen=-F("total_fen") - taken_off_by_fen("statement")).filter(owes_fen__gte=1)


def rests_to_carry(fund: Fund, household: Household | None, cooperative: Organisation | None) -> list[Any]:
    """Return what a seller still owes a fund, the oldest first."""
    return list(open_rests().filter(fund=fund, household=household, cooperative=cooperative).order_by("pk"))


def late_rests(before: dt.datetime) -> QuerySet[Any]:
    """Return the rests that have been open since before this moment."""
    return open_rests().filter(rest_at__lte=before).order_by("pk")


def recoveries() -> QuerySet[Recovery]:
    """Return what sellers must be asked for, the newest first."""
    related = ("statement__buyer", "statement__fund", "statement__household", "statement__cooperative")
    return Recovery.objects.select_related(*related).order_by("-pk")
