"""A household says of its loss what it got elsewhere: shown, compared with the list, held against nobody."""

import pytest
from django.urls import reverse

from kernel import clock
from kernel.entering import entering
from kernel.errors import BadValue
from losses.models import Award, ClaimRound, ClaimScore, LossClaim, OtherRelief
from losses.selectors.elsewhere import TOLD_RULE
from losses.selectors.findings import has_amber
from losses.selectors.reinspecting import cleared_among
from losses.services import answering, awarding, findings
from losses.services.told import Told
from tests import factories
from tests.factories import MONDAY, login
from tests.losses.pages import a_jpeg
from tests.losses.steps import LOST_ON
from tests.losses.test_pages import a_report

pytestmark = pytest.mark.django_db
INSURER = "人保财险石城支公司"
GOT = {"elsewhere": "got", "elsewhere_from": INSURER, "elsewhere_fen": "30"}


@pytest.fixture
def list_it(xiuying_household, clerk_ma, director_lin):
    """Enter so many yuan of the insurer, by two of the bureau."""

    def entered(fen):
        row = OtherRelief(household=xiuying_household, source=INSURER, from_on=LOST_ON, to_on=LOST_ON, amount_fen=fen,
            document="理赔清单 5", by=clerk_ma, confirmed_by=director_lin, at=MONDAY)  # fmt: skip
        with entering("理赔清单 5"):
            row.save(force_insert=True)

    return entered


@pytest.mark.parametrize(
    ("told", "listed_fen", "colour", "says"),
    [
        (Told(), 0, "green", "没有问过"),
        (Told("no"), 0, "green", "没拿到"),
        (Told("no"), 30_00, "amber", "名单上那天有 30.00 元"),
        (Told("insured", INSURER), 0, "amber", INSURER),
        (Told("insured"), 30_00, "green", "30.00 元"),
        (Told("got", INSURER, 30_00), 0, "amber", "名单上是 0.00 元"),
        (Told("got", INSURER, 30_00), 20_00, "amber", "名单上是 20.00 元"),
        (Told("got", INSURER, 30_00), 30_00, "green", "30.00 元"),
    ],
    ids=str,
)
def test_what_is_told_is_compared_with_the_list(story, lot, list_it, told, listed_fen, colour, says):
    for fen in {listed_fen} - {0}:
        list_it(fen)
    claim = story.filed(lot, told=told)

    seen = findings.latest_findings(claim)[TOLD_RULE]
    assert seen.colour == colour and says in seen.detail
    # Nobody is visited, pointed at or looked at twice for an honest word; the list alone doubts.
    assert has_amber(claim) is bool(listed_fen)


@pytest.mark.parametrize(
    "half",
    [("got", INSURER, None), ("got", "", 1), ("no", INSURER, None), ("", "", 1), ("insured", INSURER, 1)],
    ids=str,
)
def test_half_an_answer_or_two_are_refused(half):
    with pytest.raises(BadValue):
        Told(*half)


def test_it_is_asked_shown_once_more_filed_and_asked_anew(client, now, scheme, lot, xiuying, cadre_liu):
    login(client, xiuying)
    url = reverse("claim-new", args=[lot.pk])
    page = client.get(url).text
    assert "这次损失有保险吗" in page and page.count('name="elsewhere"') == 3 and not LossClaim.objects.exists()
    for lacking in ({"elsewhere": ""}, {"elsewhere": "got"}, GOT | {"elsewhere": "no"}):
        assert client.post(url, a_report(**lacking)).context["form"].errors.keys() == {"elsewhere"}
    shown = client.post(url, a_report(sure="", **GOT)).text
    assert f"已从{INSURER}拿到 30.00 元" in shown and f'name="elsewhere_from" value="{INSURER}"' in shown
    client.post(url, a_report(**GOT))
    claim = LossClaim.objects.get()
    detail = reverse("claim-detail", args=[claim.pk])
    assert f"已从{INSURER}拿到 30.00 元" in client.get(detail).text

    answering.send_back(claim, code="photos", reason="照片看不清，请再拍一张", by=cadre_liu, at=MONDAY)
    again = client.get(reverse("claim-complete", args=[claim.pk])).text
    assert INSURER in again and 'value="30' in again
    client.post(reverse("claim-complete", args=[claim.pk]), a_report(elsewhere="insured", idem="two"))
    assert [row.elsewhere for row in ClaimRound.objects.order_by("round")] == ["got", "insured"]
    page = client.get(detail).text
    assert "投了保险，还没赔" in page and f"已从{INSURER}拿到 30.00 元" in page
    api = client.get(reverse("api-claim-detail", args=[claim.pk])).json()
    assert api["told"] == {"elsewhere": "insured", "elsewhere_from": "", "elsewhere_yuan": None}
    assert api["earlier_rounds"][0]["elsewhere_yuan"] == "30.00"


def test_a_program_says_it_for_one_or_several_goods(client, now, scheme, lot, xiuying):
    login(client, xiuying)
    said = {"cause": "unsold", "happened_on": f"{LOST_ON}"}
    told = {"elsewhere": "got", "elsewhere_from": INSURER, "elsewhere_yuan": "30.00"}
    doors = [
        (reverse("api-claims"), {"listing": lot.pk, "kg": "30.000"}),
        (reverse("api-claim-reports"), {"lines[0]listing": lot.pk, "lines[0]kg": "30.000"}),
    ]
    for url, goods in doors:
        half = said | goods | {"elsewhere": "got", "photos": [a_jpeg()]}
        assert client.post(url, half, headers={"Idempotency-Key": "half"}).json()["code"] == "told_in_part"
        whole = said | goods | told | {"photos": [a_jpeg()]}
        assert client.post(url, whole, headers={"Idempotency-Key": f"whole {url}"}).status_code == 201
        row = ClaimRound.objects.get(claim=LossClaim.objects.latest("pk"))
        assert (row.elsewhere, row.elsewhere_from, row.elsewhere_fen) == ("got", INSURER, 30_00)
        answering.withdraw(row.claim, by=xiuying, at=MONDAY)


def test_what_is_told_is_cleared_by_a_person_and_then_counts_for_nothing(story, lot, director_lin, bureau):
    claim = story.on_county_notice(story.filed(lot, told=Told("insured", INSURER)))
    ends = claim.county_notice.ends_at
    with pytest.raises(findings.LookAgain):
        awarding.award(claim, by=director_lin, at=ends)
    second = factories.a_user("柳股长", "bureau_approver", bureau)
    finding = findings.latest_findings(claim)[TOLD_RULE]
    findings.clear_finding(finding, claim, reason="保险公司说不赔", by=second, at=ends)
    awarding.award(claim, by=director_lin, at=ends)

    award = Award.objects.get()
    assert ClaimScore.objects.get(award=award).reasons.keys() & {TOLD_RULE} == set()
    assert cleared_among(clock.county_day(award.at).replace(day=1)) == []
