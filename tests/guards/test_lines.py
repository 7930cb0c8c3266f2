"""Rules that one line of code keeps by itself: each is seen at work from outside."""

import datetime as dt

import pytest

from accounts.models import Message, Organisation
from accounts.services.messages import LEASE, _take_one, write_message
from records.models import PolicyValue
from records.selectors.policy import DEFAULTS, policies_on, policy, policy_in_sql
from tests import factories
from tests.factories import MONDAY, a_user, login
from tests.guards.rows import a_row

DAY = dt.date(2026, 11, 5)


@pytest.mark.guard("line a policy value waits for its second person")
def test_a_policy_value_holds_only_once_a_second_person_has_confirmed_it():
    row = PolicyValue.objects.create(name="visit_hours", value="5", from_on=DAY, set_by=a_user("何检查"))
    assert policy("visit_hours", DAY) == DEFAULTS["visit_hours"] == 72

    PolicyValue.objects.filter(pk=row.pk).update(confirmed_by=a_user("许检查"), confirmed_at=MONDAY)

    assert policy("visit_hours", DAY) == 5
    assert policy("visit_hours", DAY - dt.timedelta(days=1)) == 72


@pytest.mark.guard("line each value of a day waits for its second person")
def test_the_values_of_a_day_hold_only_once_a_second_person_has_confirmed_them():
    PolicyValue.objects.create(name="visit_hours", value="5", from_on=DAY, set_by=a_user("何检查"))

    assert policies_on(DAY)["visit_hours"] == 72


@pytest.mark.guard("line a value in a statement waits for its second person")
def test_a_value_in_a_statement_holds_only_once_a_second_person_has_confirmed_it():
    PolicyValue.objects.create(name="visit_hours", value="5", from_on=DAY, set_by=a_user("何检查"))

    assert PolicyValue.objects.values_list(policy_in_sql("visit_hours", DAY), flat=True)[0] == 72


@pytest.fixture
def townships():
    """An officer of the township whose claims were paid, and one of a township without any."""
    own = a_row(Organisation, kind="township")
    far = factories.a_place("360735104000", "township", "高田镇", own.place.parent)
    elsewhere = factories.an_organisation("township", "高田镇人民政府", far)
    return [a_user("陈乡长", "township_officer", office, office.place) for office in (own, elsewhere)]


@pytest.mark.guard("line a township sees its own relief on the page")
def test_the_relief_page_of_a_township_shows_no_other(client, townships):
    own, elsewhere = (login(client, officer).get("/reports/relief/").content.decode() for officer in townships)

    assert "屏山镇" in own and "160.00" in own
    assert "屏山镇" not in elsewhere and "160.00" not in elsewhere


@pytest.mark.guard("line a township sees its own relief in the API")
def test_the_relief_api_of_a_township_shows_no_other(client, townships):
    own, elsewhere = (login(client, officer).get("/api/v1/reports/relief/").json() for officer in townships)

    assert [row["key"] for row in own] == ["360735102000"]
    assert elsewhere == []


@pytest.mark.guard("line a text that is being sent is leased")
def test_a_text_that_one_sweep_has_taken_is_not_taken_again_before_its_lease_ends():
    Message.objects.update(state=Message.State.SENT)
    message = write_message(phone="13900000000", kind="hand", body="一句话", at=MONDAY)

    taken = [_take_one(at) for at in (MONDAY, MONDAY + LEASE - dt.timedelta(seconds=1), MONDAY + LEASE)]

    assert taken == [message, None, message]
