"""What goes on between award and card on the walk, and what the public says before: every act upon it."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from ledger.models import BATCH_MOVES, CASE_MOVES, CONTRADICTION_MOVES, Contradiction, PayoutBatch, ReturnCase
from ledger.services import contradictions, mending, payouts
from losses.services import noticing, sweeping
from records.models import NOTICE_MOVES, OBJECTION_MOVES, Move, Objection
from records.services import notices
from tests import factories
from tests.factories import FRIDAY, THURSDAY, WEDNESDAY
from tests.ledger.steps import FAILED, PAID, answer_line, load, owed, return_file, sent
from tests.losses.walk_claims import DAY, DESK, at, by, ended, of, on_county_notice, on_village_notice
from tests.losses.walking import Act, Kind, Scene, Sweep

CARD = {"number": factories.a_card_number(990_077), "holder": "黄秀英", "bank": "农业银行"}
WHY = {"why": "卡号少一位"}
FINANCE = ("maker", "checker")
NEXT_WEEK = FRIDAY + 7 * DAY


# The notices themselves
def a_village_notice(scene: Scene):
    claim = on_village_notice(scene)
    return at(scene, claim.village_notice.ends_at - DAY, claim.village_notice)


def withdraw(scene: Scene, notice) -> None:
    noticing.withdraw_notice(notice, why="名字印错了一户", by=scene.cast["desk"], at=scene.now.at)


NOTICE = Kind(
    "notice",
    NOTICE_MOVES,
    {
        "published": a_village_notice,
        "closed": ended(a_village_notice, lambda _scene, notice: sweeping.close_notices(at=notice.ends_at)),
        "withdrawn": ended(a_village_notice, withdraw),
    },
    (
        Act(
            "withdraw",
            {"published": "withdrawn"},
            lambda notice: reverse("notice-withdraw", args=[notice.number]),
            by("desk", "director"),
            lambda _notice: {"why": "名字印错了一户"},
            stage="desk",
        ),
    ),
    (
        Sweep(
            "its last day has passed",
            {"published": "closed"},
            lambda moment: sweeping.close_notices(at=moment),
            lambda notice: notice.ends_at,
        ),
    ),
    document=lambda notice: notice.lines.get().document,
)


# Objections to a line of the county notice
def an_objection(scene: Scene):
    claim = on_county_notice(scene)
    line, published_at = claim.county_notice.lines.get(document=claim.reference), claim.county_notice.published_at
    return at(scene, published_at, notices.object_to(line, words="货还在", contact="", at=published_at))


def a_late_objection(scene: Scene):
    row = an_objection(scene)
    return at(scene, row.due_at, row)


def found(upheld: bool):
    return ended(
        an_objection,
        lambda scene, row: notices.answer_objection(
            row, upheld=upheld, answer="看过了", by=scene.cast["director"], at=scene.now.at
        ),
    )


def may_answer(scene: Scene, row: Objection) -> list[str]:
    """Name the desk, and once it is late the head of the bureau too."""
    return [*DESK, "head"] if scene.now.at >= row.due_at else [*DESK]


def answer(verdict: str) -> Act:
    return Act(
        f"find it {verdict}",
        {"open": verdict},
        of("objection-answer"),
        may_answer,
        lambda _row: {"verdict": verdict, "reason": "other", "answer": "看过了"},
        stage="objection",
    )


OBJECTION = Kind(
    "objection",
    OBJECTION_MOVES,
    {"open": an_objection, "open, late": a_late_objection, "upheld": found(True), "rejected": found(False)},
    (answer("upheld"), answer("rejected")),
    document=lambda row: row.line.document,
)


# Batches
def a_batch(scene: Scene) -> PayoutBatch:
    owed(scene.things["lot"].household, scene.things["payer"], 80_00)
    batch = payouts.build_batch(scene.things["payer"], by=scene.cast["maker"], at=WEDNESDAY)
    return at(scene, THURSDAY, batch)


def send(scene: Scene, batch: PayoutBatch) -> None:
    payouts.send_batch(batch, by=scene.cast["checker"], at=THURSDAY)


def bank_says(batch: PayoutBatch, code: str) -> bytes:
    return return_file(batch, [answer_line(payment, code) for payment in batch.payments.order_by("line_no")])


def a_file(code: str):
    """Return what a door of bank files is sent: the answer to every payment of the batch."""
    return lambda batch: {"file": SimpleUploadedFile("a.txt", bank_says(batch, code))}


BATCH = Kind(
    "batch",
    BATCH_MOVES,
    {
        "prepared": a_batch,
        "sent": ended(a_batch, send),
        "settled": ended(
            ended(a_batch, send),
            lambda scene, batch: load(bank_says(batch, PAID), scene.cast["checker"]),
        ),
        "cancelled": ended(
            a_batch, lambda scene, batch: payouts.cancel_batch(batch, by=scene.cast["checker"], at=THURSDAY, **WHY)
        ),
    },
    (
        Act("send", {"prepared": "sent"}, of("batch-send"), by("checker"), stage="pay_check"),
        Act(
            "dissolve", {"prepared": "cancelled"}, of("batch-cancel"), by("checker", "maker"), lambda _batch: WHY,
            walled=False,
        ),
        Act("load the answer", {"sent": "settled"}, of("batch-return"), by("checker"), a_file(PAID), walled=False),
    ),
    document=lambda batch: batch.payments.get().payable.document,
)  # fmt: skip


# Money that came back, and answers that contradict
def a_case(scene: Scene) -> ReturnCase:
    batch = ended(a_batch, send)(scene)
    load(bank_says(batch, FAILED), scene.cast["checker"])
    return at(scene, FRIDAY, ReturnCase.objects.get())


def propose(scene: Scene, case: ReturnCase) -> None:
    mending.propose_payee(case, **CARD, by=scene.cast["maker"], at=FRIDAY)


def mend(scene: Scene, case: ReturnCase) -> None:
    propose(scene, case)
    mending.confirm_payee(case, by=scene.cast["checker"], at=FRIDAY)


def pay_anew(scene: Scene, case: ReturnCase) -> None:
    """Mend and let the next batch leave."""
    mend(scene, case)
    sent(scene.things["payer"], scene.cast["maker"], scene.cast["checker"])


def follow_up(case: ReturnCase) -> PayoutBatch:
    """Return the batch that pays it anew, or the one that it came back from."""
    return PayoutBatch.objects.filter(payments__payable=case.payable).order_by("-pk")[0]


def proposal_of(row: ReturnCase | Contradiction) -> str:
    """Return by what the hands of the present proposal are known: each proposal has its own."""
    return f"{row.reference}:{Move.objects.filter(document=row.reference, after='proposed').count()}"


def bank_answers(code: str, status: str) -> Act:
    return Act(
        f"the bank says {code}",
        {"mended": status},
        lambda case: reverse("batch-return", args=[follow_up(case).pk]),
        by("checker"),
        lambda case: a_file(code)(follow_up(case)),
        only_in=["mended"],
        walled=False,
    )


def answered(code: str):
    return lambda scene, case: [
        pay_anew(scene, case),
        load(bank_says(follow_up(case), code), scene.cast["checker"], NEXT_WEEK),
    ]


RETURN_CASE = Kind(
    "return case",
    CASE_MOVES,
    {
        "open": a_case,
        "proposed": ended(a_case, propose),
        "mended": ended(a_case, pay_anew),
        "paid": ended(a_case, answered(PAID)),
        "again": ended(a_case, answered(FAILED)),
    },
    (
        Act("propose a card", {"open": "proposed"}, of("return-case"), by(*FINANCE), lambda _case: CARD, walled=False),
        Act("confirm the card", {"proposed": "mended"}, of("return-case-confirm"), by("checker", "maker")),
        Act(
            "send it back", {"proposed": "open"}, of("return-case-reject"), by("checker", "maker"), lambda _case: WHY,
            walled=False,
        ),
        bank_answers(PAID, "paid"),
        bank_answers(FAILED, "again"),
    ),
    document=proposal_of,
    elsewhere=dict.fromkeys((("open", "arrived"), ("proposed", "arrived"), ("mended", "arrived")), "bank's letter"),
)  # fmt: skip


def contradicted(prepare=lambda _scene, _case: None):
    """Return a way to a case whose payment the bank first refused and then called paid; its letter is entered."""

    def reach(scene: Scene) -> ReturnCase:
        case = a_case(scene)
        prepare(scene, case)
        batch = case.payment.batch
        load(return_file(batch, [answer_line(case.payment, PAID)], end="\n"), scene.cast["checker"])
        row = Contradiction.objects.get()
        contradictions.propose_letter(row, **LETTER, by=scene.cast["maker"], at=FRIDAY)
        case.refresh_from_db()
        return case

    return reach


LETTER = {"letter_number": "石农商函〔2026〕7号", "letter_on": FRIDAY.date(), "holds": "paid"}


def arrive(scene: Scene, _case: ReturnCase) -> None:
    contradictions.confirm_letter(Contradiction.objects.get(), by=scene.cast["checker"], at=FRIDAY)


BANKS_LETTER = Kind(
    "bank's letter",
    {status: set(after) & {"arrived"} for status, after in CASE_MOVES.items() if status not in ("paid", "again")},
    {
        "open": contradicted(),
        "proposed": contradicted(propose),
        "mended": contradicted(mend),
        "arrived": ended(contradicted(), arrive),
    },
    (
        Act(
            "confirm the letter",
            dict.fromkeys(("open", "proposed", "mended"), "arrived"),
            lambda case: reverse("contradiction-confirm", args=[case.payment.contradictions.get().pk]),
            by("checker", "maker"),
            walled=False,
        ),
    ),
)


def a_contradiction(scene: Scene) -> Contradiction:
    contradicted()(scene)
    row = Contradiction.objects.get()
    contradictions.reject_letter(row, by=scene.cast["checker"], at=FRIDAY, **WHY)
    return at(scene, FRIDAY, row)


def enter(scene: Scene, row: Contradiction) -> None:
    contradictions.propose_letter(row, **LETTER, by=scene.cast["maker"], at=FRIDAY)


CONTRADICTION = Kind(
    "contradiction",
    CONTRADICTION_MOVES,
    {
        "open": a_contradiction,
        "proposed": ended(a_contradiction, enter),
        "settled": ended(ended(a_contradiction, enter), arrive),
    },
    (
        Act(
            "enter the letter", {"open": "proposed"}, of("contradiction"), by(*FINANCE),
            lambda _row: LETTER | {"letter_on": f"{FRIDAY:%Y-%m-%d}"}, walled=False,
        ),
        Act("confirm", {"proposed": "settled"}, of("contradiction-confirm"), by("checker", "maker")),
        Act(
            "send back", {"proposed": "open"}, of("contradiction-reject"), by("checker", "maker"), lambda _row: WHY,
            walled=False,
        ),
    ),
    document=proposal_of,
)  # fmt: skip
