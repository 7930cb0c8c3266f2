"""The people who knock at the demo county, the object behind each address, and every address there is."""

import datetime as dt
import uuid

from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from accounts.models import Consent, OpenSession, RegisterFile, Role
from accounts.services import acts, grievances
from canteens.services import plan_quotes, propose_budget, publicity, signed_lists, union_members
from canteens.services.deputies import name_deputy
from canteens.services.plan_drafts import keep
from catalog.models import Listing
from catalog.services import papers
from catalog.services.kilos import KiloMove, move_kilos
from catalog.services.recognitions import recognise
from demo.county import find_county
from kernel import clock
from kernel.numbers import Kind, begun
from ledger.models import Contradiction, FrozenBatch, Heir, Payment, PayoutBatch, Restore, ReturnCase
from ledger.services.statements import load_statement
from losses.models import (
    Award,
    CallBack,
    CallDraw,
    LossAppeal,
    LossClaim,
    Rehearsal,
    Reinspection,
    ReinspectionDraw,
    ReliefRecovery,
    ReliefScheme,
)
from losses.selectors.rehearsing import as_said
from losses.services import loss_notices
from orders.models import (
    Allocation,
    Complaint,
    Delivery,
    FundFile,
    GoodsReceipt,
    GoodsReturn,
    PurchaseOrder,
    ReadLink,
    ReceiptLine,
    Recovery,
    RecoveryEnd,
    SettlementStatement,
)
from orders.pages.fund_files import rendered
from orders.selectors.invoices import Printed
from orders.selectors.plans import Want
from orders.selectors.scale import scale_role
from orders.services import filing, handing, keeping, linking
from orders.services.handing import Given
from orders.services.invoicing import bring_invoice
from produce.models import ReferencePrice
from produce.services.dictionary_changes import propose
from records.models import Attachment, Finding, MassReading, PublicNotice
from records.services.files import attach
from records.services.notices import object_to
from registers.services import changes
from selling.models import EntrySheet, ListingDraft
from selling.services.sheets import row_of
from tests import factories
from tests.factories import a_season
from tests.guards.rows import force
from tests.ledger import camt
from tests.losses.steps import claimed_back

NOBODY, STRANGER = "olga", "stranger"


