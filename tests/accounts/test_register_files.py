"""A file of households by two hands: one clerk brings it, another of the office says yes or no, or its time is over."""

import datetime as dt
import io

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import Household, Message, Person, RegisterFile, RegisterFileRow, User
from accounts.services import people, register, register_files
from accounts.tasks import lapse_register_files
from kernel.errors import BadValue
from kernel.workflow import IllegalMove
from records.models import PolicyValue
from records.services.participation import AlreadyTookPart
from tests.accounts.test_register import a_row, as_csv
from tests.factories import LONG_AGO, MONDAY, a_person, a_user, an_organisation, login

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
TWO = as_csv(a_row(1), a_row(2, 户主姓名="温桂英"))


@pytest.fixture
def office(relief_clerk):
    return relief_clerk.person.memberships.get().organisation


@pytest.fixture
def second_clerk(office):
    return a_user("肖干事", "relief_clerk", office)


@pytest.fixture
def file(changxi, office, relief_clerk, second_clerk):
    """Two households that wait for the second clerk."""
    return register_files.propose_file(TWO, office=office, by=relief_clerk, at=MONDAY)


def texts_to(user) -> list[str]:
    return [message.body for message in Message.objects.order_by("created_at") if message.phone == user.phone]


def test_what_one_clerk_brings_is_in_the_register_once_another_confirmed_it(file, second_clerk, relief_clerk):
    assert (file.status, file.rows, file.households, file.registered) == ("proposed", 2, 2, 0)
    assert not Household.objects.exists() and not User.objects.filter(phone_verified=True).exists()
    assert not Person.objects.filter(household_memberships__isnull=False).exists()

    register_files.confirm_file(file, by=second_clerk, at=MONDAY + DAY)

    assert sorted(household.head_name for household in Household.objects.all()) == ["温桂英", "黄秀英"]
    file.refresh_from_db()
    assert (file.status, file.decided_by) == ("entered", second_clerk)
    assert not RegisterFileRow.objects.exists()  # nothing of it is kept twice
    assert "2 户等您确认" in texts_to(second_clerk)[0]
    assert "新录入 2 户" in texts_to(relief_clerk)[0]


def test_who_brought_a_file_neither_confirms_nor_refuses_it(file, relief_clerk):
    other_account = people.register_account(phone="13700001234", person=relief_clerk.person, at=MONDAY)

    for same in (relief_clerk, other_account):
        with pytest.raises(AlreadyTookPart):
            register_files.confirm_file(file, by=same, at=MONDAY)
        with pytest.raises(AlreadyTookPart):
            register_files.refuse_file(file, why="不对", by=same, at=MONDAY)

    assert not Household.objects.exists()


def test_a_refused_file_enters_nobody_and_the_first_clerk_reads_why(file, relief_clerk, second_clerk):
    with pytest.raises(BadValue):
        register_files.refuse_file(file, why="  ", by=second_clerk, at=MONDAY)

    register_files.refuse_file(file, why="长溪村的名单没盖章", by=second_clerk, at=MONDAY)

    assert not Household.objects.exists() and not RegisterFileRow.objects.exists()
    assert "长溪村的名单没盖章" in texts_to(relief_clerk)[0]
    with pytest.raises(IllegalMove):
        register_files.confirm_file(file, by=second_clerk, at=MONDAY)


def test_a_file_is_confirmed_once(file, second_clerk):
    register_files.confirm_file(file, by=second_clerk, at=MONDAY)

    with pytest.raises(IllegalMove):
        register_files.confirm_file(file, by=second_clerk, at=MONDAY)
    assert Household.objects.count() == 2


def test_the_same_file_waits_once(file, office, relief_clerk):
    again = register_files.propose_file(TWO, office=office, by=relief_clerk, at=MONDAY)

    assert again == file and RegisterFile.objects.count() == 1 and RegisterFileRow.objects.count() == 2


def test_a_file_nobody_confirms_ends_and_the_office_is_told(file, relief_clerk, second_clerk, now):
    now.at = MONDAY + 7 * DAY - dt.timedelta(seconds=1)
    assert lapse_register_files() == 0
    now.at += dt.timedelta(seconds=1)
    with pytest.raises(register_files.TooLate):
        register_files.confirm_file(file, by=second_clerk, at=now.at)
    assert [lapse_register_files(), lapse_register_files()] == [1, 0]

    file.refresh_from_db()
    assert (file.status, file.decided_by) == ("lapsed", None)
    assert not Household.objects.exists() and not RegisterFileRow.objects.exists()
    assert "到期没人确认" in texts_to(relief_clerk)[-1] and "到期没人确认" in texts_to(second_clerk)[-1]


def test_the_county_sets_how_long_a_file_waits(changxi, office, relief_clerk, director_lin, clerk_ma):
    PolicyValue.objects.create(
        name="register_file_days",
        value=2,
        from_on=LONG_AGO,
        set_by=director_lin,
        confirmed_by=clerk_ma,
        confirmed_at=MONDAY,
    )

    file = register_files.propose_file(TWO, office=office, by=relief_clerk, at=MONDAY)

    assert file.confirm_by_at == MONDAY + 2 * DAY


