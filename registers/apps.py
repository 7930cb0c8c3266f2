"""The room of registers: how a county sets and mends what it runs by."""

from django.apps import AppConfig


class RegistersConfig(AppConfig):
    """Take in the registers of this room; rooms above bring their own."""

    name = "registers"

    def ready(self) -> None:
        """Give rules and desks to the house."""
        from accounts.services.acts import add as add_act  # here, since rooms open one by one
        from registers.pages import certificate, county, missing  # here, since rooms open one by one
        from registers.pages import coops as coop_pages  # here, since rooms open one by one
        from registers.pages import households as pages_of_households  # here, since rooms open one by one
        from registers.pages.desks import put_up  # here, since rooms open one by one
        from registers.services import (  # here, since rooms open one by one
            cards,
            coops,
            duplicates,
            families,
            households,
            kin,
            members,
            offices,
            places,
            policies,
            posts,
            rules,
        )
        from registers.services.acts import Changes  # here, since rooms open one by one

        add_act(Changes())
        for kind in (
            places.PlaceRules,
            offices.ChannelRules,
            offices.OrganisationRules,
            posts.PostRules,
            cards.CardRules,
            households.HouseholdRules,
            members.MemberRules,
            kin.KinRules,
            duplicates.DuplicateRules,
            families.MergeRules,
            families.SplitRules,
            policies.PolicyRules,
            policies.CalendarRules,
            coops.CoopMemberRules,
            coops.MandateRules,
        ):
            rules.add(kind())
        for desk in (*county.DESKS, *coop_pages.DESKS, *pages_of_households.DESKS):
            put_up(desk)
        for finder in (
            missing.unknown_days,
            missing.empty_posts,
            missing.townships_without_pair,
            certificate.failing,
            pages_of_households.after_deaths,
        ):
            missing.add(finder)
