"""Addresses of the purses and of what is planned from them."""

from django.urls import path

from canteens import api, views

pages = [
    path("funds/", views.fund_list, name="fund-list"),
    path("funds/<int:fund_id>/", views.fund_detail, name="fund-detail"),
    path("funds/<int:fund_id>/budget/", views.fund_budget, name="fund-budget"),
    path("budgets/<int:budget_id>/confirm/", views.budget_confirm, name="budget-confirm"),
    path("budgets/<int:budget_id>/refuse/", views.budget_refuse, name="budget-refuse"),
    path("purchase-plans/", views.purchase_plan_list, name="purchase-plan-list"),
    path("purchase-plans/new/", views.purchase_plan_new, name="purchase-plan-new"),
    path("purchase-plans/<int:purchase_plan_id>/", views.purchase_plan_detail, name="purchase-plan-detail"),
    path(
        "purchase-plans/<int:purchase_plan_id>/approve/",
        views.purchase_plan_approve,
        name="purchase-plan-approve",
    ),
    path("purchase-plans/<int:purchase_plan_id>/refuse/", views.purchase_plan_refuse, name="purchase-plan-refuse"),
    path(
        "purchase-plans/<int:purchase_plan_id>/withdraw/",
        views.purchase_plan_withdraw,
        name="purchase-plan-withdraw",
    ),
    path("purchase-plans/<int:purchase_plan_id>/close/", views.purchase_plan_close, name="purchase-plan-close"),
]
endpoints = [
    path("purchase-plans/", api.PurchasePlans.as_view(), name="api-purchase-plan-list"),
    path("purchase-plans/<int:purchase_plan_id>/", api.OnePurchasePlan.as_view(), name="api-purchase-plan-detail"),
    path(
        "purchase-plans/<int:purchase_plan_id>/approve/",
        api.ApprovePurchasePlan.as_view(),
        name="api-purchase-plan-approve",
    ),
    path(
        "purchase-plans/<int:purchase_plan_id>/refuse/",
        api.RefusePurchasePlan.as_view(),
        name="api-purchase-plan-refuse",
    ),
    path(
        "purchase-plans/<int:purchase_plan_id>/withdraw/",
        api.WithdrawPurchasePlan.as_view(),
        name="api-purchase-plan-withdraw",
    ),
    path(
        "purchase-plans/<int:purchase_plan_id>/close/", api.ClosePurchasePlan.as_view(), name="api-purchase-plan-close"
    ),
]
