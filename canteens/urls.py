"""Addresses of the purses and of what is planned from them."""

from django.urls import path

from canteens.api import deputies as deputies_api
from canteens.api import menus as menus_api
from canteens.api import plan_drafts as plan_drafts_api
from canteens.api import publicity as publicity_api
from canteens.api import purchase_plans as purchase_plans_api
from canteens.api import purses as purses_api
from canteens.api import signed_lists as signed_lists_api
from canteens.api import tiers as tiers_api
from canteens.api import union_members as union_members_api
from canteens.views import deputies, menus, plan_drafts, publicity, purchase_plans, purses, signed_lists, union_members

pages = [
    path("deputies/", deputies.deputy_list, name="deputy-list"),
    path("deputies/<int:deputy_id>/end/", deputies.deputy_end, name="deputy-end"),
    path("funds/", purses.fund_list, name="fund-list"),
    path("funds/<int:fund_id>/", purses.fund_detail, name="fund-detail"),
    path("funds/<int:fund_id>/entries/", purses.fund_entries, name="fund-entries"),
    path("funds/<int:fund_id>/entries/file/", purses.fund_entries_file, name="fund-entries-file"),
    path("funds/<int:fund_id>/budget/", purses.fund_budget, name="fund-budget"),
    path("budgets/<int:budget_id>/confirm/", purses.budget_confirm, name="budget-confirm"),
    path("budgets/<int:budget_id>/refuse/", purses.budget_refuse, name="budget-refuse"),
    path("menus/", menus.menu_list, name="menu-list"),
    path("menus/new/", menus.menu_new, name="menu-new"),
    path("menus/<int:organisation_id>/", menus.menu, name="menu"),
    path("purchase-plans/", purchase_plans.purchase_plan_list, name="purchase-plan-list"),
    path("purchase-plans/new/", purchase_plans.purchase_plan_new, name="purchase-plan-new"),
    path("purchase-plans/drafts/", plan_drafts.plan_draft_new, name="plan-draft-new"),
    path("purchase-plans/drafts/<int:plan_draft_id>/", plan_drafts.plan_draft, name="plan-draft"),
    path("purchase-plans/drafts/<int:plan_draft_id>/drop/", plan_drafts.plan_draft_drop, name="plan-draft-drop"),
    path("purchase-plans/<int:purchase_plan_id>/", purchase_plans.purchase_plan_detail, name="purchase-plan-detail"),
    path(
        "purchase-plans/<int:purchase_plan_id>/approve/",
        purchase_plans.purchase_plan_approve,
        name="purchase-plan-approve",
    ),
    path(
        "purchase-plans/<int:purchase_plan_id>/refuse/",
        purchase_plans.purchase_plan_refuse,
        name="purchase-plan-refuse",
    ),
    path(
        "purchase-plans/<int:purchase_plan_id>/withdraw/",
        purchase_plans.purchase_plan_withdraw,
        name="purchase-plan-withdraw",
    ),
    path(
        "purchase-plans/<int:purchase_plan_id>/close/", purchase_plans.purchase_plan_close, name="purchase-plan-close"
    ),
    path("purchase-plans/<int:purchase_plan_id>/notice/", publicity.purchase_plan_notice, name="purchase-plan-notice"),
    path("purchase-plans/<int:purchase_plan_id>/quotes/", publicity.purchase_plan_quote, name="purchase-plan-quote"),
    path(
        "purchase-plans/<int:purchase_plan_id>/quotes/<uuid:file_id>/",
        publicity.purchase_plan_quote_photo,
        name="purchase-plan-quote-photo",
    ),
    path(
        "purchase-plans/<int:purchase_plan_id>/objections/<uuid:objection_id>/",
        publicity.purchase_plan_objection,
        name="purchase-plan-objection",
    ),
    path("purchase-plans/<int:purchase_plan_id>/signed-list/", signed_lists.signed_list, name="signed-list"),
    path(
        "purchase-plans/<int:purchase_plan_id>/signed-list/open/",
        signed_lists.signed_list_open,
        name="signed-list-open",
    ),
    path(
        "purchase-plans/<int:purchase_plan_id>/signed-list/names/",
        signed_lists.signed_list_names,
        name="signed-list-names",
    ),
    path(
        "purchase-plans/<int:purchase_plan_id>/signed-list/photos/",
        signed_lists.signed_list_photo,
        name="signed-list-photo",
    ),
    path(
        "purchase-plans/<int:purchase_plan_id>/signed-list/photos/<uuid:file_id>/",
        signed_lists.signed_list_sheet,
        name="signed-list-sheet",
    ),
    path(
        "purchase-plans/<int:purchase_plan_id>/signed-list/answers/",
        signed_lists.signed_list_answer,
        name="signed-list-answer",
    ),
    path(
        "purchase-plans/<int:purchase_plan_id>/signed-list/print/",
        signed_lists.signed_list_print,
        name="signed-list-print",
    ),
    path("union-members/", union_members.union_member_list, name="union-member-list"),
    path("union-members/lists/new/", union_members.union_list_new, name="union-list-new"),
    path("union-members/lists/<uuid:union_list_id>/", union_members.union_list_detail, name="union-list-detail"),
    path("union-members/lists/<uuid:union_list_id>/enter/", union_members.union_list_enter, name="union-list-enter"),
    path("union-members/lists/<uuid:union_list_id>/refuse/", union_members.union_list_refuse, name="union-list-refuse"),
    path(
        "union-members/lists/<uuid:union_list_id>/withdraw/",
        union_members.union_list_withdraw,
        name="union-list-withdraw",
    ),
]
endpoints = [
    path("approval-tiers/short/", tiers_api.ShortTiers.as_view(), name="api-tier-short"),
    path("deputies/", deputies_api.Deputies.as_view(), name="api-deputy-list"),
    path("deputies/people/", deputies_api.People.as_view(), name="api-deputy-people"),
    path("deputies/<int:deputy_id>/end/", deputies_api.EndDeputy.as_view(), name="api-deputy-end"),
    path("menus/", menus_api.Menus.as_view(), name="api-menu-new"),
    path("menus/<int:organisation_id>/", menus_api.OneMenu.as_view(), name="api-menu"),
    path("funds/", purses_api.Funds.as_view(), name="api-fund-list"),
    path("funds/<int:fund_id>/", purses_api.OneFund.as_view(), name="api-fund-detail"),
    path("funds/<int:fund_id>/entries/", purses_api.Entries.as_view(), name="api-fund-entries"),
    path("funds/<int:fund_id>/budget/", purses_api.Budget.as_view(), name="api-fund-budget"),
    path("budgets/<int:budget_id>/confirm/", purses_api.ConfirmBudget.as_view(), name="api-budget-confirm"),
    path("budgets/<int:budget_id>/refuse/", purses_api.RefuseBudget.as_view(), name="api-budget-refuse"),
    path("purchase-plans/", purchase_plans_api.PurchasePlans.as_view(), name="api-purchase-plan-list"),
    path("purchase-plans/drafts/", plan_drafts_api.PlanDrafts.as_view(), name="api-plan-draft-list"),
    path("purchase-plans/drafts/<int:plan_draft_id>/", plan_drafts_api.OnePlanDraft.as_view(), name="api-plan-draft"),
    path(
        "purchase-plans/drafts/<int:plan_draft_id>/drop/",
        plan_drafts_api.DropPlanDraft.as_view(),
        name="api-plan-draft-drop",
    ),
    path(
        "purchase-plans/<int:purchase_plan_id>/",
        purchase_plans_api.OnePurchasePlan.as_view(),
        name="api-purchase-plan-detail",
    ),
    path(
        "purchase-plans/<int:purchase_plan_id>/approve/",
        purchase_plans_api.ApprovePurchasePlan.as_view(),
        name="api-purchase-plan-approve",
    ),
    path(
        "purchase-plans/<int:purchase_plan_id>/refuse/",
        purchase_plans_api.RefusePurchasePlan.as_view(),
        name="api-purchase-plan-refuse",
    ),
    path(
        "purchase-plans/<int:purchase_plan_id>/withdraw/",
        purchase_plans_api.WithdrawPurchasePlan.as_view(),
        name="api-purchase-plan-withdraw",
    ),
    path(
        "purchase-plans/<int:purchase_plan_id>/close/",
        purchase_plans_api.ClosePurchasePlan.as_view(),
        name="api-purchase-plan-close",
    ),
    path(
        "purchase-plans/<int:purchase_plan_id>/notice/",
        publicity_api.PlanNotice.as_view(),
        name="api-purchase-plan-notice",
    ),
    path(
        "purchase-plans/<int:purchase_plan_id>/quotes/",
        publicity_api.PlanQuotes.as_view(),
        name="api-purchase-plan-quote",
    ),
    path(
        "purchase-plans/<int:purchase_plan_id>/objections/",
        publicity_api.PlanObjections.as_view(),
        name="api-purchase-plan-objections",
    ),
    path(
        "purchase-plans/<int:purchase_plan_id>/objections/<uuid:objection_id>/answer/",
        publicity_api.AnswerPlanObjection.as_view(),
        name="api-purchase-plan-objection",
    ),
    path(
        "purchase-plans/<int:purchase_plan_id>/signed-list/",
        signed_lists_api.OneSignedList.as_view(),
        name="api-signed-list",
    ),
    path(
        "purchase-plans/<int:purchase_plan_id>/signed-list/lines/",
        signed_lists_api.SignedLines.as_view(),
        name="api-signed-list-lines",
    ),
    path(
        "purchase-plans/<int:purchase_plan_id>/signed-list/names/",
        signed_lists_api.SignedListNames.as_view(),
        name="api-signed-list-names",
    ),
    path(
        "purchase-plans/<int:purchase_plan_id>/signed-list/photos/",
        signed_lists_api.SignedListPhotos.as_view(),
        name="api-signed-list-photo",
    ),
    path(
        "purchase-plans/<int:purchase_plan_id>/signed-list/answers/",
        signed_lists_api.SignedListAnswers.as_view(),
        name="api-signed-list-answer",
    ),
    path("union-members/", union_members_api.UnionMembers.as_view(), name="api-union-member-list"),
    path("union-members/lists/", union_members_api.UnionLists.as_view(), name="api-union-list-list"),
    path(
        "union-members/lists/<uuid:union_list_id>/",
        union_members_api.OneUnionList.as_view(),
        name="api-union-list-detail",
    ),
    path(
        "union-members/lists/<uuid:union_list_id>/enter/",
        union_members_api.EnterUnionList.as_view(),
        name="api-union-list-enter",
    ),
    path(
        "union-members/lists/<uuid:union_list_id>/refuse/",
        union_members_api.RefuseUnionList.as_view(),
        name="api-union-list-refuse",
    ),
    path(
        "union-members/lists/<uuid:union_list_id>/withdraw/",
        union_members_api.WithdrawUnionList.as_view(),
        name="api-union-list-withdraw",
    ),
]
