"""Who reads which report: the county's offices all of it, a township officer the own townships; the auditor refusals.

Shares of buyers: the county's offices all, a superior those of its units, a buyer its own. And who answers whom.
"""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import Organisation, Place, Role, Somebody
from accounts.selectors import ANSWERERS, standing
from accounts.selectors.grievances import OFFICERS, heads_bureau
from canteens.selectors.shares import share_units_on
from kernel import clock
from orders.selectors.orders import BUYER_ROLES
from orders.selectors.returns import DECIDERS
from records.models import MassReading
from registers.services.rules import rules_of

COUNTY_READERS = (
    Role.OFFICIAL,
    Role.AUDITOR,
    Role.BUREAU_APPROVER,
    Role.FINANCE_MAKER,
    Role.FINANCE_CHECKER,
    Role.RELIEF_CLERK,
)


def access_log(user: Somebody) -> None:
    """Let in the auditor alone: to what was done, what was refused, and who looked at whose data."""
    if not standing(user).has(Role.AUDITOR):
        raise PermissionDenied


def access_mass_reading(user: Somebody, mass_reading_id: int) -> MassReading:
    """Return one flag for the auditor."""
    access_log(user)
    return get_object_or_404(MassReading, pk=mass_reading_id)


def access_answers(user: Somebody) -> None:
    """Let in whoever answers what people say to the county: 「不是我」, grievances, objections, appeals, complaints."""
    who = standing(user)
    if not who.has(*ANSWERERS, *OFFICERS, *DECIDERS) and not heads_bureau(who):
        raise PermissionDenied


def access_reports(user: Somebody) -> tuple[str, ...]:
    """Return the townships a reader is limited to, none for the whole county; refuse everybody else.

    An officer reads every township of an own post; a post over less than a township opens no figures of one.
    """
    who = standing(user)
    if who.has(*COUNTY_READERS):
        return ()
    officer_of = [post for post in who.posts if post.role == Role.TOWNSHIP_OFFICER]
    towns = {post.area_code for post in officer_of if post.area_level == Place.Level.TOWNSHIP}
    if not towns:
        raise PermissionDenied
    return tuple(sorted(towns))


# Who looks after the shares of the units of an office, and who works on the own.
SUPERIOR_ROLES = (Role.HEAD_OF_OFFICE, Role.TOWNSHIP_OFFICER, Role.BUYING_APPROVER, Role.PAYMENT_CHECKER)
OWN_ROLES = (*BUYER_ROLES, Role.HEAD_OF_OFFICE)
CAUSE_ROLES = (Role.BUYER, Role.CASHIER, Role.PAYMENT_CHECKER, Role.BUYING_APPROVER, Role.HEAD_OF_OFFICE)


def units_overseen(user: Somebody) -> set[int] | None:
    """Return the buyers below this person's office today; None is all of them."""
    who = standing(user)
    if who.has(*COUNTY_READERS):
        return None
    offices = who.organisations(*SUPERIOR_ROLES)
    if not offices:
        return set()
    below = share_units_on(clock.county_day(clock.now())).filter(superior_id__in=offices)
    return set(below.values_list("organisation_id", flat=True))


def access_share_board(user: Somebody) -> set[int] | None:
    """Return the buyers whose shares this person looks after; None is all of them. Refuse whoever has none."""
    units = units_overseen(user)
    if units is not None and not units:
        raise PermissionDenied
    return units


def own_unit(user: Somebody) -> int | None:
    """Return the buyer this person works for, or none."""
    kept = Organisation.objects.filter(pk__in=standing(user).organisations(*OWN_ROLES), kind=Organisation.Kind.BUYER)
    return kept.order_by("pk").values_list("pk", flat=True).first()


def proposes_for(user: Somebody, unit: Organisation, key: str) -> bool:
    """Return whether this person proposes rows of a register for one buyer."""
    return unit.pk in standing(user).organisations(*rules_of(key).proposers)


def access_share(user: Somebody, organisation_id: int) -> Organisation:
    """Return a buyer whose share this person works on or looks after."""
    unit = get_object_or_404(Organisation, pk=organisation_id, kind=Organisation.Kind.BUYER)
    if unit.pk in standing(user).organisations(*OWN_ROLES):
        return unit
    overseen = units_overseen(user)
    if overseen is not None and unit.pk not in overseen:
        raise Http404
    return unit


def can_name_cause(user: Somebody, unit: Organisation) -> bool:
    """Return whether this person says why a buyer is behind."""
    return unit.pk in standing(user).organisations(*CAUSE_ROLES)


def access_share_to_explain(user: Somebody, organisation_id: int) -> Organisation:
    """Return a buyer for which this person says why it is behind."""
    unit = access_share(user, organisation_id)
    if not can_name_cause(user, unit):
        raise PermissionDenied
    return unit
