"""The claims and visits of the walk: how each status is reached, and every act upon it."""

import datetime as dt

from django.urls import reverse

from accounts.services import people
from losses.models import CALL_MOVES, CLAIM_MOVES, CallBack
from losses.regimes import picks
from losses.selectors.claims import present_visit
from losses.selectors.papers import missing_papers
from losses.services import answering, calling, papering, reporting, sampling, schemes, sweeping, visiting
from losses.services.calling import call_by
from tests.factories import LONG_AGO, MONDAY, TUESDAY, WEDNESDAY
from tests.guards.rows import force
from tests.losses.pages import a_jpeg
from tests.losses.steps import KG, LOST_ON, a_lot, a_photo, a_scheme
from tests.losses.walking import Act, Kind, Scene, Sweep

DAY = dt.timedelta(days=1)
WHY = {"code": "rules", "reason": "按办法不能救助，可以找村里问。"}
DESK = ("director", "desk")
THREE = {"whole": "red", "near": "blue", "people": "grey"}
VILLAGE, TOWNSHIP, HOUSEHOLD = ("cadre", "second cadre"), ("officer",), ("xiuying",)


def at(scene: Scene, moment: dt.datetime, row):
    """Stand at this moment with the row."""
    scene.now.at = moment
    row.refresh_from_db()
    return row


def ended(make, end):
    """Return a way to a status that an end of what was made leads to."""

    def reach(scene: Scene):
        row = make(scene)
        end(scene, row)
        row.refresh_from_db()
        return row

    return reach


def of(name: str):
    return lambda row: reverse(name, args=[row.pk])


# Claims
def a_claim(scene: Scene, step: str = ""):
    """Return the claim after a step of its story, at the moment that follows."""
    story, filed = scene.things["story"], scene.things["story"].filed(scene.things["lot"])
    if step:
        getattr(story, step)(filed)
    filed.refresh_from_db()
    moments = {"village_checked": WEDNESDAY, "township_checked": WEDNESDAY + DAY, "": TUESDAY}
    return at(scene, moments.get(step) or filed.due_at, filed)


def a_line(scene: Scene):
    """Return a claim that is one of the two lines of a report."""
    lot, rules = scene.things["lot"], scene.things["story"].scheme
    other = a_lot(lot.household, lot.produce, by=scene.cast["xiuying"])
    said = {"cause": "unsold", "happened_on": LOST_ON, "words": "", "by": scene.cast["xiuying"], "at": MONDAY}
    lines = [reporting.Line(rules, goods, 50 * KG) for goods in (lot, other)]
    report = reporting.file_report(lines, photos=[a_photo(by=scene.cast["xiuying"])], **said)
    return at(scene, TUESDAY, report.lines.get(line=1))


def undrawn(scene: Scene, step: str):
    """Return a claim whose village's draw left it out, after a step of its story."""
    story = scene.things["story"]
    rules = a_scheme(scene.things["payer"], scene.cast["director"], scene.things["cabbage"], sample_percent=30)
    story.scheme = rules
    claim = story.filed(scene.things["lot"])
    seed = next(f"{n}" for n in range(99) if not picks(f"{n}", claim.reference, 30))
    scene.things["patch"].setattr(sampling.secrets, "token_hex", lambda size: seed)
    getattr(story, step)(claim)
    return at(scene, claim.due_at, claim)


def undrawn_on_village_notice(scene: Scene):
    claim = undrawn(scene, "on_village_notice")
    return at(scene, claim.village_notice.ends_at - DAY, claim)


def unvisited(scene: Scene):
    claim = undrawn_on_village_notice(scene)
    sweeping.move_on(at=claim.village_notice.ends_at)
    return at(scene, claim.village_notice.ends_at, claim)


def on_village_notice(scene: Scene):
    claim = a_claim(scene, "on_village_notice")
    return at(scene, claim.village_notice.ends_at - DAY, claim)


def on_county_notice(scene: Scene):
    claim = a_claim(scene, "on_county_notice")
    return at(scene, claim.county_notice.ends_at, claim)


def sent_back(scene: Scene):
    claim = a_claim(scene)
    answering.send_back(claim, **WHY, by=scene.cast["cadre"], at=TUESDAY)
    return at(scene, WEDNESDAY, claim)


def refused(scene: Scene):
    claim = a_claim(scene)
    answering.refuse(claim, **WHY, by=scene.cast["cadre"], at=TUESDAY)
    return at(scene, WEDNESDAY, claim)


def withdrawn(scene: Scene):
    claim = a_claim(scene)
    answering.withdraw(claim, by=scene.cast["xiuying"], at=TUESDAY)
    return at(scene, WEDNESDAY, claim)


def of_claim(name: str):
    return lambda claim: reverse(name, args=[claim.pk])


def by(*names: str):
    return lambda _scene, _row: names


def answers(_scene, claim):
    """Return who sends back or refuses a claim where it stands."""
    return {"filed": VILLAGE, "village_checked": TOWNSHIP}.get(claim.status, DESK)


