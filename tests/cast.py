"""The fixed cast: who farms, checks, buys, weighs, pays and looks on in one made-up corner of the county."""

import pytest

from produce.models import Produce, ProduceCategory
from tests import factories


@pytest.fixture
def county(db):
    return factories.a_place("360735000000", "county", "石城县")


@pytest.fixture
def pingshan(county):
    """A township."""
    return factories.a_place("360735102000", "township", "屏山镇", county)


@pytest.fixture
def changxi(pingshan):
    """A village."""
    return factories.a_place("360735102208", "village", "长溪村委会", pingshan)


@pytest.fixture
def other_village(county):
    """A village of another township."""
    township = factories.a_place("360735104000", "township", "高田镇", county)
    return factories.a_place("360735104203", "village", "湖坑村委会", township)


@pytest.fixture
def xiuying_household(changxi):
    return factories.a_household(changxi, name="黄秀英")


@pytest.fixture
def xiuying(xiuying_household):
    """She farms."""
    return factories.a_user("黄秀英", person=xiuying_household.head)


@pytest.fixture
def guiying_household(changxi):
    return factories.a_household(changxi, name="温桂英", tier="ordinary")


@pytest.fixture
def guiying(guiying_household):
    """She farms next door."""
    return factories.a_user("温桂英", person=guiying_household.head)


@pytest.fixture
def committee(changxi):
    return factories.an_organisation("village", "长溪村民委员会", changxi)


@pytest.fixture
def cadre_liu(committee, changxi):
    """He types for those without a phone."""
    return factories.a_user("刘建国", "cadre", committee, changxi)


@pytest.fixture
def cadre_wu(committee, changxi):
    return factories.a_user("吴小兰", "cadre", committee, changxi)


@pytest.fixture
def coop(changxi):
    return factories.an_organisation("cooperative", "长溪果蔬专业合作社", changxi)


@pytest.fixture
def coop_manager(coop, changxi):
    return factories.a_user("赖社长", "coop_manager", coop, changxi)


@pytest.fixture
def township_officer(pingshan):
    office = factories.an_organisation("township", "屏山镇人民政府", pingshan)
    return factories.a_user("陈乡长", "township_officer", office, pingshan)


@pytest.fixture
def bureau(county):
    return factories.an_organisation("bureau", "石城县农业农村局", county)


@pytest.fixture
def inspector_he(bureau):
    """He visits."""
    return factories.a_user("何检查", "verifier", bureau)


@pytest.fixture
def inspector_xu(bureau):
    """She visits with him."""
    return factories.a_user("许检查", "verifier", bureau)


@pytest.fixture
def director_lin(bureau):
    """He awards."""
    return factories.a_user("林局长", "bureau_approver", bureau)


@pytest.fixture
def clerk_ma(bureau):
    return factories.a_user("马股长", "bureau_approver", bureau)


@pytest.fixture
def finance_bureau(county):
    return factories.an_organisation("finance", "石城县财政局", county)


@pytest.fixture
def finance_maker(finance_bureau):
    return factories.a_user("高出纳", "finance_maker", finance_bureau)


@pytest.fixture
def finance_checker(finance_bureau):
    return factories.a_user("邓会计", "finance_checker", finance_bureau)


@pytest.fixture
def relief_clerk(county):
    office = factories.an_organisation("relief", "石城县扶贫办公室", county)
    return factories.a_user("廖主任", "relief_clerk", office)


@pytest.fixture
def school(county):
    return factories.an_organisation("buyer", "石城县第一中学", county, channel="school")


@pytest.fixture
def hospital(county):
    return factories.an_organisation("buyer", "石城县人民医院", county, channel="hospital")


@pytest.fixture
def chef_chen(school):
    """She buys for the school's canteen."""
    return factories.a_user("陈师傅", "buyer", school)


@pytest.fixture
def approver_peng(school):
    return factories.a_user("彭主任", "buying_approver", school)


@pytest.fixture
def receiver_wang(school):
    return factories.a_user("王保管", "receiver", school)


@pytest.fixture
def receiver_sun(school):
    return factories.a_user("孙保管", "receiver", school)


@pytest.fixture
def treasurer_zhou(school):
    """He keeps the union's purse."""
    return factories.a_user("周会计", "union_treasurer", school)


@pytest.fixture
def chair_tan(school):
    return factories.a_user("谭主席", "union_chair", school)


@pytest.fixture
def cashier_yu(school):
    return factories.a_user("余出纳", "cashier", school)


@pytest.fixture
def second_qiu(school):
    return factories.a_user("邱复核", "payment_checker", school)


@pytest.fixture
def haulier(coop, county):
    return factories.a_user("罗师傅", "haulier", coop, county)


@pytest.fixture
def official(county):
    office = factories.an_organisation("platform", "石城县人民政府办公室", county)
    return factories.a_user("曾县长", "official", office)


@pytest.fixture
def auditor(county):
    office = factories.an_organisation("platform", "石城县审计局", county)
    return factories.a_user("严审计", "auditor", office)


@pytest.fixture
def olga(db):
    """She is signed in and may see nothing."""
    return factories.a_user("欧佳")


@pytest.fixture
def vegetables(db):
    made, _new = ProduceCategory.objects.get_or_create(
        code="vegetable", defaults={"name_zh": "蔬菜", "name_en": "Vegetables", "position": 1}
    )
    return made


@pytest.fixture
def cabbage(vegetables):
    made, _new = Produce.objects.get_or_create(
        code="cabbage",
        defaults={
            "name": "包菜",
            "name_en": "Cabbage",
            "category": vegetables,
            "aliases": ["卷心菜"],
            "pinyin": "baocai",
            "initials": "bc",
            "picture": "cabbage",
            "shelf_days": 10,
            "shelf_days_cold": 60,
            "season": [1, 2, 11, 12],
            "yield_g_per_mu": 4_000_000,
        },
    )
    return made


@pytest.fixture
def duck(db):
    category, _new = ProduceCategory.objects.get_or_create(
        code="poultry", defaults={"name_zh": "畜禽", "name_en": "Poultry", "position": 4}
    )
    made, _new = Produce.objects.get_or_create(
        code="duck",
        defaults={
            "name": "土鸭",
            "name_en": "Duck",
            "category": category,
            "pinyin": "tuya",
            "initials": "ty",
            "picture": "duck",
            "stock_unit": "piece",
            "piece_g": 1_750,
            "count_word": "animal",
            "shelf_days": 20,
            "shelf_days_cold": 20,
        },
    )
    return made