def test_a_head_registered_meanwhile_is_not_entered_twice(file, changxi, second_clerk):
    [first, _second] = register.check_file(TWO, at=MONDAY).ready
    head = people.register_person(name=first.name, id_number=first.id_number, at=MONDAY)
    people.register_household(number="A1", village=changxi, head=head, from_on=LONG_AGO, at=MONDAY)

    register_files.confirm_file(file, by=second_clerk, at=MONDAY)

    assert Household.objects.count() == 2 and head.household_memberships.get().household.number == "A1"


def test_a_number_taken_meanwhile_stops_the_whole_file_in_words(file, changxi, second_clerk):
    taken = register.check_file(TWO, at=MONDAY).ready[0].number
    head = a_person("温桂英")
    people.register_household(number=taken, village=changxi, head=head, from_on=LONG_AGO, at=MONDAY)

    with pytest.raises(register_files.ChangedSince, match="B2"):
        register_files.confirm_file(file, by=second_clerk, at=MONDAY)

    file.refresh_from_db()
    assert file.status == "proposed" and Household.objects.count() == 1


def test_a_member_of_another_household_is_a_fault(changxi, xiuying_household):
    [ready] = register.check_file(as_csv(a_row(1)), at=MONDAY).ready
    member = people.register_person(name=ready.name, id_number=ready.id_number, at=MONDAY)
    people.add_member(xiuying_household, member, from_on=LONG_AGO)

    [fault] = register.check_file(as_csv(a_row(1)), at=MONDAY).faults

    assert (fault.column, fault.cell, fault.value) == ("id_number", "B2", "黄*英")


def test_a_file_with_nothing_new_is_no_proposal(file, office, relief_clerk, second_clerk):
    register_files.confirm_file(file, by=second_clerk, at=MONDAY)

    with pytest.raises(register_files.NothingNew):
        register_files.propose_file(TWO, office=office, by=relief_clerk, at=MONDAY)


def test_what_waits_is_unreadable_in_the_table(file):
    stored = " ".join(str(vars(row)) for row in [*RegisterFileRow.objects.all(), *RegisterFile.objects.all()])

    assert "黄秀英" not in stored and a_row(1)[2] not in stored and a_row(1)[3] not in stored


def test_the_pages_of_two_clerks(client, changxi, relief_clerk, second_clerk, now):
    login(client, relief_clerk)
    faulty = as_csv(a_row(1), a_row(2, 户类型="富户"))
    assert client.post("/households/import/", {"file": io.BytesIO(faulty), "act": "propose"}).status_code == 400
    answer = client.post("/households/import/", {"file": io.BytesIO(TWO), "act": "propose"})
    page = client.get(answer.url)
    words = page.content.decode()
    assert "黄*英" in words and "黄秀英" not in words and a_row(1)[2] not in words
    assert not page.context["decide"]
    file = RegisterFile.objects.get()
    client.post(reverse("register-file-confirm", args=[file.pk]), {"idem": "a"})
    assert not Household.objects.exists()

    login(client, second_clerk)
    assert answer.url in client.get("/households/").content.decode()
    assert answer.url in client.get("/").content.decode()
    assert client.get(answer.url).context["decide"]
    said = client.post(reverse("register-file-confirm", args=[file.pk]), {"idem": "b"}, follow=True)
    assert "这些户已经录入" in said.content.decode() and Household.objects.count() == 2


def test_a_clerk_refuses_with_words(client, file, second_clerk, now):
    login(client, second_clerk)

    client.post(reverse("register-file-refuse", args=[file.pk]), {"idem": "a", "why": ""})
    file.refresh_from_db()
    assert file.status == "proposed"
    client.post(reverse("register-file-refuse", args=[file.pk]), {"idem": "b", "why": "没盖章"})

    file.refresh_from_db()
    assert file.status == "refused"


def test_a_clerk_of_another_office_knows_nothing_of_it(client, file, county):
    elsewhere = an_organisation("relief", "高田镇扶贫办公室", county)
    login(client, a_user("别处", "relief_clerk", elsewhere))

    assert client.get(reverse("register-file", args=[file.pk])).status_code == 404
    assert client.post(reverse("register-file-confirm", args=[file.pk]), {"idem": "a"}).status_code == 404


def test_the_command_hands_a_file_on_in_a_clerks_name(changxi, relief_clerk, xiuying, tmp_path, capsys):
    path = tmp_path / "households.csv"
    path.write_bytes(as_csv(a_row(1), a_row(2, 户类型="富户")))

    with pytest.raises(CommandError):
        call_command("import_households", path, "--skip-faulty", "--propose", by=xiuying.phone)
    call_command("import_households", path, "--skip-faulty", "--propose", by=relief_clerk.phone)

    assert "1 households wait for a second clerk" in capsys.readouterr().out
    file = RegisterFile.objects.get()
    assert (file.households, file.remarks["faulty"], file.remarks["faults"][0][0]) == (1, 1, "F3")
