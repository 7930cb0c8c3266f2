"""The rules of the register of approval tiers: from which amount on an order waits for a second person, and when."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Role, User
from canteens.models import APPROVERS, ApprovalTier, FundKind
from canteens.selectors import OrdersJudged, orders_judged, tiers_of
from canteens.services.purses import usual_posts
from kernel import clock
from kernel.errors import BadValue
from kernel.money import yuan
from kernel.workflow import change
from registers.services.named import row_of
from registers.services.policies import COUNTY
from registers.services.rules import Content, Rules, Step

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
