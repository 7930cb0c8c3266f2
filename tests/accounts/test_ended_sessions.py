"""A session ends when nobody uses it, and when it knows nothing of an authenticator; nothing typed is lost by it."""

import datetime as dt
import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Message
from canteens.models import BudgetChange
from records.models import PolicyValue
from tests import factories
from tests.factories import LONG_AGO, MONDAY

pytestmark = pytest.mark.django_db

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def real_codes(settings):
    """Outside the demo: codes are drawn, and the demo code opens nothing."""
    settings.DEMO = False


def rest(client, length):
    """Let the clock go on by this much since this session was last used."""
    Session.objects.filter(pk=client.session.session_key).update(expire_date=F("expire_date") - length)


def signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def sign_in_by_code(client, user, *, secret="", to=""):
    """Sign in as people do, with the second step where there is one, and return the last answer."""
    query = f"?next={to}" if to else ""
    client.post(f"/sign-in/{query}", {"phone": user.phone})
    code = re.search(r"\d{6}", Message.objects.order_by("-created_at").first().body)[0]
    answer = client.post(f"/sign-in/code/{query}", {"code": code})
    if secret:
        answer = client.post("/sign-in/second-step/", {"code": digits(secret)})
    return answer


def digits(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def set_up_authenticator(client) -> str:
    """Set an authenticator up in this session and return its secret."""
    secret = client.get("/sign-in/authenticator/").context["form"].secret
    client.post("/sign-in/authenticator/", {"code": digits(secret)})
    return secret


# --- The second step ----------------------------------------------------------------------------------------------


def test_a_session_begun_before_the_authenticator_gets_nowhere_once_it_is_set_up_elsewhere(chef_chen, real_codes):
    earlier, own = Client(), Client()
    sign_in_by_code(earlier, chef_chen)
    sign_in_by_code(own, chef_chen)
    secret = set_up_authenticator(own)

    answer = earlier.get("/me/")

    assert answer.status_code == 302 and answer.url == "/sign-in/?next=/me/"
    assert not signed_in(earlier)
    assert "验证器" in earlier.get(answer.url).content.decode()
    assert sign_in_by_code(earlier, chef_chen, secret=secret, to="/me/").url == "/me/"
    assert earlier.get("/me/").status_code == 200


def test_the_session_that_set_the_authenticator_up_goes_on(client, chef_chen, real_codes):
    sign_in_by_code(client, chef_chen)

    set_up_authenticator(client)

    assert Authenticator.objects.filter(user=chef_chen).exists()
    assert client.get("/me/").status_code == 200


def test_a_session_that_knows_nothing_of_the_authenticator_sets_no_second_one_up(client, chef_chen, real_codes):
    sign_in_by_code(client, chef_chen)
    TOTP.activate(chef_chen, generate_totp_secret())

    answer = client.get("/sign-in/authenticator/")

    assert answer.status_code == 302 and answer.url.startswith("/sign-in/?next=")
    assert not signed_in(client)


def test_a_program_in_such_a_session_is_told_by_code(client, chef_chen, real_codes):
    sign_in_by_code(client, chef_chen)
    without = client.get("/api/v1/orders/")
    TOTP.activate(chef_chen, generate_totp_secret())

    answer = client.get("/api/v1/orders/")

    assert (without.status_code, without.json()["code"]) == (403, "second_step")
    assert (answer.status_code, answer.json()["code"]) == (401, "second_step")
    assert "验证器" in answer.json()["message"]


# --- Rest ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "limit", "words"),
    [
        ("chef_chen", 30 * MINUTE, "30 分钟"),
        ("finance_maker", 30 * MINUTE, "30 分钟"),
        ("receiver_wang", 12 * HOUR, "12 小时"),
        ("inspector_he", 12 * HOUR, "12 小时"),
        ("haulier", 12 * HOUR, "12 小时"),
        ("cadre_liu", 12 * HOUR, "12 小时"),
        ("coop_manager", 12 * HOUR, "12 小时"),
        ("xiuying", 30 * DAY, "30 天"),
    ],
)
def test_a_session_that_nobody_uses_ends_and_says_why(client, request, who, limit, words):
    factories.login(client, request.getfixturevalue(who))
    rest(client, limit - MINUTE)
    before = client.get("/me/")
    rest(client, limit + MINUTE)

    answer = client.get("/me/")

    assert before.status_code == 200
    assert answer.status_code == 302 and answer.url == "/sign-in/?next=/me/"
    assert not signed_in(client)
    page = client.get(answer.url).content.decode()
    assert f"您有 {words}没有使用" in page and "请重新登录" in page


