"""Papers that a scheme asks for: household or village brings them, and without them no claim leaves the township."""

from uuid import uuid4

import pytest
from django.urls import reverse

from kernel.errors import BadValue
from losses.models import ClaimPaper, ReliefScheme, SchemePaper
from losses.selectors.papers import missing_papers
from losses.services import papering, schemes
from records.services.participation import AlreadyTookPart
from registers.services import changes
from tests.factories import MONDAY, TUESDAY, WEDNESDAY, login
from tests.losses.pages import a_jpeg
from tests.losses.steps import Story, a_photo, a_scheme
from tests.losses.walking import undone

pytestmark = pytest.mark.django_db


@pytest.fixture
def asking(finance_bureau, director_lin, clerk_ma, cabbage):
    """A scheme that asks the household for a slip always, and the village for a certificate from 100 yuan on."""
    draft = a_scheme(finance_bureau, director_lin, cabbage, publish=False)
    asked = {"by": director_lin, "at": MONDAY}
    schemes.ask_for_paper(draft, kind="weighed", form="number", **asked)
    schemes.ask_for_paper(draft, kind="village", brought_by="village", from_fen=100_00, **asked)
    return schemes.publish_scheme(draft, by=clerk_ma, at=MONDAY)


@pytest.fixture
def story(cast, asking):
    return Story(cast, asking)


def paper_of(scheme, kind):
    return SchemePaper.objects.get(scheme=scheme, kind=kind)


def names(claim):
    return [paper.kind for paper in missing_papers(claim)]


def test_what_is_asked_depends_on_what_the_loss_comes_to(story, lot):
    claim = story.filed(lot, kg=63)  # at 1.60 yuan a kilo it is 100.80 yuan
    assert names(claim) == ["weighed", "village"]
    story.village_checked(claim, kg=62, why="少一点")
    assert names(claim) == ["weighed"]


def test_beyond_the_township_it_goes_with_its_papers_alone(story, lot, xiuying, asking):
    claim = story.village_checked(story.filed(lot, kg=50))
    with pytest.raises(papering.PapersMissing, match="磅单"):
        story.township_checked(claim)
    claim.refresh_from_db()
    assert claim.status == "village_checked"

    papering.bring_paper(claim, paper_of(asking, "weighed"), number=" 0071 ", by=xiuying, at=WEDNESDAY)
    assert story.township_checked(claim).status == "township_checked"
    assert ClaimPaper.objects.get().number == "0071"


def test_who_brings_the_villages_paper_checks_and_who_brings_the_households_does_not(story, lot, cadre_wu, asking):
    claim = story.filed(lot, kg=80)
    cadre = {"by": cadre_wu, "at": TUESDAY}
    with undone():
        papering.bring_paper(claim, paper_of(asking, "village"), photo=a_photo(by=cadre_wu), **cadre)
        assert story.village_checked(claim).status == "village_checked"

    papering.bring_paper(claim, paper_of(asking, "weighed"), number="71", **cadre)
    with pytest.raises(AlreadyTookPart):
        story.village_checked(claim)


def test_a_paper_comes_as_it_is_asked_for_and_in_time(story, lot, xiuying, asking, scheme):
    claim = story.filed(lot, kg=80)
    brought = {"by": xiuying, "at": TUESDAY}
    with pytest.raises(BadValue):
        papering.bring_paper(claim, paper_of(asking, "weighed"), **brought)
    with pytest.raises(BadValue):
        papering.bring_paper(claim, paper_of(asking, "village"), number="71", **brought)
    other = SchemePaper(scheme=scheme, kind="vet")
    with pytest.raises(papering.NotAsked):
        papering.bring_paper(claim, other, number="71", **brought)
    papering.bring_paper(claim, paper_of(asking, "weighed"), number="71", **brought)
    papering.bring_paper(claim, paper_of(asking, "weighed"), number="72", **brought)  # the newest counts
    papering.bring_paper(claim, paper_of(asking, "village"), photo=a_photo(by=xiuying), **brought)
    story.township_checked(story.village_checked(claim))
    with pytest.raises(papering.PapersClosed):
        papering.bring_paper(claim, paper_of(asking, "weighed"), number="73", **brought)


def test_its_register_has_two_hands_and_ends_with_the_draft(finance_bureau, director_lin, clerk_ma, cabbage):
    draft = a_scheme(finance_bureau, director_lin, cabbage, publish=False)
    row = {"scheme": draft.code, "kind": "insurer", "from_amount": 500_00, "brought_by": "household", "form": "photo"}

    def propose():
        return changes.propose("scheme-papers", [row], document_number="石府办〔2026〕7号", by=director_lin, at=MONDAY)

    changes.confirm(propose(), by=clerk_ma, at=MONDAY)
    paper = draft.papers.get()
    assert (paper.kind, paper.from_fen, paper.form) == ("insurer", 500_00, "photo")
    with pytest.raises(BadValue):
        propose()
    schemes.publish_scheme(ReliefScheme.objects.get(pk=draft.pk), by=clerk_ma, at=MONDAY)
    with pytest.raises(schemes.SchemeIsPublished):
        propose()


def test_the_pages_say_what_is_missing_and_take_it(
    client, now, story, lot, xiuying, cadre_wu, township_officer, asking
):
    claim = story.filed(lot, kg=80)
    detail, page = (reverse(name, args=[claim.pk]) for name in ("claim-detail", "claim-papers"))
    assert page in login(client, xiuying).get(detail).content.decode()
    slip, certificate = paper_of(asking, "weighed"), paper_of(asking, "village")
    answer = client.post(page, {"paper": slip.pk, "number": "", "idem": uuid4().hex})
    assert answer.status_code == 400 and "请写材料上的编号" in answer.content.decode()
    client.post(page, {"paper": slip.pk, "number": "0071", "idem": uuid4().hex})
    login(client, cadre_wu)
    sent = {"paper": certificate.pk, "photo": a_jpeg(), "idem": uuid4().hex}
    assert "已交：村里的证明。" in client.post(page, sent, follow=True).content.decode()

    shown = login(client, township_officer).get(detail).content.decode()
    assert "编号 0071" in shown and page not in shown and names(claim) == []
    rules = client.get(reverse("scheme-detail", args=[asking.pk])).content.decode()
    assert "救助款满 100.00 元要，由村里交" in rules


def test_programs_read_and_bring_papers(client, now, story, lot, xiuying, asking):
    claim = story.filed(lot, kg=50)
    url = reverse("api-claim-papers", args=[claim.pk])
    login(client, xiuying)
    headers = {"Idempotency-Key": uuid4().hex}
    data = {"paper": paper_of(asking, "weighed").pk, "number": "0071"}
    answer = client.post(url, data, headers=headers)
    assert answer.status_code == 201, answer.content
    assert [(one["asked"]["kind"], one["there"], one["number"]) for one in client.get(url).json()] == [
        ("weighed", True, "0071")
    ]
    assert client.post(url, data, headers=headers).status_code == 201 and ClaimPaper.objects.count() == 1
