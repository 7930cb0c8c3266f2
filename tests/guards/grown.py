"""A county small enough to build in a few seconds, with a row in every table that a guard stands over.

Whatever a service makes is made by the service, so that the audit is silent over it.
"""

import datetime as dt
import uuid
from dataclasses import replace

from accounts.models import Consent, Grievance, Household, InboundMessage, Kin, Organisation, PlaceName, User
from accounts.services import acts, grievances, inbound, people, register_files
from accounts.services.readings import note_reading
from accounts.services.sessions import note_session
from canteens.models import (
    ApprovalTier,
    Canteen,
    CanteenSize,
    KitchenShare,
    ShareDeclaration,
    ShareException,
    ShareReason,
    ShareReminder,
    ShareUnit,
)
from canteens.services import (
    deputies,
    load_default_tiers,
)
from catalog.services import papers, pauses, recognitions
from ledger.models import Payment
from ledger.services import arriving
from losses.models import LossClaim
from orders.models import Basket, FundFile, LimitReminder, LineTerms, OrderUnit, ReceiptLine, SettlementStatement, Side
from orders.pages.fund_files import rendered
from orders.selectors.invoices import Printed, PrintedLine, owed_by
from orders.selectors.orders import seller_name
from orders.selectors.plans import Want
from orders.selectors.returned import corrected_of
from orders.services import (
    amending,
    approving,
    asking,
    complaining,
    correcting,
    delivering,
    filing,
    handing,
    invoicing,
    keeping,
    linking,
    paying,
    rating,
    receiving,
    recovering,
    reminding,
    replacing,
    returning,
    settling,
    texting,
)
from orders.services.delivering import Loaded
from orders.services.handing import Given
from orders.services.weighing import Weighed
from produce.models import Grade, PriceMedian, Produce, ProduceCategory, ReferencePrice
from produce.services import dictionary_changes
from records.models import (
    Attachment,
    CalendarDay,
    Finding,
    HandsException,
    Job,
    PhotoLook,
    PhotoMatch,
    PhotoPoints,
    PhotoPrint,
    PolicyValue,
)
from records.services import idempotency
from records.services.files import attach, store_bytes
from records.services.history import seal_history
from records.services.tries import note_refusal
from registers.models import Duplicate
from registers.services import changes
from selling.models import EntrySheet, ListingDraft
from selling.services import sheets
from tests import factories
from tests.factories import FRIDAY, LONG_AGO, MONDAY, THURSDAY, TUESDAY, WEDNESDAY
from tests.guards.grown_plans import planned
from tests.guards.grown_relief import grow_relief
from tests.guards.rows import force
from tests.losses.steps import a_photo
from tests.orders.steps import DELIVER_ON, a_stored_photo, wish
from tests.orders.steps import Story as Orders

DAY = MONDAY.date()


