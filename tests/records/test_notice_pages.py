"""Public notices on the web: masked, without a script, objected to without a name, at most so often."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from kernel import clock
from records.models import NoticeStatus, Objection, PublicNotice
from records.services import notices
from records.services.notices import check_word
from tests.factories import MONDAY, TUESDAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def now(monkeypatch):
    here = type("Now", (), {"at": TUESDAY})()
    monkeypatch.setattr(clock, "now", lambda: here.at)
    return here


@pytest.fixture
def notice(now, clerk_ma, pingshan):
    lines = [
        notices.Line("claim:1", "黄*英", "长溪村", "包菜 100 斤（50 公斤）", 50_000, 80_00),
        notices.Line("claim:2", "温*英", "长溪村", "包菜 200 斤（100 公斤）", 100_000, 160_00),
    ]
    return notices.publish(
        round=PublicNotice.Round.COUNTY,
        title="屏山镇农产品滞销损失救助核定公示",
        basis="石城县农产品滞销损失救助办法（2026 版）",
        place=pingshan,
        lines=lines,
        working_days=5,
        how_computed="核定数量 × 救助标准",
        by=clerk_ma,
        at=MONDAY,
    )


def read(client, name, notice):
    answer = client.get(reverse(name, args=[notice.number]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_anybody_reads_a_notice_without_an_account_or_a_script(client, notice):
    page = read(client, "notice", notice)

    assert "还剩 5 个工作日" in page
    assert "黄*英" in page and "80.00" in page and "2 户，240.00 元" in page
    assert "<script" not in page
    assert "claim:" not in page
    assert "sessionid" not in client.cookies


def test_the_list_shows_what_runs_first(client, notice):
    page = client.get(reverse("notice-list")).content.decode()

    assert notice.title in page and "2 户，240.00 元" in page and "<script" not in page


def test_the_sheet_for_the_wall_has_a_code_that_leads_back(client, notice):
    page = read(client, "notice-poster", notice)

    assert "<svg" in page and f"http://testserver{reverse('notice', args=[notice.number])}" in page
    assert "style=" not in page


def test_an_objection_without_a_name_gets_a_number(client, notice):
    url = reverse("notice-object", args=[notice.number])
    form = client.get(url).content.decode()
    line = notice.lines.get(document="claim:1")
    idem = re.search(r'name="idem" value="([^"]+)"', form).group(1)
    form = {"line": str(line.line_no), "words": "他家早就卖了", "contact": "", "idem": idem}

    answers = [client.post(url, form).content.decode() for _turn in range(2)]

    objection = Objection.objects.get()
    assert objection.line == line and objection.words == "他家早就卖了"
    assert all(objection.number in answer for answer in answers)


def test_an_empty_objection_or_a_line_that_is_not_there_is_shown_again(client, notice):
    url = reverse("notice-object", args=[notice.number])
    idem = "0b4e0f5e-7ea9-4c2e-9d53-1f6f0f3a1c11"

    for form in ({"line": "1", "words": "他家早就卖了"}, {"line": "", "words": "x"}):
        answer = client.post(url, form | {"contact": "", "idem": idem})
        assert answer.status_code == 400
        assert form["words"] in answer.content.decode()

    assert not Objection.objects.exists()


def test_one_address_objects_ten_times_an_hour(client, notice):
    url = reverse("notice-object", args=[notice.number])
    line = str(notice.lines.first().line_no)

    answers = [
        client.post(
            url, {"line": line, "words": "不对", "contact": "", "idem": f"0b4e0f5e-7ea9-4c2e-9d53-1f6f0f3a1c{n:02d}"}
        )
        for n in range(12)
    ]

    assert [answer.status_code for answer in answers] == [200] * 10 + [400] * 2
    assert Objection.objects.count() == 10


def test_after_the_end_nobody_objects_and_after_a_month_no_line_is_shown(client, now, notice):
    now.at = notice.ends_at
    page = read(client, "notice", notice)
    assert "公示已结束" in page and "黄*英" in page and "提异议" not in page
    url = reverse("notice-object", args=[notice.number])
    line = str(notice.lines.first().line_no)
    client.post(url, {"line": line, "words": "不对", "idem": "0b4e0f5e-7ea9-4c2e-9d53-1f6f0f3a1c11"})
    assert not Objection.objects.exists()

    now.at = notice.ends_at + dt.timedelta(days=30)
    page = read(client, "notice", notice)
    assert "黄*英" not in page and "2 户，240.00 元" in page


def test_of_a_withdrawn_notice_everybody_reads_why_and_no_line(client, notice, clerk_ma):
    notice.move_to(NoticeStatus.WITHDRAWN, by=clerk_ma, at=TUESDAY, note="名字印错了")

    page = read(client, "notice", notice)
    assert "名字印错了" in page and "黄*英" not in page
    assert client.get(f"/api/v1/notices/{notice.number}/").json()["lines"] == []
    for way in ("notice-poster", "notice-object"):
        assert client.get(reverse(way, args=[notice.number])).status_code == 404


def test_an_unknown_notice_is_not_found(client, db):
    for number in ("GS261102-0000-0", "x' OR 1=1"):
        assert client.get(reverse("notice", args=[number])).status_code == 404
        assert client.get(f"/api/v1/notices/{number}/").status_code == 404


def test_programs_read_the_same_masked_lines(client, notice):
    (listed,) = client.get("/api/v1/notices/").json()["results"]
    one = client.get(f"/api/v1/notices/{listed['number']}/").json()

    assert (one["open"], one["days_left"], one["households"]) == (True, 5, 2)
    assert sorted((line["name"], line["kg"], line["yuan"]) for line in one["lines"]) == [
        ("温*英", "100", "160.00"),
        ("黄*英", "50", "80.00"),
    ]
    assert set(one["lines"][0]) == {"line_no", "name", "village", "goods", "kg", "yuan"}


def test_programs_object_as_well_once_a_key(client, notice):
    line = notice.lines.get(document="claim:2")

    def send(key="k1", **form):
        headers = {"Idempotency-Key": key} if key else {}
        path = f"/api/v1/notices/{notice.number}/objections/"
        form = {"line_no": line.line_no, "words": "不对"} | form
        return client.post(path, form, content_type="application/json", headers=headers)

    answers = [send() for _time in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert {answer.json()["number"] for answer in answers} == {Objection.objects.get().number}
    assert send(words="别的话").status_code == 422
    assert send(key="").status_code == 400
    assert send(key="k2", line_no=1).status_code == 404
    assert Objection.objects.count() == 1


def test_a_list_of_many_notices_costs_one_query(client, notice, clerk_ma, pingshan, django_assert_max_num_queries):
    for n in range(5):
        notices.publish(
            round="village",
            title=f"第 {n} 份",
            basis="办法",
            place=pingshan,
            lines=[notices.Line(f"claim:{n}", "黄*英", "长溪村", "包菜", 1000)],
            working_days=3,
            by=clerk_ma,
            at=MONDAY,
        )

    with django_assert_max_num_queries(12):
        client.get(reverse("notice-list"))


def test_whoever_objects_gets_a_word_that_cannot_be_guessed_from_the_number(client, notice):
    url, line = reverse("notice-object", args=[notice.number]), str(notice.lines.first().line_no)
    form = {"line": line, "words": "不对", "contact": "", "idem": "0b4e0f5e-7ea9-4c2e-9d53-1f6f0f3a1c21"}

    first, again = (client.post(url, form).content.decode() for _time in range(2))
    second = client.post(url, form | {"idem": "0b4e0f5e-7ea9-4c2e-9d53-1f6f0f3a1c22"}).content.decode()

    one, other = Objection.objects.order_by("running")
    assert other.running == one.running + 1
    words = [check_word(objection.pk) for objection in (one, other)]
    assert len(set(words)) == 2 and all(re.fullmatch(r"\d{6}", word) for word in words)
    assert words[0] in first and words[0] in again and words[1] in second and words[0] not in second
