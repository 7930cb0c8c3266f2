"""Walk a document: which act by whom leads from which status to which; every other try must change nothing.

A kind of document names a way to each of its statuses and its acts, each a door of the site with what is sent to it.
From these the walk is generated: in each status each act is tried by whoever may do it, by everybody who may not, by
the same person once more, and by whoever had a hand in the document before, under a second account with the right post.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.test import Client

from accounts.models import Membership, Person, User
from accounts.services import people
from records.models import Participation
from tests import factories
from tests.factories import LONG_AGO, login

NOT_IN = (302, 403, 404)  # to the sign-in, or out


@dataclass(frozen=True)
class Act:
    """One door: from which status to which it leads, who may pass it, and what is sent."""

    name: str
    leads: Mapping[str, str]  # status before: status after
    url: Callable[[Any], str]
    may: Callable[[Any, Any], Collection[str]]  # who of the cast is let in; the first of them does it
    body: Callable[[Any], dict[str, Any]] = lambda _row: {}
    only_in: Collection[str] = ()  # statuses in which its address is there at all; none is in each
    walled: bool = True  # whether an earlier hand in the document keeps a person out
    stage: str = ""  # which hand it is: whoever has that one already may do more of the same


@dataclass(frozen=True)
class Sweep:
    """What time alone does: from which status to which, and what runs."""

    name: str
    leads: Mapping[str, str]
    run: Callable[[dt.datetime], int]
    due_at: Callable[[Any], dt.datetime]  # from then on it happens, a second before it does not


@dataclass(frozen=True)
class Kind:
    """One kind of document: its legal edges, the way to each status, its acts and sweeps, and edges of other doors."""

    name: str
    moves: Mapping[str, Collection[str]]
    reach: Mapping[str, Callable[[Any], Any]]  # way to a status: makes a row of it in a scene
    acts: tuple[Act, ...]
    sweeps: tuple[Sweep, ...] = ()
    elsewhere: Mapping[tuple[str, str], str] = field(default_factory=dict)  # edge: whose walk takes it
    document: Callable[[Any], str] = lambda row: row.reference  # by which hands are known
    status: Callable[[Any], Any] = lambda row: row.status

    def edges(self) -> set[tuple[str, str]]:
        """Return every edge that this walk takes."""
        leads = [edge for step in (*self.acts, *self.sweeps) for edge in step.leads.items()]
        walked = {(status_of(before), after) for before, after in leads}
        return {edge for edge in walked if edge[0] != edge[1]} | set(self.elsewhere)


def status_of(way: str) -> str:
    """Return the status that a way leads to; what stands behind a comma tells two ways to one status apart."""
    return way.split(",")[0]


class Scene:
    """The cast with a browser each, and the moment."""

    def __init__(self, now, cast: dict[str, User], **things: Any) -> None:
        self.now, self.cast, self.things = now, cast, things
        self.browsers: dict[str, Client] = {"stranger": Client()}

    def browser_of(self, name: str) -> Client:
        """Return the browser of one of the cast, signed in when it is asked for first: outside what is undone."""
        if name not in self.browsers:
            self.browsers[name] = login(Client(), self.cast[name])
        return self.browsers[name]

    def name_of(self, user: User) -> str:
        """Return the name of this account in the cast."""
        return next(name for name, known in self.cast.items() if known.pk == user.pk)

    def send(self, act: Act, row: Any, client: Client) -> int:
        """Send the act of this row; return the status of the answer, which is never a fault of the site."""
        answer = client.post(act.url(row), act.body(row) | {"idem": uuid.uuid4().hex})
        assert answer.status_code < 500, (act.name, answer.content.decode()[:400])
        return answer.status_code

    def second_account(self, person, doer: User) -> Client:
        """Return a browser of this person under another account, with every post of the doer."""
        held = {(post.role, post.organisation_id) for post in Membership.objects.filter(person=person)}
        for post in Membership.objects.filter(person=doer.person_id).select_related("organisation", "area"):
            if (post.role, post.organisation_id) not in held:
                people.appoint(person, post.organisation, post.role, area=post.area, from_on=LONG_AGO)
        return login(Client(), factories.a_user(person.name, person=person))

    def hands(self, document: str, *, but: User, stage: str) -> list[tuple[str, Person]]:
        """Return the stages of a document with who of the cast had a hand in them, but for one person and stage."""
        known = {user.person.key: user.person for user in self.cast.values()}
        rows = (
            Participation.objects.filter(document=document)
            .exclude(person_key=but.person.key)
            .exclude(stage=stage)
            .order_by("pk")
        )
        return [(row.stage, known[row.person_key]) for row in rows if row.person_key in known]


@contextmanager
def undone():
    """Try something and take it back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def stands(kind: Kind, row: Any) -> Any:
    """Return the status of the row as the database has it."""
    return kind.status(type(row).objects.get(pk=row.pk))


def try_act(scene: Scene, kind: Kind, act: Act, row: Any, *, every: int) -> None:
    """Try one act in the row's status, where it leads on by those who may not, too, and see who changed what.

    Of those with a post every so manieth tries, another one at the next act; where everybody tries, whoever may does so
    once more also what did nothing.
    """
    before = stands(kind, row)
    after = act.leads.get(before, before)
    if act.only_in and before not in act.only_in:
        return
    may = list(act.may(scene, row))
    outside = sorted({*scene.cast, "stranger"} - set(may))
    trying = {*outside[kind.acts.index(act) % every :: every], *({"stranger", "olga"} & set(outside))}
    for name in sorted(trying) if after != before else ():
        browser = scene.browser_of(name)
        with undone():
            assert scene.send(act, row, browser) in NOT_IN, (act.name, before, name, "was let in")
            assert stands(kind, row) == before, (act.name, before, name, "changed it")
    doer = scene.cast[may[0]]
    if act.walled and after != before:
        for stage, person in scene.hands(kind.document(row), but=doer, stage=act.stage):
            with undone():
                scene.send(act, row, scene.second_account(person, doer))
                assert stands(kind, row) == before, (act.name, before, stage, "did it under a second account")
    browser = scene.browser_of(may[0])
    with undone():
        for turn in ("first", "once more") if after != before or every == 1 else ("first",):
            scene.send(act, row, browser)
            assert stands(kind, row) == after, (act.name, before, may[0], turn)


def try_sweep(scene: Scene, kind: Kind, sweep: Sweep, row: Any, way: str) -> None:
    """Run one sweep a second before it is due, when it is, and once more."""
    before = stands(kind, row)
    after = sweep.leads.get(way, before)
    with undone():
        due = sweep.due_at(row)
        sweep.run(due - dt.timedelta(seconds=1))
        assert stands(kind, row) == before, (sweep.name, before, "too early")
        for _turn in range(2):
            sweep.run(due)
            assert stands(kind, row) == after, (sweep.name, before)
