"""Bring a file of households into the register: a dry run by default, entered with --apply."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from accounts.services import register
from kernel import clock
from kernel.errors import DomainError


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        """Take which file, and whether to enter it."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--apply", action="store_true", help="enter the households; without it nothing changes")
        parser.add_argument("--skip-faulty", action="store_true", help="leave faulty rows out instead of refusing all")

    def handle(self, *args, file: Path, apply: bool, skip_faulty: bool, **options):
        """Check the file, print each faulty row with its reason, and enter the rest if asked to."""
        raw = file.read_bytes()
        at = clock.now()
        try:
            report = register.check_file(raw, at=at)
            self._tell(report)
            if apply:
                report = register.enter_file(raw, skip_faulty=skip_faulty, at=at)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{report.entered} households entered." if apply else "Dry run: nothing was changed.")

    def _tell(self, report: register.Report):
        for fault in report.faults:
            self.stdout.write(f"row {fault.row}, {fault.column}: {fault.reason}")
        for name in report.ignored:
            self.stdout.write(f"column ignored: {name}")
        self.stdout.write(
            f"{report.rows} rows: {len(report.ready)} ready, {report.registered} in the register already, "
            f"{len(report.faults)} faulty."
        )
