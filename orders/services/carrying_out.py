"""What follows from a complaint found right: a correction or a return, which alone moves kilos and money."""

import datetime as dt

from accounts.models import User
from kernel import clock, weight
from kernel.numbers import Kind, begun
from kernel.present import StrOrPromise, known
from orders.models import About, Complaint, Fate, GoodsReturn, ReturnReason, Side
from orders.selectors.returned import OF_RETURNS, Left, corrected_of, left_of
from orders.services.correcting import ask_correction, require_none_open, require_possible
from orders.services.returning import MoreThanAccepted, agree


def carry_out(row: Complaint, *, why: StrOrPromise, by: User | None, at: dt.datetime) -> None:
    """Move what was found right of a complaint about kilos, by the document that such kilos move by.

    What the buyer itself grants to be paid more is proposed for its second signature: one person of it is not enough.
    """
    line = row.receipt_line
    if row.side == Side.SELLER and row.decided_by_id is None:
        grams = corrected_of(line).grams + row.agreed_g
        ask_correction(line, grams=grams, words=row.words, complaint=row, by=known(row.answered_by), at=at)
        return
    scale = row.about == About.WEIGHT
    by_g = row.agreed_g if row.side == Side.BUYER else -row.agreed_g
    if scale:
        require_none_open(line)
        stands = corrected_of(line)
        require_possible(line, stands, Left(stands.grams - by_g, None), by_g, None, at=at)
    elif row.agreed_g > left_of(line).grams:
        raise MoreThanAccepted(line, weight.both(left_of(line).grams))
    began = GoodsReturn(
        number=begun(Kind.CORRECTION if scale else Kind.RETURN, clock.county_day(at)),
        receipt_line=line,
        complaint=row,
        asked_g=by_g,
        reason=ReturnReason.SCALE if scale else ReturnReason.OTHER,
        words=row.words,
        asked_by=row.raised_by,
        asked_at=row.raised_at,
        answer_by_at=row.until_at,
        answered_by=row.answered_by,
        answered_at=row.answered_at,
        answer=row.answer,
        decided_by=row.decided_by,
        decision=row.decision,
    ).begin(by=by, at=at)
    moved = GoodsReturn.objects.select_related(*OF_RETURNS).get(pk=began.pk)
    agree(moved, by_g, None, Fate.FREE if scale else Fate.WRITTEN_OFF, by=by, at=at, why=why)
