"""Where somebody is signed in is listed, and ended by the person or the security administrator at once."""

import uuid

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import Message, OpenSession
from accounts.services.sessions import forget_ended, note_session
from records.models import Event
from tests.factories import MONDAY, a_user, an_organisation, login

pytestmark = pytest.mark.django_db


@pytest.fixture
def security_wu(county):
    """He ends sessions."""
    return a_user("邬晓安", "security_admin", an_organisation("platform", "石城县人民政府办公室", county))


@pytest.fixture
def principal(school):
    return a_user("谢校长", "head_of_office", school)


def end(client, person):
    return client.post(reverse("sessions-end", args=[person.pk]), {"idem": uuid.uuid4().hex})


def test_every_session_of_a_person_ends_and_the_person_is_told(client, security_wu, chef_chen, approver_peng):
    phone, computer, colleague = login(Client(), chef_chen), login(Client(), chef_chen), login(Client(), approver_peng)
    login(client, security_wu)
    post = client.get(reverse("register-edit", args=["posts", chef_chen.person.memberships.get().pk])).content.decode()
    page = client.get(reverse("session-list", args=[chef_chen.person.pk])).content.decode()
    assert reverse("session-list", args=[chef_chen.person.pk]) in post and "结束此人的全部登录" in page

    end(client, chef_chen.person)

    assert [device.get("/me/").status_code for device in (phone, computer, colleague, client)] == [302, 302, 200, 200]
    assert "您在所有手机和电脑上的登录都已结束" in Message.objects.get(kind="sessions.ended").body
    assert Event.objects.get(kind="sessions.ended").by == security_wu
    chef_chen.refresh_from_db()
    assert login(phone, chef_chen).get("/me/").status_code == 200


WECHAT = "Mozilla/5.0 (Linux; Android 12) AppleWebKit/537.36 Mobile Safari/537.36 MicroMessenger/8.0"
COMPUTER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0"


def sign_in(user, agent) -> Client:
    """Sign in as people do, on a device of one's own."""
    device = Client(HTTP_USER_AGENT=agent)
    device.post("/sign-in/", {"phone": user.phone})
    device.post("/sign-in/code/", {"code": settings.DEMO_CODE})
    assert device.get("/me/").status_code == 200
    return device


def the_session(kind):
    return OpenSession.objects.get(device=kind)


def test_a_person_sees_the_own_devices_and_ends_one(xiuying, guiying):
    phone, computer, neighbour = sign_in(xiuying, WECHAT), sign_in(xiuying, COMPUTER), sign_in(guiying, WECHAT)
    page = phone.get(reverse("session-list", args=[xiuying.person.pk])).content.decode()
    assert page.count("登录，") == 0 and "手机微信" in page and "（就是这台）" in page and "电脑浏览器" in page
    assert reverse("session-list", args=[xiuying.person.pk]) in phone.get("/me/").content.decode()

    ended = phone.post(reverse("session-end", args=[the_session("computer").pk]), {"idem": "a" * 32})

    assert ended.status_code == 302
    assert [device.get("/me/").status_code for device in (phone, computer, neighbour)] == [200, 302, 200]
    assert not Message.objects.filter(kind="sessions.ended").exists()  # who did it knows it
    assert Event.objects.get(kind="session.ended").by == xiuying
    assert "电脑浏览器" not in phone.get(reverse("session-list", args=[xiuying.person.pk])).content.decode()


def test_nobody_sees_or_ends_the_sessions_of_a_neighbour(xiuying, guiying):
    sign_in(xiuying, COMPUTER)
    neighbour = sign_in(guiying, WECHAT)

    assert neighbour.get(reverse("session-list", args=[xiuying.person.pk])).status_code == 404
    answer = neighbour.post(reverse("session-end", args=[the_session("computer").pk]), {"idem": "a" * 32})
    assert answer.status_code == 404
    assert OpenSession.objects.count() == 2


def test_the_security_administrator_ends_one_session_of_staff_and_the_person_is_told(client, security_wu, chef_chen):
    TOTP.activate(chef_chen, "JBSWY3DPEHPK3PXP")
    device = Client(HTTP_USER_AGENT=COMPUTER)
    login(device, chef_chen)
    note_session(chef_chen, device.session.session_key, COMPUTER, at=MONDAY)
    login(client, security_wu)
    assert "电脑浏览器" in client.get(reverse("session-list", args=[chef_chen.person.pk])).content.decode()

    client.post(reverse("session-end", args=[the_session("computer").pk]), {"idem": "a" * 32})

    assert device.get("/me/").status_code == 302
    assert "一台设备上的登录已结束" in Message.objects.get(kind="sessions.ended").body


def test_a_session_that_ended_by_itself_is_forgotten(xiuying):
    device = sign_in(xiuying, WECHAT)
    device.logout()
    assert forget_ended() == 1 and not OpenSession.objects.exists()


def test_nobody_else_ends_sessions(client, principal, chef_chen):
    phone = login(Client(), chef_chen)
    login(client, principal)

    assert end(client, chef_chen.person).status_code == 403
    assert phone.get("/me/").status_code == 200
