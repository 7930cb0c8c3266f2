"""Sellers answer by a text: each waiting text is read, acted on by the same verbs as on the page, and told back.

A text that begins with the word of another room is that room's to read (docs/adr/0050).
"""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import InboundMessage, User
from accounts.selectors import standing
from accounts.services.inbound import MOST_TRIES, end_text, households_of_phone, reader_of, take_waiting
from accounts.services.messages import in_chinese
from kernel.errors import BadValue, DomainError
from kernel.masking import mask_name
from kernel.present import StrOrPromise, known
from orders.models import Allocation, TextAnswer
from orders.pasted.texted import Answer, Said, code_of, read_answers
from orders.selectors.texting import is_open, questions_of, with_code
from orders.services import asking
from orders.services.telling import quantity_words
from produce.models import StockUnit
from produce.services.stock import in_stock_unit

State = InboundMessage.State
KINDS = {
    Answer.YES: TextAnswer.Answer.YES,
    Answer.LESS: TextAnswer.Answer.LESS,
    Answer.NO: TextAnswer.Answer.NO,
}
UNDERSTOOD: dict[str, StrOrPromise] = {
    TextAnswer.Answer.YES: _("Understood: you bring all %(quantity)s of %(produce)s on %(day)s (order %(number)s)."),
    TextAnswer.Answer.LESS: _("Understood: you bring %(quantity)s of %(produce)s on %(day)s (order %(number)s)."),
    TextAnswer.Answer.NO: _("Understood: you do not bring %(produce)s this time (order %(number)s)."),
}
NOT_RIGHT = _("If that is not right, call your village cadre at once.")
UNREADABLE = _(
    "We cannot read your text. Reply 1 if you have all of it, 2, a space and how much (such as 2 50 jin) if you have a "
    "part of it, 3 if you have none."
)
OR_CALL = _("Or call your village cadre.")
EACH = _("%(code)s is %(produce)s, %(quantity)s.")


class NothingAsked(DomainError):
    code = "nothing_asked"
    message = _("No buyer waits for an answer from you now. If you did not answer yet, call your village cadre.")


class WhichQuestion(DomainError):
    code = "which_question"

    def __init__(self, lots: list[Allocation]) -> None:
        super().__init__(
            _("Several buyers ask you. Write the code, a space and your answer, such as %(code)s 1. %(each)s")
            % {"code": code_of(lots[0].pk), "each": " ".join(named(lot) for lot in lots[:5])}
        )


class UnknownQuestion(BadValue):
    code = "unknown_question"

    def __init__(self, code: str) -> None:
        super().__init__(
            _("Nobody asked you with the code %(code)s. Look at the last text again, or call your village cadre.")
            % {"code": code}
        )


class NotOpen(DomainError):
    code = "not_open"

    def __init__(self, lot: Allocation) -> None:
        super().__init__(
            _(
                "%(produce)s of order %(number)s is answered already, or its time is over. If something is different "
                "now, call your village cadre."
            )
            % {"produce": lot.listing.produce.name, "number": lot.order.number}
        )


class AskedOfAnother(DomainError):
    code = "asked_of_another"

    def __init__(self, lot: Allocation) -> None:
        household = known(lot.listing.household)
        super().__init__(
            _("%(produce)s of order %(number)s is asked of %(name)s. Their village cadre answers for them; call there.")
            % {
                "produce": lot.listing.produce.name,
                "number": lot.order.number,
                "name": mask_name(household.head_name),
            }
        )


class NobodySpeaks(DomainError):
    code = "nobody_speaks"
    message = _(
        "This phone stands for several households or for one without an account, so a text cannot say whose answer it "
        "is. Call your village cadre, who answers for you."
    )


def answer_texts(*, at: dt.datetime, most: int = 200) -> int:
    """Act on the texts that wait, each under its own short lease; return how many ended. May run twice at once."""
    ended = 0
    for _turn in range(most):
        text = take_waiting(at)
        if text is None:
            break
        with translation.override("zh-hans"):
            ended += (reader_of(text) or _answer)(text, at)
    return ended