def grow() -> None:
    """Build two households, a co-operative, a school that buys and pays, and a loss that is relieved and paid out."""
    county = factories.a_place("360735000000", "county", "石城县")
    township = factories.a_place("360735102000", "township", "屏山镇", county)
    village = factories.a_place("360735102208", "village", "长溪村委会", township)
    PlaceName.objects.create(place=village, name="长溪村委会", valid_from=LONG_AGO)
    xiuying_household = factories.a_household(village, name="黄秀英")
    guiying_household = factories.a_household(village, name="温桂英", tier="ordinary")
    xiuying = factories.a_user("黄秀英", person=xiuying_household.head)
    guiying = factories.a_user("温桂英", person=guiying_household.head)
    office = factories.an_organisation("township", "屏山镇人民政府", township)
    officer = factories.a_user("陈乡长", "township_officer", office, township)
    committee = factories.an_organisation("village", "长溪村民委员会", village)
    cadre = factories.a_user("吴小兰", "cadre", committee, village)
    cooperative = factories.an_organisation("cooperative", "长溪果蔬专业合作社", village)
    Organisation.objects.filter(pk=cooperative.pk).update(uscc="91360735MA35F0001X")
    people.set_card(
        organisation=cooperative, number=factories.a_card_number(990_001), holder=cooperative.name, bank="石城农商银行",
        at=MONDAY,
    )  # fmt: skip
    factories.a_member(guiying_household, cooperative)
    Kin.objects.create(person=officer.person, household=guiying_household, relation="姑父", from_on=DAY)
    factories.a_mandate(guiying_household, cooperative, fee_bp=200)

    cabbage = _dictionary(officer)
    lots = [
        factories.a_listing(xiuying_household, cabbage, kg=100, by=xiuying),
        factories.a_listing(guiying_household, cabbage, kg=80, price_fen=75, by=guiying),
    ]
    _supply(lots[0], xiuying_household, village, officer, cadre)
    _trade(lots, cooperative)
    losers = [factories.a_household(village, name=name) for name in ("谢春生", "钟阿婆")]
    grow_relief(cabbage, losers, officer, cadre, township)
    _said(xiuying)
    _register(county)
    _changes(county)
    for place in (1, 2):
        _alike(Household.objects.order_by("pk")[place - 1 : place + 1], officer, place == 1)
    _leaves(officer, cadre)
    for answered in (True, False):
        lot = factories.a_listing(xiuying_household, cabbage, by=cadre, consent="phone")
        _disputed(lot, xiuying, officer, answered=answered)
    note_session(cadre, "kept", "", at=MONDAY)
    note_reading(by=cadre, door="household-list", people=400, at=MONDAY)
    note_refusal(by=cadre, door="claim-award", document="claim:1", code="not_allowed", at=MONDAY)
    seal_history()


def _dictionary(by) -> Produce:
    category = ProduceCategory.objects.create(code="vegetable", name_zh="蔬菜", name_en="Vegetables", position=1)
    cabbage = Produce.objects.create(
        code="cabbage", name="包菜", name_en="Cabbage", category=category, pinyin="baocai", initials="bc",
        shelf_days=10, shelf_days_cold=60, yield_g_per_mu=4_000_000,
    )  # fmt: skip
    grade = Grade.objects.create(produce=cabbage, code="a", name="一级", name_en="First", position=1)
    ReferencePrice.objects.create(
        produce=cabbage, day=DAY, source="赣州", low_fen=70, avg_fen=80, high_fen=90, spec="统货"
    )
    PriceMedian.objects.create(
        produce=cabbage, grade=grade, day=DAY, source="sold", low_fen=70, median_fen=80, high_fen=90, prices=3
    )
    for reason in ("更耐放", "再试一次"):
        change = dictionary_changes.propose(
            produce=cabbage, values={"shelf_days": cabbage.shelf_days + 2}, reason=reason, by=by, at=MONDAY
        )
        if reason == "更耐放":
            dictionary_changes.refuse(change, reason="没有依据", by=factories.a_user("何检查"), at=MONDAY)
    return cabbage


def _supply(lot, household, village, officer, cadre) -> None:
    papers.issue_commitment(lot, basis=papers.CONTROL, by=lot.made_by, at=MONDAY)
    recognitions.recognise(
        household=household, produce=lot.produce, track="self_grown", document="1号", from_on=DAY, to_on=FRIDAY.date(),
        by=officer, at=MONDAY,
    )  # fmt: skip
    first = factories.a_season(household, lot.produce, by=cadre, confirmed_by=officer)
    season = factories.a_season(household, lot.produce, area_cmu=100, replaces=first, by=cadre, confirmed_by=officer)
    force(lot, plot_season=season)
    force(season, listed_g=lot.listed)
    sheet = EntrySheet.objects.create(
        id=uuid.uuid4(), by=cadre, village=village, produce=lot.produce, harvested_on=DAY, price_fen=80,
        consent="visit", made_at=MONDAY,
    )  # fmt: skip
    row = sheets.row_of(sheet, household, at=MONDAY)
    row.listing = lot
    row.save()
    force(lot, entry_key="sheet:1:1")
    ListingDraft.objects.create(id=uuid.uuid4(), by=lot.made_by, household=household, listing=lot)
    away = factories.a_household(village, name="赖三妹")
    pauses.go_away(household=away, until=FRIDAY.date(), consent="phone", by=cadre, at=MONDAY)


