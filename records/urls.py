"""Addresses of the records office: public copies of photos, public notices."""

from django.urls import re_path

from records.views import photos

pages = [
    re_path(
        r"^photos/(?P<digest>[0-9a-f]{64})-(?P<px>[0-9]{2,4})\.(?P<suffix>webp|jpg)$",
        photos.photo,
        name="photo",
    ),
]
endpoints: list = []
