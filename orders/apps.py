"""The room of orders: from the wish to the money."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class OrdersConfig(AppConfig):
    """Build the room's walls when the house opens: interest, and which hands on an order exclude each other."""

    name = "orders"

    def ready(self) -> None:
        """Let others ask about interest and earlier orders; write the pairs down whenever the tables are made."""
        from accounts.services.acts import add  # here, since rooms open one by one
        from canteens.pages.entries import name_documents_by  # here, since rooms open one by one
        from canteens.pages.purchase_plans import list_orders_by  # here, since rooms open one by one
        from canteens.pages.union_year import show_goods_by  # here, since rooms open one by one
        from canteens.selectors import count_orders_by  # here, since rooms open one by one
        from ledger.selectors import HandsOf, take_hands_for  # here, since rooms open one by one
        from orders.pages.purchase import orders_of_plan  # here, since rooms open one by one
        from orders.pages.purse import documents_of, goods_of_plans  # here, since rooms open one by one
        from orders.pages.registers import DESKS  # here, since rooms open one by one
        from orders.selectors.interest import tied_orders  # here, since rooms open one by one
        from orders.selectors.invoices import tied_invoices  # here, since rooms open one by one
        from orders.selectors.judging import orders_of_late  # here, since rooms open one by one
        from orders.selectors.runs import orders_of_statements  # here, since rooms open one by one
        from orders.services import acts  # here, since rooms open one by one
        from orders.services.counting import UnitRules  # here, since rooms open one by one
        from orders.services.hand_registers import ExceptionRules, HandsRules  # here, since rooms open one by one
        from orders.services.hands import CONFIRM, PAY  # here, since rooms open one by one
        from records.selectors.participation import build_wall  # here, since rooms open one by one
        from registers.pages.desks import put_up  # here, since rooms open one by one
        from registers.services import rules  # here, since rooms open one by one

        for kind in (HandsRules, ExceptionRules, UnitRules):
            rules.add(kind())
        for desk in DESKS:
            put_up(desk)
        for act in (acts.Answers, acts.Deliveries, acts.HandOvers, acts.HandOverAnswers, acts.Returns, acts.Complaints):
            add(act())
        build_wall("order", tied_orders)
        build_wall("invoice", tied_invoices)
        take_hands_for("purchase", HandsOf(PAY, CONFIRM, orders_of_statements))
        count_orders_by(orders_of_late)
        name_documents_by(documents_of)
        list_orders_by(orders_of_plan)
        show_goods_by(goods_of_plans)
        post_migrate.connect(_write_pairs, sender=self)


def _write_pairs(**_signal: Any) -> None:
    from orders.services.hands import APART  # here, since rooms open one by one
    from records.services.participation import set_incompatible  # here, since rooms open one by one

    set_incompatible("order", APART)
