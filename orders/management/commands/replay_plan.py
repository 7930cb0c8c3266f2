"""Work the plans of an order out again and say whether the published rule gives the same to the byte."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from orders.models import OrderLine, PurchaseOrder
from orders.selectors.replay import may_replay, replay


class Command(BaseCommand):
    help = "Work the plans of an order out again, as of its placing, by the published rule."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take which order."""
        parser.add_argument("number", help="the order's number, as it is printed")

    def handle(self, *args: Any, number: str, **options: Any) -> None:
        """Say of each line whether it is the same; of one that is not, show both."""
        order = PurchaseOrder.objects.filter(number=number).first()
        if order is None:
            raise CommandError(f"No order has the number {number}.")
        lines = OrderLine.objects.filter(order=order).select_related("order__buyer", "produce", "grade")
        different = 0
        for line in lines.order_by("position"):
            if not may_replay(line):
                self.stdout.write(f"{line.position} {line.produce.code}: chosen by the buyer, or by another rule")
                continue
            found = replay(line)
            edited = ", then its shares were changed by the buyer" if found.edited else ""
            self.stdout.write(f"{line.position} {line.produce.code}: {'same' if found.same else 'DIFFERENT'}{edited}")
            if found.edited:
                self.stdout.write(f"by the rule:\n{found.kept.decode()}ordered:\n{found.edited.decode()}", ending="")
            if not found.same:
                different += 1
                self.stdout.write(f"kept:\n{found.kept.decode()}again:\n{found.again.decode()}", ending="")
        if different:
            raise CommandError(f"{different} lines are not what the rule gives.")
