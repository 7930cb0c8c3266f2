"""Addresses of the reports."""

from django.urls import path

from reports import api, views

pages = [
    path("reports/sales/", views.sales_report, name="sales"),
    path("reports/sales/rows/", views.sales_rows, name="sales-rows"),
    path("reports/sales/form/", views.sales_form, name="sales-form"),
    path("reports/sales/export.xlsx", views.sales_xlsx, name="sales-xlsx"),
]
endpoints = [
    path("reports/sales/", api.SalesReport.as_view(), name="api-sales"),
]
