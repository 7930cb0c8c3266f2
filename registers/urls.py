"""Addresses of the registers."""

from django.urls import path

from registers import api, views

pages = [
    path("me/card/", views.my_card, name="my-card"),
    path("me/card/code/", views.my_card_code, name="my-card-code"),
    path("me/card/new/", views.my_card_new, name="my-card-new"),
    path("registers/", views.register_index, name="register-index"),
    path("registers/people/<uuid:person_id>/end-sessions/", views.sessions_end, name="sessions-end"),
    path("registers/missing/", views.register_missing, name="register-missing"),
    path("registers/changes/", views.register_changes, name="register-changes"),
    path("registers/changes/<uuid:register_change_id>/", views.register_change, name="register-change"),
    path(
        "registers/changes/<uuid:register_change_id>/confirm/",
        views.register_change_confirm,
        name="register-change-confirm",
    ),
    path(
        "registers/changes/<uuid:register_change_id>/refuse/",
        views.register_change_refuse,
        name="register-change-refuse",
    ),
    path(
        "registers/changes/<uuid:register_change_id>/withdraw/",
        views.register_change_withdraw,
        name="register-change-withdraw",
    ),
    path(
        "registers/changes/<uuid:register_change_id>/paper/", views.register_change_paper, name="register-change-paper"
    ),
    path("me/co-operatives/", views.own_coops, name="own-coops"),
    path("mandates/<uuid:mandate_id>/end/", views.mandate_end, name="mandate-end"),
    path("co-operative-members/<uuid:coop_member_id>/end/", views.coop_member_end, name="coop-member-end"),
    path("registers/<slug:key>/", views.register, name="register"),
    path("registers/<slug:key>/export.xlsx", views.register_export, name="register-export"),
    path("registers/<slug:key>/new/", views.register_new, name="register-new"),
    path("registers/<slug:key>/file/", views.register_file, name="register-rows"),
    path("registers/<slug:key>/empty.xlsx", views.register_empty_file, name="register-empty-file"),
    path("registers/<slug:key>/<str:row_key>/", views.register_edit, name="register-edit"),
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
