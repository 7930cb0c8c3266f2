"""Addresses of the purses."""

from django.urls import path

from canteens import views
from canteens.api import purses

pages = [
    path("funds/", views.fund_list, name="fund-list"),
    path("funds/<int:fund_id>/", views.fund_detail, name="fund-detail"),
    path("funds/<int:fund_id>/entries/", views.fund_entries, name="fund-entries"),
    path("funds/<int:fund_id>/entries/file/", views.fund_entries_file, name="fund-entries-file"),
    path("funds/<int:fund_id>/budget/", views.fund_budget, name="fund-budget"),
    path("budgets/<int:budget_id>/confirm/", views.budget_confirm, name="budget-confirm"),
    path("budgets/<int:budget_id>/refuse/", views.budget_refuse, name="budget-refuse"),
]
endpoints = [
    path("funds/", purses.Funds.as_view(), name="api-fund-list"),
    path("funds/<int:fund_id>/", purses.OneFund.as_view(), name="api-fund-detail"),
    path("funds/<int:fund_id>/entries/", purses.Entries.as_view(), name="api-fund-entries"),
    path("funds/<int:fund_id>/budget/", purses.Budget.as_view(), name="api-fund-budget"),
    path("budgets/<int:budget_id>/confirm/", purses.ConfirmBudget.as_view(), name="api-budget-confirm"),
    path("budgets/<int:budget_id>/refuse/", purses.RefuseBudget.as_view(), name="api-budget-refuse"),
]