def _answered_by_text(story, lot) -> None:
    """Let a household say yes by a text, and write once what nobody can read."""
    story.asked(wish((lot, 5)))
    texts = {"1": InboundMessage.State.UNDERSTOOD, "在开会": InboundMessage.State.UNREADABLE}
    for body, state in texts.items():
        inbound.take_in(gateway_id=body, phone=lot.household.phone, body=body, at=MONDAY)
        texting.answer_texts(at=MONDAY)
        assert InboundMessage.objects.get(gateway_id=body).state == state


def _shares(school, county) -> None:
    cashier, checker = (
        factories.a_user("丁出纳", "cashier", school),
        factories.a_user("蓝复核", "payment_checker", school),
    )
    other = factories.an_organisation("buyer", "石城县教师进修学校", county, channel="school")
    ShareUnit.objects.create(organisation=other, reported_by=school, document="7号", from_on=DAY)
    kitchen = factories.a_kitchen(school, shared_with=other, on=(DAY, DAY + dt.timedelta(days=30)))
    KitchenShare.objects.create(
        kitchen=kitchen, organisation=other, document="9号", from_on=DAY + dt.timedelta(days=60)
    )
    hands = {"document": "7号", "by": cashier, "confirmed_by": checker, "at": MONDAY}
    year = {"organisation": school, "year": DAY.year, "turn": 1}
    ShareDeclaration.objects.create(total_fen=920_000_00, union_fen=0, ratio_permille=100, **year, **hands)
    ShareException.objects.create(ratio_permille=50, why="寄宿部停办", **year, **hands)
    ShareReason.objects.create(organisation=school, year=DAY.year, cause="no_supply", by=cashier, at=MONDAY)
    ShareReminder.objects.create(organisation=school, what="behind", month=DAY.replace(day=1), told=1, at=MONDAY)


def _trade(lots, cooperative) -> None:
    county = lots[0].township.parent
    school = factories.an_organisation("buyer", "石城县第一中学", county, channel="school")
    eats = Canteen.objects.create(organisation=school, mode="own", heads=900, union_members=80, address="琴江镇")
    CanteenSize.objects.create(canteen=eats, heads=900, union_members=80, document="7号", from_on=DAY)
    load_default_tiers()
    _shares(school, county)
    fund = factories.a_fund(school)
    plan = planned(fund)
    story = Orders(
        school,
        fund,
        {
            "chef": factories.a_user("陈师傅", "buyer", school),
            "haulier": factories.a_user("罗师傅", "haulier", cooperative, county),
            "weigher": factories.a_user("王保管", "receiver", school),
            "signer": factories.a_user("孙保管", "receiver", school),
        },
        plan,
    )
    story.signed(wish((lots[0], 40), (lots[1], 20)))
    _handed_over(story, lots[0], cooperative)
    asked = story.asked(wish((lots[0], 10)))
    LineTerms.objects.create(line=asked.lines.get(), otherwise="less")
    [more] = story.asked(wish((lots[0], 10))).allocations.all()
    asking.give_less(more, 6_000, by=lots[0].made_by, at=TUESDAY)
    _answered_by_text(story, lots[1])
    amending.amend(asked, {asked.allocations.get().pk: 5_000}, why="停课", by=story.people["chef"], at=MONDAY)
    _kept(story, lots[0])
    for buyer in (school, factories.an_organisation("buyer", "石城县第二中学", county, channel="school")):
        Basket.objects.create(by=story.people["chef"], buyer=buyer)
    linking.give_link(story.fund, first=DAY, last=DAY, by=story.people["chef"], at=MONDAY)
    days = {"first_on": DAY, "last_on": DAY, "deliveries": 1}
    for name in ("chef", "weigher"):
        FundFile.objects.create(fund=story.fund, by=story.people[name], at=MONDAY, **days)
        filing.make_files(rendered, at=MONDAY)
        FundFile.objects.create(fund=story.fund, by=story.people[name], at=MONDAY, **days)
    statement = SettlementStatement.objects.get(household=lots[0].household)
    cashier, second = (
        factories.a_user("余出纳", "cashier", school),
        factories.a_user("邱复核", "payment_checker", school),
    )
    printed = Printed("12345678", "", FRIDAY.date(), seller_name(statement), statement.buyer.name, 64_00, [
        PrintedLine(lots[0].produce, 40_000, 160, 64_00)
    ])  # fmt: skip
    scan = store_bytes(b"%PDF-%%EOF", kind="paper", media_type="application/pdf", by=cashier, at=FRIDAY)
    wrong = invoicing.bring_invoice([statement], replace(printed, total_fen=1), scan, by=cashier, at=FRIDAY)
    invoicing.return_invoice(wrong, why="抄错了", by=second, at=FRIDAY)
    again = replace(printed, number="12345679", lines=(), total_fen=owed_by([statement])[1])
    invoicing.match_invoice(
        invoicing.bring_invoice([statement], again, scan, by=cashier, at=FRIDAY), by=second, at=FRIDAY
    )
    paying.show_card(statement, why="transfer", by=cashier, at=FRIDAY)
    paying.record_payment(statement, voucher_number="1", by=cashier, at=FRIDAY)
    paying.confirm_payment(statement, by=second, at=FRIDAY)
    _sent_back(story, lots[0], cashier, second)
    _carted(story, lots[0], cashier, second)
    reminding.remind(at=FRIDAY + dt.timedelta(days=90))
    canteen = factories.a_fund(school, "canteen", by=cashier)
    replacing.place_anew(
        story.place(wish((lots[1], 5))), canteen, why="应由食堂经费支付", by=story.people["chef"], at=MONDAY
    )
    _approved_by_one_of_two(story, lots[1])
    spent = {"ordered_fen": 250_000_00, "limit_fen": 300_000_00, "told": 1, "at": MONDAY}
    LimitReminder.objects.create(
        buyer=story.buyer, year=DAY.year, category_id=lots[0].produce.category_id, above=False, **spent
    )


