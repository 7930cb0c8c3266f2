"""The rules of the registers of reserved shares: who reports for whom, what is declared, and who is excepted."""

import datetime as dt

from django.utils.translation import gettext as _

from accounts.models import Organisation, Role, User
from canteens.models import Canteen, ShareCause, ShareDeclaration, ShareException, ShareReason, ShareUnit
from canteens.selectors.shares import declared_until, share_unit_on, shares_of
from kernel import clock
from kernel.dates import day_words
from kernel.errors import BadValue
from kernel.money import yuan
from kernel.typed import fold_typed
from kernel.workflow import change
from records.selectors.policy import policy
from registers.services.named import organisation_named, row_of
from registers.services.offices import OFFICES
from registers.services.rules import Content, Hands, Rules, Step, seat

PERCENT = 10  # thousandths in a percent


class ShareUnitRules(Rules):
    """Who reports: to whom a buyer answers, which buyer reports for it where they eat together, who runs its canteen.

    One row stands a buyer; the next one ends it on its own first day, and what was counted until then stays.
    """

    key = "share-units"
    roles = (Role.RELIEF_CLERK, Role.BUREAU_APPROVER)

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return how a buyer would be counted from a day on, beside how it is counted before."""
        buyer, from_on = buyer_named(content["organisation"]), dt.date.fromisoformat(content["from_on"])
        superior, reporter = _unit(content.get("superior")), _unit(content.get("reported_by"))
        if superior == buyer or reporter == buyer:
            raise BadValue(_("Leave the line empty where %(name)s stands for itself.") % {"name": buyer.name})
        if reporter is not None:
            _refuse_chain(buyer, buyer_named(reporter.name), from_on)
        last = ShareUnit.objects.filter(organisation=buyer).order_by("-from_on").first()
        if last is not None and from_on <= last.from_on:
            raise BadValue(
                _("It is written down from %(day)s already. Choose a later day.") % {"day": last.from_on.isoformat()}
            )
        values = {
            "superior": superior.name if superior else "",
            "reported_by": reporter.name if reporter else "",
            "run_by": fold_typed(content.get("run_by") or ""),
            "from_on": from_on.isoformat(),
        }
        stood = (
            {
                "superior": last.superior.name if last.superior else "",
                "reported_by": last.reported_by.name if last.reported_by else "",
                "run_by": last.run_by,
                "from_on": last.from_on.isoformat(),
            }
            if last is not None
            else {}
        )
        return Step(
            subject=f"{buyer.pk}",
            title=buyer.name,
            facts=[(field, stood.get(field, ""), value) for field, value in values.items()],
            hands=OFFICES,
        )

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Write how the buyer is counted, which ends what stood before."""
        buyer, from_on = buyer_named(content["organisation"]), dt.date.fromisoformat(content["from_on"])
        stands = ShareUnit.objects.filter(organisation=buyer, to_on=None).first()
        if stands is not None:
            change(stands, {"to_on": from_on})
        ShareUnit.objects.create(
            organisation=buyer,
            superior=_unit(content.get("superior")),
            reported_by=_unit(content.get("reported_by")),
            run_by=fold_typed(content.get("run_by") or "")[:80],
            from_on=from_on,
            document=document,
        )


class ShareRules(Rules):
    """Declarations: what a canteen spends on food in a year, and how much of it is kept for poor households' goods."""

    key = "shares"
    roles = (Role.CASHIER, Role.PAYMENT_CHECKER)
    proposers = (Role.CASHIER,)

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return what would be declared for a year, or what would correct it."""
        today = clock.county_day(at)
        if "share" in content:
            row = row_of(ShareDeclaration, content["share"])
            buyer, year = row.organisation, row.year
            last = shares_of(year).filter(organisation=buyer).first()
        else:
            buyer, year = buyer_named(content["organisation"]), int(content["year"])
            last = shares_of(year).filter(organisation=buyer).first()
            if last is not None:
                raise BadValue(
                    _("%(name)s has declared its share of %(year)s. Open it in the list and correct it there.")
                    % {"name": buyer.name, "year": year}
                )
        if year not in (today.year, today.year + 1):
            raise BadValue(_("Shares are declared for %(this)s or the year after.") % {"this": today.year})
        _refuse_reported(buyer, max(today, dt.date(year, 1, 1)))
        total, union, ratio = _sums(content, buyer, year)
        values = {"total": yuan(total), "union": yuan(union), "ratio": f"{ratio / PERCENT:g}%"}
        stood = (
            {
                "total": yuan(last.total_fen),
                "union": yuan(last.union_fen),
                "ratio": f"{last.ratio_permille / PERCENT:g}%",
            }
            if last is not None
            else {}
        )
        notes = [_("To be bought in the year: %(yuan)s yuan.") % {"yuan": yuan(due_fen(total, ratio))}]
        until = declared_until(year)
        if last is None and today > until:
            notes.append(_("It is late: shares were to be declared until %(day)s.") % {"day": day_words(until)})
        return Step(
            subject=f"{buyer.pk}:{year}",
            title=_("%(name)s, share of %(year)s") % {"name": buyer.name, "year": year},
            facts=[(field, stood.get(field, ""), value) for field, value in values.items()],
            hands=Hands((seat(Role.CASHIER, buyer.pk),), (seat(Role.PAYMENT_CHECKER, buyer.pk),)),
            notes=notes,
        )

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Write the declaration, or its correction as the next turn."""
        if "share" in content:
            row = row_of(ShareDeclaration, content["share"])
            buyer, year = row.organisation, row.year
        else:
            buyer, year = buyer_named(content["organisation"]), int(content["year"])
        last = shares_of(year).filter(organisation=buyer).first()
        total, union, ratio = _sums(content, buyer, year)
        ShareDeclaration.objects.create(
            organisation=buyer,
            year=year,
            turn=last.turn + 1 if last is not None else 1,
            total_fen=total,
            union_fen=union,
            ratio_permille=ratio,
            document=document,
            by=by,
            confirmed_by=confirmed_by,
            at=at,
        )


