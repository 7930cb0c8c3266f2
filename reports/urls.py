"""Addresses of the reports."""

from django.urls import path

from reports.api import answers as answers_api
from reports.api import log as log_api
from reports.api import sales as api
from reports.api import shares as shares_api
from reports.views import answers, log, shares
from reports.views import sales as views

pages = [
    path("answers/", answers.answer_queue, name="answer-queue"),
    path("reports/sales/", views.sales_report, name="sales"),
    path("reports/sales/rows/", views.sales_rows, name="sales-rows"),
    path("reports/sales/form/", views.sales_form, name="sales-form"),
    path("reports/sales/export.xlsx", views.sales_xlsx, name="sales-xlsx"),
    path("reports/relief/", views.relief_funnel, name="funnel"),
    path("reports/shares/", shares.share_board, name="shares"),
    path("reports/shares/export.xlsx", shares.shares_xlsx, name="shares-xlsx"),
    path("reports/shares/<int:organisation_id>/", shares.share, name="share"),
    path("reports/shares/<int:organisation_id>/cause/", shares.share_cause, name="share-cause"),
    path("reports/refused/", log.refused_tries, name="refused-tries"),
    path("reports/log/", log.log, name="log"),
    path("reports/log/export.xlsx", log.log_export, name="log-export"),
    path("reports/readings/", log.readings_list, name="readings"),
    path("reports/readings/<int:mass_reading_id>/answer/", log.mass_reading_answer, name="mass-reading-answer"),
]
endpoints = [
    path("answers/", answers_api.AnswerQueue.as_view(), name="api-answer-queue"),
    path("reports/sales/", api.SalesReport.as_view(), name="api-sales"),
    path("reports/relief/", api.ReliefFunnel.as_view(), name="api-funnel"),
    path("reports/shares/", shares_api.Shares.as_view(), name="api-shares"),
    path("reports/shares/<int:organisation_id>/", shares_api.OneShare.as_view(), name="api-share"),
    path("reports/shares/<int:organisation_id>/cause/", shares_api.ExplainShare.as_view(), name="api-share-cause"),
    path("reports/refused/", log_api.RefusedTries.as_view(), name="api-refused-tries"),
    path("reports/log/", log_api.Log.as_view(), name="api-log"),
    path("reports/readings/", log_api.Readings.as_view(), name="api-readings"),
    path("reports/mass-readings/", log_api.MassReadings.as_view(), name="api-mass-readings"),
    path(
        "reports/mass-readings/<int:mass_reading_id>/answer/",
        log_api.AnswerMassReading.as_view(),
        name="api-mass-reading-answer",
    ),
]
