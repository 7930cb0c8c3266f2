"""P19: how long does a rehearsal of a draft take over a season of 100,000 lots?

A fifth of the lots were claimed; the rest is what nobody bought. The draft is asked for and run as its worker does,
with its progress and its rows. The rows on file are made by the server itself. Prints one JSON line.

    python -m launch.services sh -c 'python manage.py set_up_database && python bench/rehearsal.py'
"""

import _ground  # noqa: F401  # isort: skip  (first: it sets Django up)

import datetime as dt
import json
import os
import time

import _losses as county

from kernel import clock
from losses.models import RehearsalResult
from losses.services import rehearsing

LOTS = int(os.environ.get("BENCH_ROWS", "100000"))
SECONDS = 20


def main() -> None:
    """Fill, rehearse a draft and print how long it took."""
    by = county.bureau()
    claimed, draft = county.scheme(by, publish=True), county.scheme(by, publish=False)
    homes = min(county.HOUSEHOLDS, max(1_000, LOTS // 3))
    county.fill(claimed, homes=homes, lots=LOTS, claims=LOTS // 5, photos=0)
    last = clock.county_day(clock.now()) - dt.timedelta(days=1)
    began = time.perf_counter()
    rehearsing.ask(draft, from_on=last - dt.timedelta(days=700), to_on=last, by=by, at=clock.now())
    rehearsing.run_waiting(at=clock.now())
    seconds = time.perf_counter() - began
    result = RehearsalResult.objects.get()
    print(
        json.dumps(
            {
                "question": "P19 rehearsal",
                "ratio": round(seconds / SECONDS, 2),
                "target": f"{SECONDS} s over 100000 lots",
                "ok": seconds <= SECONDS,
                "detail": {
                    "lots": LOTS,
                    "losses": result.losses,
                    "reported": result.reported,
                    "seconds": round(seconds, 2),
                },
            }
        ),
        flush=True,
    )


if __name__ == "__main__":
    main()
