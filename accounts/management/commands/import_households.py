"""Bring in a file of households: a dry run by default; with --propose a second clerk confirms it on the site."""

import datetime as dt
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.permissions import can_import_households, office_of
from accounts.services import register, register_files
from accounts.services.people import account_of_phone
from kernel import clock
from kernel.errors import DomainError


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        """Take which file, what is answered about it, and whether to hand it on in whose name."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--propose", action="store_true", help="hand the file on; without it nothing changes")
        parser.add_argument("--by", default="", metavar="PHONE", help="phone of the relief clerk who brings the file")
        parser.add_argument("--skip-faulty", action="store_true", help="leave faulty rows out instead of refusing all")
        hidden = parser.add_mutually_exclusive_group()
        hidden.add_argument("--with-hidden-rows", dest="hidden", action="store_true", default=None)
        hidden.add_argument("--without-hidden-rows", dest="hidden", action="store_false", default=None)
        parser.add_argument("--tier", choices=list(register.TIERS), help="kind of the households that say none")
        parser.add_argument("--from-on", type=dt.date.fromisoformat, metavar="DAY", help="from when other kinds count")
        parser.add_argument("--people", type=int, choices=range(1, register.MOST_PEOPLE + 1), metavar="N")

    def handle(
        self, *args, file: Path, propose: bool, skip_faulty: bool, hidden: bool | None, tier: str | None, **options
    ):
        """Check the file, print each faulty row and each question, and hand the rest on if asked to."""
        raw, at = file.read_bytes(), clock.now()
        answers = register.Answers(
            with_hidden=hidden,
            tier=register.TIERS[tier] if tier else "",
            people=options["people"],
            from_on=options["from_on"],
        )
        try:
            report = register.check_file(raw, answers=answers, at=at)
            self._tell(report)
            self._ask(report, answers)
            if propose:
                clerk = self._clerk(options["by"])
                register_files.propose_file(
                    raw, answers=answers, skip_faulty=skip_faulty, office=office_of(clerk), by=clerk, at=at
                )
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        waits = f"{len(report.ready) + len(report.changed)} households wait for a second clerk of the office."
        self.stdout.write(waits if propose else "Dry run: nothing was changed.")

    def _clerk(self, phone: str) -> User:
        clerk = account_of_phone(phone)
        if clerk is None or not can_import_households(clerk):
            raise CommandError("--by must be the phone of a relief clerk.")
        return clerk

    def _tell(self, report: register.Report):
        for fault in report.faults:
            self.stdout.write(f"row {fault.row}, cell {fault.cell or '-'} 「{fault.value}」: {fault.reason}")
        for name in report.ignored:
            self.stdout.write(f"column ignored: {name}")
        for sentence in (*report.left_out, *report.shared_phones):
            self.stdout.write(sentence)
        self.stdout.write(
            f"{report.rows} rows: {len(report.ready)} new, {len(report.changed)} to change, {report.registered} in the "
            f"register already, {len(report.faults)} faulty."
        )

    def _ask(self, report: register.Report, answers: register.Answers):
        """Print what has to be answered, and end there."""
        questions = [
            (report.without_tier, "say no kind of household. Write it there, or answer with --tier 一般农户"),
            (report.without_people, "do not say how many people there are. Write it there, or answer with --people N"),
            (report.without_from_on, "are of another kind now. Say from which day with --from-on 2026-11-01"),
            (
                report.hidden_rows if answers.with_hidden is None else [],
                "are hidden. Answer with --with-hidden-rows or --without-hidden-rows",
            ),
        ]
        asked = [f"{'、'.join(cells[:20])} {question}." for cells, question in questions if cells]
        for question in asked:
            self.stdout.write(question)
        if asked:
            raise CommandError("Something has to be answered first. Nothing was changed.")
