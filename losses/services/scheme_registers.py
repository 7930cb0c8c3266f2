"""The rules of three registers: relief schemes, their rates, and the money behind them."""

import datetime as dt
import re

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Household, HouseholdTier, Role, User
from kernel import clock, money
from kernel.errors import BadValue
from kernel.typed import fold_typed
from losses.models import (
    BroughtBy,
    PaperForm,
    PaperKind,
    ReliefScheme,
    SchemeMoney,
    SchemePaper,
    SchemeRate,
    SchemeStatus,
)
from losses.selectors.papers import from_words
from losses.selectors.rates import rate_words
from losses.services import schemes, sharing
from losses.services.rehearsing import rehearsed_words
from losses.services.scheme_terms import PER_JIN_G, said_of, terms_of
from produce.services.naming import entry_named
from registers.selectors import waits
from registers.services.changes import WaitsAlready
from registers.services.named import row_of
from registers.services.rules import Content, Hands, Rules, Step, seat

BUREAU = Hands((seat(Role.BUREAU_APPROVER),), (seat(Role.BUREAU_APPROVER),))
PUBLISH, CLOSE, SHARE = "publish", "close", "share"
STRIKE = "strike"  # a rate or a paper of a draft; else it is corrected
_CODE = re.compile(r"[A-Z0-9-]{2,32}")


class SchemeRules(Rules):
    """Relief schemes: drafted or copied, mended, published once there are rates and money, closed.

    Published rules stay as they are.
    """

    key = "schemes"
    roles = (Role.BUREAU_APPROVER,)

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return what a scheme would promise, or what its publication or its end would change."""
        if "scheme" in content:
            return self._deciding(row_of(ReliefScheme, content["scheme"]), content["act"], at=at)
        code = fold_typed(content["code"]).upper()
        if not _CODE.fullmatch(code):
            raise BadValue(_("Write the code in 2 to 32 capital letters and digits, such as ZX2030."))
        mended, copied = _mended(content, code), _copied(content)
        begins, ends = (dt.date.fromisoformat(content[name]) for name in ("window_from", "window_to"))
        if ends < begins or ends < clock.county_day(at):
            raise BadValue(_("The last day for losses lies before the first, or is over."))
        proposed = ReliefScheme(code=code, **terms_of(content, at=at))
        stood = said_of(mended) if mended is not None else {}
        if mended is not None and mended.payer_id != proposed.payer_id:
            _require_no_money(mended)
        return Step(
            subject=code,
            title=proposed.name,
            facts=[(name, stood.get(name, ""), value) for name, value in said_of(proposed).items()]
            + ([("copies", "", copied.code)] if copied is not None else []),
            hands=BUREAU,
            notes=[
                _may_apply(proposed.tiers, proposed.townships, at=at),
                *_comes_along(copied),
                _("It is a draft then: rates and money come in by their own registers, and then it is published."),
            ],
        )

    def _deciding(self, scheme: ReliefScheme, act: str, *, at: dt.datetime) -> Step:
        if act == SHARE:
            return self._sharing(scheme)
        to = SchemeStatus.PUBLISHED if act == PUBLISH else SchemeStatus.CLOSED
        if not scheme.can_move(to):
            raise BadValue(_("This scheme is %(status)s.") % {"status": SchemeStatus(scheme.status).label})
        notes = [_may_apply(scheme.tiers, scheme.townships, at=at), _money_left(scheme)]
        if to == SchemeStatus.PUBLISHED:
            if not scheme.rates.exists() or scheme.account.available_fen() < 1:
                raise schemes.NotReadyToPublish
            notes += [_rates_in_words(scheme), rehearsed_words(scheme), *_takes_over(scheme)]
        return Step(
            subject=scheme.code,
            title=scheme.name,
            facts=[("act", str(SchemeStatus(scheme.status).label), str(to.label))],
            hands=BUREAU,
            notes=notes,
        )

    def _sharing(self, scheme: ReliefScheme) -> Step:
        """Return what each would get of the money, all computed together."""
        told = sharing.shared_words(scheme)
        return Step(
            subject=scheme.code,
            title=scheme.name,
            facts=[("act", str(SchemeStatus(scheme.status).label), _("shared"))],
            hands=BUREAU,
            notes=told,
        )

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Write the draft or mend it, publish a scheme, close it or share its money."""
        if "scheme" in content:
            acts = {PUBLISH: schemes.publish_scheme, CLOSE: schemes.close_scheme, SHARE: sharing.share_all}
            decide = acts[content["act"]]
            decide(row_of(ReliefScheme, content["scheme"]), by=confirmed_by, at=at)
            return
        code, terms = fold_typed(content["code"]).upper(), terms_of(content, at=at)
        mended, copied = _mended(content, code), _copied(content)
        if mended is not None:
            schemes.mend_scheme(mended, terms, by=by, at=at)
            return
        own = {name: terms.pop(name) for name in schemes.OWN}
        draft = schemes.draft_scheme(code=code, **terms, own=own, by=by, at=at)
        if copied is not None:
            schemes.copy_rules(copied, draft, by=by, at=at)


