"""Addresses of orders: the buyer's, the seller's, the scale's, the cashier's."""

from django.urls import path

from orders.api import baskets as baskets_api
from orders.api import buying as buying_api
from orders.api import coops as coops_api
from orders.api import handing as handing_api
from orders.api import moving as moving_api
from orders.api import recalling as recalling_api
from orders.api import runs as runs_api
from orders.api import trips as trips_api
from orders.views import baskets, buying, coops, handing, paying, recalling, receiving, runs, selling

pages = [
    path("orders/", buying.order_list, name="order-list"),
    path("orders/new/", buying.order_new, name="order-new"),
    path("orders/plan/", buying.order_plan, name="order-plan"),
    path("orders/basket/", baskets.order_basket, name="order-basket"),
    path("orders/basket/check/", baskets.order_basket_check, name="order-basket-check"),
    path("orders/<int:order_id>/", buying.order_detail, name="order-detail"),
    path("orders/<int:order_id>/approve/", buying.order_approve, name="order-approve"),
    path("orders/<int:order_id>/refuse/", buying.order_refuse, name="order-refuse"),
    path("orders/<int:order_id>/cancel/", buying.order_cancel, name="order-cancel"),
    path("orders/<int:order_id>/settle/", buying.order_settle, name="order-settle"),
    path("market/<int:listing_id>/recall/", recalling.listing_recall, name="listing-recall"),
    path("co-operative/", coops.coop, name="coop"),
    path("sales/", selling.sale_list, name="sale-list"),
    path("sales/<int:allocation_id>/", selling.sale_detail, name="sale-detail"),
    path("sales/<int:allocation_id>/confirm/", selling.sale_confirm, name="sale-confirm"),
    path("sales/<int:allocation_id>/less/", selling.sale_less, name="sale-less"),
    path("sales/<int:allocation_id>/decline/", selling.sale_decline, name="sale-decline"),
    path("sales/<int:allocation_id>/hand-over/", handing.hand_over, name="hand-over"),
    path("hand-overs/<int:hand_over_id>/", handing.hand_over_detail, name="hand-over-detail"),
    path("hand-overs/<int:hand_over_id>/confirm/", handing.hand_over_confirm, name="hand-over-confirm"),
    path("hand-overs/<int:hand_over_id>/contest/", handing.hand_over_contest, name="hand-over-contest"),
    path("hand-overs/<int:hand_over_id>/back/", handing.hand_over_back, name="hand-over-back"),
    path("deliveries/", receiving.delivery_list, name="delivery-list"),
    path("deliveries/<int:delivery_id>/", receiving.delivery_detail, name="delivery-detail"),
    path("deliveries/<int:delivery_id>/arrive/", receiving.delivery_arrive, name="delivery-arrive"),
    path("deliveries/<int:delivery_id>/accept/", receiving.delivery_accept, name="delivery-accept"),
    path("orders/<int:order_id>/ship/", receiving.delivery_ship, name="delivery-ship"),
    path("receipts/<int:receipt_id>/", receiving.receipt_detail, name="receipt-detail"),
    path("receipts/<int:receipt_id>/sign/", receiving.receipt_sign, name="receipt-sign"),
    path("receipts/<int:receipt_id>/photos/<uuid:file_id>/", receiving.receipt_photo, name="receipt-photo"),
    path("statements/", paying.statement_list, name="statement-list"),
    path("statements/<int:statement_id>/", paying.statement_detail, name="statement-detail"),
    path("statements/<int:statement_id>/pay/", paying.payment_record, name="payment-record"),
    path("statements/<int:statement_id>/card/", paying.payment_card, name="payment-card"),
    path("statements/<int:statement_id>/pay/confirm/", paying.payment_confirm, name="payment-confirm"),
    path("statements/<int:statement_id>/pay/reject/", paying.payment_reject, name="payment-reject"),
    path("pay-runs/", runs.run_list, name="run-list"),
    path("pay-runs/new/<int:fund_id>/", runs.run_new, name="run-new"),
    path("pay-runs/<int:run_id>/", runs.run_detail, name="run-detail"),
    path("pay-runs/<int:run_id>/confirm/", runs.run_confirm, name="run-confirm"),
    path("pay-runs/<int:run_id>/cancel/", runs.run_cancel, name="run-cancel"),
    path("pay-runs/<int:run_id>/file/", runs.run_file, name="run-file"),
    path("pay-runs/<int:run_id>/return/", runs.run_return, name="run-return"),
]
endpoints = [
    path("pay-runs/", runs_api.Runs.as_view(), name="api-run-list"),
    path("pay-runs/<int:run_id>/", runs_api.OneRun.as_view(), name="api-run-detail"),
    path("pay-runs/<int:run_id>/confirm/", runs_api.ConfirmRun.as_view(), name="api-run-confirm"),
    path("pay-runs/<int:run_id>/cancel/", runs_api.CancelRun.as_view(), name="api-run-cancel"),
    path("orders/", buying_api.Orders.as_view(), name="api-order-list"),
    path("orders/basket/read/", baskets_api.ReadBasket.as_view(), name="api-order-basket-read"),
    path("orders/<int:order_id>/", buying_api.OneOrder.as_view(), name="api-order-detail"),
    path("orders/<int:order_id>/lots/", buying_api.Lots.as_view(), name="api-order-lots"),
    path("orders/<int:order_id>/approve/", buying_api.Approve.as_view(), name="api-order-approve"),
    path("orders/<int:order_id>/refuse/", buying_api.Refuse.as_view(), name="api-order-refuse"),
    path("orders/<int:order_id>/cancel/", buying_api.Cancel.as_view(), name="api-order-cancel"),
    path("orders/<int:order_id>/ship/", trips_api.Ship.as_view(), name="api-delivery-ship"),
    path("deliveries/", trips_api.Deliveries.as_view(), name="api-delivery-list"),
    path("deliveries/<int:delivery_id>/arrive/", trips_api.Arrive.as_view(), name="api-delivery-arrive"),
    path("deliveries/<int:delivery_id>/weigh/", trips_api.Weigh.as_view(), name="api-delivery-weigh"),
    path("listings/<int:listing_id>/recall/", recalling_api.Recall.as_view(), name="api-listing-recall"),
    path("co-operative/lots/", coops_api.CoopLots.as_view(), name="api-coop-lots"),
    path("sales/", moving_api.Sales.as_view(), name="api-sale-list"),
    path("sales/<int:allocation_id>/confirm/", moving_api.Confirm.as_view(), name="api-sale-confirm"),
    path("sales/<int:allocation_id>/less/", moving_api.Less.as_view(), name="api-sale-less"),
    path("sales/<int:allocation_id>/decline/", moving_api.Decline.as_view(), name="api-sale-decline"),
    path("sales/<int:allocation_id>/hand-over/", handing_api.TakeOver.as_view(), name="api-hand-over"),
    path("hand-overs/", handing_api.HandOvers.as_view(), name="api-hand-over-list"),
    path("hand-overs/<int:hand_over_id>/confirm/", handing_api.ConfirmHandOver.as_view(), name="api-hand-over-confirm"),
    path("hand-overs/<int:hand_over_id>/contest/", handing_api.ContestHandOver.as_view(), name="api-hand-over-contest"),
    path("hand-overs/<int:hand_over_id>/back/", handing_api.GiveBack.as_view(), name="api-hand-over-back"),
    path("receipts/<int:receipt_id>/sign/", trips_api.Sign.as_view(), name="api-receipt-sign"),
    path("statements/", moving_api.Statements.as_view(), name="api-statement-list"),
    path("statements/<int:statement_id>/", moving_api.OneStatement.as_view(), name="api-statement-detail"),
    path("statements/<int:statement_id>/pay/", moving_api.RecordPayment.as_view(), name="api-payment-record"),
    path("statements/<int:statement_id>/card/", moving_api.PaymentCard.as_view(), name="api-payment-card"),
    path("statements/<int:statement_id>/pay/confirm/", moving_api.ConfirmPayment.as_view(), name="api-payment-confirm"),
    path("statements/<int:statement_id>/pay/reject/", moving_api.RejectPayment.as_view(), name="api-payment-reject"),
]
