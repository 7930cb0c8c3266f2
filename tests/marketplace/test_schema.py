"""The published schema is the contract: made without a warning, every answer described, every key announced."""

import pytest
from django.urls import get_resolver
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator


@pytest.fixture(scope="module")
def made():
    with GENERATOR_STATS.silence():
        schema = SchemaGenerator().get_schema(request=None, public=True)
        complaints = [*GENERATOR_STATS._warn_cache, *GENERATOR_STATS._error_cache]
        GENERATOR_STATS.reset()
    return schema, complaints


@pytest.fixture
def operations(made):
    return {
        (method, path): operation for path, methods in made[0]["paths"].items() for method, operation in methods.items()
    }


def test_the_schema_is_made_without_a_warning(made):
    assert made[1] == []


def test_every_endpoint_is_in_it(made):
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str) and name.startswith("api-")}
    assert len(made[0]["paths"]) == len(names - {"api-schema"}) > 30


def test_every_operation_has_a_name_of_its_own_and_every_answer_a_description(operations, made):
    shared = made[0]["components"]["responses"]
    assert len({operation["operationId"] for operation in operations.values()}) == len(operations)
    for (method, path), operation in operations.items():
        assert path.startswith("/api/v1/")
        assert operation["description"], (method, path)
        for status, answer in operation["responses"].items():
            described = shared[answer["$ref"].rsplit("/", 1)[1]] if "$ref" in answer else answer
            assert described["description"] and described["content"], (method, path, status)


def test_whatever_acts_asks_for_a_key(operations):
    without = {
        operation["operationId"]
        for (method, _path), operation in operations.items()
        if method != "get"
        and not any(
            one["in"] == "header" and one["name"] == "Idempotency-Key" and one["required"]
            for one in operation.get("parameters", [])
        )
    }
    # A text comes back as lines; nothing is written. And what the gateway brings is known by its own message id.
    assert without == {"order_basket_read", "text_in"}
    assert all("422" in row["responses"] for row in operations.values() if row["operationId"] == "order_place")


def test_a_list_is_described_as_the_page_it_is(operations, made):
    (page,) = (row for row in operations.values() if row["operationId"] == "order_list")
    name = page["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
    assert list(made[0]["components"]["schemas"][name]["properties"]) == ["next", "previous", "results"]


def test_component_names_are_plain_words(made):
    """A number or a hash in a name is how the generator tells two shapes of one name apart."""
    assert [name for name in made[0]["components"]["schemas"] if not name.isalpha()] == []


@pytest.mark.django_db
def test_the_schema_is_served_to_those_who_signed_in(client, olga):
    assert client.get("/api/schema/").status_code == 403
    client.force_login(olga)
    assert client.get("/api/schema/").status_code == 200
