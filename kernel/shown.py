"""The small things that the pages of every room are made of; each part in templates/parts draws one of them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from kernel import money
from kernel.keyset import Page


@dataclass(frozen=True, slots=True)
class Tag:
    """A word in a colour: how something stands. Tones: ok, info, warn, danger, plain."""

    tone: str
    text: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a summary: what it is, what it says, a smaller word beside it, where it leads or is changed."""

    label: str
    value: object
    note: str = ""
    url: str = ""
    change_url: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A word that leads somewhere."""

    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was sent has arrived: its number, what it says, what happens next."""

    title: str
    number: str
    sentence: str
    steps: list[str]
    facts: list[Fact] = field(default_factory=list)
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One piece of work by its name: for whom and what, how much, by when, and how it is taken up.

    With an `act` it is this person's turn; without one it waits for whom `waits` says.
    """

    title: str
    facts: list[str]
    url: str
    act: str = ""
    amount_fen: int = 0  # 0 where money is not the matter
    due: Tag | None = None
    due_on: dt.date = dt.date.max  # the nearest comes first
    waits: str = ""

    @property
    def amount(self) -> str:
        """Return the sum in yuan, empty where money is not the matter."""
        return money.yuan(self.amount_fen) if self.amount_fen else ""


@dataclass(frozen=True, slots=True)
class Pile:
    """Cases of one kind: the first of them by name, how many there are with the rest, and the sum of all."""

    cases: list[Case]
    count: int
    total_fen: int
    url: str  # the list of all


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One thing to do as a line of a list: where it is done, what it is, how much time is left, whether it is over."""

    url: str
    label: str
    hint: str
    left: str
    done: bool
    status: Tag


@dataclass(frozen=True, slots=True)
class Tab:
    """One of several views of a list, with how many rows it holds where that is counted."""

    url: str
    label: str
    current: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """What may be done now: a link, or with `post` a form of its own that sends these hidden fields."""

    url: str
    label: str
    main: bool = False
    post: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Search:
    """Where a search is sent, and what stands in its field."""

    url: str
    value: str


@dataclass(frozen=True, slots=True)
class Moment:
    """One step of a timeline."""

    when: str
    who: str
    what: str
    tone: str = "ok"


@dataclass(frozen=True, slots=True)
class BarPart:
    """One cell of a bar, in thousandths of its length, with the words below it."""

    key: str
    start: int
    share: int
    label: str = ""
    amount: str = ""


@dataclass(frozen=True, slots=True)
class PageLinks:
    """Where the page before and the page after lie, empty at an end."""

    previous_url: str
    next_url: str


def bar(parts: Sequence[BarPart], sizes: Sequence[int]) -> list[BarPart]:
    """Return these parts with their places in one bar: shares of the sizes that add up to 1000, or all of them 0."""
    shares = money.split_fen(1000, list(sizes)) if any(sizes) else [0] * len(parts)
    starts = [sum(shares[:place]) for place in range(len(shares))]
    return [replace(part, start=start, share=share) for part, start, share in zip(parts, starts, shares, strict=True)]


def page_links(page: Page, more: str = "", *, name: str = "cursor") -> PageLinks:
    """Return where the pages beside one page of a list lie; `more` is what else stands in the address.

    `name` is the parameter of the cursor: of two lists on a page each has its own.
    """
    return PageLinks(
        f"?{name}={page.previous}{more}" if page.previous else "",
        f"?{name}={page.next}{more}" if page.next else "",
    )
