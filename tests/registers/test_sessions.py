"""The security administrator ends what somebody is signed in with; it holds from the next page on."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Message
from records.models import Event
from tests.factories import login

pytestmark = pytest.mark.django_db


def end(client, person):
    return client.post(reverse("sessions-end", args=[person.pk]), {"idem": uuid.uuid4().hex})


def test_every_session_of_a_person_ends_and_the_person_is_told(client, security_wu, chef_chen, approver_peng):
    phone, computer, colleague = login(Client(), chef_chen), login(Client(), chef_chen), login(Client(), approver_peng)
    login(client, security_wu)
    assert (
        "结束此人的全部登录"
        in client.get(reverse("register-edit", args=["posts", chef_chen.person.memberships.get().pk])).content.decode()
    )

    end(client, chef_chen.person)

    assert [device.get("/me/").status_code for device in (phone, computer, colleague, client)] == [302, 302, 200, 200]
    assert "您在所有手机和电脑上的登录都已结束" in Message.objects.get(kind="sessions.ended").body
    assert Event.objects.get(kind="sessions.ended").by == security_wu
    chef_chen.refresh_from_db()
    assert login(phone, chef_chen).get("/me/").status_code == 200


def test_nobody_else_ends_sessions(client, principal, chef_chen):
    phone = login(Client(), chef_chen)
    login(client, principal)

    assert end(client, chef_chen.person).status_code == 403
    assert phone.get("/me/").status_code == 200
