"""Bring a file of lots to the market for whoever lists for others: a dry run by default, listed with --apply."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.services.people import account_of_phone
from catalog import permissions as goods
from kernel import clock
from kernel.errors import DomainError
from selling.selectors.name_matching import Names
from selling.services import lot_files

MOST_ROWS = 10_000
PRICE_UNITS = {"斤": "jin", "公斤": "kg", "单位": "row"}


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        """Take which file, who brings it, how the households agreed, and whether to list it."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", required=True, help="phone number of the cadre or co-operative manager")
        parser.add_argument("--consent", choices=["phone", "visit", "paper"], default="paper")
        parser.add_argument("--apply", action="store_true", help="list the goods; without it nothing changes")
        parser.add_argument("--sure", action="store_true", help="list rows that are asked about as well")
        hidden = parser.add_mutually_exclusive_group()
        hidden.add_argument("--with-hidden-rows", dest="hidden", action="store_true", default=None)
        hidden.add_argument("--without-hidden-rows", dest="hidden", action="store_false", default=None)
        parser.add_argument(
            "--price-unit", choices=list(PRICE_UNITS), help="what prices are for, where no cell says it"
        )

    def handle(self, *args, file: Path, by: str, consent: str, apply: bool, sure: bool, **options):
        """Look the file through, print each faulty row with its reason, and list the rest if asked to."""
        user = account_of_phone(by)
        households = goods.households_served(user) if user is not None and user.is_active else None
        if user is None or households is None or not households.exists():
            raise CommandError("Nobody with this phone number lists goods for households.")
        names, at, raw = Names(households), clock.now(), file.read_bytes()
        hidden, unit = options["hidden"], options["price_unit"]
        answers: dict[str, Any] = {"with_hidden": bool(hidden), "price_unit": PRICE_UNITS[unit] if unit else ""}
        try:
            report = lot_files.look_through(raw, names=names, consent=consent, at=at, most=MOST_ROWS, **answers)
            self._tell(report)
            self._ask(report, answered=hidden is not None)
            if not apply:
                self.stdout.write("Dry run: nothing was changed.")
                return
            done = lot_files.list_file(
                raw, names=names, consent=consent, all_sure=sure, most=MOST_ROWS, by=user, at=at, **answers
            )
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        for number, reason in done.refused:
            self.stdout.write(f"row {number}: {reason}")
        self.stdout.write(
            f"{len(done.listed)} lots listed, {done.known} listed before, {len(done.unanswered)} waiting."
        )

    def _tell(self, report: lot_files.Report):
        for fault in report.faults:
            self.stdout.write(
                f"row {fault.row}, cell {fault.cell or '-'} ({fault.column}) 「{fault.value}」: {fault.reason}"
            )
        for ready in report.ready:
            for question in ready.asked:
                self.stdout.write(f"row {ready.row}: {question}")
        for name in report.ignored:
            self.stdout.write(f"column ignored: {name}")
        for sentence in report.left_out:
            self.stdout.write(sentence)
        self.stdout.write(
            f"{report.rows} rows: {len(report.ready)} ready, {len(report.known)} listed before, "
            f"{len(report.faults)} faulty."
        )

    def _ask(self, report: lot_files.Report, *, answered: bool):
        """Print what has to be answered, and end there."""
        asked = []
        if report.unclear_prices:
            cells = "、".join(report.unclear_prices[:20])
            asked.append(f"{cells}: one jin or one kilogram? Answer with --price-unit 斤, 公斤 or 单位.")
        if report.hidden_rows and not answered:
            asked.append("Rows are hidden. Answer with --with-hidden-rows or --without-hidden-rows.")
        for question in asked:
            self.stdout.write(question)
        if asked:
            raise CommandError("Something has to be answered first. Nothing was changed.")