def publish(name: str, place):
    return lambda claim: reverse(name, args=[claim.scheme_id, place(claim).code])


def a_report(_row):
    return {
        "cause": "unsold", "quantity_0": "100", "quantity_1": "jin", "happened_on": f"{LOST_ON}", "words": "路断了",
        "photos": [a_jpeg()], "sure": "1", "elsewhere": "no",
    }  # fmt: skip


FOUND = {"quantity": "100", "why": "", "looked_at": ["goods"]}
OPEN = (
    "township_checked", "village_notice", "to_visit", "visited", "unvisited", "computed", "county_notice",
)  # fmt: skip


CLAIM = Kind(
    "claim",
    CLAIM_MOVES,
    {
        "filed": a_claim,
        "filed, a line of a report": a_line,
        "village_checked": lambda scene: a_claim(scene, "village_checked"),
        "township_checked": lambda scene: a_claim(scene, "township_checked"),
        "village_notice": on_village_notice,
        "village_notice, not drawn": undrawn_on_village_notice,
        "unvisited": unvisited,
        "to_visit": lambda scene: a_claim(scene, "to_visit"),
        "visited": lambda scene: a_claim(scene, "visited"),
        "computed": lambda scene: a_claim(scene, "computed"),
        "county_notice": on_county_notice,
        "awarded": lambda scene: a_claim(scene, "awarded"),
        "sent_back": sent_back,
        "refused": refused,
        "withdrawn": withdrawn,
    },
    (
        Act(
            "look in the village",
            {"filed": "village_checked"},
            of_claim("claim-village-check"),
            by(*VILLAGE),
            lambda _claim: FOUND,
        ),
        Act(
            "look in the township",
            {"village_checked": "township_checked"},
            of_claim("claim-township-check"),
            by(*TOWNSHIP),
            lambda _claim: FOUND,
        ),
        Act(
            "send back",
            dict.fromkeys(("filed", "village_checked", "village_notice", "county_notice"), "sent_back"),
            of_claim("claim-send-back"),
            answers,
            lambda _claim: WHY,
        ),
        Act(
            "refuse",
            dict.fromkeys(("filed", "village_checked", *OPEN), "refused"),
            of_claim("claim-refuse"),
            answers,
            lambda _claim: WHY,
        ),
        Act(
            "take back",
            dict.fromkeys(("filed", "village_checked", "sent_back"), "withdrawn"),
            of_claim("claim-withdraw"),
            by(*HOUSEHOLD),
            walled=False,
        ),
        Act("complete", {"sent_back": "filed"}, of_claim("claim-complete"), by(*HOUSEHOLD), a_report, walled=False),
        Act(
            "publish in the village",
            {"township_checked": "village_notice"},
            publish("notice-publish-village", lambda claim: claim.household.village),
            by(*DESK),
            stage="desk",
        ),
        Act(
            "compute",
            dict.fromkeys(("visited", "unvisited"), "computed"),
            of_claim("claim-compute"),
            by(*DESK),
            stage="desk",
        ),
        Act(
            "publish in the county",
            {"computed": "county_notice"},
            publish("notice-publish-county", lambda claim: claim.household.village.parent),
            by(*DESK),
            stage="desk",
        ),
        Act("award", {"county_notice": "awarded"}, of_claim("claim-award"), by(*DESK)),
    ),
    (
        Sweep(
            "the village notice ends",
            {"village_notice": "to_visit", "village_notice, not drawn": "unvisited"},
            lambda moment: sweeping.move_on(at=moment),
            lambda claim: claim.village_notice.ends_at if claim.village_notice else TUESDAY,
        ),
    ),
    elsewhere={
        ("to_visit", "visited"): "visit",
        ("village_notice", "unvisited"): "call",
        ("village_notice", "township_checked"): "notice",
        ("county_notice", "computed"): "notice",
    },
)


# Papers: brought by the household or the village, and the township does not let a claim on without them.
def without_its_paper(scene: Scene):
    """Return a claim that the village looked at, under rules that ask for a weighing slip."""
    story = scene.things["story"]
    draft = a_scheme(scene.things["payer"], scene.cast["director"], scene.things["cabbage"], publish=False)
    schemes.ask_for_paper(draft, kind="weighed", form="number", by=scene.cast["director"], at=MONDAY)
    story.scheme = schemes.publish_scheme(draft, by=scene.cast["director"], at=MONDAY)
    return a_claim(scene, "village_checked")


def bring_it(scene: Scene, claim) -> None:
    papering.bring_paper(claim, claim.scheme.papers.get(), number="71", by=scene.cast["xiuying"], at=scene.now.at)


def papers_stand(claim) -> str:
    """Return whether the paper of a claim is missing or there, and whether the township has looked."""
    if claim.status == "township_checked":
        return "let on"
    return "missing" if missing_papers(claim) else "there"


