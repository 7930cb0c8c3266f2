"""Addresses of relief, in the order of its flow."""

from django.urls import path

from losses.api import claims as api
from losses.api import early as early_api
from losses.api import rehearsals as rehearsals_api
from losses.api.calculator import WhatIf
from losses.views import checking, crops, deciding, early, noticing, reconciling, rehearsing, reporting, visiting

pages = [
    path("schemes/", reporting.scheme_list, name="scheme-list"),
    path("schemes/<int:scheme_id>/", reporting.scheme_detail, name="scheme-detail"),
    path("schemes/<int:scheme_id>/rehearse/", rehearsing.rehearsal_new, name="rehearsal-new"),
    path("schemes/rehearsals/", rehearsing.rehearsal_list, name="rehearsal-list"),
    path("schemes/rehearsals/<int:rehearsal_id>/", rehearsing.rehearsal, name="rehearsal"),
    path("losses/", reporting.claim_list_mine, name="claim-list-mine"),
    path("losses/report/", reporting.claim_choose, name="claim-choose"),
    path("losses/new/<int:listing_id>/", reporting.claim_new, name="claim-new"),
    path("losses/crops/", crops.crop_choose, name="crop-choose"),
    path("losses/crops/<int:season_id>/new/", crops.claim_new_crop, name="claim-new-crop"),
    path("losses/<int:claim_id>/", reporting.claim_detail, name="claim-detail"),
    path("losses/<int:claim_id>/receipt/", reporting.claim_receipt, name="claim-receipt"),
    path("losses/<int:claim_id>/complete/", reporting.claim_complete, name="claim-complete"),
    path("losses/<int:claim_id>/withdraw/", reporting.claim_withdraw, name="claim-withdraw"),
    path("losses/<int:claim_id>/photos/<uuid:file_id>/", reporting.claim_photo, name="claim-photo"),
    path("losses/notices/", early.loss_notice_list, name="loss-notice-list"),
    path("losses/notices/lot/<int:listing_id>/", early.loss_notice_lot, name="loss-notice-lot"),
    path("losses/notices/crop/<int:season_id>/", early.loss_notice_crop, name="loss-notice-crop"),
    path("losses/notices/<int:notice_id>/", early.loss_notice, name="loss-notice"),
    path("losses/notices/<int:notice_id>/withdraw/", early.loss_notice_withdraw, name="loss-notice-withdraw"),
    path("losses/notices/<int:notice_id>/photos/<uuid:file_id>/", early.loss_notice_photo, name="loss-notice-photo"),
    path("checks/", checking.check_list, name="check-list"),
    path("checks/<int:claim_id>/village/", checking.claim_village_check, name="claim-village-check"),
    path("checks/<int:claim_id>/township/", checking.claim_township_check, name="claim-township-check"),
    path("checks/<int:claim_id>/send-back/", checking.claim_send_back, name="claim-send-back"),
    path("checks/<int:claim_id>/refuse/", checking.claim_refuse, name="claim-refuse"),
    path("checks/<int:claim_id>/clear/", checking.claim_clear, name="claim-clear"),
    path(
        "checks/publish/village/<int:scheme_id>/<str:place_code>/",
        noticing.notice_publish_village,
        name="notice-publish-village",
    ),
    path("visits/", visiting.visit_list, name="visit-list"),
    path("visits/<int:claim_id>/draw/", visiting.visit_draw, name="visit-draw"),
    path("visits/<int:claim_id>/record/", visiting.visit_record, name="visit-record"),
    path("visits/<int:claim_id>/sign/", visiting.visit_sign, name="visit-sign"),
    path("review/<int:claim_id>/compute/", deciding.claim_compute, name="claim-compute"),
    path(
        "checks/publish/county/<int:scheme_id>/<str:place_code>/",
        noticing.notice_publish_county,
        name="notice-publish-county",
    ),
    path("review/", deciding.review_desk, name="review-desk"),
    path("review/<int:claim_id>/", deciding.claim_review, name="claim-review"),
    path("review/<int:claim_id>/award/", deciding.claim_award, name="claim-award"),
    path("payouts/<int:batch_id>/reconcile/", reconciling.batch_reconcile, name="batch-reconcile"),
    path("objections/", noticing.objection_list, name="objection-list"),
    path("objections/<uuid:objection_id>/", noticing.objection_answer, name="objection-answer"),
]
endpoints = [
    path("schemes/", api.Schemes.as_view(), name="api-scheme-list"),
    path("schemes/<int:scheme_id>/rehearsals/", rehearsals_api.RehearseScheme.as_view(), name="api-rehearsal-new"),
    path("rehearsals/", rehearsals_api.Rehearsals.as_view(), name="api-rehearsal-list"),
    path("rehearsals/<int:rehearsal_id>/", rehearsals_api.OneRehearsal.as_view(), name="api-rehearsal"),
    path("schemes/<int:scheme_id>/calculator/", WhatIf.as_view(), name="api-scheme-calculator"),
    path("claims/", api.Claims.as_view(), name="api-claims"),
    path("loss-notices/", early_api.Notices.as_view(), name="api-loss-notice-list"),
    path("loss-notices/<int:notice_id>/", early_api.Notice.as_view(), name="api-loss-notice"),
    path("loss-notices/<int:notice_id>/withdraw/", early_api.WithdrawNotice.as_view(), name="api-loss-notice-withdraw"),
    path("claims/<int:claim_id>/", api.Claim.as_view(), name="api-claim-detail"),
    path("claims/<int:claim_id>/village-check/", api.VillageCheck.as_view(), name="api-claim-village-check"),
    path("claims/<int:claim_id>/township-check/", api.TownshipCheck.as_view(), name="api-claim-township-check"),
    path("claims/<int:claim_id>/visit/", api.VisitRecord.as_view(), name="api-visit-record"),
    path("claims/<int:claim_id>/visit/sign/", api.VisitSign.as_view(), name="api-visit-sign"),
    path("claims/<int:claim_id>/award/", api.AwardClaim.as_view(), name="api-claim-award"),
    path("claims/<int:claim_id>/refuse/", api.RefuseClaim.as_view(), name="api-claim-refuse"),
    path("claims/<int:claim_id>/send-back/", api.SendBackClaim.as_view(), name="api-claim-send-back"),
]
