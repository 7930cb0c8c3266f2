"""The losses of the grown county: claims, sales, appeals, batches and recoveries, so that each table has a row."""

import datetime as dt

from accounts.models import InboundMessage
from accounts.services import inbound
from catalog.models import Movement, NotServed, Sanction
from catalog.services.kilos import KiloMove, move_kilos
from ledger.services import heirs, payouts, restoring, statements
from losses.models import AwardRelease, CallBack, CallDraw, OtherRelief, Reinspection, ReinspectionDraw
from losses.services import answering, appealing, awarding, loss_notices, noticing, rehearsing, schemes
from losses.services import recovering as recovering_relief
from losses.services.papering import bring_paper
from losses.services.schemes import book_money
from produce.models import ReferencePrice
from records.services.notices import object_to
from tests import factories
from tests.factories import FRIDAY, MONDAY, THURSDAY, TUESDAY, WEDNESDAY
from tests.ledger import camt
from tests.ledger import steps as bank
from tests.losses.steps import AWARDED_AT, a_lot, a_photo, a_scheme, claimed_back
from tests.losses.steps import Story as Claims

DAY = MONDAY.date()


def post_of(user):
    """Return the office and the area of somebody's post."""
    post = user.person.memberships.get()
    return post.organisation, post.area


def _sold_low(lot, serial) -> Movement:
    """Sell 20 kg of a lot at 0.60 yuan a jin, which were worth 0.80 on that day."""
    at = MONDAY - dt.timedelta(days=7)
    ReferencePrice.objects.get_or_create(
        produce=lot.produce, day=at.date(), source="县发改委", defaults={"avg_fen": 80}
    )
    move_kilos([KiloMove(lot.pk, "free", "sold", 20_000, f"grown:{serial}:sold", price=(60, 500))], by=None, at=at)
    return Movement.objects.get(reference=f"grown:{serial}:sold")


def _called(claim, by) -> None:
    """Draw a claim for a call, and let somebody make it."""
    draw = CallDraw.objects.create(claim=claim, round=1, percent=100, seed="1", picked=True, at=MONDAY)
    call = CallBack(draw=draw, claim=claim, at=MONDAY, call_by_at=FRIDAY).begin(by=None, at=MONDAY)
    if by is not None:
        call.outcome, call.words, call.by, call.ended_at = "as_reported", "对的", by, TUESDAY
        call.move_to("called", by=by, at=TUESDAY, along=("outcome", "words", "by", "ended_at"))


def _looked_at_again(awards, by) -> None:
    """Draw two awards for a re-inspection, and let somebody take one."""
    draw = ReinspectionDraw.objects.create(
        month=f"{DAY:%Y-%m}", percent=2, top_percent=5, seed="1", awards=2, at=AWARDED_AT
    )
    rows = [Reinspection(draw=draw, award=award, why="random", at=AWARDED_AT, due_at=AWARDED_AT) for award in awards]
    _waits, done = Reinspection.begin_all(rows, by=None, at=AWARDED_AT)
    done.outcome, done.words, done.by, done.ended_at = "as_awarded", "对的", by, AWARDED_AT
    done.move_to("done", by=by, at=AWARDED_AT, along=("outcome", "words", "by", "ended_at"))