def _answer(text: InboundMessage, at: dt.datetime) -> bool:
    by, households = households_of_phone(text)
    if not households:
        return end_text(text, State.STRANGER, household=None, back="", at=at)
    own: frozenset[UUID] = standing(by).households if by is not None else frozenset()
    questions = questions_of([*own, *(household.pk for household in households)], at)
    asked = next((lot.listing.household for lot in questions if is_open(lot)), households[0])
    said = read_answers(text.body) if text.tries <= MOST_TRIES else []
    if not said:
        words: list[StrOrPromise] = [UNREADABLE, *(named(lot) for lot in questions if is_open(lot)), OR_CALL]
        return end_text(text, State.UNREADABLE, household=asked, back=_joined(words), at=at)
    if by is None:
        return end_text(text, State.REFUSED, household=asked, back=str(NobodySpeaks()), at=at)
    told: list[StrOrPromise] = []
    refused = False
    for one in said:
        try:
            told.append(_act(text, one, questions, own, by=by, at=at))
        except DomainError as refusal:
            refused = True
            told.append(str(refusal))
    if not refused:
        told.append(NOT_RIGHT)
    state, whose = (State.REFUSED, asked) if refused else (State.UNDERSTOOD, households[0])
    return end_text(text, state, household=whose, back=_joined(told), at=at)


def _act(
    text: InboundMessage, one: Said, questions: list[Allocation], own: frozenset[UUID], *, by: User, at: dt.datetime
) -> str:
    """Act on one answer and return what was understood; what an earlier try of this text did is only said again."""
    if one.code:
        before = text.answers.filter(allocation__in=[lot.pk for lot in questions if code_of(lot.pk) == one.code])
    else:
        before = text.answers.all()
    done = before.first()
    if done is not None:
        return _understood(next(lot for lot in questions if lot.pk == done.allocation_id), done.answer)
    lot = _meant(one, questions)
    if lot.household_id not in own:  # type: ignore[attr-defined]
        raise AskedOfAnother(lot)
    with transaction.atomic():
        kind = KINDS[one.answer]
        if kind == TextAnswer.Answer.YES:
            asking.confirm(lot, by=by, at=at)
        elif kind == TextAnswer.Answer.NO:
            asking.decline(lot, by=by, at=at)
        else:
            asking.give_less(lot, _units(one, lot), by=by, at=at)
        TextAnswer.objects.create(text=text, allocation=lot, answer=kind, by=by, at=at)
    return _understood(lot, kind)


def _meant(one: Said, questions: list[Allocation]) -> Allocation:
    """Return the one open question that an answer is about; refuse in words where there is none, or several."""
    if not one.code:
        lots = [lot for lot in questions if is_open(lot)]
        if not lots:
            raise NothingAsked
    else:
        lots = with_code(questions, one.code)
        if not lots:
            raise UnknownQuestion(one.code)
        if not is_open(lots[0]):
            raise NotOpen(lots[0])
    if len(lots) > 1:
        raise WhichQuestion(lots)
    return lots[0]


def _units(one: Said, lot: Allocation) -> int:
    counted = lot.listing.stock_unit == StockUnit.PIECE
    quantity = one.units_of(counted=counted)
    return in_stock_unit(lot.listing.stock_unit, grams=quantity.grams, pieces=quantity.pieces)


def _understood(lot: Allocation, kind: str) -> str:
    bring = lot
    if kind == TextAnswer.Answer.LESS:
        bring = Allocation.objects.select_related("listing").get(replaces=lot)
    values = {
        "quantity": quantity_words(bring),
        "produce": lot.listing.produce.name,
        "day": asking.said_day(lot.order.deliver_on),
        "number": lot.order.number,
    }
    return in_chinese(UNDERSTOOD[kind], values)


def named(lot: Allocation) -> str:
    """Return the code of a question with its goods, as a text says it."""
    values = {"code": code_of(lot.pk), "produce": lot.listing.produce.name, "quantity": quantity_words(lot)}
    return in_chinese(EACH, values)


def _joined(sentences: Iterable[StrOrPromise]) -> str:
    return "".join(str(sentence) for sentence in sentences)
