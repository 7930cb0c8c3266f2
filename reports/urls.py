"""Addresses of the reports."""

from django.urls import path

from reports import api, views

pages = [
    path("reports/sales/", views.sales_report, name="sales"),
    path("reports/sales/rows/", views.sales_rows, name="sales-rows"),
    path("reports/sales/form/", views.sales_form, name="sales-form"),
    path("reports/sales/export.xlsx", views.sales_xlsx, name="sales-xlsx"),
    path("reports/relief/", views.relief_funnel, name="funnel"),
    path("reports/refused/", views.refused_tries, name="refused-tries"),
]
endpoints = [
    path("reports/sales/", api.SalesReport.as_view(), name="api-sales"),
    path("reports/relief/", api.ReliefFunnel.as_view(), name="api-funnel"),
    path("reports/refused/", api.RefusedTries.as_view(), name="api-refused-tries"),
]