def _approved_by_one_of_two(story, lot) -> None:
    """Let an order from own money wait for two, of whom one has answered and named a deputy."""
    posts = ["buying_approver", "union_chair"]
    ApprovalTier.objects.create(fund_kind="own", from_fen=0, rule="两人同意", persons=2, posts=posts, from_on=DAY)
    chair = factories.a_user("蓝主席", "union_chair", story.buyer)
    own = Orders(story.buyer, factories.a_fund(story.buyer, "own", by=chair, on_credit=True), story.people)
    order = own.place(wish((lot, 2)))
    approving.approve(order, by=chair, at=MONDAY)
    deputies.name_deputy(story.buyer, story.people["signer"].person, DAY, DAY, by=chair, at=MONDAY)


def _carted(story, lot, payer, checker) -> None:
    """Let sellers pay a cart by weight, and from the next day the buyer; one order of that day holds for its carts."""
    for day, who in ((MONDAY, 2), (TUESDAY, 1)):
        PolicyValue.objects.create(
            name="transport_payer", value=str(who), from_on=day.date(), set_by=payer, confirmed_by=checker,
            confirmed_at=day,
        )  # fmt: skip
    order = story.confirmed(wish((lot, 5)))
    [part] = order.allocations.all()
    haulier, weigher = story.people["haulier"], story.people["weigher"]
    trip = delivering.ship([order], {part.pk: Loaded(5_000)}, price_fen=80, by=haulier, at=WEDNESDAY)
    receipt = receiving.weigh(trip, {part.pk: Weighed(5_000)}, by=weigher, at=THURSDAY)
    receiving.sign(receipt, by=story.people["signer"], at=THURSDAY)
    placed = story.place(wish((lot, 5)), at=TUESDAY)
    OrderUnit.objects.create(
        order=placed, turn=1, organisation=Organisation.objects.get(name="石城县教师进修学校"), why="下单点错了",
        document="7号", by=payer, confirmed_by=checker, at=TUESDAY,
    )  # fmt: skip


