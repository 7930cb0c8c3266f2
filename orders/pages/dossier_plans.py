"""What orders rest on as tables of a file: plans, public notices with objections, quotes, signed lists; its photos.

Who signed for goods is read by whoever reads signed lists; everybody else reads how many did.
"""

from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from canteens.models import LISTED_KINDS, PurchasePlan, PurchasePlanStatus, SheetAnswer, SignedListStatus
from canteens.pages.plan_goods import ceiling_words, quantity_words
from canteens.selectors.plan_goods import goods_name
from canteens.selectors.plan_papers import PlanPapers, SheetOfPlan
from canteens.services.signed_lists import spans
from kernel import weight
from kernel.dates import period_words
from orders.pages.dossier_tables import Cell, Eyes, Fen, Section, written_time
from orders.pages.words import photo_name
from orders.selectors.dossier import Gathered
from records.models import Attachment, NoticeStatus
from records.pages.notices import outcome_of


def photos_read(found: Gathered, eyes: Eyes) -> list[Attachment]:
    """Return the photos of a file as its reader gets them: those of signed sheets by readers of signed lists alone."""
    return [*found.photos, *(found.sheet_photos if eyes.reads_lists else [])]


def photos(found: Gathered, eyes: Eyes) -> Section:
    """Return the photos under the names by which they lie in the archive."""
    numbers = {row.reference: row.number for row in found.receipts}
    numbers |= {row.reference: row.number for row in found.returns}
    pick_up = pgettext("file", "Pick-up %(number)s")
    numbers |= {row.reference: pick_up % {"number": row.allocation.order.number} for row in found.hand_overs}
    numbers |= {row.reference: _plan(row) for row in found.papers_of_plans.plans}
    signed = pgettext("file", "Signed list %(plan)s")
    numbers |= {kept.row.reference: signed % {"plan": _plan(kept.row.plan)} for kept in found.papers_of_plans.lists}
    rows: list[list[Cell]] = [
        [photo_name(position, row.file.sha256), numbers[row.document], written_time(row.at)]
        for position, row in enumerate(photos_read(found, eyes), 1)
    ]
    return Section(
        "photos",
        pgettext("file", "Photos"),
        [pgettext("file", "Photo"), pgettext("file", "Document"), pgettext("file", "When")],
        rows,
    )


def _plans(found: Gathered, eyes: Eyes) -> Section:
    rows: list[list[Cell]] = []
    for plan in found.papers_of_plans.plans:
        rows.append(
            [
                plan.occasion,
                plan.committee_record,
                f"{plan.fund.label} {plan.fund.fiscal_year}",
                Fen(plan.total_fen),
                Fen(plan.per_head_fen) if plan.per_head_fen is not None else "",
                Fen(plan.accepted_fen),
                period_words(plan.from_on, plan.to_on),
                plan.project_number,
                plan.requirement.document if plan.requirement is not None else "",
                eyes.account(plan.by),
                written_time(plan.at),
                eyes.account(plan.decided_by) if plan.decided_at is not None else "",
                written_time(plan.decided_at) if plan.decided_at is not None else "",
                str(PurchasePlanStatus(plan.status).label),
            ]
        )
    head = [
        pgettext("file", "Plan"),
        pgettext("file", "Record of the committee"),
        pgettext("file", "Paid from"),
        pgettext("file", "At most (yuan)"),
        pgettext("file", "For each member (yuan)"),
        pgettext("file", "Taken (yuan)"),
        pgettext("file", "Days"),
        pgettext("file", "Project"),
        pgettext("file", "Rule for its size"),
        pgettext("file", "Sent by"),
        pgettext("file", "When"),
        pgettext("file", "Approved by"),
        pgettext("file", "When"),
        pgettext("file", "Where it stands"),
    ]
    return Section("plans", pgettext("file", "Purchase plans and their approval"), head, rows)


def _goods(found: Gathered, eyes: Eyes) -> Section:
    rows: list[list[Cell]] = [
        [
            _plan(plan),
            goods_name(row),
            quantity_words(row),
            ceiling_words(row),
            weight.both(row.held_g),
            weight.both(row.accepted_g),
        ]
        for plan in found.papers_of_plans.plans
        for row in found.papers_of_plans.goods.get(plan.pk, [])
    ]
    head = [
        pgettext("file", "Plan"),
        pgettext("plan goods", "Goods"),
        pgettext("plan goods", "Planned"),
        pgettext("plan goods", "Price"),
        pgettext("purchase plan", "On order"),
        pgettext("purchase plan", "Taken"),
    ]
    return Section("plan-goods", pgettext("file", "Goods of the purchase plans"), head, rows)


def _notices(found: Gathered, eyes: Eyes) -> Section:
    rows: list[list[Cell]] = []
    for plan in found.papers_of_plans.plans:
        if plan.notice is None:
            continue
        days = period_words(plan.notice.starts_on, plan.notice.ends_on)
        rows.append(
            [_plan(plan), plan.notice.number, days, "", str(NoticeStatus(plan.notice.status).label), "", "", ""]
        )
        for row in found.papers_of_plans.objections:
            if row.line.notice_id != plan.notice_id:
                continue
            answered = row.answered_at is not None
            rows.append(
                [
                    _plan(plan),
                    plan.notice.number,
                    written_time(row.at),
                    row.number,
                    outcome_of(row).text,
                    row.answer,
                    eyes.account(row.answered_by) if answered else "",
                    written_time(row.answered_at) if row.answered_at is not None else "",
                ]
            )
    head = [
        pgettext("file", "Plan"),
        pgettext("file", "Public notice"),
        pgettext("file", "Days"),
        pgettext("file", "Objection"),
        pgettext("file", "Outcome"),
        pgettext("file", "Answer"),
        pgettext("file", "Answered by"),
        pgettext("file", "When"),
    ]
    return Section("notices", pgettext("file", "Public notices and objections"), head, rows)


