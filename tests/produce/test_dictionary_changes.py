"""The dictionary by two hands: one proposes, another agrees; nothing in use is taken away; lists of ours keep off."""

import threading
import uuid

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.services import people
from kernel.workflow import IllegalMove
from produce import views
from produce.models import ChangeStatus, Grade, Produce, ProduceChange
from produce.selectors import dictionary
from produce.selectors.dictionary_changes import values_of
from produce.services import dictionary_changes as services
from produce.services.dictionary import load
from records.models import Event, Move
from records.services.participation import AlreadyTookPart
from tests.factories import MONDAY, TUESDAY, a_listing, login

pytestmark = pytest.mark.django_db


@pytest.fixture
def county_dictionary(db):
    load()
    yield
    cache.clear()


@pytest.fixture
def egg(county_dictionary):
    return Produce.objects.get(code="egg")


def proposed(produce, by, at=MONDAY, reason="收购点都这么叫", **values):
    return services.propose(produce=produce, values=values, reason=reason, by=by, at=at)


def a_new_entry(**other):
    return {
        "code": "purple_yam", "name": "紫山药", "name_en": "Purple yam", "aliases": ["脚板薯"], "category": "vegetable",
        "picture": "tuber", "stock_unit": "g", "piece_g": None, "count_word": "", "packs": ["bag"], "shelf_days": 20,
        "shelf_days_cold": 90, "season": [10, 11], "yield_g_per_mu": 2_000_000, "papers": ["conformity"],
        "forbidden": False, "forbidden_reason": "",
        "grades": [{"code": "first", "name": "一级", "name_en": "First grade", "measure": "单个 1 斤以上"}],
    } | other  # fmt: skip


# --- Proposing and agreeing -----------------------------------------------------------------------


def test_a_change_holds_when_a_second_person_agrees(egg, inspector_he, director_lin):
    change = proposed(egg, inspector_he, aliases=["土鸡蛋", "柴鸡蛋"], shelf_days=30)

    egg.refresh_from_db()
    assert (egg.shelf_days, egg.aliases, change.status) == (25, ["土鸡蛋"], ChangeStatus.PROPOSED)
    assert change.becomes == {
        "aliases": {"from": ["土鸡蛋"], "to": ["土鸡蛋", "柴鸡蛋"]},
        "shelf_days": {"from": 25, "to": 30},
    }

    services.agree(change, by=director_lin, at=TUESDAY)

    egg.refresh_from_db()
    change.refresh_from_db()
    assert (egg.shelf_days, egg.aliases) == (30, ["土鸡蛋", "柴鸡蛋"])
    assert (change.status, change.decided_by) == (ChangeStatus.IN_FORCE, director_lin)
    assert [move.after for move in Move.objects.filter(document=change.reference).order_by("pk")] == [
        "proposed",
        "in_force",
    ]
    assert Event.objects.get(kind="produce.changed").document == change.reference


def test_pinyin_and_initials_follow_the_names(egg, inspector_he, director_lin):
    change = proposed(egg, inspector_he, aliases=["土鸡蛋", "柴鸡蛋"])

    services.agree(change, by=director_lin, at=TUESDAY)

    egg.refresh_from_db()
    assert (egg.pinyin, egg.initials) == ("jidan tujidan chaijidan", "jd tjd cjd")
    dictionary.forget()
    assert [word.code for word in dictionary.matches("cjd")] == ["egg"]


def test_a_new_entry_is_found_sold_and_graded_once_agreed(
    county_dictionary, inspector_he, inspector_xu, xiuying_household
):
    change = proposed(None, inspector_he, **a_new_entry())
    assert not Produce.objects.filter(code="purple_yam").exists()

    made = services.agree(change, by=inspector_xu, at=TUESDAY)

    dictionary.forget()
    assert [word.code for word in dictionary.matches("zsy")] == ["purple_yam"]
    assert (made.packs, made.season, made.yield_g_per_mu) == (["bag"], [10, 11], 2_000_000)
    lot = a_listing(xiuying_household, made, grade=made.grades.get())
    assert lot.grade.measure == "单个 1 斤以上"


