"""Every legal edge of relief's documents is taken by whoever may, and nothing else moves them."""

import pytest

from tests import factories
from tests.losses.walk_claims import CALL, CLAIM, PAPERS, VISIT
from tests.losses.walk_heirs import HEIR
from tests.losses.walk_money import BANKS_LETTER, BATCH, CONTRADICTION, NOTICE, OBJECTION, RETURN_CASE
from tests.losses.walk_recoveries import RECOVERY
from tests.losses.walk_words import APPEAL, GRIEVANCE, NOTICE_OF_LOSS
from tests.losses.walking import Scene, stands, status_of, try_act, try_sweep

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(now, story, lot, xiuying, guiying, cast, cadre_liu, bureau, other_village, finance_maker, finance_checker,
          finance_bureau, auditor, chef_chen, olga, relief_clerk, cabbage, monkeypatch):  # fmt: skip
    far = factories.an_organisation("village", "湖坑村民委员会", other_village)
    far_office = factories.an_organisation("township", "高田镇人民政府", other_village.parent)
    cast_of = {
        "xiuying": xiuying, "guiying": guiying, "cadre": cast["cadre"], "second cadre": cadre_liu,
        "far cadre": factories.a_user("熊支书", "cadre", far, other_village), "officer": cast["township"],
        "far officer": factories.a_user("钟乡长", "township_officer", far_office, other_village.parent),
        "desk": cast["desk"], "director": cast["approver"], "maker": finance_maker, "checker": finance_checker,
        "head": factories.a_user("钟局长", "head_of_office", bureau), "auditor": auditor, "buyer": chef_chen,
        "olga": olga, "clerk": relief_clerk,
    }  # fmt: skip
    cast_of["third verifier"] = factories.a_user("宋检查")
    cast_of |= dict(
        zip(("verifier", "second verifier"), sorted(cast["verifiers"], key=lambda row: row.pk), strict=True)
    )
    return Scene(
        now, cast_of, story=story, lot=lot, payer=finance_bureau, bureau=bureau, cabbage=cabbage, patch=monkeypatch
    )


WALKED = (
    CLAIM, PAPERS, VISIT, CALL, NOTICE_OF_LOSS, APPEAL, GRIEVANCE, NOTICE, OBJECTION, BATCH, RETURN_CASE, BANKS_LETTER,
    CONTRADICTION, RECOVERY, HEIR,
)  # fmt: skip
KINDS = {kind.name: kind for kind in WALKED}


@pytest.mark.parametrize("name", KINDS)
def test_every_legal_edge_is_walked_and_every_status_reached(name):
    kind = KINDS[name]

    assert kind.edges() == {(before, after) for before, afters in kind.moves.items() for after in afters}
    assert {status_of(way) for way in kind.reach} | {edge[1] for edge in kind.elsewhere} >= set(kind.moves)


@pytest.mark.parametrize("every", [pytest.param(1, marks=pytest.mark.gates), 15], ids=["everybody", "in turn"])
@pytest.mark.parametrize(("name", "way"), [(name, way) for name, kind in KINDS.items() for way in kind.reach])
def test_only_the_right_act_by_the_right_person_moves_it(scene, name, way, every):
    """Try every act in every status as everybody in `make gates`.

    The check tries each act where it leads on, as a fifteenth of those who may not; and of the acts that lead nowhere
    from here a twelfth, another one in the next status.
    """
    kind = KINDS[name]
    row = kind.reach[way](scene)
    assert stands(kind, row) == status_of(way)

    turn = list(kind.reach).index(way)
    for number, act in enumerate(kind.acts):
        if every == 1 or status_of(way) in act.leads or (number + turn) % 12 == 0:
            try_act(scene, kind, act, row, every=every)
    for sweep in kind.sweeps:
        try_sweep(scene, kind, sweep, row, way)
