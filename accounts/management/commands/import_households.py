"""Bring a file of households into the register: a dry run by default, entered with --apply."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from accounts.services import register
from kernel import clock
from kernel.errors import DomainError


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        """Take which file, what is answered about it, and whether to enter it."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--apply", action="store_true", help="enter the households; without it nothing changes")
        parser.add_argument("--skip-faulty", action="store_true", help="leave faulty rows out instead of refusing all")
        hidden = parser.add_mutually_exclusive_group()
        hidden.add_argument("--with-hidden-rows", dest="hidden", action="store_true", default=None)
        hidden.add_argument("--without-hidden-rows", dest="hidden", action="store_false", default=None)
        parser.add_argument("--tier", choices=list(register.TIERS), help="kind of the households that say none")
        parser.add_argument("--people", type=int, choices=range(1, register.MOST_PEOPLE + 1), metavar="N")

    def handle(
        self, *args, file: Path, apply: bool, skip_faulty: bool, hidden: bool | None, tier: str | None, **options
    ):
        """Check the file, print each faulty row and each question, and enter the rest if asked to."""
        raw, at = file.read_bytes(), clock.now()
        answers = register.Answers(
            with_hidden=hidden, tier=register.TIERS[tier] if tier else "", people=options["people"]
        )
        try:
            report = register.check_file(raw, answers=answers, at=at)
            self._tell(report)
            self._ask(report, answers)
            if apply:
                report = register.enter_file(raw, answers=answers, skip_faulty=skip_faulty, at=at)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{report.entered} households entered." if apply else "Dry run: nothing was changed.")

    def _tell(self, report: register.Report):
        for fault in report.faults:
            self.stdout.write(f"row {fault.row}, cell {fault.cell or '-'} 「{fault.value}」: {fault.reason}")
        for name in report.ignored:
            self.stdout.write(f"column ignored: {name}")
        for sentence in (*report.left_out, *report.shared_phones):
            self.stdout.write(sentence)
        self.stdout.write(
            f"{report.rows} rows: {len(report.ready)} ready, {report.registered} in the register already, "
            f"{len(report.faults)} faulty."
        )

    def _ask(self, report: register.Report, answers: register.Answers):
        """Print what has to be answered, and end there."""
        questions = [
            (report.without_tier, "say no kind of household. Write it there, or answer with --tier 一般农户"),
            (report.without_people, "do not say how many people there are. Write it there, or answer with --people N"),
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