def test_nobody_agrees_to_an_own_proposal_from_whatever_account(egg, inspector_he):
    change = proposed(egg, inspector_he, shelf_days=30)
    other_account = people.register_account(phone="13700000001", person=inspector_he.person, at=MONDAY)

    with pytest.raises(AlreadyTookPart):
        services.agree(change, by=inspector_he, at=TUESDAY)
    with pytest.raises(AlreadyTookPart):
        services.agree(change, by=other_account, at=TUESDAY)
    with pytest.raises(AlreadyTookPart):
        services.refuse(change, reason="不对", by=inspector_he, at=TUESDAY)

    egg.refresh_from_db()
    change.refresh_from_db()
    assert (egg.shelf_days, change.status, change.decided_by) == (25, ChangeStatus.PROPOSED, None)


def test_the_database_refuses_the_same_person(egg, inspector_he):
    change = proposed(egg, inspector_he, shelf_days=30)

    with pytest.raises(IntegrityError, match="produce_change_two_hands"), transaction.atomic():
        ProduceChange.objects.filter(pk=change.pk).update(status="in_force", decided_by=inspector_he)


def test_a_refused_proposal_leaves_everything_and_says_why(egg, inspector_he, director_lin):
    change = proposed(egg, inspector_he, shelf_days=30)

    with pytest.raises(services.ReasonNeeded):
        services.refuse(change, reason=" ", by=director_lin, at=TUESDAY)
    services.refuse(change, reason="夏天放不了 30 天", by=director_lin, at=TUESDAY)

    egg.refresh_from_db()
    change.refresh_from_db()
    assert (egg.shelf_days, change.status) == (25, ChangeStatus.REFUSED)
    assert Move.objects.filter(document=change.reference).latest("pk").note == "夏天放不了 30 天"
    with pytest.raises(IllegalMove):
        services.agree(change, by=director_lin, at=TUESDAY)
    assert proposed(egg, inspector_he, shelf_days=28).status == ChangeStatus.PROPOSED


def test_one_proposal_for_an_entry_at_a_time(egg, inspector_he, inspector_xu):
    proposed(egg, inspector_he, shelf_days=30)

    with pytest.raises(services.AlreadyProposed):
        proposed(egg, inspector_xu, shelf_days=31)


def test_a_reason_and_a_difference_are_needed(egg, inspector_he):
    with pytest.raises(services.ReasonNeeded):
        proposed(egg, inspector_he, reason="  ", shelf_days=30)
    with pytest.raises(services.NothingChanges):
        proposed(egg, inspector_he, **values_of(egg))

    assert not ProduceChange.objects.exists()


def test_what_changed_meanwhile_is_not_written_over(egg, inspector_he, director_lin):
    change = proposed(egg, inspector_he, shelf_days=30)
    Produce.objects.filter(pk=egg.pk).update(shelf_days=20)

    with pytest.raises(services.ChangedMeanwhile):
        services.agree(change, by=director_lin, at=TUESDAY)

    egg.refresh_from_db()
    change.refresh_from_db()
    assert (egg.shelf_days, change.status) == (20, ChangeStatus.PROPOSED)


# --- What may not go ------------------------------------------------------------------------------


def test_the_unit_of_listed_goods_stays(egg, inspector_he, director_lin, xiuying_household):
    early = proposed(egg, inspector_he, stock_unit="piece", piece_g=55, count_word="egg")
    a_listing(xiuying_household, egg, kg=10)

    with pytest.raises(services.UnitInUse):
        services.agree(early, by=director_lin, at=TUESDAY)
    services.refuse(early, reason="已有货", by=director_lin, at=TUESDAY)
    with pytest.raises(services.UnitInUse):
        proposed(egg, inspector_he, stock_unit="piece", piece_g=55, count_word="egg")

    egg.refresh_from_db()
    assert egg.stock_unit == "g"


def test_a_unit_nobody_used_may_change(egg, inspector_he, director_lin):
    services.agree(
        proposed(egg, inspector_he, stock_unit="piece", piece_g=55, count_word="egg"), by=director_lin, at=TUESDAY
    )

    egg.refresh_from_db()
    assert (egg.stock_unit, egg.piece_g) == ("piece", 55)


