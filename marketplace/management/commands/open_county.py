"""Open a county on an empty database from its files: places, channels, first people. Whole or not at all."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Membership, Role
from canteens.services import load_default_tiers
from kernel import clock
from kernel.entering import entering
from kernel.errors import DomainError
from produce.services.dictionary import load as load_dictionary
from registers.pages.opening import read_county
from registers.services.opening import CountyRefused, open_county


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        """Take the files, in any order."""
        parser.add_argument("files", type=Path, nargs="+", metavar="FILE")

    def handle(self, *args, files: list[Path], **options):
        """Enter what the files hold, or say for each cell why not; then say what comes next."""
        try:
            county = read_county([(file.name, file.read_bytes()) for file in files])
            with transaction.atomic():
                open_county(county, at=clock.now())
                with entering("opening"):
                    load_default_tiers()
                load_dictionary()
        except OSError as refusal:
            raise CommandError(str(refusal)) from refusal
        except CountyRefused as refusal:
            lines = [f"{fault.place}: {fault.reason}".removeprefix(": ") for fault in refusal.faults]
            raise CommandError("\n".join([*lines, str(refusal)])) from refusal
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        self._say_what_comes_next(len(county.places), len(county.channels))

    def _say_what_comes_next(self, places: int, channels: int):
        post = Membership.objects.filter(role=Role.SECURITY_ADMIN).select_related("person").order_by("pk")[0]
        said = [
            _("The county is open: %(places)s names of places, %(channels)s channels, and its first people.")
            % {"places": places, "channels": channels},
            _("Next: sign in with the phone of %(name)s (%(role)s) and open %(page)s to appoint the next people.")
            % {"name": post.person.name, "role": Role(post.role).label, "page": reverse("register", args=["posts"])},
            _("What the county still lacks: manage.py check_county"),
        ]
        self.stdout.write("\n".join(said))
