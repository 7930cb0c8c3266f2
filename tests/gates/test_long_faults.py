"""A thousand reports and visits sent by phones under faults: none is lost, none counts twice, each author reads it."""

import random
import time

import pytest

from tests.gates.conftest import RESULTS
from tests.losses.conftest import cast, opened_here, scheme, story  # noqa: F401  (the ground of relief)
from tests.losses.test_kept import VISITS_ON
from tests.losses.under_faults import reports_hold, visits_hold

REPORTS, VISITS = 700, 300


@pytest.mark.usefixtures("opened_here")
def test_a_thousand_reports_and_visits_survive_a_bad_net(story, changxi, cabbage, now, settings, tmp_path):  # noqa: F811
    settings.MEDIA_ROOT = tmp_path
    dice, began = random.Random(7), time.monotonic()

    faults = reports_hold(changxi, cabbage, dice, REPORTS)
    now.at = VISITS_ON
    faults += visits_hold(story, changxi, cabbage, dice, VISITS)

    told = ", ".join(f"{count} × {fault}" for fault, count in sorted(faults.items()))
    RESULTS["Reports and visits under faults"] = (
        f"{REPORTS} reports and {VISITS} visits in {time.monotonic() - began:.0f} s under {told}:"
        " none lost, none twice."
    )
