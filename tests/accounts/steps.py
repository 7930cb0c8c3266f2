"""Bring households in from a file as two clerks do."""

from types import SimpleNamespace

from accounts.models import Household, Organisation, Place, RegisterFile
from accounts.services import register, register_files
from tests import factories


def two_clerks():
    """Return the relief office and two of its clerks."""
    county = Place.objects.filter(level="county").get()
    office = Organisation.objects.filter(kind="relief").first()
    office = office or factories.an_organisation("relief", "石城县扶贫办公室", county)
    return office, [factories.a_user(name, "relief_clerk", office, county) for name in ("廖主任", "肖干事")]


def enter_file(raw, *, at, **how):
    """Let one clerk bring a file and another confirm it; return how many households that made, and the report."""
    office, (first, second) = two_clerks()
    report = register.check_file(raw, answers=how.get("answers", register.NOTHING_SAID), at=at)
    before = Household.objects.count()
    try:
        file = register_files.propose_file(raw, office=office, by=first, at=at, **how)
        register_files.confirm_file(file, by=second, at=at)
    except register_files.NothingNew:
        pass
    return SimpleNamespace(**vars(report), entered=Household.objects.count() - before)


def confirm_waiting():
    """Let a second clerk of the office confirm the file that waits."""
    file = RegisterFile.objects.get(status="proposed")
    second = factories.a_user("肖干事", "relief_clerk", file.organisation)
    return register_files.confirm_file(file, by=second, at=file.at)
