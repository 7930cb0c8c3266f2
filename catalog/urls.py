"""Addresses of supply: the market for everybody, selling, one's own goods."""

from django.urls import path

from catalog import api, sheets_api
from catalog.views import goods, lot_files, market, papers, pauses, quantity, selling, sheets

pages = [
    path("market/", market.board, name="market"),
    path("market/<int:listing_id>/", market.listing_detail, name="listing-detail"),
    path("sell/", selling.sell, name="sell"),
    path("sell/for/", selling.sell_for, name="sell-for"),
    path("sell/d/<uuid:draft_id>/", selling.photo_step, name="sell-draft"),
    path("sell/d/<uuid:draft_id>/produce/", selling.produce_step, name="sell-produce"),
    path("sell/d/<uuid:draft_id>/quantity/", quantity.quantity_step, name="sell-quantity"),
    path("goods/", goods.my_listings, name="my-listings"),
    path("goods/<int:listing_id>/", goods.my_listing, name="my-listing"),
    path("goods/<int:listing_id>/receipt/", selling.receipt, name="listing-receipt"),
    path("goods/<int:listing_id>/price/", goods.price, name="listing-price"),
    path("goods/<int:listing_id>/confirm/", goods.confirm, name="listing-confirm"),
    path("goods/<int:listing_id>/harvest/", goods.harvest, name="listing-harvest"),
    path("goods/<int:listing_id>/withdraw/", goods.withdraw, name="listing-withdraw"),
    path("goods/<int:listing_id>/not-me/", goods.dispute, name="listing-dispute"),
    path("market/<int:listing_id>/stop/", goods.stop, name="listing-stop"),
    path("market/<int:listing_id>/resume/", goods.resume, name="listing-resume"),
    path("goods/<int:listing_id>/papers/", papers.lot_papers, name="lot-papers"),
    path("goods/<int:listing_id>/papers/slip/", papers.paper_slip, name="paper-slip"),
    path("goods/<int:listing_id>/papers/<int:paper_id>/", papers.paper_print, name="paper-print"),
    path("goods/<int:listing_id>/papers/<int:paper_id>/cancel/", papers.paper_cancel, name="paper-cancel"),
    path("papers/<slug:code>/", papers.paper_check, name="paper-check"),
    path("produce/", market.produce_list, name="produce-list"),
    path("goods/pause/", pauses.pause, name="pause"),
    path("goods/pause/end/", pauses.pause_end, name="pause-end"),
    path("sheets/", sheets.sheet_list, name="sheet-list"),
    path("sheets/new/", sheets.sheet_new, name="sheet-new"),
    path("sheets/file/", lot_files.lot_file, name="lot-file"),
    path("sheets/file/lots.xlsx", lot_files.lot_file_template, name="lot-file-template"),
    path("sheets/<uuid:sheet_id>/", sheets.sheet, name="sheet"),
    path("sheets/<uuid:sheet_id>/row/", sheets.sheet_row, name="sheet-row"),
    path("sheets/<uuid:sheet_id>/check/", sheets.sheet_check, name="sheet-check"),
    path("sheets/<uuid:sheet_id>/result/", sheets.sheet_result, name="sheet-result"),
    path("sheets/<uuid:sheet_id>/print/", sheets.sheet_print, name="sheet-print"),
]
endpoints = [
    path("produce/", api.ProduceList.as_view(), name="api-produce-list"),
    path("listings/", api.Listings.as_view(), name="api-listing-list"),
    path("listings/<int:listing_id>/", api.ListingDetail.as_view(), name="api-listing-detail"),
    path("listings/<int:listing_id>/price/", api.ListingPrice.as_view(), name="api-listing-price"),
    path("listings/<int:listing_id>/withdraw/", api.ListingWithdraw.as_view(), name="api-listing-withdraw"),
    path("listings/<int:listing_id>/confirm/", api.ListingConfirm.as_view(), name="api-listing-confirm"),
    path("sheets/", sheets_api.Sheets.as_view(), name="api-sheet-list"),
    path("sheets/<uuid:sheet_id>/", sheets_api.SheetDetail.as_view(), name="api-sheet-detail"),
    path("sheets/<uuid:sheet_id>/rows/", sheets_api.SheetRows.as_view(), name="api-sheet-rows"),
    path("sheets/<uuid:sheet_id>/on-sale/", sheets_api.SheetOnSale.as_view(), name="api-sheet-on-sale"),
    path("pause/", sheets_api.Pause.as_view(), name="api-pause"),
    path("pause/end/", sheets_api.PauseEnd.as_view(), name="api-pause-end"),
]
