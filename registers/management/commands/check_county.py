"""Say what this county cannot do yet and which register mends it; exit code 1 when something is missing."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from accounts.models import Organisation
from kernel import clock
from registers.pages.missing import findings


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line a finding."""
        if not Organisation.objects.exists():
            self.stdout.write(_("This county is empty. Open it: manage.py open_county FILE…"))
            sys.exit(1)
        found = findings(clock.now())
        for finding in found:
            self.stdout.write(f"{finding.sentence}  {finding.url}".strip())
        if found:
            sys.exit(1)
        self.stdout.write(_("The county lacks nothing."))