PAPERS = Kind(
    "papers",
    {"missing": {"there"}, "there": {"let on"}, "let on": set()},
    {
        "missing": without_its_paper,
        "there": ended(without_its_paper, bring_it),
        "let on": ended(
            ended(without_its_paper, bring_it), lambda scene, claim: scene.things["story"].township_checked(claim)
        ),
    },
    (
        Act(
            "bring a paper",
            {"missing": "there"},
            of_claim("claim-papers"),
            by("xiuying", *VILLAGE),
            lambda claim: {"paper": claim.scheme.papers.get().pk, "number": "71"},
            walled=False,
        ),
        Act(
            "look in the township",
            {"there": "let on"},
            of_claim("claim-township-check"),
            by(*TOWNSHIP),
            lambda _claim: FOUND,
        ),
    ),
    status=papers_stand,
)


# Visits: two are drawn, one writes, the other signs; one who falls out is drawn anew.
def visit_stands(claim) -> str:
    """Return how far the visit of a claim is."""
    visit = present_visit(claim)
    if visit is None:
        return "undrawn"
    if visit.second_signed_at is not None:
        return "signed"
    if visit.first_signed_at is not None:
        return "written"
    return "drawn anew" if claim.visits.filter(redrawn_at__isnull=False).exists() else "drawn"


def drawn(scene: Scene):
    """Draw two; a third who could come in place of one of them is there only afterwards."""
    claim = a_claim(scene, "drawn")
    third, bureau = scene.cast["third verifier"], scene.things["bureau"]
    people.appoint(third.person, bureau, "verifier", area=bureau.place, from_on=LONG_AGO)
    return claim


def drawn_anew(scene: Scene):
    claim = drawn(scene)
    visiting.redraw(present_visit(claim), who="first", why="ill", by=scene.cast["desk"], at=scene.now.at)
    return claim


def written(scene: Scene):
    claim = drawn(scene)
    scene.things["story"].found(present_visit(claim), at=scene.now.at)
    return claim


def signed(scene: Scene):
    claim = written(scene)
    visit = present_visit(claim)
    visiting.sign_visit(visit, by=visit.second, at=scene.now.at)
    return claim


def drawn_as(hand: str):
    """Return who was drawn as this one of the two."""
    return lambda scene, claim: [scene.name_of(getattr(present_visit(claim), hand))]


def what_is_there(_claim):
    photos = {which: a_jpeg(colour, f"{which}.jpg") for which, colour in THREE.items()}
    return {"found": "100", "conclusion": "there", "why": "", "signed": "paper"} | photos


VISITS = ("drawn", "drawn anew", "written", "signed")
VISIT = Kind(
    "visit",
    {
        "undrawn": {"drawn"},
        "drawn": {"drawn anew", "written"},
        "drawn anew": {"written"},
        "written": {"drawn anew", "signed"},
        "signed": set(),
    },
    {
        "undrawn": lambda scene: a_claim(scene, "to_visit"),
        "drawn": drawn,
        "drawn anew": drawn_anew,
        "written": written,
        "signed": signed,
    },
    (
        Act("draw", {"undrawn": "drawn"}, of_claim("visit-draw"), by(*DESK), stage="desk"),
        Act(
            "draw anew",
            dict.fromkeys(("drawn", "written"), "drawn anew"),
            of_claim("visit-redraw"),
            by("desk", "director"),
            lambda _claim: {"who": "first", "why": "ill", "note": ""},
            only_in=VISITS,
            walled=False,  # the desk draws as often as it must
        ),
        Act(
            "write down",
            dict.fromkeys(("drawn", "drawn anew"), "written"),
            of_claim("visit-record"),
            drawn_as("first"),
            what_is_there,
            only_in=VISITS,
        ),
        Act("sign", {"written": "signed"}, of_claim("visit-sign"), drawn_as("second"), only_in=VISITS),
    ),
    status=visit_stands,
)


# Calls: of what nobody visits a part is called, by somebody without a hand in the claim.
def a_call(scene: Scene):
    claim = unvisited(scene)
    draw = claim.call_draws.get()
    force(draw, percent=100, picked=True)
    row = claim.calls.first() or CallBack(draw=draw, claim=claim, at=draw.at, call_by_at=call_by(draw.at)).begin(
        by=None, at=draw.at
    )
    return at(scene, draw.at, row)


SAID = {"outcome": "as_reported", "words": "是她家报的，没错"}
CALL = Kind(
    "call",
    CALL_MOVES,
    {
        "waiting": a_call,
        "called": ended(
            a_call, lambda scene, row: calling.record_call(row, **SAID, by=scene.cast["verifier"], at=scene.now.at)
        ),
        "not_called": ended(a_call, lambda _scene, row: calling.end_uncalled(at=row.call_by_at)),
    },
    (
        Act(
            "call",
            {"waiting": "called"},
            of("call"),
            by("verifier", "second verifier", "desk", "director"),
            lambda _row: SAID,
            stage="call",
        ),
    ),
    (
        Sweep(
            "nobody called in time",
            {"waiting": "not_called"},
            lambda moment: calling.end_uncalled(at=moment),
            lambda row: row.call_by_at,
        ),
    ),
    document=lambda row: row.claim.reference,
)
