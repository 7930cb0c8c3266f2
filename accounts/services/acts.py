"""What others did in a household's name, and 「不是我」: held at once, told, and answered by an officer in words.

Each room above gives the kinds of its own acts by `add`: what they are called, what is held, what is undone.
"""

import datetime as dt
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Consent, Dispute, DisputeStatus, Household, Membership, User
from accounts.selectors import ANSWERERS, area_prefix, holders, households_tied_to
from accounts.selectors.grievances import HEADS_OF_BUREAU
from accounts.services.kinds import Kinds, Named
from accounts.services.messages import Word, in_chinese, tell, tell_all
from kernel import clock
from kernel.errors import BadValue, DomainError
from kernel.masking import mask_name
from kernel.present import StrOrPromise
from kernel.workflow import change, lock
from records.selectors.policy import policy
from records.services import events
from records.services.participation import HasInterest, take_part

ACTED, ANSWERS = "act", "answer"


class DisputedAlready(DomainError):
    code = "disputed_already"
    message = gettext_lazy("You have said so already. It is being looked into, or was answered.")


class NotByOthers(DomainError):
    code = "not_by_others"
    message = gettext_lazy("Somebody of your household did this. If it is wrong, take it back there.")


class Disputed(DomainError):
    code = "disputed"
    message = gettext_lazy("The household says that it did not do this. Nothing goes on before that is answered.")


class Kind(Named):
    """One kind of act, by the first word of its document. Each room derives its own."""

    def others(self, consent: Consent) -> list[User]:
        """Return who else had a hand in it, besides the one written on it."""
        return []

    def hold(self, consent: Consent, *, by: User, at: dt.datetime) -> StrOrPromise:
        """Hold what can be held until somebody answered; return what that is, in words."""
        return ""

    def undo(self, consent: Consent, *, by: User, at: dt.datetime) -> None:
        """Undo what can be undone, once an officer found that the household is right."""

    def free(self, consent: Consent, *, by: User, at: dt.datetime) -> None:
        """Let go on what was held, once an officer explained it."""


_KINDS = Kinds(Kind())


def add(kind: Kind) -> None:
    """Take in a room's kind of act."""
    _KINDS.add(kind)


def named(documents: Iterable[str]) -> dict[str, str]:
    """Return what these acts are called, one question a kind."""
    return _KINDS.named(documents)


def note_act(household: Household, document: str, how: str, *, by: User, at: dt.datetime) -> Consent:
    """Write down that somebody acted for a household by a right they hold, for it to see and answer."""
    return Consent.objects.create(household=household, document=document, how=how, by=by, at=at)


@transaction.atomic
def dispute(consent: Consent, *, by: User, at: dt.datetime) -> Dispute:
    """Answer 「不是我」 to one act: what can be held is held, and township and bureau are told."""
    if consent.by.person_id == by.person_id:
        raise NotByOthers
    try:
        with transaction.atomic():
            return _dispute(consent, by=by, at=at)
    except IntegrityError as twice:
        if "consent_id" not in str(twice):
            raise
        raise DisputedAlready from None


def _dispute(consent: Consent, *, by: User, at: dt.datetime) -> Dispute:
    if Dispute.objects.filter(consent=consent).exists():
        raise DisputedAlready
    kind = _KINDS.of(consent.document)
    held = kind.hold(consent, by=by, at=at)
    row = Dispute(
        consent=consent,
        household=consent.household,
        acted_by=consent.by,
        by=by,
        at=at,
        held=in_chinese(held)[:200] if held else "",
        told_at=at,
    ).begin(by=by, at=at)
    for actor in (consent.by, *kind.others(consent)):
        take_part(row.reference, ACTED, by=actor, at=at)
    events.record("act.disputed", consent.document, by=by, at=at)
    _tell_officers(row, _DISPUTED, at=at)
    return row


