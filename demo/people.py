"""The made-up people a visitor of the demo can be: one of each role, with the phone number to sign in with."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from accounts.models import Role


@dataclass(frozen=True)
class DemoPerson:
    """Somebody of the demo; `place` and `organisation` are looked up by name when the county is loaded."""

    key: str
    phone: str
    name: str
    role: object
    does: object
    post: str = ""
    organisation: str = ""
    area: str = "360735000000"


SCHOOL, HOSPITAL = "石城县第二中学", "石城县人民医院"
BUREAU, FINANCE, RELIEF = "石城县农业农村局", "石城县财政局", "石城县扶贫办公室"
VILLAGE = "360735102208"  # 屏山镇长溪村
COOPERATIVE = "屏山镇长溪村果蔬专业合作社"

DEMO_PEOPLE = [
    DemoPerson("xiuying", "13800000001", "黄秀英", _("Farmer"), _("sells cabbage and lotus seed, reports a loss")),
    DemoPerson("guiying", "13800000002", "温桂英", _("Another farmer"), _("has goods on the way and money coming")),
    DemoPerson(
        "cadre", "13800000003", "刘建国", Role.CADRE.label, _("lists goods for neighbours, checks losses"),
        Role.CADRE, "长溪村民委员会", VILLAGE,
    ),
    DemoPerson(
        "manager", "13800000004", "赖长生", Role.COOP_MANAGER.label, _("sells for members, sends goods off"),
        Role.COOP_MANAGER, COOPERATIVE, VILLAGE,
    ),
    DemoPerson(
        "buyer", "13800000005", "陈春香", Role.BUYER.label, _("orders for the school's canteen"), Role.BUYER, SCHOOL
    ),
    DemoPerson(
        "approver", "13800000006", "彭志远", Role.BUYING_APPROVER.label, _("approves larger orders"),
        Role.BUYING_APPROVER, SCHOOL,
    ),
    DemoPerson(
        "receiver", "13800000007", "王保生", Role.RECEIVER.label, _("weighs what arrives"), Role.RECEIVER, SCHOOL
    ),
    DemoPerson(
        "second_receiver", "13800000008", "孙丽华", _("Second receiver"), _("signs what was weighed"),
        Role.RECEIVER, SCHOOL,
    ),
    DemoPerson(
        "treasurer", "13800000009", "周明德", Role.UNION_TREASURER.label, _("keeps the union's purse, pays"),
        Role.UNION_TREASURER, SCHOOL,
    ),
    DemoPerson(
        "chair", "13800000010", "谭玉梅", Role.UNION_CHAIR.label, _("confirms payments of the union"),
        Role.UNION_CHAIR, SCHOOL,
    ),
    DemoPerson(
        "cashier", "13800000011", "余小燕", Role.CASHIER.label, _("pays from the canteen's money"), Role.CASHIER, SCHOOL
    ),
    DemoPerson(
        "payment_checker", "13800000012", "邱国平", Role.PAYMENT_CHECKER.label, _("confirms the canteen's payments"),
        Role.PAYMENT_CHECKER, SCHOOL,
    ),
    DemoPerson(
        "officer", "13800000013", "陈志刚", Role.TOWNSHIP_OFFICER.label, _("checks losses of the township"),
        Role.TOWNSHIP_OFFICER, "屏山镇人民政府", "360735102000",
    ),
    DemoPerson(
        "inspector", "13800000014", "何晓东", Role.VERIFIER.label, _("visits farmers who lost goods"),
        Role.VERIFIER, BUREAU,
    ),
    DemoPerson(
        "second_inspector", "13800000015", "许文静", _("Second verifier"), _("visits with the first and signs"),
        Role.VERIFIER, BUREAU,
    ),
    DemoPerson(
        "director", "13800000016", "林国栋", Role.BUREAU_APPROVER.label, _("publishes notices"),
        Role.BUREAU_APPROVER, BUREAU,
    ),
    DemoPerson(
        "second_director", "13800000017", "马春林", _("Second bureau approver"), _("awards relief"),
        Role.BUREAU_APPROVER, BUREAU,
    ),
    DemoPerson(
        "maker", "13800000018", "高建平", Role.FINANCE_MAKER.label, _("makes payout batches"),
        Role.FINANCE_MAKER, FINANCE,
    ),
    DemoPerson(
        "checker", "13800000019", "邓丽萍", Role.FINANCE_CHECKER.label, _("sends batches, loads the bank's answer"),
        Role.FINANCE_CHECKER, FINANCE,
    ),
    DemoPerson(
        "clerk", "13800000020", "廖文清", Role.RELIEF_CLERK.label, _("brings in the register of households"),
        Role.RELIEF_CLERK, RELIEF,
    ),
    DemoPerson(
        "haulier", "13800000021", "罗大勇", Role.HAULIER.label, _("drives goods to the canteens"),
        Role.HAULIER, COOPERATIVE,
    ),
    DemoPerson(
        "official", "13800000022", "曾志明", Role.OFFICIAL.label, _("reads the reports"),
        Role.OFFICIAL, "石城县人民政府办公室",
    ),
    DemoPerson(
        "auditor", "13800000023", "严正华", Role.AUDITOR.label, _("reads everything, changes nothing"),
        Role.AUDITOR, "石城县审计局",
    ),
    DemoPerson(
        "second_clerk", "13800000024", "肖丽华", _("Second relief office clerk"), _("confirms a file of households"),
        Role.RELIEF_CLERK, RELIEF,
    ),
    DemoPerson(
        "head", "13800000025", "钟国栋", Role.HEAD_OF_OFFICE.label, _("decides who holds which post"),
        Role.HEAD_OF_OFFICE, BUREAU,
    ),
    DemoPerson(
        "security", "13800000026", "邬晓安", Role.SECURITY_ADMIN.label, _("appoints and dismisses, ends sessions"),
        Role.SECURITY_ADMIN, "石城县人民政府办公室",
    ),
    DemoPerson(
        "system", "13800000027", "幸卫东", Role.SYSTEM_ADMIN.label, _("keeps places and the site"),
        Role.SYSTEM_ADMIN, "石城县人民政府办公室",
    ),
]  # fmt: skip
