"""What a loss would come to under published rules, for anybody who tries: no person is asked for and none is named."""

from kernel.present import known
from losses.models import ReliefScheme, SchemeRate
from losses.relief import Relief, relief
from produce.models import StockUnit


def counted_g(rate: SchemeRate) -> int | None:
    """Return the usual weight of one head of what is sold by the head; none for what is weighed."""
    by_head = rate.produce.stock_unit == StockUnit.PIECE and rate.category == SchemeRate.Category.SPOILED
    return known(rate.produce.piece_g) if by_head else None


def what_if(scheme: ReliefScheme, rate: SchemeRate, grams: int) -> Relief:
    """Return what a household that had nothing yet would get for so much, if the visit finds as much."""
    return relief(
        verified_g=grams,
        rate_fen=rate.rate_fen,
        rate_unit_g=rate.rate_unit_g,
        cap_fen=scheme.household_cap_fen,
        had_fen=0,
        money_left_fen=scheme.account.available_fen(),
    )


def is_enough(scheme: ReliefScheme, found: Relief) -> bool:
    """Return whether so much is relieved at all."""
    return found.verified_g >= scheme.min_loss_g and found.lines_fen > 0
