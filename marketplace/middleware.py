"""What holds for every request, whichever room answers it."""

import json

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.letters import Letters, letters_of
from kernel.places import Places
from records.services.files import leaving_nothing_refused

PERMISSIONS = "camera=(self), geolocation=(self), microphone=(), payment=(), usb=(), midi=(), display-capture=()"


def closed_doors(get_response):
    """Keep pages of signed-in people out of every cache, and the browser's powers to what we use."""

    def answer(request):
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if response.status_code == 503:  # who asks may not be findable now
            response.headers["Cache-Control"] = "no-store, private"
            return response
        # A view that says how its answer may be kept (a public photo) has decided; all others are private.
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated and not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = "no-store, private"
        return response

    return answer


# Six photos of evidence at their largest, and what is typed beside them.
MOST_BODY = 80 * 2**20


def is_broken(text: str) -> bool:
    """Return whether text holds what neither the database nor a person can read: NUL or half a character."""
    return "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text)


def _texts(value):
    """Yield every text in a JSON value, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _holds_broken_text(request) -> bool:
    if is_broken(request.path_info) or any(is_broken(k) or any(map(is_broken, v)) for k, v in request.GET.lists()):
        return True
    if request.method not in {"POST", "PUT", "PATCH"}:
        return False
    if request.content_type == "application/json":
        try:
            return any(map(is_broken, _texts(json.loads(request.body))))
        except RecursionError:
            return True  # nested beyond all reason
        except ValueError:
            return False  # not JSON at all: the endpoint says so
    return any(is_broken(k) or any(map(is_broken, v)) for k, v in request.POST.lists()) or any(
        is_broken(upload.name or "") for uploads in request.FILES.lists() for upload in uploads[1]
    )


def readable_text(get_response):
    """Refuse a request that is too large (413), not whole, or carries NUL or half a surrogate pair (400), in words."""

    def answer(request):
        length = request.META.get("CONTENT_LENGTH") or ""
        if length.isdigit() and (len(length) > 12 or int(length) > MOST_BODY):
            return _refused(request, *_too_much())
        try:
            broken = _holds_broken_text(request)
        except (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent):
            return _refused(request, *_too_much())
        except MultiPartParserError:
            return _refused(request, 400, "not_whole", _("This did not arrive whole. Go back and send it again."))
        if not broken:
            return get_response(request)
        message = _("Some characters cannot be read. Delete them, then type them again.")
        return _refused(request, 400, "unreadable_text", message)

    return answer


def _too_much() -> tuple[int, str, str]:
    message = _("This is more than can be sent at once. Go back and send fewer or smaller files, or less text.")
    return 413, "too_much_at_once", message


def _refused(request, status: int, code: str, message: str):
    """Answer before anything of the site has seen the request: nothing of it is kept, nobody is signed in yet."""
    if request.path_info.startswith("/api/"):
        return JsonResponse({"code": code, "message": message}, status=status)
    return render(None, "refusal.html", {"code": code, "message": message, "status": status}, status=status)


def nothing_refused_stays(get_response):
    """Leave nothing on the disk of an upload that was refused."""

    def answer(request):
        with leaving_nothing_refused():
            return get_response(request)

    return answer


def elder_mode(get_response):
    """Give templates whether this phone asked for the large-letter pages (长辈版), and for the largest letters."""

    def answer(request):
        request.letters = letters_of(request.COOKIES)
        request.elder = request.letters > Letters.NORMAL
        return get_response(request)

    return answer


PLACES = Places(
    home=lambda: reverse("home"),
    sell=lambda: reverse("sell"),
    sell_again=lambda lot: f"{reverse('sell')}?again={lot}",
    sell_for=lambda: reverse("sell-for"),
    about_produce=lambda code: reverse("produce-page", args=[code]),
    order_lot=lambda produce, lot: f"{reverse('order-new')}?produce={produce}&listing={lot}",
    recall_lot=lambda lot: reverse("listing-recall", args=[lot]),
    claim_lot=lambda lot: reverse("claim-new", args=[lot]),
    claim_of_lot=lambda lot: reverse("claim-of-lot", args=[lot]),
    rules=lambda: reverse("scheme-list"),
    land_of=lambda household: reverse("plot-list-for", args=[household]),
    own_card=lambda: reverse("my-card"),
    household_file=lambda: reverse("register-empty-file", args=["households"]),
    own_coops=lambda: reverse("own-coops"),
)


def handed_places(get_response):
    """Hand every room the addresses of rooms above it that its pages show."""

    def answer(request):
        request.places = PLACES
        return get_response(request)

    return answer