class ShareExceptionRules(Rules):
    """Exceptions from the share: another ratio for one buyer and year, which the county's finance grants."""

    key = "share-exceptions"
    roles = (Role.CASHIER, Role.FINANCE_MAKER, Role.FINANCE_CHECKER)
    proposers = (Role.CASHIER, Role.FINANCE_MAKER)

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return which ratio would count instead of which."""
        buyer, year = buyer_named(content["organisation"]), int(content["year"])
        today, ratio = clock.county_day(at), ratio_of(content)
        if year not in (today.year, today.year + 1):
            raise BadValue(_("Exceptions are granted for %(this)s or the year after.") % {"this": today.year})
        last = _last_exception(buyer, year)
        declared = shares_of(year).filter(organisation=buyer).first()
        stood = last.ratio_permille if last else declared.ratio_permille if declared else None
        before = f"{stood / PERCENT:g}%" if stood is not None else ""
        return Step(
            subject=f"{buyer.pk}:{year}",
            title=_("%(name)s, exception of %(year)s") % {"name": buyer.name, "year": year},
            facts=[
                ("ratio", before, f"{ratio / PERCENT:g}%"),
                ("why", last.why if last else "", fold_typed(content["why"])),
            ],
            hands=Hands((seat(Role.CASHIER, buyer.pk), seat(Role.FINANCE_MAKER)), (seat(Role.FINANCE_CHECKER),)),
        )

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Write the exception; the latest of a year counts."""
        buyer, year = buyer_named(content["organisation"]), int(content["year"])
        last = _last_exception(buyer, year)
        ShareException.objects.create(
            organisation=buyer,
            year=year,
            turn=last.turn + 1 if last is not None else 1,
            ratio_permille=ratio_of(content),
            why=fold_typed(content["why"])[:200],
            document=document,
            by=by,
            confirmed_by=confirmed_by,
            at=at,
        )


def due_fen(total_fen: int, ratio_permille: int) -> int:
    """Return how much is to be bought of a year's total, rounded up."""
    return -(-total_fen * ratio_permille // 1000)


def name_cause(
    organisation: Organisation, year: int, cause: str, *, words: str = "", by: User, at: dt.datetime
) -> ShareReason:
    """Say, for a buyer, why it is behind with its share; the latest word counts and the earlier ones stay."""
    words = fold_typed(words)[:200]
    return ShareReason.objects.create(
        organisation=organisation, year=year, cause=ShareCause(cause), words=words, by=by, at=at
    )


def buyer_named(name: str) -> Organisation:
    """Return the buyer of this name."""
    organisation = organisation_named(name)
    if organisation.kind != Organisation.Kind.BUYER:
        raise BadValue(_("%(name)s is no buyer. Only buyers keep a share.") % {"name": organisation.name})
    return organisation


def ratio_of(content: Content) -> int:
    """Return a ratio in thousandths; the form reads hundredths of a percent."""
    ratio, rest = divmod(int(content["ratio"]), PERCENT)
    if rest:
        raise BadValue(_("Write the ratio with one decimal at most, such as 12.5%."))
    return ratio


def _sums(content: Content, buyer: Organisation, year: int) -> tuple[int, int, int]:
    """Return the year's food, what the union means to buy, and the ratio, as far as they may be declared."""
    total, union, ratio = int(content["total"]), int(content.get("union") or 0), ratio_of(content)
    least = policy("share_least_permille", dt.date(year, 1, 1))
    if ratio < least:
        raise BadValue(_("At least %(least)s%% are kept. Write that much or more.") % {"least": f"{least / PERCENT:g}"})
    mode = Canteen.objects.filter(organisation=buyer).values_list("mode", flat=True).first()
    if mode == Canteen.Mode.NONE and total:
        raise BadValue(_("There is no canteen here. Write 0 for its food; what the union buys counts by itself."))
    if mode != Canteen.Mode.NONE and not total:
        raise BadValue(_("Write what the canteen spends on food in the year."))
    return total, union, ratio


def _refuse_reported(buyer: Organisation, day: dt.date) -> None:
    unit = share_unit_on(buyer, day)
    if unit is not None and unit.reported_by is not None:
        raise BadValue(_("The canteen is shared: %(name)s reports for it.") % {"name": unit.reported_by.name})


def _refuse_chain(buyer: Organisation, reporter: Organisation, day: dt.date) -> None:
    """Refuse a reporter that is reported by others, and a buyer that reports for others: each yuan counts once."""
    further = share_unit_on(reporter, day)
    if further is not None and further.reported_by is not None:
        raise BadValue(
            _("%(name)s is reported by %(other)s itself. Name that one.")
            % {"name": reporter.name, "other": further.reported_by.name}
        )
    if ShareUnit.objects.filter(reported_by=buyer, to_on=None).exists():
        raise BadValue(_("%(name)s reports for others. Let them be reported elsewhere first.") % {"name": buyer.name})


def _last_exception(buyer: Organisation, year: int) -> ShareException | None:
    return ShareException.objects.filter(organisation=buyer, year=year).order_by("-turn").first()


def _unit(name: str | None) -> Organisation | None:
    return organisation_named(name) if name else None