class RateRules(Rules):
    """Rates: what a jin, a mu, a head or the value of a produce is relieved with; published rates stay."""

    key = "scheme-rates"
    roles = (Role.BUREAU_APPROVER,)

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return which rate would stand in a draft, or stand in it no more."""
        if "row" in content:
            return self._mending(row_of(SchemeRate, content["row"]), content)
        scheme, produce = _draft(_scheme(content["scheme"])), entry_named(content["produce"])
        category = SchemeRate.Category(content["category"])
        rate = _rate(content)
        rate.produce = produce
        schemes.require_fitting(produce, category, rate.basis)
        if scheme.rates.filter(produce=produce, category=category).exists():
            raise BadValue(_("This scheme has a rate for this produce already."))
        before = SchemeRate.objects.filter(produce=produce, category=category).exclude(scheme=scheme)
        last = before.exclude(scheme__status=SchemeStatus.DRAFT).order_by("-scheme_id").first()
        before_it = _("On the left stands the rate of the scheme before: %(name)s.")
        return Step(
            subject=f"{scheme.code}:{produce.code}:{category.value}",
            title=_("%(produce)s, %(scheme)s") % {"produce": produce.name, "scheme": scheme.name},
            facts=[
                ("scheme", last.scheme.code if last else "", scheme.code),  # the same rate as before is a rate too
                ("category", category.value, category.value),
                ("rate", rate_words(last) if last else "", rate_words(rate)),
            ],
            hands=BUREAU,
            notes=[before_it % {"name": last.scheme.name}] if last is not None else [],
        )

    def _mending(self, stood: SchemeRate, content: Content) -> Step:
        """Return what a rate of a draft would be instead, or that it would be none."""
        scheme, produce, becomes = _draft(stood.scheme), stood.produce, ""
        if content["act"] != STRIKE:
            rate = _rate(content)
            schemes.require_fitting(produce, stood.category, rate.basis)
            becomes = rate_words(rate)
        return Step(
            subject=f"{scheme.code}:{produce.code}:{stood.category}",
            title=_("%(produce)s, %(scheme)s") % {"produce": produce.name, "scheme": scheme.name},
            facts=[
                ("scheme", scheme.code, scheme.code),
                ("category", stood.category, stood.category),
                ("rate", rate_words(stood), becomes),
            ],
            hands=BUREAU,
        )

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Write the rate, in place of another one where it is corrected, or strike it out."""
        if "row" in content:
            stood = row_of(SchemeRate, content["row"])
            schemes.strike(stood, by=by, at=at)
            if content["act"] == STRIKE:
                return
            named = {"scheme": stood.scheme.code, "produce": stood.produce.name, "category": stood.category}
            content = {**content, **named}
        rate = _rate(content)
        schemes.add_rate(
            _scheme(content["scheme"]),
            produce=entry_named(content["produce"]),
            category=content["category"],
            basis=rate.basis,
            rate_fen=rate.rate_fen,
            rate_unit_g=PER_JIN_G,
            permille=rate.permille,
            by=by,
            at=at,
        )


