"""Bring a file of lots to the market for whoever lists for others: a dry run by default, listed with --apply."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from accounts.services.people import account_of_phone
from catalog import permissions as goods
from kernel import clock
from kernel.errors import DomainError
from selling.selectors.name_matching import Names
from selling.services import lot_files

MOST_ROWS = 10_000


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        """Take which file, who brings it, how the households agreed, and whether to list it."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", required=True, help="phone number of the cadre or co-operative manager")
        parser.add_argument("--consent", choices=["phone", "visit", "paper"], default="paper")
        parser.add_argument("--apply", action="store_true", help="list the goods; without it nothing changes")
        parser.add_argument("--sure", action="store_true", help="list rows that are asked about as well")

    def handle(self, *args, file: Path, by: str, consent: str, apply: bool, sure: bool, **options):
        """Look the file through, print each faulty row with its reason, and list the rest if asked to."""
        user = account_of_phone(by)
        households = goods.households_served(user) if user is not None and user.is_active else None
        if user is None or households is None or not households.exists():
            raise CommandError("Nobody with this phone number lists goods for households.")
        names, at, raw = Names(households), clock.now(), file.read_bytes()
        try:
            report = lot_files.look_through(raw, names=names, consent=consent, at=at, most=MOST_ROWS)
            self._tell(report)
            if not apply:
                self.stdout.write("Dry run: nothing was changed.")
                return
            done = lot_files.list_file(raw, names=names, consent=consent, all_sure=sure, most=MOST_ROWS, by=user, at=at)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        for number, reason in done.refused:
            self.stdout.write(f"row {number}: {reason}")
        self.stdout.write(
            f"{len(done.listed)} lots listed, {done.known} listed before, {len(done.unanswered)} waiting."
        )

    def _tell(self, report: lot_files.Report):
        for fault in report.faults:
            self.stdout.write(f"row {fault.row}, cell {fault.cell or '-'} ({fault.column}): {fault.reason}")
        for ready in report.ready:
            for question in ready.asked:
                self.stdout.write(f"row {ready.row}: {question}")
        for name in report.ignored:
            self.stdout.write(f"column ignored: {name}")
        self.stdout.write(
            f"{report.rows} rows: {len(report.ready)} ready, {len(report.known)} listed before, "
            f"{len(report.faults)} faulty."
        )