def grow_relief(produce, losers, officer, cadre, township) -> None:
    bureau = factories.an_organisation("bureau", "石城县农业农村局", township.parent)
    finance = factories.an_organisation("finance", "石城县财政局", township.parent)
    for name in ("何检查", "许检查"):
        factories.a_user(name, "verifier", bureau)
    approver, desk = (factories.a_user(name, "bureau_approver", bureau) for name in ("林局长", "马股长"))
    cast = {"cadre": cadre, "township": officer, "desk": desk, "approver": approver}
    rules = a_scheme(finance, approver, produce, crop_fen=60, low_fen=30, publish=False)
    slip = schemes.ask_for_paper(rules, kind="weighed", from_fen=9_999_00, by=approver, at=MONDAY)
    story = Claims(cast, schemes.publish_scheme(rules, by=approver, at=MONDAY))
    for household in losers:
        user = factories.a_user(household.head_name, person=household.head)
        awarded = story.awarded(story.filed(a_lot(household, produce, by=user)))
    _called(awarded, approver)
    _called(story.filed(a_lot(household, produce, by=user)), None)
    writer = factories.a_user("刘建国", "cadre", *post_of(cadre))
    story.filed(a_lot(household, produce, by=user), consent="visit", by=writer)
    crop = factories.a_season(household, produce, parcel="河边三号", by=writer, confirmed_by=officer)
    said = {
        "cause": "unsold",
        "about": 20_000,
        "seen_on": DAY,
        "words": "",
        "consent": "phone",
        "by": writer,
        "at": MONDAY,
    }
    loss_notices.give_notice(goods=crop, **said)
    lost = story.filed(crop, consent="visit", by=writer)
    bring_paper(lost, slip, photo=a_photo(by=writer), by=writer, at=MONDAY)
    inbound.take_in(gateway_id="loss", phone=household.phone, body="报损", at=MONDAY)
    texted = InboundMessage.objects.get(gateway_id="loss")
    loss_notices.give_notice(goods=a_lot(household, produce, by=user), text=texted, **said)
    for upheld in (True, False, None):
        refused = story.filed(a_lot(household, produce, by=user))
        refused = answering.refuse(refused, code="other", reason="看不清楚", by=cadre, at=TUESDAY)
        row = appealing.appeal(refused, words="再看一看", by=user, at=WEDNESDAY)
        if upheld is not None:
            appealing.decide(row, upheld=upheld, words="看过了", by=approver, at=THURSDAY)
    _rehearsed(finance, approver, produce)
    factories.a_signature(awarded.village_notice, at=MONDAY)
    maker = factories.a_user("高出纳", "finance_maker", finance)
    checker = factories.a_user("邓会计", "finance_checker", finance)
    book_money(story.scheme, 100_00, document="9号", by=maker, confirmed_by=checker, at=MONDAY)
    OtherRelief.objects.create(
        household=losers[1], produce=produce, source="人保财险", from_on=DAY, to_on=DAY, amount_fen=1, document="7号",
        by=desk, confirmed_by=approver, at=MONDAY,
    )  # fmt: skip
    NotServed.objects.create(
        channel_id="school", produce=produce, from_on=DAY.replace(year=DAY.year + 5), why="没煮熟会中毒",
        document="9号", by=desk, confirmed_by=approver, at=MONDAY,
    )  # fmt: skip
    Sanction.objects.create(
        household=losers[1], code="no_selling", produce=produce, from_on=DAY, to_on=DAY, reason="以次充好",
        document="9号", by=desk, confirmed_by=approver, at=MONDAY,
    )  # fmt: skip
    batch = bank.sent(finance, maker, checker)
    _restored(maker, checker)
    for number, payment in enumerate(batch.payments.order_by("line_no")):
        lines = [bank.answer_line(payment)]
        bank.load(bank.return_file(batch, lines, end="\r\n" if number else "\n"), checker, at=AWARDED_AT)
    one_more = story.awarded(story.filed(a_lot(losers[0], produce, by=user), consent="visit", by=writer))
    decider = factories.a_user("谢股长", "bureau_approver", bureau)
    third = bank.sent(finance, maker, checker)
    bank.load(bank.return_file(third, [bank.answer_line(third.payments.get())]), checker, at=AWARDED_AT)
    told = camt.statement(camt.entry(third.payments.get()), camt.entry(reference="E-WATER-11"))
    statements.load_statement(told, payer=finance, by=checker, at=AWARDED_AT)
    AwardRelease.objects.create(award=one_more.award, why="看过了", seen_until=AWARDED_AT, by=decider, at=AWARDED_AT)
    _looked_at_again([awarded.award, one_more.award], decider)
    claimed_back(one_more, desk, decider, maker)
    bank.back_and_forth(batch, finance, maker, checker, AWARDED_AT)
    receipt = claimed_back(batch.payments.order_by("line_no")[0].payable.award.claim, desk, decider, maker)
    recovering_relief.confirm(receipt, by=checker, at=AWARDED_AT)
    _inherited(story, household.village, produce, maker, checker)
    for serial in (1, 2):
        lot = a_lot(household, produce, by=user, at=MONDAY - dt.timedelta(days=8))
        sold = _sold_low(lot, serial)
        claim = story.filed(lot, sale=sold, kg=20, cause="cheap", happened_on=DAY, photos=[], by=user)
        if serial == 1:
            notice = story.on_village_notice(claim)
            awarding.compute(noticing.go_on_after_village_notice(claim, at=notice.ends_at), by=desk, at=notice.ends_at)
    hung = story.on_village_notice(story.filed(a_lot(household, produce, by=user)))
    object_to(hung.lines.first(), words="不对", contact="13900000000", at=FRIDAY)


def _inherited(story, village, produce, maker, checker) -> None:
    """Let two payees die before their money left: one heir is confirmed, one waits."""
    for serial, confirmed in ((801, True), (802, False)):
        died = factories.a_household(village, name="黄老人")
        user = factories.a_user("黄老人", person=died.head)
        owed = story.awarded(story.filed(a_lot(died, produce, by=user))).award.payable
        said = {"died_on": DAY, "document": "7号", "name": "黄小英", "bank": "农业银行", "paper": a_photo(by=maker)}
        card = {"id_number": factories.an_id_number(serial), "number": factories.a_card_number(99_000 + serial)}
        heir = heirs.name_heir(owed, **said, **card, by=maker, at=AWARDED_AT)
        if confirmed:
            heirs.confirm_heir(heir, by=checker, at=AWARDED_AT)


def _restored(maker, checker) -> None:
    """Restore a backup, as it were, while a batch is at the bank, and let two people compare it."""
    restore = restoring.mark_restored(by=None, at=AWARDED_AT)
    frozen = restore.frozen.get()
    restoring.propose_found(frozen, found="at_bank", by=maker, at=AWARDED_AT)
    payouts.confirm_found(frozen, by=checker, at=AWARDED_AT)
    restoring.propose_close(restore, letter_number="8号", by=maker, at=AWARDED_AT)
    restoring.confirm_close(restore, by=checker, at=AWARDED_AT)


def _rehearsed(finance, approver, produce) -> None:
    """Run a draft that has a rate for lots alone over the season, and ask for it once more."""
    rules = {
        "code": "DRAFT", "name": "救助（下一年）", "legal_basis": "草稿", "window_from": DAY, "window_to": DAY,
        "tiers": ["lifted", "ordinary"], "household_cap_fen": 100_00, "min_loss_g": 1, "village_days": 5,
        "county_days": 5, "payer": finance,
    }  # fmt: skip
    draft = schemes.draft_scheme(**rules, by=approver, at=AWARDED_AT)
    schemes.add_rate(draft, produce=produce, rate_fen=160, by=approver, at=AWARDED_AT)
    for _twice in range(2):
        rehearsing.ask(draft, from_on=DAY, to_on=DAY, by=approver, at=AWARDED_AT)
        rehearsing.run_waiting(at=AWARDED_AT)
    rehearsing.ask(draft, from_on=DAY, to_on=DAY, by=approver, at=AWARDED_AT)
