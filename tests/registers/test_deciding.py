"""Where a second person decides: what is proposed, by whom, on which document, and what holds afterwards."""

import pytest
from django.urls import reverse

from kernel.errors import BadValue
from registers.services import changes
from tests.factories import login
from tests.registers.test_changes import channel, propose, texts_to
from tests.registers.test_pages import read

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_nine(now):
    return now


@pytest.fixture
def two_rows(relief_clerk, director_lin):
    return propose(relief_clerk, channel(), channel(code="barracks", name_zh="军营", position=41))


def confirm(client, change):
    """Confirm a proposal and return the page that follows."""
    sent = client.post(reverse("register-change-confirm", args=[change.pk]), {"idem": change.pk.hex}, follow=True)
    return sent.content.decode()


def test_the_second_person_sees_who_proposed_what_and_which_rows_the_button_confirms(
    client, two_rows, relief_clerk, director_lin
):
    login(client, director_lin)

    page = read(client, "register-change", two_rows.pk)

    for words in ("确认“采购渠道”的这 2 行", f"{relief_clerk.person.name}提的", "由您来定", "石府办〔2026〕7号"):
        assert words in page
    assert "已确认，“采购渠道”的 2 行现在生效。" in confirm(client, two_rows)
    assert f"{director_lin.person.name}确认的" in read(client, "register-change", two_rows.pk)


def test_whoever_proposed_sees_whose_turn_it_is_and_no_button(client, two_rows, relief_clerk):
    login(client, relief_clerk)

    page = read(client, "register-change", two_rows.pk)

    assert "由您来定" not in page and "确认“采购渠道”" not in page and "农业农村局审批人" in page


def test_what_does_not_change_is_said_to_stay(client, relief_clerk, director_lin, two_rows):
    changes.confirm(two_rows, by=director_lin, at=two_rows.at)
    content = channel(name_zh="寺庙")
    del content["runs_canteen"]
    change = propose(relief_clerk, content)
    login(client, director_lin)

    page = read(client, "register-change", change.pk)

    assert page.count('class="changed"') == 1 and "不变" in page and "寺庙" in page


def test_a_value_of_a_later_day_is_not_said_to_be_in_force_today(client, director_lin, clerk_ma, now):
    content = {"name": "payment_days", "value": "20", "from_on": "2026-12-01"}
    proposed = changes.propose("policies", [content], document_number="石府办〔2026〕7号", by=director_lin, at=now.at)
    login(client, clerk_ma)

    assert "确认后，12 月 1 日起生效" in read(client, "register-change", proposed.pk)
    assert "12 月 1 日起" in confirm(client, proposed)
    assert texts_to(director_lin)[-1].endswith("已经确认，12 月 1 日起生效。")


def test_a_value_is_set_within_two_years(director_lin, now):
    content = {"name": "payment_days", "value": "20", "from_on": "2029-01-01"}

    with pytest.raises(BadValue, match="两年以内"):
        changes.propose("policies", [content], document_number="石府办〔2026〕7号", by=director_lin, at=now.at)