def test_a_grade_in_use_may_be_renamed_and_not_vanish(egg, inspector_he, director_lin, xiuying_household):
    rows = values_of(egg)["grades"]
    lot = a_listing(xiuying_household, egg, kg=10, grade=egg.grades.get(code="large"))

    with pytest.raises(services.GradeInUse):
        proposed(egg, inspector_he, grades=[row for row in rows if row["code"] != "large"])
    renamed = [row | {"name": "特大蛋"} if row["code"] == "large" else row for row in rows if row["code"] != "medium"]
    services.agree(proposed(egg, inspector_he, grades=renamed), by=director_lin, at=TUESDAY)

    assert list(Grade.objects.filter(produce=egg).order_by("position").values_list("code", "name")) == [
        ("large", "特大蛋"),
        ("mixed", "统货"),
    ]
    assert Grade.objects.get(pk=lot.grade_id).name == "特大蛋"


def test_a_name_leads_to_one_entry(egg, inspector_he):
    with pytest.raises(services.NameTaken):
        proposed(egg, inspector_he, aliases=["土鸡蛋", "卷心菜"])
    with pytest.raises(services.NameTaken):
        proposed(None, inspector_he, **a_new_entry(name="莲子"))
    with pytest.raises(services.NameTaken):
        proposed(None, inspector_he, **a_new_entry(code="egg"))

    assert not ProduceChange.objects.exists()


def test_the_list_that_came_along_keeps_off_what_people_changed(egg, inspector_he, director_lin):
    rows = [row for row in values_of(egg)["grades"] if row["code"] != "medium"]
    services.agree(proposed(egg, inspector_he, shelf_days=30, grades=rows), by=director_lin, at=TUESDAY)
    Produce.objects.filter(code="cabbage").update(shelf_days=1)

    again = load()

    egg.refresh_from_db()
    assert (egg.shelf_days, egg.grades.count(), again.by_hand) == (30, 2, 1)
    assert Produce.objects.get(code="cabbage").shelf_days == 10


def test_boxes_and_bags_stand_in_the_dictionary(county_dictionary):
    packs = dict(Produce.objects.values_list("code", "packs"))

    assert (packs["navel_orange"], packs["egg"], packs["rice"], packs["duck"]) == (["box"], ["box"], ["bag"], [])
    assert "bag" in packs["shiitake_dried"] and "box" in packs["tea_tree_mushroom"]


# --- Two at once ----------------------------------------------------------------------------------


def both_agree(change, deciders):
    results, gate = [], threading.Barrier(2)

    def decide(user):
        own = ProduceChange.objects.select_related("produce").get(pk=change.pk)
        gate.wait(timeout=10)
        try:
            services.agree(own, by=user, at=TUESDAY)
            results.append("agreed")
        except IllegalMove:
            results.append("too late")
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=[user]) for user in deciders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(results)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_who_agree_at_once_one_is_too_late(egg, inspector_he, inspector_xu, director_lin):
    change = proposed(egg, inspector_he, shelf_days=30)

    assert both_agree(change, [inspector_xu, director_lin]) == ["agreed", "too late"]
    assert Event.objects.filter(kind="produce.changed").count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_both_write(egg, inspector_he, inspector_xu, director_lin, monkeypatch):
    change = proposed(egg, inspector_he, shelf_days=30)
    meeting = threading.Barrier(2)

    def no_lock(document):
        meeting.wait(timeout=10)
        return document

    monkeypatch.setattr(services, "lock", no_lock)

    outcome = both_agree_loosely(change, [inspector_xu, director_lin])

    assert outcome != ["agreed", "too late"]


