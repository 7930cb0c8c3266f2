"""What is said of a loss on the walk: notices of loss, appeals and grievances, and every act upon them."""

from django.urls import reverse

from accounts.models import Grievance
from accounts.models.grievances import GRIEVANCE_MOVES
from accounts.services import grievances
from losses.models import APPEAL_MOVES, EARLY_MOVES
from losses.services import appealing, loss_notices
from tests.factories import FRIDAY, MONDAY, TUESDAY, WEDNESDAY
from tests.losses.steps import KG, LOST_ON
from tests.losses.walk_claims import DAY, HOUSEHOLD, a_claim, a_report, at, by, ended, of, refused
from tests.losses.walking import Act, Kind, Scene, Sweep

WORDS = {"words": "看过了，就是这样。"}


def a_notice_of_loss(scene: Scene):
    return loss_notices.give_notice(
        goods=scene.things["lot"], cause="unsold", about=30 * KG, seen_on=LOST_ON, words="没人来收",
        by=scene.cast["xiuying"], at=MONDAY,
    )  # fmt: skip


NOTICE_OF_LOSS = Kind(
    "notice of loss",
    EARLY_MOVES,
    {
        "open": a_notice_of_loss,
        "claimed": ended(a_notice_of_loss, lambda scene, _row: a_claim(scene)),
        "withdrawn": ended(
            a_notice_of_loss, lambda scene, row: loss_notices.take_back(row, by=scene.cast["xiuying"], at=MONDAY)
        ),
        "lapsed": ended(a_notice_of_loss, lambda _scene, row: loss_notices.end_unreported(at=row.ends_at)),
    },
    (
        Act(
            "report",
            {"open": "claimed"},
            lambda row: reverse("claim-new", args=[row.listing_id]),
            by("xiuying", "cadre", "second cadre"),
            a_report,
            only_in=["open"],
            walled=False,
        ),
        Act(
            "report on a sheet",
            {"open": "claimed"},
            lambda row: f"{reverse('claim-new-several')}?lot={row.listing_id}",
            by("xiuying", "cadre", "second cadre"),
            lambda row: a_report(row) | {f"lot{row.listing_id}": "100"},
            only_in=["open"],
            walled=False,
        ),
        Act("take back", {"open": "withdrawn"}, of("loss-notice-withdraw"), by(*HOUSEHOLD), walled=False),
    ),
    (
        Sweep(
            "nobody reported it",
            {"open": "lapsed"},
            lambda moment: loss_notices.end_unreported(at=moment),
            lambda row: row.ends_at,
        ),
    ),
)


def an_appeal(scene: Scene):
    return appealing.appeal(refused(scene), words="货在下屋，没看到", by=scene.cast["xiuying"], at=WEDNESDAY)


def with_the_head(scene: Scene):
    row = an_appeal(scene)
    appealing.move_on(at=row.decide_by_at)
    return at(scene, row.decide_by_at + DAY, row)


def decided(upheld: bool):
    return ended(
        an_appeal,
        lambda scene, row: appealing.decide(row, upheld=upheld, by=scene.cast["director"], at=FRIDAY, **WORDS),
    )


def says(upheld: bool):
    return lambda _row: WORDS | {"upheld": ("no", "yes")[upheld]}


APPEAL = Kind(
    "appeal",
    APPEAL_MOVES,
    {
        "open": an_appeal,
        "escalated": with_the_head,
        "upheld": decided(True),
        "dismissed": decided(False),
        "withdrawn": ended(an_appeal, lambda scene, row: appealing.withdraw(row, by=scene.cast["xiuying"], at=FRIDAY)),
        "unanswered": ended(with_the_head, lambda _scene, row: appealing.move_on(at=row.decide_by_at)),
    },
    (
        Act(
            "find right",
            dict.fromkeys(("open", "escalated"), "upheld"),
            of("appeal-decide"),
            by("director", "desk", "head"),
            says(True),
        ),
        Act(
            "dismiss",
            dict.fromkeys(("open", "escalated"), "dismissed"),
            of("appeal-decide"),
            by("head", "director", "desk"),
            says(False),
        ),
        Act(
            "take back",
            dict.fromkeys(("open", "escalated"), "withdrawn"),
            of("appeal-withdraw"),
            by(*HOUSEHOLD),
            walled=False,
        ),
    ),
    (
        Sweep(
            "nobody decided in time",
            {"open": "escalated", "escalated": "unanswered"},
            lambda moment: appealing.move_on(at=moment),
            lambda row: row.decide_by_at,
        ),
    ),
    document=lambda row: row.claim.reference,
)


def a_grievance(scene: Scene):
    return grievances.say_about(
        f"household:{scene.things['lot'].household_id}", by=scene.cast["xiuying"], at=TUESDAY, **WORDS
    )


def late_grievance(scene: Scene):
    row = a_grievance(scene)
    grievances.sweep(at=row.answer_by_at)
    return at(scene, row.answer_by_at + DAY, row)


def answered(upheld: bool):
    return ended(
        a_grievance,
        lambda scene, row: grievances.answer(row, upheld=upheld, by=scene.cast["director"], at=FRIDAY, **WORDS),
    )


def answers_grievance(scene: Scene, row: Grievance):
    """Return the bureau's desk; whose turn it is not is refused in words."""
    return ("director", "desk", "head", "maker", "checker")


OFFICERS = ("director", "desk", "head")
GRIEVANCE = Kind(
    "grievance",
    GRIEVANCE_MOVES,
    {
        "open": a_grievance,
        "escalated": late_grievance,
        "upheld": answered(True),
        "explained": answered(False),
        "withdrawn": ended(
            a_grievance, lambda scene, row: grievances.withdraw(row, by=scene.cast["xiuying"], at=FRIDAY)
        ),
        "unanswered": ended(late_grievance, lambda _scene, row: grievances.sweep(at=row.answer_by_at)),
    },
    (
        Act(
            "put right",
            dict.fromkeys(("open", "escalated"), "upheld"),
            of("grievance-answer"),
            by(*OFFICERS),
            lambda _row: WORDS | {"verdict": "upheld"},
        ),
        Act(
            "explain",
            dict.fromkeys(("open", "escalated"), "explained"),
            of("grievance-answer"),
            by("desk", "director", "head"),
            lambda _row: WORDS | {"verdict": "explained"},
        ),
        Act(
            "take back",
            dict.fromkeys(("open", "escalated"), "withdrawn"),
            of("grievance-withdraw"),
            by(*HOUSEHOLD),
            walled=False,
        ),
    ),
    (
        Sweep(
            "nobody answered in time",
            {"open": "escalated", "escalated": "unanswered"},
            lambda moment: grievances.sweep(at=moment),
            lambda row: row.answer_by_at,
        ),
    ),
)
