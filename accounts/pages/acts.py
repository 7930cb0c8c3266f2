"""What others did in a household's name, and what it disputes, in words."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Consent, Dispute, DisputeStatus, User
from accounts.services.acts import named
from kernel.dates import time_words
from kernel.masking import mask_name
from kernel.shown import Fact, Tab, Tag

TONES = {DisputeStatus.OPEN: "warn", DisputeStatus.UPHELD: "danger", DisputeStatus.EXPLAINED: "ok"}


@dataclass(frozen=True, slots=True)
class ActRow:
    """One act in the household's name, and what became of its 「不是我」."""

    title: str
    who: str
    how: str
    when: str
    url: str  # where 「不是我」 is said, empty once it was
    status: Tag | None
    held: str
    answer: str


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """One dispute in the officers' list."""

    url: str
    label: str
    hint: str
    status: Tag


def act_rows(consents: Iterable[Consent]) -> list[ActRow]:
    """Return what others did, as the household reads it."""
    consents = list(consents)
    names = named(consent.document for consent in consents)
    return [act_row(consent, names.get(consent.document, "")) for consent in consents]


def act_row(consent: Consent, title: str) -> ActRow:
    """Return one act; without a name of its own it is something done."""
    dispute = getattr(consent, "dispute", None)
    return ActRow(
        title=title or _("Something done for you"),
        who=_name(consent.by),
        how=consent.get_how_display(),
        when=time_words(consent.at),
        url="" if dispute is not None else reverse("act-not-me", args=[consent.pk]),
        status=status_of(dispute) if dispute is not None else None,
        held=dispute.held if dispute is not None and dispute.status == DisputeStatus.OPEN else "",
        answer=dispute.answer if dispute is not None else "",
    )


def status_of(dispute: Dispute) -> Tag:
    """Return how a dispute stands."""
    status = DisputeStatus(dispute.status)
    return Tag(TONES[status], str(status.label))


def dispute_tabs(chosen: str) -> list[Tab]:
    """Return the lists of disputes, by their state."""
    return [Tab(f"?state={state.value}", str(state.label), state.value == chosen) for state in DisputeStatus]


def dispute_rows(disputes: Iterable[Dispute], at: dt.datetime) -> list[DisputeRow]:
    """Return disputes as the officers' list shows them, each with its age."""
    disputes = list(disputes)
    names = named(dispute.consent.document for dispute in disputes)
    return [
        DisputeRow(
            url=reverse("dispute-answer", args=[dispute.pk]),
            label=f"{mask_name(dispute.household.head_name)} {names.get(dispute.consent.document, '')}",
            hint=f"{dispute.household.village.short_name} {age_words(dispute.at, at)}",
            status=status_of(dispute),
        )
        for dispute in disputes
    ]


def age_words(since: dt.datetime, at: dt.datetime) -> str:
    """Return for how long something waits."""
    days = (at - since).days
    return ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": days} if days else _("today")


def dispute_facts(dispute: Dispute) -> list[Fact]:
    """Return what an officer must know before answering."""
    consent = dispute.consent
    title = named([consent.document]).get(consent.document, _("Something done for you"))
    facts = [
        Fact(_("What was done"), title),
        Fact(_("Household head"), mask_name(dispute.household.head_name), note=dispute.household.village.short_name),
        Fact(_("Who did it"), _name(consent.by), note=time_words(consent.at)),
        Fact(_("How the household agreed, as was written down"), consent.get_how_display()),
        Fact(_("Said 「不是我」"), time_words(dispute.at)),
        Fact(_("Held until it is answered"), dispute.held or _("nothing could be held")),
    ]
    if dispute.answered_at is not None:
        facts.append(Fact(_("Answered by"), _name(dispute.answered_by), note=time_words(dispute.answered_at)))
        facts.append(Fact(_("Answer"), dispute.answer))
    return facts


def _name(user: User | None) -> str:
    return user.person.name if user is not None and user.person is not None else ""
