"""Addresses of the purses."""

from django.urls import path

from canteens import views

pages = [
    path("funds/", views.fund_list, name="fund-list"),
    path("funds/<int:fund_id>/", views.fund_detail, name="fund-detail"),
    path("funds/<int:fund_id>/budget/", views.fund_budget, name="fund-budget"),
]
endpoints: list = []