def test_who_holds_several_posts_is_bound_by_the_strictest(client, cadre_liu, bureau, county):
    factories.people.appoint(cadre_liu.person, bureau, "bureau_approver", area=county, from_on=LONG_AGO)
    factories.login(client, cadre_liu)
    rest(client, 31 * MINUTE)

    client.get("/me/")

    assert not signed_in(client)


def test_the_county_sets_the_limits(client, chef_chen, director_lin, clerk_ma):
    PolicyValue.objects.create(
        name="desk_idle_minutes",
        value=90,
        from_on=LONG_AGO,
        set_by=director_lin,
        confirmed_by=clerk_ma,
        confirmed_at=MONDAY,
    )
    factories.login(client, chef_chen)
    rest(client, 89 * MINUTE)
    assert client.get("/me/").status_code == 200
    rest(client, 91 * MINUTE)

    assert client.get("/me/").status_code == 302


def test_each_use_begins_the_rest_anew_and_the_cookie_with_it(client, xiuying):
    factories.login(client, xiuying)
    for _month in range(3):
        rest(client, 29 * DAY)
        answer = client.get("/me/")
        assert answer.status_code == 200
        assert answer.cookies["sessionid"]["max-age"] > 30 * 86_400


def test_the_last_use_is_written_at_most_once_a_minute(client, chef_chen):
    factories.login(client, chef_chen)
    client.get("/me/")

    with CaptureQueriesContext(connection) as within:
        client.get("/me/")
    rest(client, 2 * MINUTE)
    with CaptureQueriesContext(connection) as later:
        client.get("/me/")

    assert not written(within)
    assert len(written(later)) == 1
    assert len(later) == len(within) + 2  # the limit, and the use


def written(queries) -> list[str]:
    return [row["sql"] for row in queries if row["sql"].startswith("UPDATE") and "django_session" in row["sql"]]


def test_a_program_hears_401_and_why(client, chef_chen):
    factories.login(client, chef_chen)
    rest(client, HOUR)

    answers = [client.get("/api/v1/orders/"), client.get("/api/v1/orders/")]

    assert [answer.status_code for answer in answers] == [401, 401]
    assert {answer.json()["code"] for answer in answers} == {"session_ended"}
    assert "30 分钟" in answers[0].json()["message"]


def test_public_pages_stay_open_and_say_why_one_is_signed_out(client, chef_chen):
    factories.login(client, chef_chen)
    rest(client, HOUR)

    page = client.get("/market/")

    assert page.status_code == 200
    assert "您有 30 分钟没有使用" in page.content.decode()


# --- What was typed -----------------------------------------------------------------------------------------------


@pytest.fixture
def purse(school, treasurer_zhou):
    return factories.a_fund(school, by=treasurer_zhou)


def typed(purse):
    return {"direction": "more", "amount": "1234.50", "document_number": "石教字〔甲〕7号", "idem": "k" * 32}


def test_a_form_sent_after_the_end_waits_for_the_sign_in_and_is_sent_once(client, treasurer_zhou, purse):
    factories.login(client, treasurer_zhou)
    rest(client, HOUR)

    answer = client.post(f"/funds/{purse.pk}/budget/", typed(purse))

    assert answer.status_code == 302 and answer.url == f"/sign-in/?next={reverse('unsent')}"
    assert "内容还在" in client.get(answer.url).content.decode()
    assert not waiting(purse)
    factories.login(client, treasurer_zhou)
    page = client.get(reverse("unsent"))
    assert page.context["unsent"].path == f"/funds/{purse.pk}/budget/"
    again = dict(page.context["unsent"].fields)
    assert again == typed(purse)
    for _time in range(2):
        client.post(page.context["unsent"].path, again)
    assert waiting(purse) == [123_450]
    assert client.get(reverse("unsent")).url == "/"  # nothing waits any more


def waiting(purse) -> list[int]:
    return list(BudgetChange.objects.filter(fund=purse, status="proposed").values_list("amount_fen", flat=True))


