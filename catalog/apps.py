"""The room of supply: those who sell, their lots, and what their land gives."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Give the room's register to the house when it opens, and say what others do with a household's goods."""

    name = "catalog"

    def ready(self) -> None:
        """Give rules and desk of plots and seasons, and the kinds of acts."""
        from accounts.services import grievances  # here, since rooms open one by one
        from accounts.services.acts import add  # here, since rooms open one by one
        from catalog.pages.registers import NOT_SERVED, PLOTS, SANCTIONS  # here, since rooms open one by one
        from catalog.services.acts import Lots, Pauses, Seasons  # here, since rooms open one by one
        from catalog.services.plot_register import PlotRules  # here, since rooms open one by one
        from catalog.services.sanction_register import SanctionRules  # here, since rooms open one by one
        from catalog.services.sanctions import Sanctions  # here, since rooms open one by one
        from catalog.services.serving_register import ServingRules  # here, since rooms open one by one
        from registers.pages.desks import put_up  # here, since rooms open one by one
        from registers.services import rules  # here, since rooms open one by one

        rules.add(PlotRules())
        rules.add(SanctionRules())
        rules.add(ServingRules())
        put_up(NOT_SERVED)
        put_up(PLOTS)
        put_up(SANCTIONS)
        grievances.add(Sanctions())
        add(Lots())
        add(Pauses())
        add(Seasons())
