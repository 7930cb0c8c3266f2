"""Addresses of payouts."""

from django.urls import path

from ledger import api, views

pages = [
    path("payouts/", views.batch_list, name="batch-list"),
    path("payouts/new/", views.batch_new, name="batch-new"),
    path("payouts/<int:batch_id>/", views.batch_detail, name="batch-detail"),
    path("payouts/<int:batch_id>/send/", views.batch_send, name="batch-send"),
    path("payouts/<int:batch_id>/cancel/", views.batch_cancel, name="batch-cancel"),
    path("payouts/<int:batch_id>/file/", views.batch_file, name="batch-file"),
    path("payouts/<int:batch_id>/return/", views.batch_return, name="batch-return"),
]
endpoints = [
    path("payouts/", api.Batches.as_view(), name="api-batch-list"),
    path("payouts/<int:batch_id>/", api.Batch.as_view(), name="api-batch-detail"),
    path("payouts/<int:batch_id>/send/", api.SendBatch.as_view(), name="api-batch-send"),
]
