"""Addresses of payouts."""

from django.urls import path

from ledger.api import heirs as api_heirs
from ledger.api import payouts as api
from ledger.api import statements as api_statements
from ledger.views import arriving, heirs, mending, restoring, statements
from ledger.views import payouts as views

pages = [
    path("money/", arriving.money_arrived, name="money-arrived"),
    path("money/<int:payment_id>/", arriving.money_answer, name="money-answer"),
    path("payouts/", views.batch_list, name="batch-list"),
    path("payouts/new/", views.batch_new, name="batch-new"),
    path("payouts/<int:batch_id>/", views.batch_detail, name="batch-detail"),
    path("payouts/<int:batch_id>/send/", views.batch_send, name="batch-send"),
    path("payouts/<int:batch_id>/cancel/", views.batch_cancel, name="batch-cancel"),
    path("payouts/<int:batch_id>/file/", views.batch_file, name="batch-file"),
    path("payouts/<int:batch_id>/return/", views.batch_return, name="batch-return"),
    path("payouts/statements/", statements.bank_statement_list, name="bank-statement-list"),
    path("payouts/statements/load/", statements.bank_statement_load, name="bank-statement-load"),
    path("payouts/statements/<int:bank_statement_id>/", statements.bank_statement, name="bank-statement"),
    path("payouts/problems/", mending.problem_list, name="problem-list"),
    path("payouts/restores/<int:restore_id>/", restoring.restore, name="restore"),
    path("payouts/restores/<int:restore_id>/file/", restoring.restore_file, name="restore-file"),
    path("payouts/restores/<int:restore_id>/confirm/", restoring.restore_confirm, name="restore-confirm"),
    path("payouts/restores/<int:restore_id>/reject/", restoring.restore_reject, name="restore-reject"),
    path("payouts/frozen/<int:frozen_id>/", restoring.frozen_batch, name="frozen-batch"),
    path("payouts/frozen/<int:frozen_id>/confirm/", restoring.frozen_batch_confirm, name="frozen-batch-confirm"),
    path("payouts/frozen/<int:frozen_id>/reject/", restoring.frozen_batch_reject, name="frozen-batch-reject"),
    path("payouts/owed/<uuid:payable_id>/heir/", heirs.heir_new, name="heir-new"),
    path("payouts/heirs/<uuid:heir_id>/", heirs.heir, name="heir"),
    path("payouts/heirs/<uuid:heir_id>/paper/", heirs.heir_paper, name="heir-paper"),
    path("payouts/heirs/<uuid:heir_id>/confirm/", heirs.heir_confirm, name="heir-confirm"),
    path("payouts/heirs/<uuid:heir_id>/reject/", heirs.heir_reject, name="heir-reject"),
    path("payouts/returned/<uuid:case_id>/", mending.return_case, name="return-case"),
    path("payouts/returned/<uuid:case_id>/confirm/", mending.return_case_confirm, name="return-case-confirm"),
    path("payouts/returned/<uuid:case_id>/reject/", mending.return_case_reject, name="return-case-reject"),
    path("payouts/contradictions/<int:contradiction_id>/", mending.contradiction, name="contradiction"),
    path(
        "payouts/contradictions/<int:contradiction_id>/confirm/",
        mending.contradiction_confirm,
        name="contradiction-confirm",
    ),
    path(
        "payouts/contradictions/<int:contradiction_id>/reject/",
        mending.contradiction_reject,
        name="contradiction-reject",
    ),
]
endpoints = [
    path("money/", api.OwnMoney.as_view(), name="api-money-arrived"),
    path("money/<int:payment_id>/arrived/", api.MoneyAnswer.as_view(), name="api-money-answer"),
    path("payouts/", api.Batches.as_view(), name="api-batch-list"),
    path("payouts/<int:batch_id>/", api.Batch.as_view(), name="api-batch-detail"),
    path("payouts/<int:batch_id>/verdicts/", api.BatchVerdicts.as_view(), name="api-batch-verdicts"),
    path("payouts/<int:batch_id>/send/", api.SendBatch.as_view(), name="api-batch-send"),
    path("payouts/statements/", api_statements.BankStatements.as_view(), name="api-bank-statement-list"),
    path(
        "payouts/statements/<int:bank_statement_id>/",
        api_statements.StatementDetail.as_view(),
        name="api-bank-statement",
    ),
    path("payouts/heirs/", api_heirs.Heirs.as_view(), name="api-heir-list"),
    path("payouts/owed/<uuid:payable_id>/heir/", api_heirs.NameHeir.as_view(), name="api-heir-new"),
    path("payouts/heirs/<uuid:heir_id>/", api_heirs.HeirDetail.as_view(), name="api-heir"),
    path("payouts/heirs/<uuid:heir_id>/confirm/", api_heirs.ConfirmHeir.as_view(), name="api-heir-confirm"),
    path("payouts/heirs/<uuid:heir_id>/reject/", api_heirs.RejectHeir.as_view(), name="api-heir-reject"),
    path("payouts/returned/", api.ReturnCases.as_view(), name="api-return-case-list"),
    path("payouts/returned/<uuid:case_id>/", api.ReturnCaseDetail.as_view(), name="api-return-case"),
    path("payouts/returned/<uuid:case_id>/propose/", api.ProposePayee.as_view(), name="api-return-case-propose"),
    path("payouts/returned/<uuid:case_id>/confirm/", api.ConfirmPayee.as_view(), name="api-return-case-confirm"),
    path("payouts/returned/<uuid:case_id>/reject/", api.RejectPayee.as_view(), name="api-return-case-reject"),
    path("payouts/contradictions/", api.Contradictions.as_view(), name="api-contradiction-list"),
    path("payouts/contradictions/<int:contradiction_id>/", api.ContradictionDetail.as_view(), name="api-contradiction"),
    path(
        "payouts/contradictions/<int:contradiction_id>/propose/",
        api.ProposeLetter.as_view(),
        name="api-contradiction-propose",
    ),
    path(
        "payouts/contradictions/<int:contradiction_id>/confirm/",
        api.ConfirmLetter.as_view(),
        name="api-contradiction-confirm",
    ),
    path(
        "payouts/contradictions/<int:contradiction_id>/reject/",
        api.RejectLetter.as_view(),
        name="api-contradiction-reject",
    ),
]
