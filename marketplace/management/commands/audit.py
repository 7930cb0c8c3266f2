"""Prove that balances are the sums of their entries and documents agree with the ledger; exit code 1 otherwise."""

import sys

from django.core.management.base import BaseCommand

from marketplace.audit import breaches, oracles


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args, **options):
        """Ask every oracle and print the rows that break a promise."""
        broken = breaches()
        for breach in broken:
            self.stdout.write(self.style.ERROR(f"BROKEN: {breach.promise}"))
            for row in breach.rows:
                self.stdout.write("    " + " | ".join(str(value) for value in row))
        promises = len(oracles())
        if broken:
            self.stdout.write(f"{len(broken)} of {promises} promises are broken.")
            sys.exit(1)
        self.stdout.write(f"Clean: {promises} promises hold.")