def _sent_back(story, lot, payer, checker) -> None:
    """Send goods back: what was paid is claimed, or carried by the next sale; what is unpaid is lessened."""
    _back(story, lot, agreed=4_000)
    claim = settling.claim_rest(SettlementStatement.objects.latest("pk"), at=FRIDAY)
    said = recovering.propose_paid_back(claim, voucher_number="8", by=payer, at=FRIDAY)
    recovering.confirm_end(said, by=checker, at=FRIDAY)
    _back(story, lot, agreed=1_000)
    story.signed(wish((lot, 10)))
    _back(story, lot, agreed=1_000)
    _back(story, lot)
    line = ReceiptLine.objects.filter(allocation__listing=lot, receipt__status="signed").latest("pk")
    grams = corrected_of(line).grams - 500
    row = correcting.ask_correction(line, grams=grams, words="看错", by=story.people["weigher"], at=FRIDAY)
    correcting.countersign(row, by=story.people["signer"], at=FRIDAY)
    _complained(story, lot)


def _complained(story, lot) -> None:
    """Complain for both sides: one is offered a part, one found right, one denied and taken back."""
    older, newest = ReceiptLine.objects.filter(allocation__listing=lot, receipt__status="signed").order_by("pk")[:2]
    said = {"side": "buyer", "words": "有烂的", "by": story.people["weigher"], "at": FRIDAY}
    part = complaining.complain(newest, about="weight", grams=500, **said)
    complaining.offer(part, grams=200, words="少了一点", by=lot.made_by, at=FRIDAY)
    complaining.grant(complaining.complain(older, about="quality", grams=500, **said), by=lot.made_by, at=FRIDAY)
    theirs = {"side": "seller", "about": "late", "words": "钱到得晚", "by": lot.made_by, "at": FRIDAY}
    denied = complaining.complain(newest, **theirs)
    complaining.deny(denied, words="没有晚", by=story.people["signer"], at=FRIDAY)
    complaining.take_back(denied, by=lot.made_by, at=FRIDAY)
    for _time in range(2):
        rating.rate(newest, Side.BUYER, rating.Word(True, True, True), by=story.people["weigher"], at=FRIDAY)


def _back(story, lot, agreed: int = 0) -> None:
    line = ReceiptLine.objects.filter(allocation__listing=lot, receipt__status="signed").latest("pk")
    by = story.people["weigher"]
    row = returning.ask_return(
        line, grams=agreed or 1_000, reason="rotten", words="坏了", photos=[a_stored_photo(by, FRIDAY)], by=by,
        at=FRIDAY,
    )  # fmt: skip
    if agreed:
        returning.agree_to_return(row, fate="free", by=lot.made_by, at=FRIDAY)


def _kept(story, lot):
    """Keep a plan and order it, keep one and let it go, and keep a basket of two lines."""
    want, chef = Want(lot.produce, 1_000, DELIVER_ON, listing_id=lot.pk), story.people["chef"]

    def keep(by):
        return keeping.keep(story.buyer, want, "chosen", by=by, at=MONDAY)

    keeping.order_kept(keep(chef), story.fund, by=chef, at=MONDAY)
    keeping.let_go(keep(chef), by=chef, at=MONDAY)
    wants = [Want(lot.produce, 1_000, DELIVER_ON, ceiling_fen_per_kg=fen) for fen in (900, 901)]
    keeping.keep_lines(story.buyer, wants, by=factories.a_user("郑师傅", "buyer", story.buyer), at=MONDAY)


def _handed_over(story, listing, cooperative) -> None:
    lot = story.confirmed(wish((listing, 5))).allocations.get()
    taken = [
        handing.hand_over(
            lot, Given(grams), carrier=cooperative.pk, by=story.people["haulier"], at=WEDNESDAY
        )
        for grams in (2_000, 3_000)
    ]  # fmt: skip
    handing.answer(taken[0], agrees=True, by=listing.made_by, at=WEDNESDAY)
    handing.give_back(taken[1], by=story.people["haulier"], at=WEDNESDAY)


def _register(county) -> None:
    office = factories.an_organisation("relief", "石城县扶贫办公室", county)
    first, second = (factories.a_user(name, "relief_clerk", office) for name in ("廖主任", "肖干事"))
    head = "户编号,户主姓名,身份证号,家庭人口,户类型,村代码"
    for serial, name in ((701, "李明"), (702, "陈芳")):
        number = factories.an_id_number(serial)
        raw = f"{head}\r\nR{serial},{name},{number},3,脱贫户,360735102208\r\n".encode()
        file = register_files.propose_file(raw, office=office, by=first, at=MONDAY)
        if name == "李明":
            register_files.confirm_file(file, by=second, at=MONDAY)


