"""Addresses of the registers."""

from django.urls import path

from registers import api
from registers.views import desks, own, proposals

pages = [
    path("me/card/", own.my_card, name="my-card"),
    path("me/card/code/", own.my_card_code, name="my-card-code"),
    path("me/card/new/", own.my_card_new, name="my-card-new"),
    path("registers/", desks.register_index, name="register-index"),
    path("registers/missing/", desks.register_missing, name="register-missing"),
    path("registers/changes/", proposals.register_changes, name="register-changes"),
    path("registers/changes/<uuid:register_change_id>/", proposals.register_change, name="register-change"),
    path(
        "registers/changes/<uuid:register_change_id>/confirm/",
        proposals.register_change_confirm,
        name="register-change-confirm",
    ),
    path(
        "registers/changes/<uuid:register_change_id>/refuse/",
        proposals.register_change_refuse,
        name="register-change-refuse",
    ),
    path(
        "registers/changes/<uuid:register_change_id>/withdraw/",
        proposals.register_change_withdraw,
        name="register-change-withdraw",
    ),
    path(
        "registers/changes/<uuid:register_change_id>/paper/",
        proposals.register_change_paper,
        name="register-change-paper",
    ),
    path("me/co-operatives/", own.own_coops, name="own-coops"),
    path("mandates/<uuid:mandate_id>/end/", own.mandate_end, name="mandate-end"),
    path("co-operative-members/<uuid:coop_member_id>/end/", own.coop_member_end, name="coop-member-end"),
    path("registers/<slug:key>/", desks.register, name="register"),
    path("registers/<slug:key>/export.xlsx", desks.register_export, name="register-export"),
    path("registers/<slug:key>/new/", desks.register_new, name="register-new"),
    path("registers/<slug:key>/file/", desks.register_file, name="register-rows"),
    path("registers/<slug:key>/empty.xlsx", desks.register_empty_file, name="register-empty-file"),
    path("registers/<slug:key>/<str:row_key>/", desks.register_edit, name="register-edit"),
]
endpoints = [
    path("me/card/code/", api.CardCode.as_view(), name="api-my-card-code"),
    path("me/card/", api.OwnCard.as_view(), name="api-my-card-new"),
    path("registers/", api.Registers.as_view(), name="api-register-index"),
    path("registers/missing/", api.Missing.as_view(), name="api-register-missing"),
    path("registers/<slug:key>/", api.RegisterRows.as_view(), name="api-register"),
    path("registers/<slug:key>/changes/", api.Propose.as_view(), name="api-register-propose"),
    path("own-co-operatives/", api.OwnCoops.as_view(), name="api-own-coops"),
    path("mandates/<uuid:mandate_id>/end/", api.EndMandate.as_view(), name="api-mandate-end"),
    path("co-operative-members/<uuid:coop_member_id>/end/", api.EndCoopMember.as_view(), name="api-coop-member-end"),
    path("register-changes/", api.Changes.as_view(), name="api-register-changes"),
    path("register-changes/<uuid:register_change_id>/", api.Change.as_view(), name="api-register-change"),
    path(
        "register-changes/<uuid:register_change_id>/confirm/", api.Confirm.as_view(), name="api-register-change-confirm"
    ),
    path("register-changes/<uuid:register_change_id>/refuse/", api.Refuse.as_view(), name="api-register-change-refuse"),
    path(
        "register-changes/<uuid:register_change_id>/withdraw/",
        api.Withdraw.as_view(),
        name="api-register-change-withdraw",
    ),
]
