"""Enter a file of market prices; each row that cannot be used is named by line and reason."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from kernel.errors import DomainError
from produce.services.price_files import HiddenRows, import_prices


class Command(BaseCommand):
    help = "Enter a file of market prices (formats: xinfadi, supermarket, liujin; told by the first line)."

    def add_arguments(self, parser):
        """Take which file, and how it is written."""
        parser.add_argument("file", type=Path)
        hidden = parser.add_mutually_exclusive_group()
        hidden.add_argument("--with-hidden-rows", dest="hidden", action="store_true", default=None)
        hidden.add_argument("--without-hidden-rows", dest="hidden", action="store_false", default=None)
        parser.add_argument("--format", dest="kind", default="", choices=["xinfadi", "supermarket", "liujin"])

    def handle(self, *args, file: Path, kind: str, hidden: bool | None, **options):
        """Enter the file, then say what became of it."""
        try:
            report = import_prices(file.read_bytes(), kind=kind, with_hidden=hidden)
        except HiddenRows as asked:
            raise CommandError(f"{asked} (--with-hidden-rows, --without-hidden-rows)") from asked
        except (DomainError, OSError) as refusal:
            raise CommandError(f"{file.name}: {refusal}") from refusal
        for fault in report.faults:
            place = f", cell {fault.cell} 「{fault.value}」" if fault.cell else ""
            self.stdout.write(f"line {fault.line}{place}: {fault.reason}")
        for sentence in report.left_out:
            self.stdout.write(sentence)
        self.stdout.write(
            f"{report.rows} rows: {report.new} new prices, {report.updated} known, {len(report.faults)} faulty, "
            f"{report.unknown.total()} of {len(report.unknown)} kinds not in the dictionary."
        )
        for reason, count in report.reasons.most_common():
            self.stdout.write(f"  {count} × {reason}")
