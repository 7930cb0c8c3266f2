"""Doors of the registers: 404 when not theirs to see, 403 when not theirs to change."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import CoopMember, Household, Mandate, Role, Somebody
from accounts.selectors import Standing, standing
from registers.models import ChangeStatus, RegisterChange
from registers.selectors import changes_seen_by, seats_of
from registers.services.cards import own_names
from registers.services.rules import Rules, all_rules, households_in, rules_of

# Who is told what the county lacks.
OVERSEERS = (
    Role.BUREAU_APPROVER,
    Role.FINANCE_MAKER,
    Role.FINANCE_CHECKER,
    Role.SYSTEM_ADMIN,
    Role.SECURITY_ADMIN,
    Role.AUDITOR,
)


def may_see(who: Standing, rules: Rules) -> bool:
    """Return whether this person looks into a register: whoever proposes or confirms in it, and the auditor."""
    return who.has(Role.AUDITOR, *rules.roles) or _proposes_for_itself(who, rules)


def registers_seen_by(user: Somebody) -> list[Rules]:
    """Return the registers this person looks into."""
    who = standing(user)
    return [rules for rules in all_rules() if may_see(who, rules)]


def access_registers(user: Somebody) -> None:
    """Let in whoever looks into any register."""
    if not registers_seen_by(user):
        raise PermissionDenied


def access_missing(user: Somebody) -> Standing:
    """Let in whoever is told what the county lacks."""
    who = standing(user)
    if not who.has(*OVERSEERS):
        raise PermissionDenied
    return who


def access_register(user: Somebody, key: str) -> Rules:
    """Return the rules of a register that this person may look into."""
    try:
        rules = rules_of(key)
    except KeyError:
        raise Http404 from None
    if not may_see(standing(user), rules):
        raise PermissionDenied
    return rules


def can_propose(user: Somebody, rules: Rules) -> bool:
    """Return whether this person proposes rows of a register; for which office is asked of each row."""
    who = standing(user)
    return who.has(*(rules.proposers or rules.roles)) or _proposes_for_itself(who, rules)


def _proposes_for_itself(who: Standing, rules: Rules) -> bool:
    return rules.by_household and who.household_id is not None


def access_proposing(user: Somebody, key: str) -> Rules:
    """Return the rules of a register in which this person proposes."""
    rules = access_register(user, key)
    if not can_propose(user, rules):
        raise PermissionDenied
    return rules


def access_own_cards(user: Somebody) -> dict[str, str]:
    """Let in whoever is paid: return whose cards this person may ask for, by the name of the owner."""
    names = own_names(standing(user))
    if not names:
        raise PermissionDenied
    return names


def access_change(user: Somebody, register_change_id: UUID) -> RegisterChange:
    """Return a proposal that this person may look into."""
    return get_object_or_404(changes_seen_by(user), pk=register_change_id)


def can_decide(user: Somebody, change: RegisterChange) -> bool:
    """Return whether this person sits where a proposal is decided.

    Never the own one, nor one about a household one is tied to: `write_rows` of `registers.services.changes`.
    """
    return bool(seats_of(standing(user)) & set(change.confirmed_in))


def is_asked_as_household(user: Somebody, change: RegisterChange) -> bool:
    """Return whether a proposal asks this person's own household."""
    return standing(user).household_id in households_in(change.confirmed_in)


def access_change_to_decide(user: Somebody, register_change_id: UUID) -> RegisterChange:
    """Return a proposal that this person may confirm or refuse."""
    change = access_change(user, register_change_id)
    if not can_decide(user, change):
        raise PermissionDenied
    return change


def access_own_change(user: Somebody, register_change_id: UUID) -> RegisterChange:
    """Return a proposal of this person's own."""
    change = access_change(user, register_change_id)
    if change.by.person_id != user.person_id:  # type: ignore[union-attr]
        raise PermissionDenied
    return change


def access_own_household(user: Somebody) -> Household:
    """Return the household this person belongs to."""
    household = standing(user).household
    if household is None:
        raise PermissionDenied
    return household


def access_mandate_to_end(user: Somebody, mandate_id: UUID) -> Mandate:
    """Return a mandate that this person may end: of the own household, or of the co-operative managed."""
    return get_object_or_404(Mandate.objects.filter(_ended_by(standing(user))), pk=mandate_id)


def access_membership_to_end(user: Somebody, coop_member_id: UUID) -> CoopMember:
    """Return a membership that this person may end: of the own household, or of the co-operative managed."""
    return get_object_or_404(CoopMember.objects.filter(_ended_by(standing(user))), pk=coop_member_id)


def _ended_by(who: Standing) -> Q:
    own = Q(household_id=who.household_id) if who.household_id else Q(pk__in=[])
    return own | Q(cooperative_id__in=who.organisations(Role.COOP_MANAGER))


def decides_now(user: Somebody, change: RegisterChange) -> bool:
    """Return whether it is this person's turn: it waits, for this seat, and somebody else proposed it."""
    waits = change.status == ChangeStatus.PROPOSED
    return waits and can_decide(user, change) and change.by.person_id != user.person_id  # type: ignore[union-attr]
