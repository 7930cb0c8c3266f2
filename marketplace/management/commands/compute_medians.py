"""Write the medians of prices anew for any days: what price files say, what lots asked, what was paid."""

import datetime as dt

from django.core.management.base import BaseCommand, CommandError

from catalog.services import medians as listed
from kernel import clock
from orders.services import medians as sold
from produce.services import medians


class Command(BaseCommand):
    help = "Write the medians of prices for these days (both included; without them what a night would write)."

    def add_arguments(self, parser):
        """Take which days."""
        parser.add_argument("--from", dest="first", type=dt.date.fromisoformat)
        parser.add_argument("--to", dest="last", type=dt.date.fromisoformat)

    def handle(self, *args, first: dt.date | None, last: dt.date | None, **options):
        """Write them month by month, so that no statement grows with the years."""
        if first is None and last is None:
            at = clock.now()
            self.stdout.write(
                f"{medians.write_missing(at) + listed.write_missing(at) + sold.write_missing(at)} medians written."
            )
            return
        last = last or clock.county_day(clock.now())
        if first is None or first > last:
            raise CommandError("Say --from and --to, the first day not after the last.")
        written = 0
        while first <= last:
            month = min(last, (first.replace(day=1) + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1))
            for write in (medians.write_reference, listed.write_listed, sold.write_sold):
                written += write(first, month)
            first = month + dt.timedelta(days=1)
        self.stdout.write(f"{written} medians written.")
