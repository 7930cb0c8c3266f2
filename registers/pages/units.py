"""The organisations that a form of a register offers: the own ones, or those that are registered."""

from accounts.models import Organisation
from accounts.selectors import Standing
from registers.forms import PageForm
from registers.pages.desks import Desk
from registers.services.rules import Rules

FEW, MOST = 12, 300  # so many stand in a list to choose from; so many are offered while one types


def offer_units(form: PageForm, desk: Desk, rules: Rules, who: Standing) -> None:
    """Let a unit be chosen where the form of a page asks for one."""
    if desk.units not in form.fields or form.fields[desk.units].widget.is_hidden:
        return
    roles = [role for role in rules.proposers or rules.roles if who.has(role)]
    own = set(roles) <= set(desk.own_units)
    units = Organisation.objects.filter(kind__in=desk.unit_kinds) if desk.unit_kinds else Organisation.objects.all()
    if own:
        units = units.filter(pk__in=who.organisations(*roles))
    names = list(units.order_by("name").values_list("name", flat=True)[:MOST])
    if names:
        form.offer(desk.units, names, only=own or len(names) <= FEW)
