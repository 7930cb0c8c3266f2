"""Enter a file of market prices; each row that cannot be used is named by line and reason."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from kernel.errors import DomainError
from produce.services.price_files import import_prices


class Command(BaseCommand):
    help = "Enter a file of market prices (formats: xinfadi, supermarket, liujin; told by the first line)."

    def add_arguments(self, parser):
        """Take which file, and how it is written."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", dest="kind", default="", choices=["xinfadi", "supermarket", "liujin"])

    def handle(self, *args, file: Path, kind: str, **options):
        """Enter the file, then say what became of it."""
        try:
            with open(file, encoding="utf-8-sig", newline="") as lines:
                report = import_prices(lines, kind=kind)
        except (DomainError, OSError, UnicodeDecodeError) as refusal:
            raise CommandError(f"{file.name}: {refusal}") from refusal
        for line, reason in report.faults:
            self.stdout.write(f"line {line}: {reason}")
        self.stdout.write(
            f"{report.rows} rows: {report.new} new prices, {report.updated} known, {len(report.faults)} faulty, "
            f"{report.unknown.total()} of {len(report.unknown)} kinds not in the dictionary."
        )
        for reason, count in report.reasons.most_common():
            self.stdout.write(f"  {count} × {reason}")