@transaction.atomic
def answer(row: Dispute, *, upheld: bool, words: str, by: User, at: dt.datetime) -> Dispute:
    """Answer a household in words, as an officer who did not act: it was not them, or this is how it was."""
    row, words = lock(row), words.strip()
    if len(words) < 4:
        raise BadValue(_("Write the answer that the household will read."))
    if row.household.pk in households_tied_to(by):
        raise HasInterest
    take_part(row.reference, ANSWERS, by=by, at=at)
    row.answer, row.answered_by, row.answered_at = words[:500], by, at
    status = DisputeStatus.UPHELD if upheld else DisputeStatus.EXPLAINED
    row.move_to(status, by=by, at=at, note=words[:200], along=["answer", "answered_by", "answered_at"])
    kind = _KINDS.of(row.consent.document)
    if upheld:
        kind.undo(row.consent, by=by, at=at)
    elif row.held:  # what was not held, say a card that had ended by itself, is not let go either
        kind.free(row.consent, by=by, at=at)
    sentence = _UPHELD if upheld else _EXPLAINED
    values = {"what": lambda: title_of(row), "answer": row.answer}
    tell(sentence, values, household=row.household, kind="act.answered", document=row.reference, at=at)
    return row


def require_undisputed(document: str) -> None:
    """Refuse to go on with what a household disputes, or was right to dispute."""
    barred = [DisputeStatus.OPEN, DisputeStatus.UPHELD]
    if Dispute.objects.filter(consent__document=document, status__in=barred).exists():
        raise Disputed


def title_of(row: Dispute) -> str:
    """Return what a dispute is about."""
    document = row.consent.document
    return named([document]).get(document, _("Something done for you"))


def tell_again(*, at: dt.datetime) -> int:
    """Tell the officers again of what waits too long, and the head of the bureau too; return how many disputes wait."""
    late = at - dt.timedelta(days=policy("dispute_told_again_days", clock.county_day(at)))
    waiting = Dispute.objects.filter(status=DisputeStatus.OPEN, told_at__lte=late).order_by("at", "pk")
    return sum(_tell_again(row, late=late, at=at) for row in waiting)


@transaction.atomic
def _tell_again(row: Dispute, *, late: dt.datetime, at: dt.datetime) -> bool:
    row = lock(row)
    if row.status != DisputeStatus.OPEN or row.told_at > late:
        return False
    change(row, {"told_at": at})
    _tell_officers(row, _WAITS, at=at, days=(at - row.at).days, head=True)
    return True


_DISPUTED = gettext_lazy(
    "%(name)s of %(village)s says 「不是我」: %(what)s. Ask both sides and answer, at “This was not me”."
)
_WAITS = gettext_lazy("%(name)s of %(village)s said 「不是我」 %(days)s days ago: %(what)s. Nobody has answered yet.")
_UPHELD = gettext_lazy("You said 「不是我」 to %(what)s, and you are right: %(answer)s")
_EXPLAINED = gettext_lazy("You said 「不是我」 to %(what)s. We looked into it: %(answer)s Not so? Call us.")


def _tell_officers(row: Dispute, sentence: StrOrPromise, *, at: dt.datetime, days: int = 0, head: bool = False) -> None:
    """Tell whoever may answer for the household's village and had no hand in it; the head too once it is late.

    Where nobody is left who may answer, the head hears of it at once.
    """
    village, day = row.household.village, clock.county_day(at)
    codes = [area_prefix(village.code, level).ljust(12, "0") for level in ("county", "township", "village")]
    actors = (row.acted_by, *_KINDS.of(row.consent.document).others(row.consent))
    acted = {actor.person_id for actor in actors}

    def left(posts: Q) -> list[User]:
        return [user for user in holders(Membership.objects.filter(posts), day) if user.person_id not in acted]

    users = left(Q(role__in=ANSWERERS, area_id__in=codes))
    if head or not users:
        users = left(Q(role__in=ANSWERERS, area_id__in=codes) | HEADS_OF_BUREAU)
    values = {
        "name": mask_name(row.household.head_name),
        "village": village.short_name,
        "what": lambda: title_of(row),
        "days": days,
    }
    kind, document = "act.disputed", row.reference
    tell_all([Word(sentence, values, None, kind, document, user.phone) for user in users], at=at)
