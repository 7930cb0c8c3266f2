"""Cases of money that came back and contradictions of the bank, in words; cards and names are masked."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import TextChoices
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.selectors import spoken_time
from kernel import masking, money
from kernel.present import known
from kernel.shown import Fact, Link, Tag
from kernel.workflow import Workflow
from ledger.models import (
    UNMENDED,
    CaseStatus,
    Contradiction,
    ContradictionStatus,
    FrozenBatch,
    FrozenStatus,
    Heir,
    HeirStatus,
    Payable,
    PaymentStatus,
    Restore,
    RestoreStatus,
    ReturnCase,
)
from ledger.selectors import cases_seen_by, open_contradictions, story_of
from records.forms import new_key

Problem = ReturnCase | Contradiction | FrozenBatch | Restore | Heir
WORDS: dict[type[Workflow], type[TextChoices]] = {
    Heir: HeirStatus,
    ReturnCase: CaseStatus,
    Contradiction: ContradictionStatus,
    FrozenBatch: FrozenStatus,
    Restore: RestoreStatus,
}
TONES: dict[str, str] = {
    CaseStatus.OPEN: "danger",
    CaseStatus.PROPOSED: "warn",
    CaseStatus.MENDED: "info",
    CaseStatus.PAID: "ok",
    CaseStatus.ARRIVED: "ok",
    ContradictionStatus.SETTLED: "ok",
    FrozenStatus.FROZEN: "danger",
    FrozenStatus.THAWED: "ok",
    RestoreStatus.CLOSED: "ok",
    HeirStatus.CONFIRMED: "ok",
    HeirStatus.REJECTED: "plain",
}


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """One case or contradiction as the list shows it."""

    url: str
    name: str
    village: str
    amount: str
    since: str
    why: str
    status: Tag


def restore_link(row: Restore) -> Link:
    """Return where a restore is compared with the bank."""
    label = _("A backup was restored on %(day)s: compare with the bank") % {"day": spoken_time(row.marked_at)}
    return Link(reverse("restore", args=[row.pk]), label)


def case_row(case: ReturnCase) -> ProblemRow:
    """Return one line of what came back."""
    return _row(case, case.payable, reverse("return-case", args=[case.pk]), case.reason)


def contradiction_row(row: Contradiction) -> ProblemRow:
    """Return one line of what the bank contradicts."""
    said = PaymentStatus(row.payment.status).label
    why = _("First: %(said)s. Then: arrived.") % {"said": said}
    return _row(row, row.payment.payable, reverse("contradiction", args=[row.pk]), why)


def problems_of(payable: Payable, user: User) -> list[Fact]:
    """Return what keeps a payable from being paid, with the case in which it is mended, to whoever may see that."""
    cases = cases_seen_by(user).filter(payable=payable, status__in=UNMENDED)
    contradictions = open_contradictions(user).filter(payment__payable=payable)
    came_back = [
        Fact(_("Money that came back"), CaseStatus(case.status).label, url=reverse("return-case", args=[case.pk]))
        for case in cases
    ]
    return came_back + [
        Fact(
            _("The bank contradicts itself"),
            ContradictionStatus(row.status).label,
            url=reverse("contradiction", args=[row.pk]),
        )
        for row in contradictions
    ]


def _row(document: ReturnCase | Contradiction, payable: Payable, url: str, why: str) -> ProblemRow:
    return ProblemRow(
        url=url,
        name=masking.mask_name(payable.payee.payee_name),
        village=payable.household.village.short_name if payable.household else "",
        amount=money.yuan(payable.amount_fen),
        since=spoken_time(document.opened_at),
        why=why,
        status=tag_of(document),
    )


def case_shown(case: ReturnCase, form: Any, may: bool, user: User) -> dict[str, Any]:
    """Return what the page of a case shows: what came back, what is proposed, what happened, what may be done."""
    payment, payable = case.payment, case.payable
    facts = [
        *_of_payment(payment, payable),
        Fact(_("The bank's words"), case.reason),
    ]
    if case.card_sealed:
        facts.append(Fact(_("Proposed card"), masking.mask_card(case.card), case.bank))
        facts.append(Fact(_("Name on it"), masking.mask_name(case.payee_name)))
    facts += hands_of(case)
    return {
        "title": _("Money that came back"),
        "status": tag_of(case),
        "facts": facts,
        "story": story_shown(case),
        "back": _back(),
        "heir_url": reverse("heir-new", args=[payable.pk]) if may and case.status == CaseStatus.OPEN else "",
        "card_url": _card_url(payable) if may and case.status in UNMENDED else "",
        **steps_of(case, form, may=may, user=user, names=("return-case-confirm", "return-case-reject")),
    }


def contradiction_shown(row: Contradiction, form: Any, may: bool, user: User) -> dict[str, Any]:
    """Return what the page of a contradiction shows: what was said, the letter, what happened, what may be done."""
    facts = _of_payment(row.payment, row.payment.payable)
    if row.letter_on is not None:
        facts.append(Fact(_("The bank's letter"), row.letter_number, f"{row.letter_on:%Y-%m-%d}"))
        facts.append(Fact(_("What holds"), Contradiction.Holds(row.holds).label))
    facts += hands_of(row)
    return {
        "title": _("The bank contradicts itself"),
        "status": tag_of(row),
        "facts": facts,
        "story": story_shown(row),
        "back": _back(),
        **steps_of(row, form, may=may, user=user, names=("contradiction-confirm", "contradiction-reject")),
    }


def steps_of(document: Problem, form: Any, *, may: bool, user: User, names: tuple[str, str]) -> dict[str, Any]:
    """Return what this person may do with a case now: propose, confirm or send back, or why a colleague does."""
    is_open = document.can_move("proposed")
    proposed = document.status == CaseStatus.PROPOSED
    own = proposed and known(document.proposed_by).person_id == user.person_id
    confirm, reject = (reverse(name, args=[document.pk]) for name in names)
    return {
        "form": form if may and form is not None and (is_open or form.errors) else None,
        "confirm": {"url": confirm, "idem": new_key()} if may and proposed and not own else None,
        "reject": {"url": reject, "idem": new_key()} if may and proposed else None,
        "own": may and own,
    }


def _of_payment(payment: Any, payable: Payable) -> list[Fact]:
    return [
        Fact(_("Household head"), masking.mask_name(payment.payee.payee_name)),
        Fact(_("Amount (yuan)"), money.yuan(payment.amount_fen)),
        Fact(_("Card it was sent to"), masking.mask_card(payment.payee.card), payment.payee.bank),
        Fact(_("Reference"), payment.line_reference, payment.batch.number if payment.batch else ""),
        Fact(_("Document"), payable.document),
    ]


def hands_of(document: Problem) -> list[Fact]:
    """Return who proposed and who confirmed, as far as somebody did."""
    hands = ((_("Proposed by"), document.proposed_by), (_("Confirmed by"), document.confirmed_by))
    return [Fact(label, known(user.person).name) for label, user in hands if user is not None]


def story_shown(document: Problem) -> list[dict[str, str]]:
    """Return what happened to a case, newest first."""
    words: Any = WORDS[type(document)]
    return [
        {
            "when": spoken_time(move.at),
            "who": known(move.by.person).name if move.by and move.by.person else "",
            "what": str(words(move.after).label) + (f" · {move.note}" if move.note else ""),
            "tone": TONES.get(words(move.after), "plain"),
        }
        for move in story_of(document)
    ]


def tag_of(document: Problem) -> Tag:
    """Return how a case stands."""
    words: Any = WORDS[type(document)]
    return Tag(TONES.get(words(document.status), "warn"), str(words(document.status).label))


def _card_url(payable: Payable) -> str:
    """Return where another card of this payee is proposed for the register, with what is known of it."""
    owner = {"household": payable.household_id} if payable.household_id else {"owner": known(payable.organisation).name}
    return f"{reverse('register-new', args=['cards'])}?{urlencode(owner)}"


def _back() -> Link:
    return Link(reverse("problem-list"), _("Money that came back"))