def test_what_one_person_typed_is_never_shown_to_another(client, treasurer_zhou, chair_tan, purse):
    factories.login(client, treasurer_zhou)
    rest(client, HOUR)
    client.post(f"/funds/{purse.pk}/budget/", typed(purse))
    factories.login(client, chair_tan)

    answer = client.get(reverse("unsent"))

    assert answer.status_code == 302 and answer.url == "/"
    assert "unsent" not in client.session


def test_another_page_of_the_same_browser_may_have_met_the_end_first(client, treasurer_zhou, purse):
    factories.login(client, treasurer_zhou)
    rest(client, HOUR)
    client.get("/me/")

    answer = client.post(f"/funds/{purse.pk}/budget/", typed(purse))

    assert answer.url == f"/sign-in/?next={reverse('unsent')}"


def test_what_is_not_wanted_any_more_is_forgotten(client, treasurer_zhou, purse):
    factories.login(client, treasurer_zhou)
    rest(client, HOUR)
    client.post(f"/funds/{purse.pk}/budget/", typed(purse), HTTP_REFERER=f"http://testserver/funds/{purse.pk}/budget/")
    factories.login(client, treasurer_zhou)

    answer = client.post(reverse("unsent"))

    assert answer.url == f"/funds/{purse.pk}/budget/"
    assert "unsent" not in client.session and not waiting(purse)


def test_what_waits_is_unreadable_in_the_table(client, treasurer_zhou, purse):
    factories.login(client, treasurer_zhou)
    rest(client, HOUR)
    client.post(f"/funds/{purse.pk}/budget/", typed(purse))

    assert "石教字" not in "".join(Session.objects.values_list("session_data", flat=True))


def test_a_form_too_large_to_keep_says_so(client, treasurer_zhou, purse):
    factories.login(client, treasurer_zhou)
    rest(client, HOUR)

    answer = client.post(f"/funds/{purse.pk}/budget/", typed(purse) | {"more": "字" * 600_000})

    assert answer.url == f"/sign-in/?next=/funds/{purse.pk}/budget/"
    assert "太长" in client.get(answer.url).content.decode()


def test_photos_have_to_be_chosen_again(client, cadre_liu, xiuying_household):
    factories.login(client, cadre_liu)
    rest(client, 13 * HOUR)

    client.post("/sell/", {"idem": "k" * 32, "photo": SimpleUploadedFile("362137.jpg", b"x")})

    page = client.get("/sign-in/").content.decode()
    assert "照片和文件要重新选" in page


def test_a_step_that_the_phone_keeps_goes_back_to_the_phone(client, xiuying, cabbage):
    factories.login(client, xiuying)
    rest(client, 31 * DAY)

    answer = client.post("/sell/", {"idem": "k" * 32}, HTTP_ACCEPT="application/json")

    assert answer.status_code == 302 and answer.url == "/sign-in/?next=/sell/"
    assert "unsent" not in client.session


def test_a_forged_form_is_kept_for_nobody(treasurer_zhou, purse):
    client = factories.login(Client(enforce_csrf_checks=True), treasurer_zhou)
    rest(client, HOUR)

    answer = client.post(f"/funds/{purse.pk}/budget/", typed(purse))

    assert answer.status_code == 403
    assert "unsent" not in client.session


def test_signing_out_after_the_end_is_no_form_that_waits(client, cadre_liu):
    factories.login(client, cadre_liu)
    rest(client, 13 * HOUR)

    client.post("/sign-out/")

    assert not signed_in(client) and "unsent" not in client.session


def test_what_was_weighed_so_far_is_there_after_the_new_sign_in(client, receiver_wang):
    factories.login(client, receiver_wang)
    session = client.session
    session["scale-7"] = {"key": "k", "lines": {"1": {"gross": 42_500}}}
    session.save()
    rest(client, 13 * HOUR)
    client.get("/me/")
    assert "scale-7" not in client.session

    factories.login(client, receiver_wang)
    client.get("/me/")

    assert client.session["scale-7"]["lines"]["1"]["gross"] == 42_500


def test_what_one_person_weighed_is_not_given_to_another(client, receiver_wang, receiver_sun):
    factories.login(client, receiver_wang)
    session = client.session
    session["scale-7"] = {"key": "k", "lines": {}}
    session.save()
    rest(client, 13 * HOUR)
    client.get("/me/")

    factories.login(client, receiver_sun)
    client.get("/me/")

    assert "scale-7" not in str(dict(client.session))
