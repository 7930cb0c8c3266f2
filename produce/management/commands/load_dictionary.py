"""Enter the county's produce dictionary; a second time brings it up to date, but for what people changed by hand."""

from django.core.management.base import BaseCommand

from produce.services import dictionary


class Command(BaseCommand):
    help = "Enter the county's produce dictionary, or bring it up to date."

    def handle(self, *args, **options):
        loaded = dictionary.load()
        self.stdout.write(
            f"{loaded.all} kinds of produce, {loaded.new} of them new, {loaded.by_hand} kept as changed by hand."
        )
