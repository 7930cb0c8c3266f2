"""Addresses of the dictionary of goods: its desk, its proposals, what goods fetched."""

from django.urls import path

from produce import api, views

pages = [
    path("dictionary/", views.entries, name="dictionary"),
    path("dictionary/new/", views.new, name="dictionary-new"),
    path("dictionary/proposals/", views.proposals, name="proposal-list"),
    path("dictionary/proposals/<int:change_id>/", views.proposal, name="proposal"),
    path("dictionary/proposals/<int:change_id>/agree/", views.agree, name="proposal-agree"),
    path("dictionary/proposals/<int:change_id>/refuse/", views.refuse, name="proposal-refuse"),
    path("dictionary/<slug:produce_code>/", views.entry, name="dictionary-entry"),
    path("dictionary/<slug:produce_code>/change/", views.change, name="dictionary-change"),
]
endpoints = [
    path("produce/<slug:produce_code>/prices/", api.ProducePrices.as_view(), name="api-produce-prices"),
    path("dictionary/proposals/", api.Proposals.as_view(), name="api-proposal-list"),
    path("dictionary/proposals/<int:change_id>/", api.Proposal.as_view(), name="api-proposal-detail"),
    path("dictionary/proposals/<int:change_id>/agree/", api.AgreeProposal.as_view(), name="api-proposal-agree"),
    path(
        "dictionary/proposals/<int:change_id>/refuse/",
        api.RefuseProposal.as_view(),
        name="api-proposal-refuse",
    ),
]
