"""Addresses of selling: the steps on a phone, batches, files of lots."""

from django.urls import path

from selling import api
from selling.views import lot_files, offline, photo_pieces, quantity, sheet_parts, sheets, steps

pages = [
    path("sell/", steps.sell, name="sell"),
    path("sw.js", offline.service_worker, name="service-worker"),
    path("sell/offline/", offline.steps, name="sell-offline"),
    path("sell/for/", steps.sell_for, name="sell-for"),
    path("sell/d/<uuid:draft_id>/", steps.photo_step, name="sell-draft"),
    path("sell/d/<uuid:draft_id>/photo/<slug:digest>/", photo_pieces.photo_pieces, name="sell-photo"),
    path("sell/d/<uuid:draft_id>/produce/", steps.produce_step, name="sell-produce"),
    path("sell/d/<uuid:draft_id>/quantity/", quantity.quantity_step, name="sell-quantity"),
    path("goods/<int:listing_id>/receipt/", steps.receipt, name="listing-receipt"),
    path("sheets/", sheets.sheet_list, name="sheet-list"),
    path("sheets/new/", sheets.sheet_new, name="sheet-new"),
    path("sheets/file/", lot_files.lot_file, name="lot-file"),
    path("sheets/file/lots.xlsx", lot_files.lot_file_template, name="lot-file-template"),
    path("sheets/<uuid:sheet_id>/", sheets.sheet, name="sheet"),
    path("sheets/<uuid:sheet_id>/row/", sheets.sheet_row, name="sheet-row"),
    path("sheets/<uuid:sheet_id>/heading/", sheet_parts.sheet_heading, name="sheet-heading"),
    path("sheets/<uuid:sheet_id>/photo/<int:row_id>/", sheet_parts.sheet_photo, name="sheet-photo"),
    path("sheets/<uuid:sheet_id>/check/", sheets.sheet_check, name="sheet-check"),
    path("sheets/<uuid:sheet_id>/result/", sheets.sheet_result, name="sheet-result"),
    path("sheets/<uuid:sheet_id>/print/", sheets.sheet_print, name="sheet-print"),
]
endpoints = [
    path("sheets/", api.Sheets.as_view(), name="api-sheet-list"),
    path("sheets/<uuid:sheet_id>/", api.SheetDetail.as_view(), name="api-sheet-detail"),
    path("sheets/<uuid:sheet_id>/rows/", api.SheetRows.as_view(), name="api-sheet-rows"),
    path("sheets/<uuid:sheet_id>/paste/", api.SheetPaste.as_view(), name="api-sheet-paste"),
    path("sheets/<uuid:sheet_id>/on-sale/", api.SheetOnSale.as_view(), name="api-sheet-on-sale"),
]