class PaperRules(Rules):
    """Papers a scheme asks for: which, from which amount on, brought by whom; published papers stay."""

    key = "scheme-papers"
    roles = (Role.BUREAU_APPROVER,)

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return which paper a draft would ask for, or ask for no more."""
        if "row" in content:
            return self._mending(row_of(SchemePaper, content["row"]), content)
        scheme, kind = _draft(_scheme(content["scheme"])), PaperKind(content["kind"])
        schemes.require_unasked(scheme, kind)
        return Step(
            subject=f"{scheme.code}:{kind.value}",
            title=_("%(paper)s, %(scheme)s") % {"paper": kind.label, "scheme": scheme.name},
            facts=[
                ("scheme", "", scheme.code),
                ("kind", "", str(kind.label)),
                ("from_amount", "", from_words(_from_fen(content))),
                ("brought_by", "", str(BroughtBy(content["brought_by"]).label)),
                ("form", "", str(PaperForm(content["form"]).label)),
            ],
            hands=BUREAU,
            notes=[_("Without this paper no report goes on beyond the township.")],
        )

    def _mending(self, stood: SchemePaper, content: Content) -> Step:
        """Return how a draft would ask for a paper instead, or that it would not."""
        scheme, stays = _draft(stood.scheme), content["act"] != STRIKE
        return Step(
            subject=f"{scheme.code}:{stood.kind}",
            title=_("%(paper)s, %(scheme)s") % {"paper": stood.get_kind_display(), "scheme": scheme.name},
            facts=[
                ("scheme", scheme.code, scheme.code),
                ("kind", str(stood.get_kind_display()), str(stood.get_kind_display()) if stays else ""),
                ("from_amount", from_words(stood.from_fen), from_words(_from_fen(content)) if stays else ""),
                (
                    "brought_by",
                    str(stood.get_brought_by_display()),
                    str(BroughtBy(content["brought_by"]).label) if stays else "",
                ),
                ("form", str(stood.get_form_display()), str(PaperForm(content["form"]).label) if stays else ""),
            ],
            hands=BUREAU,
        )

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Write the paper, in place of another one where it is corrected, or strike it out."""
        if "row" in content:
            stood = row_of(SchemePaper, content["row"])
            schemes.strike(stood, by=by, at=at)
            if content["act"] == STRIKE:
                return
            content = {**content, "scheme": stood.scheme.code, "kind": stood.kind}
        schemes.ask_for_paper(
            _scheme(content["scheme"]),
            kind=content["kind"],
            brought_by=content["brought_by"],
            form=content["form"],
            from_fen=_from_fen(content),
            by=by,
            at=at,
        )


class SchemeMoneyRules(Rules):
    """Money of a scheme: put in or taken out on a document, by the payer's maker and checker."""

    key = "scheme-money"
    roles = (Role.FINANCE_MAKER, Role.FINANCE_CHECKER)

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return how much the scheme would have left."""
        struck = row_of(SchemeMoney, content["row"]) if "row" in content else None
        if struck is not None:
            scheme, amount_fen = _draft(struck.scheme), -struck.amount_fen
        else:
            scheme, amount_fen = _scheme(content["scheme"]), _signed(content)
        if scheme.status == SchemeStatus.CLOSED and amount_fen > 0:
            raise schemes.NotPublished
        left = scheme.account.available_fen()
        if left + amount_fen < 0:
            raise schemes.SchemeMoneyNotFree(left)
        becomes = _("It has %(left)s yuan left, then %(then)s yuan.")
        return Step(
            subject=scheme.code,
            title=scheme.name,
            facts=[
                ("scheme", scheme.code, scheme.code),
                *([("document", struck.document, "")] if struck is not None else []),
                ("direction", "", "more" if amount_fen > 0 else "less"),
                ("amount", "", money.yuan(abs(amount_fen))),
            ],
            hands=Hands((seat(Role.FINANCE_MAKER, scheme.payer_id),), (seat(Role.FINANCE_CHECKER, scheme.payer_id),)),
            notes=[becomes % {"left": money.yuan(left), "then": money.yuan(left + amount_fen)}],
        )

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Write the sum with both its hands, and post it, or strike it out and post it back."""
        if "row" in content:
            schemes.strike_money(row_of(SchemeMoney, content["row"]), by=by, at=at)
            return
        schemes.book_money(
            _scheme(content["scheme"]), _signed(content), document=document, by=by, confirmed_by=confirmed_by, at=at
        )


def _mended(content: Content, code: str) -> ReliefScheme | None:
    """Return the draft that is to say its terms anew, none for a new one; a code names one scheme."""
    standing = ReliefScheme.objects.filter(code=code).select_related("payer", "account").first()
    if content.get("mends") != "yes":
        if standing is not None:
            raise BadValue(_("Another scheme has this code."))
        return None
    if standing is None:
        raise BadValue(_("No scheme has this code. Look it up in the register of schemes."), about=code)
    if standing.status != SchemeStatus.DRAFT:
        raise schemes.SchemeIsPublished
    if content.get("copies"):
        raise BadValue(_("A draft that is mended keeps its own rates. Leave the scheme to copy empty."))
    return standing