def both_agree_loosely(change, deciders):
    """As `both_agree`, whatever stops the second one."""
    results, own = [], [ProduceChange.objects.select_related("produce").get(pk=change.pk) for _ in deciders]

    def decide(document, user):
        try:
            services.agree(document, by=user, at=TUESDAY)
            results.append("agreed")
        except IllegalMove:
            results.append("too late")
        except Exception as failed:  # whatever guard of the database was met
            results.append(type(failed).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=pair) for pair in zip(own, deciders, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(results)


# --- Pages and endpoints --------------------------------------------------------------------------


def typed(produce=None, **other):
    values = values_of(produce) if produce is not None else a_new_entry()
    shown = views.ProduceForm.typed(values)
    return {name: value for name, value in shown.items() if value not in (None, False)} | {
        "idem": uuid.uuid4().hex,
        "reason": "试一试",
    } | other  # fmt: skip


def test_the_whole_way_by_pages(client, egg, inspector_he, director_lin):
    login(client, inspector_he)
    page = client.get(reverse("dictionary-change", args=["egg"]))
    assert page.status_code == 200 and 'value="鸡蛋"' in page.content.decode()

    sent = client.post(
        reverse("dictionary-change", args=["egg"]), typed(egg, shelf_days="30", aliases="土鸡蛋，柴鸡蛋")
    )
    change = ProduceChange.objects.get()
    assert sent.url == reverse("proposal", args=[change.pk])
    shown = client.get(sent.url)
    assert not shown.context["may_decide"] and shown.context["mine"]
    assert [(row.before, row.after) for row in shown.context["rows"]] == [
        ("土鸡蛋", "土鸡蛋、柴鸡蛋"),
        ("25 天", "30 天"),
    ]

    login(client, director_lin)
    queue = client.get(reverse("proposal-list"))
    assert [row.title for row in queue.context["rows"]] == ["鸡蛋"]
    shown = client.get(queue.context["rows"][0].url)
    assert shown.context["may_decide"]
    done = client.post(reverse("proposal-agree", args=[change.pk]), {"idem": "k"})
    again = client.post(reverse("proposal-agree", args=[change.pk]), {"idem": "k"})

    egg.refresh_from_db()
    assert done.url == again.url == reverse("dictionary-entry", args=["egg"])
    assert egg.shelf_days == 30
    entry = client.get(done.url).content.decode()
    assert "柴鸡蛋" in entry and "30 天" in entry
    assert client.get(reverse("proposal-list"), {"show": "decided"}).context["rows"][0].title == "鸡蛋"


def test_a_new_entry_by_page_gets_its_code_from_its_english_name(client, county_dictionary, inspector_he):
    sent = login(client, inspector_he).post(reverse("dictionary-new"), typed())

    assert sent.status_code == 302
    assert ProduceChange.objects.get().becomes["code"] == {"from": None, "to": "purple_yam"}


@pytest.mark.parametrize(
    ("field", "value", "beside"),
    [
        ("name", "", "name"),
        ("name", "x" * 25, "name"),
        ("name", "<b>", "name"),
        ("name_en", "鸡", "name_en"),
        ("aliases", "、".join(f"名{n}" for n in range(13)), "aliases"),
        ("aliases", "鸡蛋", "aliases"),
        ("category", "nowhere", "category"),
        ("picture", "../../etc", "picture"),
        ("count_word", "egg", "count_word"),
        ("count_word", "barrel", "count_word"),
        ("piece_g", "0.05", "piece_g"),
        ("packs", "barrel", "packs"),
        ("shelf_days", "0", "shelf_days"),
        ("shelf_days", "99999", "shelf_days"),
        ("shelf_days_cold", "3", "shelf_days_cold"),
        ("season", "13", "season"),
        ("yield_g_per_mu", "-1", "yield_g_per_mu"),
        ("papers", "stamp", "papers"),
        ("forbidden", "on", "forbidden_reason"),
        ("reason", "", "reason"),
        ("grade_0_name_en", "", "grade_0_name_en"),
    ],
)
def test_a_fault_is_named_beside_its_field_and_nothing_typed_is_lost(client, egg, inspector_he, field, value, beside):
    answer = login(client, inspector_he).post(
        reverse("dictionary-change", args=["egg"]), typed(egg, **{"reason": "我写的理由", field: value})
    )

    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [beside]
    text = answer.content.decode()
    assert field == "reason" or "我写的理由" in text
    assert "45–55 克" in text and f"id_{beside}_error" in text
    assert not ProduceChange.objects.exists()


def test_what_is_sold_in_pieces_needs_its_weight_and_its_word(client, egg, inspector_he):
    asked = typed(egg, stock_unit="piece", reason="按个卖")

    answer = login(client, inspector_he).post(reverse("dictionary-change", args=["egg"]), asked)

    assert (answer.status_code, list(answer.context["form"].errors)) == (400, ["piece_g", "count_word"])


def test_a_rule_is_named_beside_its_field_too(client, egg, inspector_he, xiuying_household):
    a_listing(xiuying_household, egg, kg=10)

    answer = login(client, inspector_he).post(
        reverse("dictionary-change", args=["egg"]),
        typed(egg, stock_unit="piece", piece_g="0.055", count_word="egg", reason="按只卖"),
    )

    assert answer.status_code == 409
    assert list(answer.context["form"].errors) == ["stock_unit"] and "按只卖" in answer.content.decode()


def test_refusing_without_a_reason_shows_the_proposal_again(client, egg, inspector_he, director_lin):
    change = proposed(egg, inspector_he, shelf_days=30)

    answer = login(client, director_lin).post(reverse("proposal-refuse", args=[change.pk]), {"idem": "k", "reason": ""})

    assert answer.status_code == 400 and "id_reason_error" in answer.content.decode()
    change.refresh_from_db()
    assert change.status == ChangeStatus.PROPOSED


def test_programs_read_and_decide_proposals(client, egg, inspector_he, director_lin):
    change = proposed(egg, inspector_he, shelf_days=30)
    login(client, director_lin)

    listed = client.get("/api/v1/dictionary/proposals/").json()["results"]
    assert [(row["produce"], row["status"]) for row in listed] == [("egg", "proposed")]
    assert listed[0]["becomes"] == {"shelf_days": {"from": 25, "to": 30}}
    address = f"/api/v1/dictionary/proposals/{change.pk}/agree/"
    assert client.post(address).status_code == 400
    done = client.post(address, headers={"Idempotency-Key": "k"})
    again = client.post(address, headers={"Idempotency-Key": "k"})
    late = client.post(address, headers={"Idempotency-Key": "k2"})

    assert (done.status_code, again.status_code, late.status_code) == (200, 200, 409)
    assert done.json()["status"] == "in_force"


def test_the_desk_costs_the_same_however_much_waits(client, county_dictionary, inspector_he, director_lin):
    login(client, director_lin)
    costs = []
    for code in ("egg", "cabbage", "duck", "rice"):
        produce = Produce.objects.get(code=code)
        proposed(produce, inspector_he, shelf_days=produce.shelf_days - 1)
        client.get(reverse("dictionary"), {"q": "bc"})
        with CaptureQueriesContext(connection) as queue:
            client.get(reverse("dictionary"), {"q": "bc"})
        with CaptureQueriesContext(connection) as desk:
            client.get(reverse("dictionary"), {"q": "bc"})
        costs.append((len(queue), len(desk)))

    assert len(set(costs)) == 1 and max(costs[0]) <= 8, costs


# --- The word by which it is counted --------------------------------------------------------------


def test_a_word_is_changed_by_a_program_and_a_second_person_and_pages_say_it(
    client, now, county_dictionary, inspector_he, director_lin, xiuying, xiuying_household
):
    duck = Produce.objects.get(code="duck")
    lot = a_listing(xiuying_household, duck, kg=18, by=xiuying, at=MONDAY)
    asked = {"produce": "duck", "count_word": "bird", "reason": "养鸭户论羽"}

    def post(name, data, *keys):
        headers = {"Idempotency-Key": f"{name}-{len(data)}-{data.get('count_word')}"}
        return client.post(reverse(name, args=keys), data, content_type="application/json", headers=headers)

    login(client, inspector_he)
    wrong = post("api-proposal-list", asked | {"count_word": ""})
    made = post("api-proposal-list", asked)
    assert made.status_code == 201, made.json()
    assert (wrong.status_code, wrong.json()["code"]) == (400, "bad_value")
    assert made.json()["becomes"] == {"count_word": {"from": "animal", "to": "bird"}}
    shown = client.get(reverse("proposal", args=[made.json()["id"]])).content.decode()
    assert "只" in shown and "羽" in shown

    login(client, director_lin)
    assert post("api-proposal-agree", {}, made.json()["id"]).status_code == 200

    login(client, xiuying)
    assert "18 羽" in client.get(reverse("my-listing", args=[lot.pk])).content.decode()


def test_a_word_of_what_is_weighed_is_refused_by_a_program_too(client, egg, inspector_he):
    login(client, inspector_he)
    asked = {"produce": "egg", "count_word": "egg", "reason": "论枚"}

    answer = client.post(reverse("api-proposal-list"), asked, "application/json", headers={"Idempotency-Key": "k"})

    assert answer.status_code == 400 and "量词" in answer.json()["message"]
    assert not ProduceChange.objects.exists()
