"""Whatever the published schema allows, and what it does not, is answered in its own terms: never a crash."""

import json
from collections import Counter
from urllib.parse import urlencode

import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as how
from hypothesis import strategies as st
from schemathesis.core import NotSet

from tests.factories import login
from tests.gates.conftest import RESULTS

KNOCKING = ("xiuying", "buyer", "cadre", "director", "maker", "receiver", "official")
EXAMPLES = 10  # for each operation and person


def test_no_answer_of_the_api_is_a_crash(demo):
    clients = {who: login(Client(), demo.people[who]) for who in KNOCKING}  # a desk is signed out after half an hour
    published = clients["official"].get("/api/schema/?format=json").content
    schema = schemathesis.openapi.from_dict(json.loads(published))
    met, crashes = Counter(), []
    operations = [found.ok() for found in schema.get_all_operations()]

    for operation in operations:
        for who in KNOCKING:
            knocking(operation, clients[who], who, met, crashes)()

    RESULTS["API"] = (
        f"{len(operations)} operations × {len(KNOCKING)} people × {EXAMPLES} drawn requests: "
        + ", ".join(f"{count} × {status}" for status, count in sorted(met.items()))
        + f"; {len(crashes)} crashes."
        + ("\n\n```\n" + "\n".join(crashes[:50]) + "\n```" if crashes else "")
    )
    assert sum(met.values()) > 1000
    assert met[200] > 50
    assert crashes == []


def knocking(operation, client, who: str, met: Counter, crashes: list[str]):
    """Return the act of sending many drawn requests of one operation as one person."""
    client.raise_request_exception = False

    @how(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def knock(data):
        case = data.draw(operation.as_strategy())
        status = sent(client, case)
        met[status] += 1
        if status >= 500:
            crashes.append(f"{who} {case.method} {case.formatted_path} {case.query}: {status} {case.body!r}"[:300])

    return knock


def sent(client, case) -> int:
    """Send a drawn request as a program would; return the answer's status, having read what it says."""
    body, kind = case.body, "application/json"
    raw = b"" if isinstance(body, NotSet) else json.dumps(body).encode()
    headers = {name: str(value) for name, value in (case.headers or {}).items()}
    path = f"{case.formatted_path}?{urlencode(case.query or {}, doseq=True)}"
    answer = client.generic(case.method, path, raw, content_type=kind, headers=headers)
    if answer.status_code >= 400 and "json" in answer.get("Content-Type", ""):
        json.loads(answer.content)
    return answer.status_code