def _quotes(found: Gathered, eyes: Eyes) -> Section:
    names = _photo_names(found, eyes)
    rows: list[list[Cell]] = [
        [
            _plan(row.plan),
            eyes.words(row.supplier),
            Fen(row.amount_fen),
            names.get(row.photo_id, ""),
            eyes.account(row.by),
            written_time(row.at),
        ]
        for row in found.papers_of_plans.quotes
    ]
    head = [
        pgettext("file", "Plan"),
        pgettext("file", "Supplier"),
        pgettext("file", "Amount (yuan)"),
        pgettext("file", "Photo"),
        pgettext("file", "Brought by"),
        pgettext("file", "When"),
    ]
    return Section("quotes", pgettext("file", "Quotes"), head, rows)


def _lists(found: Gathered, eyes: Eyes) -> Section:
    names, rows = _photo_names(found, eyes), list[list[Cell]]()
    for kept in found.papers_of_plans.lists:
        signed, sheets = kept.row, [one for one in found.papers_of_plans.sheets if one.row.list_id == kept.row.pk]
        rows += [_sheet(sheet, eyes, names) for sheet in sheets if sheet.numbers]
        words = [signed.goods, SignedListStatus(signed.status).label, eyes.words(signed.explained)]
        if kept.unanswered:
            words.append(_("%(n)s lines unanswered") % {"n": kept.unanswered})
        rows.append(
            [
                _plan(signed.plan),
                pgettext("file", "All together"),
                str(kept.lines),
                "",
                Fen(sum(sheet.given_fen for sheet in sheets)),
                pgettext("list", ", ").join(str(word) for word in words if word),
                "",
                eyes.account(signed.decided_by) if signed.decided_at is not None else eyes.account(signed.by),
                written_time(signed.decided_at or signed.at),
            ]
        )
    head = [
        pgettext("file", "Plan"),
        pgettext("file", "Answer"),
        pgettext("file", "People"),
        pgettext("file", "Lines"),
        pgettext("file", "Given (yuan)"),
        pgettext("file", "In words"),
        pgettext("file", "Photo"),
        pgettext("file", "Who"),
        pgettext("file", "When"),
    ]
    return Section("signed-lists", pgettext("file", "Signed lists"), head, rows)


def _sheet(sheet: SheetOfPlan, eyes: Eyes, names: dict[int, str]) -> list[Cell]:
    row = sheet.row
    return [
        _plan(row.list.plan),
        str(SheetAnswer(row.answer).label),
        str(len(sheet.numbers)),
        spans(sheet.numbers),
        Fen(sheet.given_fen),
        row.reason if eyes.reads_lists else "",
        names.get(row.photo_id, "") if row.photo_id is not None else "",
        eyes.account(row.by),
        written_time(row.at),
    ]


PLAN_SECTIONS: tuple[Callable[[Gathered, Eyes], Section], ...] = (_plans, _goods, _notices, _quotes, _lists)


def missing_of_plans(found: Gathered) -> Iterable[str]:
    """Say of plans, records, quotes and signed lists what is not kept, one sentence each."""
    papers = found.papers_of_plans
    if not papers.plans:
        yield _("Purchase plan: none is kept of these orders. Add yours.")
        yield _("Quotes: none are kept of these orders. Add yours.")
        yield _("Record of the committee: none is kept of these orders. Add yours.")
        return
    for order in found.orders:
        if order.purchase_plan_id is None:
            yield _("Order %(number)s: it is on no purchase plan.") % {"number": order.number}
    quoted = {row.plan_id for row in papers.quotes}
    for plan in papers.plans:
        values = {"plan": plan.occasion, "record": plan.committee_record}
        yield _("Record %(record)s of the plan %(plan)s: its number is kept, not its paper. Add yours.") % values
        if plan.pk not in quoted:
            yield _("Plan %(plan)s, record %(record)s: no quotes are kept. Add yours.") % values
    yield from _unlisted(papers)


def _unlisted(papers: PlanPapers) -> Iterable[str]:
    lists = {kept.row.plan_id: kept.row for kept in papers.lists}
    for plan in papers.plans:
        values, kept = {"plan": plan.occasion, "record": plan.committee_record}, lists.get(plan.pk)
        handed_out = plan.per_head_fen is not None and plan.kind in LISTED_KINDS and plan.accepted_fen
        if kept is None and handed_out:
            yield _("Plan %(plan)s, record %(record)s: its signed list is missing.") % values
        if kept is not None and kept.status != SignedListStatus.CLOSED:
            yield _("Plan %(plan)s, record %(record)s: its signed list is not signed off yet.") % values


def _plan(plan: PurchasePlan) -> str:
    return f"{plan.occasion} {plan.committee_record}"


def _photo_names(found: Gathered, eyes: Eyes) -> dict[int, str]:
    shown = enumerate(photos_read(found, eyes), 1)
    return {row.pk: photo_name(position, row.file.sha256) for position, row in shown}
