"""Addresses of supply: the market for everybody, one's own goods, sellers and papers."""

from django.urls import path

from catalog.api import listings as listings_api
from catalog.api import pauses as pauses_api
from catalog.api import sellers as sellers_api
from catalog.views import goods, market, market_map, papers, pauses, produce, sellers, watching

pages = [
    path("market/", market.board, name="market"),
    path("market/map/", market_map.map_view, name="market-map"),
    path("market/<int:listing_id>/", market.listing_detail, name="listing-detail"),
    path("goods/", goods.my_listings, name="my-listings"),
    path("goods/<int:listing_id>/", goods.my_listing, name="my-listing"),
    path("goods/<int:listing_id>/price/", goods.price, name="listing-price"),
    path("goods/<int:listing_id>/smallest/", goods.smallest, name="listing-smallest"),
    path("goods/<int:listing_id>/confirm/", goods.confirm, name="listing-confirm"),
    path("goods/<int:listing_id>/harvest/", goods.harvest, name="listing-harvest"),
    path("goods/<int:listing_id>/withdraw/", goods.withdraw, name="listing-withdraw"),
    path("goods/<int:listing_id>/not-me/", goods.dispute, name="listing-dispute"),
    path("market/look/", watching.watch_list, name="watch-list"),
    path("market/<int:listing_id>/looked-at/", watching.looked_at, name="listing-looked-at"),
    path("market/<int:listing_id>/stop/", goods.stop, name="listing-stop"),
    path("market/<int:listing_id>/resume/", goods.resume, name="listing-resume"),
    path("goods/<int:listing_id>/papers/", papers.lot_papers, name="lot-papers"),
    path("goods/<int:listing_id>/papers/slip/", papers.paper_slip, name="paper-slip"),
    path("goods/<int:listing_id>/papers/<int:paper_id>/", papers.paper_print, name="paper-print"),
    path("goods/<int:listing_id>/papers/<int:paper_id>/cancel/", papers.paper_cancel, name="paper-cancel"),
    path("papers/<slug:code>/", papers.paper_check, name="paper-check"),
    path("plots/", sellers.plot_list, name="plot-list"),
    path("plots/of/<uuid:household_id>/", sellers.plot_list, name="plot-list-for"),
    path("recognitions/", sellers.recognition_list, name="recognition-list"),
    path("recognitions/<int:recognition_id>/end/", sellers.recognition_end, name="recognition-end"),
    path("produce/", market.produce_list, name="produce-list"),
    path("produce/<slug:produce_code>/", produce.produce_page, name="produce-page"),
    path("goods/pause/", pauses.pause, name="pause"),
    path("goods/pause/of/<uuid:household_id>/", pauses.pause_for, name="pause-for"),
    path("goods/pause/end/", pauses.pause_end, name="pause-end"),
]
endpoints = [
    path("produce/", listings_api.ProduceList.as_view(), name="api-produce-list"),
    path("listings/", listings_api.Listings.as_view(), name="api-listing-list"),
    path("listings/<int:listing_id>/", listings_api.ListingDetail.as_view(), name="api-listing-detail"),
    path("listings/<int:listing_id>/price/", listings_api.ListingPrice.as_view(), name="api-listing-price"),
    path("listings/<int:listing_id>/smallest/", listings_api.ListingSmallest.as_view(), name="api-listing-smallest"),
    path("listings/<int:listing_id>/withdraw/", listings_api.ListingWithdraw.as_view(), name="api-listing-withdraw"),
    path("listings/<int:listing_id>/confirm/", listings_api.ListingConfirm.as_view(), name="api-listing-confirm"),
    path("listings/<int:listing_id>/papers/", sellers_api.ListingPapers.as_view(), name="api-listing-papers"),
    path("growers/", sellers_api.Growers.as_view(), name="api-grower-list"),
    path("plots/", sellers_api.Plots.as_view(), name="api-plot-list"),
    path("pause/", pauses_api.Pause.as_view(), name="api-pause"),
    path("pause/end/", pauses_api.PauseEnd.as_view(), name="api-pause-end"),
]
