"""Paid relief on the walk that is claimed back: decided, given back or waived, each by two."""

import datetime as dt

from losses.models import ReceiptHow, RecoveryStatus, ReliefRecovery
from losses.selectors.recovering import open_receipt
from losses.services import recovering
from tests.ledger.steps import answer_line, load, return_file, sent
from tests.losses.steps import AWARDED_AT
from tests.losses.walk_claims import at, by, ended, of
from tests.losses.walking import Act, Kind, Scene

BUREAU = ("head", "desk", "director")  # the two of the desk carried the claim, and so do not decide on it
MUCH, WHY = "80", "一家都病着"


def proposed(scene: Scene) -> ReliefRecovery:
    """Return what the desk proposes to claim back of relief that arrived, all of it."""
    story, maker, checker = scene.things["story"], scene.cast["maker"], scene.cast["checker"]
    claim = story.awarded(story.filed(scene.things["lot"]))
    batch = sent(scene.things["payer"], maker, checker)
    load(return_file(batch, [answer_line(batch.payments.get())]), checker, at=AWARDED_AT)
    said = {"reason": "sold", "words": "货后来卖给了饭店。", "amount_fen": 80_00, "parts": 1}
    first_on = (AWARDED_AT + dt.timedelta(days=30)).date()
    row = recovering.propose(claim, **said, first_on=first_on, by=scene.cast["desk"], at=AWARDED_AT)
    return at(scene, AWARDED_AT, row)


def decided(claimed: bool):
    return ended(
        proposed,
        lambda scene, row: recovering.decide(
            row, claimed=claimed, words="核实过", by=scene.cast["head"], at=scene.now.at
        ),
    )


def receive(scene: Scene, row: ReliefRecovery) -> None:
    recovering.receive(row, amount_fen=80_00, voucher_number="1", by=scene.cast["maker"], at=scene.now.at)


def waive(scene: Scene, row: ReliefRecovery) -> None:
    recovering.waive(row, how="hardship", why=WHY, by=scene.cast["desk"], at=scene.now.at)


def confirmed_by(name: str):
    return lambda scene, row: recovering.confirm(open_receipt(row), by=scene.cast[name], at=scene.now.at)


CLAIMED = decided(True)
BACK, WAIVER = ended(CLAIMED, receive), ended(CLAIMED, waive)


def stands_at(row: ReliefRecovery) -> str:
    """Return how far a recovery is: of one that is claimed, also what waits for its second person."""
    receipt = open_receipt(row) if row.status == RecoveryStatus.CLAIMED else None
    if receipt is None:
        return row.status
    return "back waits" if receipt.how == ReceiptHow.PAID_BACK else "waiver waits"


def second_person(_scene: Scene, row: ReliefRecovery) -> tuple[str, ...]:
    """Return who confirms or strikes out what was written: the payer what came back, the bureau a waiver."""
    return BUREAU if stands_at(row) == "waiver waits" else ("checker",)


def hands_of(row: ReliefRecovery) -> str:
    """Return of which document the hands count: of what waits for its second person, else of the claim."""
    receipt = open_receipt(row)
    return receipt.reference if receipt is not None else row.award.claim.reference


def answer(word: str, after: str) -> Act:
    return Act(
        f"decide {word}",
        {"proposed": after},
        of("relief-recovery-decide"),
        by(*BUREAU),
        lambda _row: {"claimed": word, "words": "核实过"},
        stage="recover",
    )


RECOVERY = Kind(
    "relief claimed back",
    {
        "proposed": {"claimed", "rejected"},
        "claimed": {"back waits", "waiver waits"},
        "back waits": {"claimed", "paid"},
        "waiver waits": {"claimed", "waived"},
        "paid": set(),
        "waived": set(),
        "rejected": set(),
    },
    {
        "proposed": proposed,
        "claimed": CLAIMED,
        "back waits": BACK,
        "waiver waits": WAIVER,
        "paid": ended(BACK, confirmed_by("checker")),
        "waived": ended(WAIVER, confirmed_by("head")),
        "rejected": decided(False),
    },
    (
        answer("yes", "claimed"),
        answer("no", "rejected"),
        Act(
            "write down what came back",
            {"claimed": "back waits"},
            of("relief-recovery-receive"),
            by("maker"),
            lambda _row: {"amount_fen": MUCH, "voucher_number": "2"},
            walled=False,
        ),
        Act(
            "waive the rest",
            {"claimed": "waiver waits"},
            of("relief-recovery-waive"),
            by(*BUREAU),
            lambda _row: {"how": "hardship", "why": WHY},
            walled=False,
        ),
        Act(
            "confirm it",
            {"back waits": "paid", "waiver waits": "waived"},
            of("relief-recovery-confirm"),
            second_person,
        ),
        Act(
            "strike it out",
            dict.fromkeys(("back waits", "waiver waits"), "claimed"),
            of("relief-recovery-strike"),
            second_person,
            lambda _row: {"why": "银行账上没有"},
        ),
    ),
    document=hands_of,
    status=stands_at,
)