class World:
    """The people who knock, and the object behind each address."""

    def __init__(self):
        county = find_county()
        self.people = dict(county.named)
        self.people[NOBODY] = factories.a_user("欧佳")
        hospital = next(buyer for buyer in county.buyers if buyer.channel_id == "hospital")
        far = next(code for code in county.cadres if not code.startswith("360735102"))
        officer = next(
            team[Role.TOWNSHIP_OFFICER][0]
            for team in county.teams.values()
            if Role.TOWNSHIP_OFFICER in team and team[Role.TOWNSHIP_OFFICER][0] != county.named["officer"]
        )
        self.people |= {
            "other buyer": county.of(hospital, Role.BUYER),
            "other receiver": county.of(hospital, Role.RECEIVER),
            "other cadre": county.cadres[far][0],
            "other officer": officer,
        }
        for second in ("second_receiver", "second_director", "second_clerk"):
            del self.people[second]  # as the first of their post, but where it matters who drew which stage
        self.clients = {who: factories.login(Client(), user) for who, user in self.people.items()}
        self.clients[STRANGER] = Client()
        xiuying = county.named["xiuying"]
        household = xiuying.person.household_memberships.get().household
        guiying_household = county.named["guiying"].person.household_memberships.get().household
        school = county.named["buyer"].person.memberships.get().organisation
        self.listing = Listing.objects.filter(household=household, status="on_sale").order_by("pk").first()
        self.draft = ListingDraft.objects.create(id=uuid.uuid4(), by=xiuying, household=household)
        self.sheet = EntrySheet.objects.create(
            id=uuid.uuid4(),
            by=county.named["cadre"],
            village=household.village,
            produce=self.listing.produce,
            harvested_on=clock.county_day(clock.now()),
            price_fen=80,
            consent="visit",
            made_at=clock.now(),
        )
        of_union = PurchaseOrder.objects.filter(buyer=school, kitchen=None)  # on these 黄秀英 sells
        self.orders = {order.status: order for order in of_union.order_by("pk")}
        weighed = GoodsReceipt.objects.get(status="weighed", delivery__buyer=school)
        at_the_door = Delivery.objects.get(buyer=school, receipts=None, lines__allocation__order__kitchen=None)
        to_fetch = Allocation.objects.filter(
            order=self.orders["under_way"], status="confirmed", listing__household=household
        ).first()
        statements = SettlementStatement.objects.filter(buyer=school)
        paid = statements.filter(payable__payments__status="prepared")
        paper = papers.issue_commitment(self.listing, basis=papers.CONTROL, by=xiuying, at=clock.now())
        recognition = recognise(
            household=household, produce=None, track="self_grown", document="1号",
            from_on=clock.county_day(clock.now()), by=county.named["officer"], at=clock.now(),
        )  # fmt: skip
        self.claims = {}
        for claim in LossClaim.objects.filter(household__village_id="360735102208").order_by("pk"):
            self.claims.setdefault(claim.status, claim)
        typed = factories.a_listing(
            household, self.listing.produce, kg=50, by=county.named["cadre"], at=clock.now(), consent="phone"
        )
        other = factories.a_listing(
            household, self.listing.produce, kg=50, by=county.named["cadre"], at=clock.now(), consent="phone"
        )
        said = acts.dispute(Consent.objects.get(document=other.reference), by=xiuying, at=clock.now())
        arrived = Payment.objects.filter(payable__household=household, status="paid").first()
        grievance = grievances.say(
            arrived.reference, "money", household=arrived.payable.household, by=xiuying, at=clock.now()
        )
        mine = LossClaim.objects.filter(household=household).first()
        elsewhere = {claim.status: claim for claim in LossClaim.objects.order_by("pk")}
        scheme = ReliefScheme.objects.earliest("pk")
        notice = PublicNotice.objects.filter(ends_at__gt=clock.now()).first()
        objection = object_to(notice.lines.first(), words="不对", contact="", at=clock.now())
        factories.a_signature(notice, at=clock.now())
        batch = PayoutBatch.objects.exclude(payer=school).order_by("-pk").first()
        came_back = ReturnCase.objects.get()
        heir = Heir(
            payable=came_back.payable, died_on=clock.county_day(clock.now()), document="1号", bank="农业银行",
            paper=Attachment.objects.filter(document__startswith="claim:").first().file,
            proposed_by=county.named["checker"], proposed_at=clock.now(), payee_name_sealed="x", id_number_sealed="x",
            card_sealed="x",
        )  # fmt: skip
        heir.payee_name, heir.id_number, heir.card = "黄小英", "360735199001011234", "6228480000000000000"
        heir.begin(by=county.named["checker"], at=clock.now())
        contradiction = Contradiction(
            payment=came_back.payment, line=came_back.payment.answers.get(), opened_at=clock.now()
        ).begin(by=county.named["checker"], at=clock.now())
        paid_batch = PayoutBatch.objects.exclude(payer=school).order_by("pk").first()
        restore = Restore(number=1, marked_at=clock.now()).begin(by=None, at=clock.now())
        photo = Attachment.objects.filter(document=mine.reference).first()
        for line in weighed.lines.all():
            attach(weighed.reference, photo.file, scale_role(line.allocation_id), by=weighed.weighed_by, at=clock.now())
        of_school = ReceiptLine.objects.filter(receipt__status="signed", receipt__delivery__buyer=school)
        signed_for = of_school.filter(allocation__household=household, accepted_g__gte=1).earliest("pk")
        sent_back = GoodsReturn(
            number=begun(Kind.RETURN, clock.county_day(clock.now())), receipt_line=signed_for, asked_g=1,
            reason="rotten", words="坏了", asked_by=weighed.weighed_by, asked_at=clock.now(),
            answer_by_at=clock.now() + dt.timedelta(hours=48),
        ).begin(by=weighed.weighed_by, at=clock.now())  # fmt: skip
        complaint = Complaint(
            number=begun(Kind.COMPLAINT, clock.county_day(clock.now())), receipt_line=signed_for, side="buyer",
            about="quality", asked_g=1, words="坏了", raised_by=weighed.weighed_by, raised_at=clock.now(),
            until_at=clock.now() + dt.timedelta(hours=48),
        ).begin(by=weighed.weighed_by, at=clock.now())  # fmt: skip
        attach(complaint.reference, photo.file, "complaint", by=weighed.weighed_by, at=clock.now())
        attach(sent_back.reference, photo.file, "goods", by=weighed.weighed_by, at=clock.now())
        coop = county.named["manager"].person.memberships.get().organisation
        signed = changes.propose(
            "coop-members",
            [{"household": guiying_household.number, "cooperative": coop.name, "from_on": "2026-01-01"}],
            by=county.named["manager"],
            at=clock.now(),
        )
        changes.confirm(signed, paper=photo.file, by=county.named["cadre"], at=clock.now())
        stated = statements.filter(payable__payments=None, household=guiying_household).first()
        paper_said = Printed("12345678", "", clock.county_day(clock.now()), "廖桂英", school.name, stated.total_fen)
        invoice = bring_invoice([stated], paper_said, photo.file, by=county.named["guiying"], at=clock.now())
        claim = self._claim(stated, county.named["treasurer"])
        self.objects = {
            "consent_id": Consent.objects.get(document=typed.reference).pk,
            "dispute_id": said.pk,
            "grievance_id": grievance.pk,
            "about": f"household:{household.pk}",
            "payment_id": arrived.pk,
            "coop_member_id": factories.a_member(household, coop).pk,
            "mandate_id": factories.a_mandate(household, coop).pk,
            "listing_id": self.listing.pk,
            "draft_id": self.draft.pk,
            "paper_id": paper.pk,
            "household_id": household.pk,
            "recognition_id": recognition.pk,
            "code": paper.code,
            "sheet_id": self.sheet.pk,
            "row_id": row_of(self.sheet, household, at=clock.now()).pk,
            "fund_id": school.funds.first().pk,
            "organisation_id": school.pk,
            "budget_id": propose_budget(
                school.funds.first(), 100_00, "试", by=county.named["treasurer"], at=clock.now()
            ).pk,
            "deputy_id": self._deputy(school, county).pk,
            "purchase_plan_id": factories.a_purchase_plan(
                school.funds.first(), by=county.named["buyer"], kind="event", at=clock.now()
            ).pk,
            "plan_draft_id": keep({"occasion": "春游"}, by=county.named["buyer"], at=clock.now()).pk,
            "register_change_id": changes.propose(
                "channels",
                [{"code": "barracks", "name_zh": "军营", "name_en": "Barracks", "position": 9, "runs_canteen": True}],
                document_number="8号",
                by=county.named["clerk"],
                at=clock.now(),
            ).pk,
            "key": "channels",
            "person_id": county.named["buyer"].person_id,
            "session_id": OpenSession.objects.create(
                user=county.named["buyer"], session_key="kept", device="phone", begun_at=clock.now()
            ).pk,
            "mass_reading_id": MassReading.objects.create(
                by=county.named["clerk"], on=clock.county_day(clock.now()), people=400, at=clock.now()
            ).pk,
            "row_key": "school",
            "union_list_id": union_members.propose_list(
                school,
                [union_members.ListedMember("王小明")],
                on=clock.county_day(clock.now()),
                document_number="试",
                by=county.named["treasurer"],
                at=clock.now(),
            ).pk,
            "register_file_id": RegisterFile.objects.get(status="proposed").pk,
            "order_id": self.orders["asking"].pk,
            "kept_id": self._kept(self.listing, county.named["buyer"], school).pk,
            "allocation_id": Allocation.objects.get(order=self.orders["asking"], listing__household=household).pk,
            "receipt_id": weighed.pk,
            "link_id": self._link(school, county).pk,
            "made_id": self._made(school, county).pk,
            "return_id": sent_back.pk,
            "complaint_id": complaint.pk,
            "recovery_id": claim.pk,
            "line_id": signed_for.pk,
            "delivery_id": weighed.delivery_id,
            "hand_over_id": self._hand_over(to_fetch, county.named["haulier"], photo.file).pk,
            "statement_id": statements.filter(payable__payments=None, household=guiying_household).first().pk,
            "invoice_id": invoice.pk,
            "scheme_id": scheme.pk,
            "claim_id": mine.pk,
            "report_id": mine.report_id,
            "finding_id": Finding.objects.filter(document=mine.reference).earliest("pk").pk,
            "visit_id": None,  # each door names its own
            "which": "whole",
            "notice_id": self._notice_of_loss(photo.file, household).pk,
            "call_id": self._call(mine).pk,
            "reinspection_id": self._second_look(elsewhere["awarded"].award).pk,
            "appeal_id": LossAppeal(
                claim=mine,
                words="再看一看",
                by=xiuying,
                at=clock.now(),
                decide_by_at=clock.now() + dt.timedelta(days=9),
            )
            .begin(by=xiuying, at=clock.now())
            .pk,
            "relief_id": self._relief_back(household, county),
            "rehearsal_id": Rehearsal.objects.create(
                scheme=scheme,
                rules=as_said(scheme),
                version="1",
                money_fen=0,
                from_on=self.listing.sell_by,
                to_on=self.listing.sell_by,
                by=county.named["director"],
                at=clock.now(),
            ).pk,
            "sale_id": self._sold_low().pk,
            "season_id": a_season(household, self.listing.produce, parcel="屋后", at=clock.now()).pk,
            "produce_code": self.listing.produce.code,
            "change_id": propose(
                produce=self.listing.produce,
                values={"shelf_days": self.listing.produce.shelf_days + 1},
                reason="试",
                by=county.named["second_inspector"],
                at=clock.now(),
            ).pk,
            "file_id": photo.file_id,
            "place_code": "360735102208",
            "number": notice.number,
            "objection_id": objection.pk,
            "batch_id": batch.pk,
            "bank_statement_id": load_statement(
                camt.statement(camt.entry(reference="E-WATER-11")),
                payer=paid_batch.payer,
                by=paid_batch.maker,
                at=clock.now(),
            )[0].pk,
            "run_id": PayoutBatch.objects.get(payer=school).pk,
            "case_id": came_back.pk,
            "payable_id": came_back.payable_id,
            "heir_id": heir.pk,
            "restore_id": restore.pk,
            "frozen_id": FrozenBatch(restore=restore, batch=paid_batch).begin(by=None, at=clock.now()).pk,
            "contradiction_id": contradiction.pk,
            "digest": self.listing.cover.sha256,
            "lot_id": self.listing.pk,
            "shows": "scale",
            "px": "240",
            "suffix": "webp",
        }
        drawn = next(
            claim for claim in LossClaim.objects.filter(status="to_visit").order_by("pk") if claim.visits.exists()
        )
        undrawn = next(
            claim for claim in LossClaim.objects.filter(status="to_visit").order_by("pk") if not claim.visits.exists()
        )
        self.special = {
            "read-link": {"code": ReadLink.objects.get().code},
            **self._signed_list(school, county, photo.file),
            **self._plan_on_notice(school, county, photo.file),
            "run-new": {"fund_id": school.funds.get(kind="union", fiscal_year=clock.county_day(clock.now()).year).pk},
            "register-change-paper": {"register_change_id": signed.pk},
            "listing-dispute": {"listing_id": typed.pk},
            "claim-of-lot": {"listing_id": mine.listing_id},
            "notice-publish-county": {"place_code": "360735102000"},
            "order-approve": {"order_id": self.orders["awaiting"].pk},
            "order-refuse": {"order_id": self.orders["awaiting"].pk},
            "hand-over": {"allocation_id": to_fetch.pk},
            "delivery-ship": {"order_id": self.orders["under_way"].pk},
            "delivery-arrive": {"delivery_id": at_the_door.pk},
            "delivery-accept": {"delivery_id": at_the_door.pk},
            "delivery-weighed": {"delivery_id": at_the_door.pk},
            "door-photo": {"delivery_id": at_the_door.pk, "lot_id": at_the_door.lines.first().allocation_id},
            "delivery-show": {"delivery_id": at_the_door.pk},
            "delivery-weigh": {"delivery_id": at_the_door.pk},
            "return-ask": {"receipt_id": signed_for.receipt_id},
            "complaint-new": {"receipt_id": signed_for.receipt_id},
            "receipt-line-rate": {"receipt_id": signed_for.receipt_id},
            "correction-ask": {"receipt_id": signed_for.receipt_id},
            "order-settle": {"order_id": self.orders["closed"].pk},
            "payment-confirm": {"statement_id": paid.first().pk},
            "payment-reject": {"statement_id": paid.first().pk},
            "claim-township-check": {"claim_id": self.claims["village_checked"].pk},
            "visit-draw": {"claim_id": undrawn.pk},
            "visit-record": {"claim_id": drawn.pk},
            "visit-redraw": {"claim_id": drawn.pk},
            "visit-written": {"visit_id": drawn.visits.get().pk},
            "visit-signed": {"visit_id": drawn.visits.get().pk},
            "report-photo": {"which": 1},
            "crop-report-photo": {"which": 1},
            "visit-photo": {"visit_id": drawn.visits.get().pk, "which": "whole"},
            "visit-sign": {"claim_id": drawn.pk},
            "visit-contest": {"claim_id": drawn.pk},
            "award-stopped": {"claim_id": elsewhere["awarded"].pk},
            "claim-compute": {"claim_id": elsewhere["visited"].pk},
            "claim-review": {"claim_id": elsewhere["county_notice"].pk},
            "claim-award": {"claim_id": elsewhere["county_notice"].pk},
        }

    @staticmethod
    def _claim(like, payer):
        """Claim a yuan of the seller of a statement; how that ends waits for the second person."""
        at = clock.now()
        below = SettlementStatement.objects.create(
            number=begun(Kind.STATEMENT, clock.county_day(at)), delivery=like.delivery, buyer=like.buyer,
            fund=like.fund, household=like.household, weight_g=0, total_fen=-100, rest_at=at, at=at,
        )  # fmt: skip
        claim = Recovery.objects.create(statement=below, amount_fen=100, at=at)
        RecoveryEnd(recovery=claim, how="waived", why="试", proposed_by=payer, proposed_at=at).begin(by=payer, at=at)
        return claim

    @staticmethod
    def _relief_back(household, county):
        """Claim a yuan of relief back that arrived; half of it came back and waits for the second person."""
        award = Award.objects.filter(payable__payments__status="paid").order_by("pk").first()
        claimed_back(award.claim, county.named["director"], county.named["head"], county.named["maker"], clock.now())
        return ReliefRecovery.objects.get().pk

    def _notice_of_loss(self, photo, household):
        """Let the household say that a lot of its own is lost, with a photo."""
        return loss_notices.give_notice(
            goods=self.listing, cause="unsold", about=1_000, seen_on=clock.county_day(clock.now()), words="",
            photos=[photo], by=self.listing.made_by, at=clock.now(),
        )  # fmt: skip

    def _call(self, claim):
        """Let the household of a report be drawn for a call."""
        at = clock.now()
        draw = CallDraw.objects.create(claim=claim, round=claim.round, percent=100, seed="1", picked=True, at=at)
        return CallBack(draw=draw, claim=claim, at=at, call_by_at=at + dt.timedelta(days=3)).begin(by=None, at=at)

    @staticmethod
    def _second_look(award):
        """Draw an award for a re-inspection."""
        at = clock.now()
        draw = ReinspectionDraw.objects.create(month="试", percent=100, top_percent=0, seed="1", awards=1, at=at)
        row = Reinspection(draw=draw, award=award, why="random", at=at, due_at=at + dt.timedelta(days=9))
        return row.begin(by=None, at=at)

    def _sold_low(self):
        """Let a kilo of the farmer's lot have been sold below the reference, some days ago."""
        at = clock.now() - dt.timedelta(days=9)
        price = (self.listing.price_fen, self.listing.price_unit_g)
        ReferencePrice.objects.create(
            produce=self.listing.produce, day=clock.county_day(at), source="试", avg_fen=10 * self.listing.price_fen
        )
        move_kilos([KiloMove(self.listing.pk, "free", "sold", 1_000, "access:sold", price=price)], by=None, at=at)
        return self.listing.movements.get(reference="access:sold")

    @staticmethod
    def _deputy(school, county):
        """Let the chair name the cashier as deputy, from tomorrow on: today it may no more than before."""
        day = clock.county_day(clock.now()) + dt.timedelta(days=1)
        deputy, chair = county.named["cashier"].person, county.named["chair"]
        return name_deputy(school, deputy, day, day, by=chair, at=clock.now())

    @staticmethod
    def _signed_list(school, county, photo):
        """Keep the signed list of a plan of the school's union, with a photo; return where it is asked for."""
        at, treasurer = clock.now(), county.named["treasurer"]
        fund = school.funds.get(kind="union", fiscal_year=clock.county_day(at).year)
        plan = factories.a_purchase_plan(fund, by=county.named["buyer"], kind="event", record="签字试", at=at)
        force(plan, status="approved", per_head_fen=1, members=1, decided_by=county.named["chair"], decided_at=at)
        row = signed_lists.open_list(plan, "大米", by=treasurer, at=at)
        signed_lists.add_photo(row, photo, by=treasurer, at=at)
        asked = {"purchase_plan_id": plan.pk}
        here = ["signed-list", *(f"signed-list-{door}" for door in ("names", "photo", "answer", "print", "lines"))]
        return dict.fromkeys(here, asked) | {"signed-list-sheet": asked | {"file_id": photo.pk}}

    @staticmethod
    def _plan_on_notice(school, county, photo):
        """Put a plan of the school's union on public notice, with a quote and an objection; return where they are."""
        at, buyer = clock.now(), county.named["buyer"]
        fund = school.funds.get(kind="union", fiscal_year=clock.county_day(at).year)
        factories.a_plan_requirement(school.place, from_fen=50_000_00, notice_days=3, from_on=factories.LONG_AGO)
        plan = factories.a_purchase_plan(fund, by=buyer, kind="event", record="公示试", fen=50_000_00, at=at)
        notice = publicity.put_on_notice(plan, publicity.Intent("大米", "合作社", 46), by=buyer, at=at)
        row = object_to(notice.lines.get(), words="试", contact="", at=at)
        plan_quotes.add_quote(plan, "甲店", 1, photo, by=buyer, at=at)
        asked = {"purchase_plan_id": plan.pk}
        return {
            "purchase-plan-quote-photo": asked | {"file_id": photo.pk},
            "purchase-plan-objection": asked | {"objection_id": row.pk},
        }

    @staticmethod
    def _link(school, county):
        """Give a link to the file of the canteen's purse."""
        fund, day = school.funds.order_by("pk")[0], clock.county_day(clock.now())
        return linking.give_link(fund, first=day, last=day, by=county.named["cashier"], at=clock.now())

    @staticmethod
    def _made(school, county):
        """Have the file of the canteen's purse made for its treasurer."""
        fund, by = school.funds.order_by("pk")[0], county.named["treasurer"]
        days = {"first_on": clock.county_day(clock.now()), "last_on": clock.county_day(clock.now())}
        row = FundFile.objects.create(fund=fund, by=by, at=clock.now(), deliveries=0, **days)
        filing.make_files(rendered, at=clock.now())
        return row

    @staticmethod
    def _kept(lot, buyer, school):
        """Keep a kilogram of a lot for the buyer."""
        want = Want(lot.produce, 1_000, clock.county_day(clock.now()), listing_id=lot.pk)
        return keeping.keep(school, want, "chosen", by=buyer, at=clock.now())

    @staticmethod
    def _hand_over(lot, haulier, photo):
        """Let the haulier take a kilo of a lot, with a photo; nobody has answered it."""
        carrier = haulier.person.memberships.get().organisation_id
        return handing.hand_over(lot, Given(1000), carrier=carrier, photo=photo, by=haulier, at=clock.now())

    def address(self, name: str, keys) -> str:
        special = self.special.get(name.removeprefix("api-"), {})
        return reverse(name, kwargs={key: special.get(key, self.objects[key]) for key in keys})


def addresses() -> dict[str, tuple[str, ...]]:
    """Return every named address with the keys in its path."""

    def walk(patterns, keys=()):
        for pattern in patterns:
            here = (*keys, *pattern.pattern.regex.groupindex)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, here)
            else:
                yield pattern.name, here

    return dict(walk(get_resolver().url_patterns))
