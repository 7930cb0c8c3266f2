"""Relief whose payee died between award and payout: the heir is named by one of finance and confirmed by another."""

import datetime as dt

from django.urls import reverse

from ledger.models import HEIR_MOVES, Heir
from ledger.services import heirs
from tests import factories
from tests.losses.pages import a_jpeg
from tests.losses.steps import AWARDED_AT, a_photo
from tests.losses.walk_claims import at, by, ended, of
from tests.losses.walking import Act, Kind, Scene

SAID = {
    "died_on": dt.date(2026, 11, 30), "document": "石公死字〔2026〕7号", "name": "黄小英",
    "id_number": factories.an_id_number(99_088), "number": factories.a_card_number(99_088), "bank": "农业银行",
}  # fmt: skip
WHY = {"why": "公证书上是另一个人"}


def named(scene: Scene) -> Heir:
    """Return the heir whom the maker named of relief that was awarded and not paid yet."""
    story = scene.things["story"]
    claim = story.awarded(story.filed(scene.things["lot"]))
    maker = scene.cast["maker"]
    paper = a_photo(by=maker)
    heir = heirs.name_heir(claim.award.payable, **SAID, paper=paper, by=maker, at=AWARDED_AT)
    return at(scene, AWARDED_AT, heir)


HEIR = Kind(
    "heir",
    HEIR_MOVES,
    {
        "proposed": named,
        "confirmed": ended(
            named, lambda scene, heir: heirs.confirm_heir(heir, by=scene.cast["checker"], at=scene.now.at)
        ),
        "rejected": ended(
            named, lambda scene, heir: heirs.reject_heir(heir, **WHY, by=scene.cast["checker"], at=scene.now.at)
        ),
    },
    (
        Act("confirm", {"proposed": "confirmed"}, of("heir-confirm"), by("checker", "maker"), stage="heir_confirm"),
        Act(
            "send it back", {"proposed": "rejected"}, of("heir-reject"), by("checker", "maker"), lambda _heir: WHY,
            walled=False,
        ),
        Act(
            "name another",
            {},
            lambda heir: reverse("heir-new", args=[heir.payable_id]),
            by("maker"),
            lambda _heir: SAID | {"died_on": "2026-11-30", "paper": a_jpeg()},
        ),
    ),
)  # fmt: skip
