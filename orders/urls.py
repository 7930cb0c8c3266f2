"""Addresses of orders: the buyer's, the seller's, the scale's, the cashier's."""

from django.urls import path

from orders.views import buying, paying, receiving, selling

pages = [
    path("orders/", buying.order_list, name="order-list"),
    path("orders/new/", buying.order_new, name="order-new"),
    path("orders/plan/", buying.order_plan, name="order-plan"),
    path("orders/<int:order_id>/", buying.order_detail, name="order-detail"),
    path("orders/<int:order_id>/approve/", buying.order_approve, name="order-approve"),
    path("orders/<int:order_id>/cancel/", buying.order_cancel, name="order-cancel"),
    path("orders/<int:order_id>/settle/", buying.order_settle, name="order-settle"),
    path("sales/", selling.sale_list, name="sale-list"),
    path("sales/<int:allocation_id>/", selling.sale_detail, name="sale-detail"),
    path("sales/<int:allocation_id>/confirm/", selling.sale_confirm, name="sale-confirm"),
    path("sales/<int:allocation_id>/decline/", selling.sale_decline, name="sale-decline"),
    path("deliveries/", receiving.delivery_list, name="delivery-list"),
    path("deliveries/<int:order_id>/ship/", receiving.delivery_ship, name="delivery-ship"),
    path("deliveries/<int:order_id>/accept/", receiving.delivery_accept, name="delivery-accept"),
    path("receipts/<int:receipt_id>/", receiving.receipt_detail, name="receipt-detail"),
    path("receipts/<int:receipt_id>/sign/", receiving.receipt_sign, name="receipt-sign"),
    path("statements/", paying.statement_list, name="statement-list"),
    path("statements/<int:statement_id>/", paying.statement_detail, name="statement-detail"),
    path("statements/<int:statement_id>/pay/", paying.payment_record, name="payment-record"),
    path("statements/<int:statement_id>/pay/confirm/", paying.payment_confirm, name="payment-confirm"),
    path("statements/<int:statement_id>/pay/reject/", paying.payment_reject, name="payment-reject"),
]
endpoints: list = []
