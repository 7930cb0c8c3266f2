"""Addresses of sign-in, of one's own account, of the register."""

from allauth.account import views as sign_in
from allauth.mfa.base import views as second_step
from django.contrib.auth.decorators import login_not_required
from django.urls import path

from accounts import api
from accounts.views import grievances, people
from accounts.views.sign_in import SignInCode

# The library finds its own steps by the names on the right.
pages = [
    path("sign-in/", login_not_required(sign_in.request_login_code), name="sign-in"),
    path("sign-in/", login_not_required(sign_in.request_login_code), name="account_request_login_code"),
    path("sign-in/", login_not_required(sign_in.request_login_code), name="account_login"),
    path("sign-in/", login_not_required(sign_in.request_login_code), name="account_signup"),
    path("sign-in/code/", login_not_required(SignInCode.as_view()), name="account_confirm_login_code"),
    path("sign-in/second-step/", login_not_required(second_step.authenticate), name="mfa_authenticate"),
    path("sign-in/authenticator/", people.set_up_authenticator, name="mfa_activate_totp"),
    path("sign-in/again/", sign_in.reauthenticate, name="account_reauthenticate"),
    path("sign-in/again/", sign_in.reauthenticate, name="mfa_reauthenticate"),
    path("sign-in/closed/", login_not_required(sign_in.account_inactive), name="account_inactive"),
    path("sign-out/", sign_in.logout, name="sign-out"),
    path("sign-out/", sign_in.logout, name="account_logout"),
    path("me/", people.me, name="me"),
    path("me/", people.me, name="mfa_index"),
    path("me/", people.me, name="mfa_deactivate_totp"),
    path("me/done-for-me/", people.done_for_me, name="done-for-me"),
    path("me/done-for-me/<uuid:consent_id>/not-me/", people.act_not_me, name="act-not-me"),
    path("not-me/", people.dispute_list, name="dispute-list"),
    path("not-me/<uuid:dispute_id>/", people.dispute, name="dispute-answer"),
    path("grievances/", grievances.grievance_list, name="grievance-list"),
    path("grievances/new/<str:about>/", grievances.grievance_new, name="grievance-new"),
    path("grievances/<int:grievance_id>/", grievances.grievance_detail, name="grievance-detail"),
    path("grievances/<int:grievance_id>/answer/", grievances.grievance_answer, name="grievance-answer"),
    path("grievances/<int:grievance_id>/withdraw/", grievances.grievance_withdraw, name="grievance-withdraw"),
    path("grievances/<int:grievance_id>/reopen/", grievances.grievance_reopen, name="grievance-reopen"),
    path("people/<uuid:person_id>/sessions/", people.session_list, name="session-list"),
    path("people/<uuid:person_id>/sessions/end/", people.sessions_end, name="sessions-end"),
    path("sessions/<uuid:session_id>/end/", people.session_end, name="session-end"),
    path("large-letters/", people.elder_toggle, name="elder-toggle"),
    path("language/", people.language_switch, name="language-switch"),
    path("households/", people.household_list, name="household-list"),
    path("households/import/", people.household_import, name="household-import"),
    path("households/files/<uuid:register_file_id>/", people.register_file, name="register-file"),
    path(
        "households/files/<uuid:register_file_id>/confirm/", people.register_file_confirm, name="register-file-confirm"
    ),
    path("households/files/<uuid:register_file_id>/refuse/", people.register_file_refuse, name="register-file-refuse"),
    path("places/", people.place_list, name="place-list"),
    path("places/<str:place_code>/point/", people.place_point, name="place-point"),
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
