"""The running total at the scale is the money the server will move, to the fen, whatever is kept and of what grade."""

import json
import random

import pytest

from orders.models import Allocation
from orders.selectors.grades import moves

pytestmark = pytest.mark.browser

COSTS = """async asked => {
  const { costOf, staying } = await import('/static/js/scale/cost.js')
  return asked.map(([cost, grade, over, grams]) => {
    const form = document.createElement('form')
    form.dataset.cost = cost
    form.innerHTML = `<input type="radio" name="grade" value="${grade}" checked>
      <input type="radio" name="over" value="${over}" checked>`
    const stays = staying(form, grams)
    return [stays, costOf(form, stays)]
  })
}"""


class Steps:
    """A lot that fetches less in one lower grade."""

    def __init__(self, percent: int) -> None:
        self.percent = percent

    def steps(self):
        return {"b": self}


def test_the_browser_counts_the_fen_that_the_server_moves(bare):
    chance = random.Random(7)
    asked, expected = [], []
    for _case in range(2000):
        fen, unit, percent = chance.randint(1, 9999), chance.choice((500, 1000, 1_000_000)), chance.randint(1, 99)
        kept = {"": chance.randint(0, 90_000), "b": chance.randint(0, 90_000)}
        code, grams = chance.choice(("", "b")), chance.randint(0, 500_000)
        ordered, over = chance.randint(0, 300_000), chance.choice(("", "take", "back"))
        most = ordered + chance.randint(0, 50_000)
        cost = {"fen": fen, "unit": unit, "kept": kept, "percent": {"b": percent}, "ordered": ordered, "most": most}
        asked.append([json.dumps(cost), code, over, grams])
        stays = min(grams, {"": grams, "take": most, "back": ordered}[over])
        lot = Allocation(price_fen=fen, price_unit_g=unit)
        lot._state.fields_cache["listing"] = Steps(percent)
        goods, step = moves(lot, code, kept[code], stays)
        expected.append([stays, goods - step])

    assert bare.evaluate(COSTS, asked) == expected