def _changes(county) -> None:
    """Let a clerk propose two channels; a director confirms one of them."""
    office = factories.an_organisation("relief", "石城县扶贫办公室", county)
    bureau = factories.an_organisation("bureau", "石城县农业农村局", county)
    clerk, director = (
        factories.a_user("傅干事", "relief_clerk", office),
        factories.a_user("汤局长", "bureau_approver", bureau),
    )
    for position, code in ((61, "barracks"), (62, "temple")):
        content = {"code": code, "name_zh": code, "name_en": code, "position": position, "runs_canteen": True}
        change = changes.propose("channels", [content], document_number="7号", by=clerk, at=MONDAY)
        if code == "barracks":
            changes.confirm(change, by=director, at=MONDAY)


def _disputed(lot, by, officer, *, answered) -> None:
    row = acts.dispute(Consent.objects.get(document=lot.reference), by=by, at=MONDAY)
    if answered:
        acts.answer(row, upheld=True, words="她不知道", by=officer, at=FRIDAY)


def _said(payee) -> None:
    """Let a payee say that the money is not there, twice."""
    payment = Payment.objects.get(payable__kind="purchase", payable__household__head=payee.person, status="paid")
    arriving.answer_arrival(payment, arrived=False, by=payee, at=FRIDAY)
    officer = User.objects.filter(person__memberships__role="bureau_approver").earliest("created_at")
    row = grievances.answer(Grievance.objects.get(), upheld=True, words="已重付", by=officer, at=FRIDAY)
    grievances.reopen(row, words="还没到", by=payee, at=FRIDAY)
    about = f"household:{payment.payable.household_id}"
    grievances.say_about(about, words="收货点三天没人", by=payee, at=FRIDAY)


def _alike(households, by, apart) -> None:
    one, other = households
    pair = Duplicate(one=one, other=other, reasons=["name"], score=60, facts="0", found_at=MONDAY).begin(
        by=None, at=MONDAY
    )
    if apart:
        pair.decided_at = FRIDAY
        pair.move_to("apart", by=by, at=FRIDAY, along=["decided_at"])


def _leaves(officer, cadre) -> None:
    photo = a_photo(by=officer)
    PhotoPrint.objects.get_or_create(file=photo, defaults={"bits": 1, "mirrored": 2})
    claim = LossClaim.objects.order_by("pk").first()
    hung = attach(claim.reference, photo, "claim", by=officer, at=MONDAY)
    earlier = Attachment.objects.filter(pk__lt=hung.pk).order_by("pk")[:2]
    look = PhotoLook.objects.create(attachment=hung, ties=["household:1"], looked_at=MONDAY, compared=2, opened=True)
    PhotoPoints.objects.get_or_create(file=photo, defaults={"points": bytes(36)})
    PhotoMatch.objects.create(look=look, other=earlier[0], points=40)
    Finding.objects.create(document=claim.reference, rule="hand", colour="amber", title="看一看", at=MONDAY)
    Finding.objects.create(
        document=claim.reference, rule="eye", colour="amber", title="看一看", at=MONDAY, cleared_by=officer,
        cleared_at=MONDAY, cleared_reason="看过"
    )  # fmt: skip
    Job.objects.create(kind="demo", key="county")
    idempotency.once(officer, "key", "print", lambda: {})
    PolicyValue.objects.create(
        name="stale_days",
        value="4",
        from_on=DAY,
        document="2号",
        set_by=officer,
        confirmed_by=cadre,
        confirmed_at=MONDAY,
    )
    HandsException.objects.create(
        kind="order", stage="weigh", other="pay_make", scope="organisation:1", from_on=DAY, to_on=FRIDAY.date(),
        document="6号", set_by=officer, confirmed_by=cadre,
    )  # fmt: skip
    PolicyValue.objects.create(name="expiry_days", value="8", from_on=DAY, document="4号", set_by=officer)
    CalendarDay.objects.get_or_create(day=DAY, defaults={"is_workday": True, "document": "3号"})
