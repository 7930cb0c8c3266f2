"""Addresses of sign-in, of one's own account, of the register."""

from allauth.account import views as sign_in
from allauth.mfa.base import views as second_step
from django.contrib.auth.decorators import login_not_required
from django.urls import path

from accounts import api, views

# The library finds its own steps by the names on the right.
pages = [
    path("sign-in/", login_not_required(sign_in.request_login_code), name="sign-in"),
    path("sign-in/", login_not_required(sign_in.request_login_code), name="account_request_login_code"),
    path("sign-in/", login_not_required(sign_in.request_login_code), name="account_login"),
    path("sign-in/", login_not_required(sign_in.request_login_code), name="account_signup"),
    path("sign-in/code/", login_not_required(sign_in.confirm_login_code), name="account_confirm_login_code"),
    path("sign-in/second-step/", login_not_required(second_step.authenticate), name="mfa_authenticate"),
    path("sign-in/authenticator/", views.set_up_authenticator, name="mfa_activate_totp"),
    path("sign-in/again/", sign_in.reauthenticate, name="account_reauthenticate"),
    path("sign-in/again/", sign_in.reauthenticate, name="mfa_reauthenticate"),
    path("sign-in/closed/", login_not_required(sign_in.account_inactive), name="account_inactive"),
    path("sign-out/", sign_in.logout, name="sign-out"),
    path("sign-out/", sign_in.logout, name="account_logout"),
    path("me/", views.me, name="me"),
    path("me/", views.me, name="mfa_index"),
    path("me/", views.me, name="mfa_deactivate_totp"),
    path("me/done-for-me/", views.done_for_me, name="done-for-me"),
    path("me/done-for-me/<uuid:consent_id>/not-me/", views.act_not_me, name="act-not-me"),
    path("not-me/", views.dispute_list, name="dispute-list"),
    path("not-me/<uuid:dispute_id>/", views.dispute, name="dispute-answer"),
    path("grievances/", views.grievance_list, name="grievance-list"),
    path("grievances/<int:grievance_id>/", views.grievance_detail, name="grievance-detail"),
    path("grievances/<int:grievance_id>/answer/", views.grievance_answer, name="grievance-answer"),
    path("grievances/<int:grievance_id>/withdraw/", views.grievance_withdraw, name="grievance-withdraw"),
    path("grievances/<int:grievance_id>/reopen/", views.grievance_reopen, name="grievance-reopen"),
    path("people/<uuid:person_id>/sessions/", views.session_list, name="session-list"),
    path("people/<uuid:person_id>/sessions/end/", views.sessions_end, name="sessions-end"),
    path("sessions/<uuid:session_id>/end/", views.session_end, name="session-end"),
    path("large-letters/", views.elder_toggle, name="elder-toggle"),
    path("language/", views.language_switch, name="language-switch"),
    path("households/", views.household_list, name="household-list"),
    path("households/import/", views.household_import, name="household-import"),
    path("households/files/<uuid:register_file_id>/", views.register_file, name="register-file"),
    path(
        "households/files/<uuid:register_file_id>/confirm/", views.register_file_confirm, name="register-file-confirm"
    ),
    path("households/files/<uuid:register_file_id>/refuse/", views.register_file_refuse, name="register-file-refuse"),
    path("places/", views.place_list, name="place-list"),
    path("places/<str:place_code>/point/", views.place_point, name="place-point"),
]
endpoints = [
    path("me/done-for-me/", api.DoneForMe.as_view(), name="api-done-for-me"),
    path("me/done-for-me/<uuid:consent_id>/not-me/", api.NotMe.as_view(), name="api-act-not-me"),
    path("grievances/", api.Grievances.as_view(), name="api-grievance-list"),
    path("grievances/<int:grievance_id>/", api.OneGrievance.as_view(), name="api-grievance-detail"),
    path("grievances/<int:grievance_id>/answer/", api.AnswerGrievance.as_view(), name="api-grievance-answer"),
    path("grievances/<int:grievance_id>/withdraw/", api.WithdrawGrievance.as_view(), name="api-grievance-withdraw"),
    path("grievances/<int:grievance_id>/reopen/", api.ReopenGrievance.as_view(), name="api-grievance-reopen"),
    path("not-me/", api.Disputes.as_view(), name="api-dispute-list"),
    path("not-me/<uuid:dispute_id>/answer/", api.Answer.as_view(), name="api-dispute-answer"),
]
