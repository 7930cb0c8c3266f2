"""The rules of the register of approval tiers: from which amount on an order waits for a second person, and when."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Role, User
from canteens.models import APPROVERS, ApprovalTier, FundKind
from canteens.selectors import OrdersJudged, orders_judged, tiers_of
from kernel import clock
from kernel.errors import BadValue
from kernel.money import yuan
from kernel.workflow import change
from registers.services.named import row_of
from registers.services.policies import COUNTY
from registers.services.rules import Content, Rules, Step

# What holds while a county has set nothing else: fund kind → (from yuan, rule as it is written on the order).
DEFAULT_TIERS = {
    FundKind.UNION: ((3_000, "三千元以上：工会主席或食堂审批人同意"), (10_000, "一万元以上：三人小组、三家比价后审批")),
    FundKind.CANTEEN: ((10_000, "一万元以上：三人小组、三家比价后审批"), (150_000, "十五万元以上：按采购项目审批")),
    FundKind.OWN: ((10_000, "一万元以上：单位负责人审批"),),
    FundKind.DONATION: ((10_000, "一万元以上：单位负责人审批"),),
}
# Who may take a step of these: what three people and three quotes decide stands in the committee's record of a plan.
USUAL_POSTS = {FundKind.UNION: APPROVERS}
DEFAULT_TIERS_FROM = dt.date(2020, 1, 1)  # as early as any fund
USUAL_HOURS = 24


class TierRules(Rules):
    """Approval tiers: a rule for orders of one kind of money from an amount on, from one day to another."""

    key = "approval-tiers"
    roles = (Role.BUREAU_APPROVER, Role.FINANCE_MAKER, Role.FINANCE_CHECKER)

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return which rule would hold from its day on, instead of which, or which one would end."""
        if "tier" in content:
            return self._ending(row_of(ApprovalTier, content["tier"]), dt.date.fromisoformat(content["to_on"]), at=at)
        kind, from_fen = FundKind(content["fund_kind"]), int(content["amount"])
        from_on = dt.date.fromisoformat(content["from_on"])
        _refuse_today(from_on, at=at)
        last = _last(kind, from_fen)
        if last is not None and from_on <= last.from_on:
            raise BadValue(
                _("A tier from this amount on is known from %(day)s already. Choose a later day.")
                % {"day": last.from_on.isoformat()}
            )
        stands = last is not None and (last.to_on is None or last.to_on > from_on)
        stood = _said(last) if last is not None and stands else {}
        asked = _said(_asked(content))
        newly = orders_judged(OrdersJudged(kind, from_fen, None, waited=False), at)
        touched = ngettext(
            "%(n)s order of late went without a second person; by this tier it would have needed one.",
            "%(n)s orders of late went without a second person; by this tier they would have needed one.",
            newly,
        )
        return Step(
            subject=_subject(kind, from_fen),
            title=_title(kind, from_fen),
            facts=[(field, stood.get(field, ""), value) for field, value in asked.items()],
            hands=COUNTY,
            notes=[touched % {"n": newly}, *_beside(kind, from_fen, from_on)],
        )

    def _ending(self, tier: ApprovalTier, to_on: dt.date, *, at: dt.datetime) -> Step:
        if tier.to_on is not None:
            raise BadValue(_("This tier ends already on %(day)s.") % {"day": tier.to_on.isoformat()})
        _refuse_today(to_on, at=at)
        if to_on <= tier.from_on:
            raise BadValue(_("A tier ends after the day on which it began."))
        kind, from_fen = FundKind(tier.fund_kind), tier.from_fen
        others = tiers_of(kind, to_on).exclude(from_fen=from_fen)
        notes = _beside(kind, from_fen, to_on)
        if not others.filter(from_fen__lt=from_fen).exists():
            above = others.filter(from_fen__gt=from_fen).order_by("from_fen").values_list("from_fen", flat=True).first()
            freed = orders_judged(OrdersJudged(kind, from_fen, above, waited=True), at)
            touched = ngettext(
                "%(n)s order of late waited for a second person; without this tier it would have needed none.",
                "%(n)s orders of late waited for a second person; without this tier they would have needed none.",
                freed,
            )
            notes.insert(0, touched % {"n": freed})
        return Step(
            subject=_subject(kind, from_fen),
            title=_title(kind, from_fen),
            facts=[("rule", tier.rule, tier.rule), ("to_on", "", to_on.isoformat())],
            hands=COUNTY,
            notes=notes,
        )

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Write the tier, which ends the one before it, or end one."""
        if "tier" in content:
            tier = row_of(ApprovalTier, content["tier"])
            change(tier, {"to_on": dt.date.fromisoformat(content["to_on"])})
            return
        kind, from_fen = content["fund_kind"], int(content["amount"])
        from_on, last = dt.date.fromisoformat(content["from_on"]), _last(kind, from_fen)
        if last is not None and (last.to_on is None or last.to_on > from_on):
            change(last, {"to_on": from_on})
        _asked(content).save(force_insert=True)


def _asked(content: Content) -> ApprovalTier:
    """Return the tier asked for, not written: one person of the usual posts within a day, unless it says so."""
    kind, ticked = content["fund_kind"], [post.value for post in APPROVERS if content.get(post.value)]
    return ApprovalTier(
        fund_kind=kind,
        from_fen=int(content["amount"]),
        rule=content["rule"].strip(),
        persons=content.get("persons") or 1,
        posts=ticked or usual_posts(kind),
        hours=content.get("hours") or USUAL_HOURS,
        from_on=dt.date.fromisoformat(content["from_on"]),
    )


def _said(tier: ApprovalTier) -> dict[str, str]:
    """Return what a tier says, by the fields of its form."""
    ticks = {post.value: "yes" if post.value in tier.posts else "no" for post in APPROVERS}
    return {
        "fund_kind": tier.fund_kind,
        "amount": yuan(tier.from_fen),
        "rule": tier.rule,
        "persons": str(tier.persons),
        **ticks,
        "hours": str(tier.hours),
        "from_on": tier.from_on.isoformat(),
    }


def _last(kind: str, from_fen: int) -> ApprovalTier | None:
    """Return the newest tier from this amount on, whether it holds, is yet to hold or has ended."""
    return ApprovalTier.objects.filter(fund_kind=kind, from_fen=from_fen).order_by("-from_on").first()


def _refuse_today(day: dt.date, *, at: dt.datetime) -> None:
    if day <= clock.county_day(at):
        raise BadValue(_("Tiers change from tomorrow at the earliest: orders of today keep their rule."))


def _beside(kind: FundKind, from_fen: int, on: dt.date) -> list[str]:
    """Return the sentence that names the other tiers of this kind of money on that day."""
    others = tiers_of(kind, on).exclude(from_fen=from_fen).order_by("from_fen")
    if not others:
        return [_("No other tier holds for this kind of fund on that day.")]
    sums = pgettext("list", ", ").join(yuan(tier.from_fen) for tier in others)
    return [_("Other tiers of this kind of fund on that day, in yuan: %(sums)s.") % {"sums": sums}]


def _subject(kind: FundKind, from_fen: int) -> str:
    return f"{kind.value}:{from_fen}"


def _title(kind: FundKind, from_fen: int) -> str:
    return _("%(fund)s from %(yuan)s yuan on") % {"fund": kind.label, "yuan": yuan(from_fen)}


def usual_posts(kind: str) -> list[str]:
    """Return who approves orders of this kind of money where a tier does not say it."""
    return [post.value for post in USUAL_POSTS.get(FundKind(kind), (Role.BUYING_APPROVER,))]


@transaction.atomic
def load_default_tiers() -> int:
    """Set the approval tiers of the rules where a fund kind has none yet; return how many were written."""
    have = set(ApprovalTier.objects.values_list("fund_kind", flat=True))
    rows = [
        ApprovalTier(
            fund_kind=kind, from_fen=from_yuan * 100, rule=rule, posts=usual_posts(kind), from_on=DEFAULT_TIERS_FROM
        )
        for kind, tiers in DEFAULT_TIERS.items()
        if kind not in have
        for from_yuan, rule in tiers
    ]
    ApprovalTier.objects.bulk_create(rows)
    return len(rows)