def _require_no_money(draft: ReliefScheme) -> None:
    """Refuse another payer while money of the one before is behind a draft, or waits for its second hand."""
    if draft.account.available_fen() or waits(SchemeMoneyRules.key, draft.code):
        sentence = _("Money of %(payer)s is behind this draft or comes in. Strike it out before another office pays.")
        raise BadValue(sentence % {"payer": draft.payer.name})


def _copied(content: Content) -> ReliefScheme | None:
    """Return the scheme whose rates and papers come along, if any."""
    if not content.get("copies"):
        return None
    source = _scheme(content["copies"])
    if source.status == SchemeStatus.DRAFT:
        raise schemes.SourceIsDraft
    return source


def _comes_along(copied: ReliefScheme | None) -> list[str]:
    """Return what a copy brings along: rates and papers, never money."""
    if copied is None:
        return []
    papers = "、".join(str(paper.get_kind_display()) for paper in copied.papers.order_by("pk")) or _("None yet")
    along = _("Copied from %(code)s come its papers (%(papers)s) and its rates, not its money.")
    return [along % {"code": copied.code, "papers": papers}, _rates_in_words(copied)]


def _from_fen(content: Content) -> int:
    return int(content.get("from_amount") or 0)


def _rate(content: Content) -> SchemeRate:
    """Return the rate that was typed: an amount for a jin, a mu or a head, or a part of the value in percent."""
    basis = content.get("basis") or SchemeRate.Basis.KG
    amount, percent = content.get("rate"), content.get("percent")
    if basis == SchemeRate.Basis.VALUE:
        if not percent or amount:
            raise BadValue(_("Write the percent of the value, and no amount."))
        return SchemeRate(basis=basis, rate_fen=0, permille=int(percent) * 10)
    if not amount or percent:
        raise BadValue(_("Write the yuan for a jin, a mu or a head, and no percent."))
    return SchemeRate(basis=basis, rate_fen=int(amount), rate_unit_g=PER_JIN_G)


def _signed(content: Content) -> int:
    amount_fen = int(content["amount"])
    return -amount_fen if content["direction"] == "less" else amount_fen


def _scheme(code: str) -> ReliefScheme:
    scheme = ReliefScheme.objects.filter(code=fold_typed(code).upper()).select_related("account").first()
    if scheme is None:
        raise BadValue(_("No scheme has this code. Look it up in the register of schemes."), about=code)
    return scheme


def _draft(scheme: ReliefScheme) -> ReliefScheme:
    """Return a draft whose rates and papers may change: nobody waits to publish what was looked at."""
    if scheme.status != SchemeStatus.DRAFT:
        raise schemes.SchemeIsPublished
    if waits("schemes", scheme.code):
        raise WaitsAlready
    return scheme


def _may_apply(tiers: list[str], townships: list[str], *, at: dt.datetime) -> str:
    """Return in words how many households may apply today."""
    day = clock.county_day(at)
    held = HouseholdTier.objects.filter(tier__in=tiers, from_on__lte=day).exclude(to_on__lte=day)
    households = Household.objects.filter(pk__in=held.values("household"))
    if townships:
        households = households.filter(village__parent__in=townships)
    n = households.count()
    return ngettext("%(n)s household may apply as of today.", "%(n)s households may apply as of today.", n) % {"n": n}


def _money_left(scheme: ReliefScheme) -> str:
    return _("It has %(left)s yuan left.") % {"left": money.yuan(scheme.account.available_fen())}


def _rates_in_words(scheme: ReliefScheme) -> str:
    rates = scheme.rates.select_related("produce").order_by("produce__position", "pk")
    listed = "、".join(f"{rate.produce.name}（{rate.get_category_display()}）{rate_words(rate)}" for rate in rates)
    return _("Rates of relief: %(rates)s.") % {"rates": listed}


def _takes_over(scheme: ReliefScheme) -> list[str]:
    """Return which open scheme no longer takes reports of the same produce: the newest one does."""
    before = ReliefScheme.objects.filter(
        status=SchemeStatus.PUBLISHED,
        window_to__gte=scheme.window_from,
        window_from__lte=scheme.window_to,
        rates__in=SchemeRate.objects.filter(produce__in=scheme.rates.values("produce")),
    ).distinct()
    sentence = _("Losses of the same produce fall under this one from then on, no longer under %(name)s.")
    return [sentence % {"name": other.name} for other in before.order_by("pk")]
