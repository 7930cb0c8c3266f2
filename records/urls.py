"""Addresses of the records office: public copies of photos, public notices."""

from django.urls import path, re_path

from records import api
from records.views import notices, photos

pages = [
    re_path(
        r"^photos/(?P<digest>[0-9a-f]{64})-(?P<px>[0-9]{2,4})\.(?P<suffix>webp|jpg)$",
        photos.photo,
        name="photo",
    ),
    path("notices/", notices.notice_list, name="notice-list"),
    path("notices/<str:number>/", notices.notice, name="notice"),
    path("notices/<str:number>/poster/", notices.notice_poster, name="notice-poster"),
    path("notices/<str:number>/signed/", notices.notice_signed, name="notice-signed"),
    path("notices/<str:number>/object/", notices.notice_object, name="notice-object"),
]
endpoints = [
    path("notices/", api.Notices.as_view(), name="api-notice-list"),
    path("notices/<str:number>/", api.Notice.as_view(), name="api-notice"),
    path("notices/<str:number>/signed/", api.SignedSheet.as_view(), name="api-notice-signed"),
    path("notices/<str:number>/objections/", api.Object.as_view(), name="api-notice-object"),
]
