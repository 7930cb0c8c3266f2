"""P18: how long do the checks of one claim take in the database, with 300,000 claims and a million photos on file?

Every rule is run on newest claims, each of another village, some visited and some filed for others; the slowest counts.
The rows are made by the server itself. Prints one JSON line.

    python -m launch.services sh -c 'python manage.py set_up_database && python bench/loss_checks.py'
"""

import _ground  # noqa: F401  # isort: skip  (first: it sets Django up)

import json
import os
import time

import _losses as county
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel import clock
from losses.models import LossClaim
from losses.selectors.claims import with_story
from losses.services.further_rules import look_further
from losses.services.rules import look
from records.models import Attachment

CLAIMS = int(os.environ.get("BENCH_ROWS", "300000"))
PHOTOS_A_CLAIM, LOTS_A_CLAIM = 10 / 3, 1 / 3
ASKED, TARGET_MS = 40, 300


def main() -> None:
    """Fill, look at the newest claims and print the slowest."""
    began = time.perf_counter()
    homes = min(county.HOUSEHOLDS, max(1_000, CLAIMS // 10))
    rules = county.scheme(county.bureau(), publish=True)
    county.fill(
        rules, homes=homes, lots=max(homes, int(CLAIMS * LOTS_A_CLAIM)), claims=CLAIMS,
        photos=int(CLAIMS * PHOTOS_A_CLAIM),
    )  # fmt: skip
    filled, found = time.perf_counter() - began, []
    for claim in with_story(LossClaim.objects.order_by("-pk"))[:ASKED]:
        with CaptureQueriesContext(connection) as statements:
            looks = [*look(claim, at=clock.now()), *look_further(claim)]
        milliseconds = sum(float(statement["time"]) for statement in statements) * 1000
        slowest = max(statements, key=lambda statement: float(statement["time"]))
        found.append((milliseconds, len(statements), len(looks), slowest))
    worst = max(found, key=lambda row: row[0])
    print(
        json.dumps(
            {
                "question": "P18 loss_checks",
                "ratio": round(worst[0] / TARGET_MS, 2),
                "target": f"{TARGET_MS} ms in the database",
                "ok": worst[0] <= TARGET_MS,
                "detail": {
                    "claims": LossClaim.objects.count(),
                    "photos": Attachment.objects.count(),
                    "slowest_ms": round(worst[0], 1),
                    "middle_ms": round(sorted(row[0] for row in found)[len(found) // 2], 1),
                    "statements": worst[1],
                    "checks": worst[2],
                    "slowest_statement_ms": round(float(worst[3]["time"]) * 1000, 1),
                    "slowest_statement": worst[3]["sql"][:160] if worst[0] > TARGET_MS else "",
                    "load_seconds": round(filled, 1),
                },
            },
            ensure_ascii=False,
        ),
        flush=True,
    )


if __name__ == "__main__":
    main()
