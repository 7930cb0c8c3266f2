"""Load the demo county (made once, then left alone) and print who one can be; a real site has no such command."""

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import translation

from demo.load import fill_history, load_county, load_losses, load_market
from demo.people import DEMO_PEOPLE
from demo.progress import HISTORY, is_done
from kernel import clock


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        """Take how much is wanted here and now; the site's worker makes the rest."""
        parser.add_argument("--rest-later", action="store_true", help="leave market, losses and history to the worker")
        parser.add_argument("--history", action="store_true", help="fill the two years of sales here and now, too")

    def handle(self, *args, rest_later: bool, history: bool, **options):
        """Make what is not there yet, then say how to sign in."""
        with translation.override("zh-hans"):
            load_county(clock.now())
            if not rest_later:
                load_market(clock.now())
                load_losses(clock.now())
            if history:
                fill_history(clock.now(), seconds=3600)
        with translation.override("en"):
            lines = [f"  {person.phone}  {person.role!s:<24} {person.does}" for person in DEMO_PEOPLE]
        self.stdout.write("Sign in with one of these numbers:\n" + "\n".join(lines))
        self.stdout.write(f"The code is always {settings.DEMO_CODE}, also for the second step.")
        if rest_later and not is_done(HISTORY):
            self.stdout.write(
                "Market, losses and two years of sales are being filled in; `demo history` lines tell how far."
            )
