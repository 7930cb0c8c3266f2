"""A file of households that waits for its second person, as a case by its name."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import RegisterFile, User
from accounts.selectors import register_files_of_others, register_files_to_decide
from kernel.clock import county_day
from kernel.dates import deadline_words, spoken_day
from kernel.piles import whole_pile
from kernel.shown import Case, Pile, Tag


def register_files(user: User, at: dt.datetime) -> tuple[Pile, Pile]:
    """Return the files of households this person confirms or refuses, and the own ones that wait for a colleague."""
    url = reverse("household-list")
    own = [_file(file, at, act=pgettext("case", "Look and confirm")) for file in register_files_to_decide(user)]
    waiting = [_file(file, at) for file in register_files_of_others(user)]
    return whole_pile(own, url=url), whole_pile(waiting, url=url)


def _file(file: RegisterFile, at: dt.datetime, *, act: str = "") -> Case:
    brought_on = spoken_day(county_day(file.at), county_day(at))
    who = file.by.person.name if file.by.person else ""
    households = ngettext("%(n)s household", "%(n)s households", file.households) % {"n": file.households}
    return Case(
        title=_("Bring %(households)s into the register") % {"households": households},
        facts=[_("brought by %(name)s %(day)s") % {"name": who, "day": brought_on}],
        url=reverse("register-file", args=[file.pk]),
        act=act,
        due=Tag("warn", deadline_words(file.confirm_by_at, at)),
        due_on=county_day(file.confirm_by_at),
        waits="" if act else _("Waits for a colleague of the office"),
    )
