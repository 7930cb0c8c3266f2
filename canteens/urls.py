"""Addresses of the purses."""

from django.urls import path

from canteens import views

pages = [
    path("funds/", views.fund_list, name="fund-list"),
    path("funds/<int:fund_id>/", views.fund_detail, name="fund-detail"),
    path("funds/<int:fund_id>/budget/", views.fund_budget, name="fund-budget"),
    path("budgets/<int:budget_id>/confirm/", views.budget_confirm, name="budget-confirm"),
    path("budgets/<int:budget_id>/refuse/", views.budget_refuse, name="budget-refuse"),
]
endpoints: list = []
