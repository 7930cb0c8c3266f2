"""The room of losses: claims, visits, relief; it names no pairs of hands, so that no two steps are one person's."""

from django.apps import AppConfig


class LossesConfig(AppConfig):
    """Build the room's wall of interest and give its registers when the house opens."""

    name = "losses"

    def ready(self) -> None:
        """Let nobody take a hand on a claim of a household they are tied to."""
        from accounts.services.acts import add as add_act  # here, since rooms open one by one
        from accounts.services.grievances import add as add_grievance  # here, since rooms open one by one
        from accounts.services.inbound import add_reader  # here, since rooms open one by one
        from ledger.selectors import stop_while  # here, since rooms open one by one
        from losses.pages.missing import schemes_running_out  # here, since rooms open one by one
        from losses.pages.registers import DESKS  # here, since rooms open one by one
        from losses.pasted import WORD  # here, since rooms open one by one
        from losses.selectors.elsewhere import stops_payment  # here, since rooms open one by one
        from losses.selectors.interest import tied_claims  # here, since rooms open one by one
        from losses.selectors.recovering import stops_payment as claimed_back  # here, since rooms open one by one
        from losses.selectors.recovering import tied_recoveries  # here, since rooms open one by one
        from losses.selectors.stopped_awards import stops_payment as doubted_later  # here, since rooms open one by one
        from losses.services.acts import (  # here, since rooms open one by one
            Appeals,
            Notices,
            Recoveries,
            Reports,
        )
        from losses.services.elsewhere_register import OtherReliefRules  # here, since rooms open one by one
        from losses.services.scheme_registers import (  # here, since rooms open one by one
            PaperRules,
            RateRules,
            SchemeMoneyRules,
            SchemeRules,
        )
        from losses.services.texting import report_loss  # here, since rooms open one by one
        from records.selectors.participation import build_wall  # here, since rooms open one by one
        from registers.pages.desks import put_up  # here, since rooms open one by one
        from registers.pages.missing import add  # here, since rooms open one by one
        from registers.services import rules  # here, since rooms open one by one

        for kind in (SchemeRules, RateRules, PaperRules, SchemeMoneyRules, OtherReliefRules):
            rules.add(kind())
        for desk in DESKS:
            put_up(desk)
        add(schemes_running_out)
        add_reader(WORD, report_loss)
        add_act(Reports())
        add_act(Notices())
        add_act(Appeals())
        add_grievance(Recoveries())
        build_wall("claim", tied_claims)
        build_wall("reliefrecovery", tied_recoveries)
        build_wall("recoveryreceipt", tied_recoveries)
        stop_while(stops_payment())
        stop_while(claimed_back())
        stop_while(doubted_later())
