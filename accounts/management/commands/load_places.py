"""Enter or rename the county's places from a CSV file: code,level,parent,name,valid_from,valid_to."""

import io
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from accounts.services.places import load_places
from kernel.encodings import decode
from kernel.entering import entering
from kernel.errors import DomainError


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        """Take which file."""
        parser.add_argument("file", type=Path)

    def handle(self, *args, file: Path, **options):
        """Load the file, whole or not at all."""
        try:
            lines = io.StringIO(decode(file.read_bytes()), newline="")
            with entering("load_places"):
                self.stdout.write(f"{load_places(lines)} names of places loaded.")
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
