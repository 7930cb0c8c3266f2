"""Walk the site as a person with a plain browser does: open pages, fill in the form that is there, press its button."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.test import Client

from tests.factories import login


@dataclass
class Form:
    """One form of a page with what its fields hold."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[dict] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.text: list[str] = []
        self._open: Form | None = None
        self._select = self._area = ""

    def handle_starttag(self, tag, attrs):
        attributes = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in attributes:
            self.links.append(attributes["href"])
        if tag == "form":
            self._open = Form(attributes.get("action", ""), attributes.get("method", "get").lower())
            self.forms.append(self._open)
        if self._open is None:
            return
        name = attributes.get("name", "")
        if tag == "input" and name and attributes.get("type") not in ("file", "checkbox", "radio", "submit"):
            self._open.fields[name] = attributes.get("value", "")
        elif tag == "input" and name and attributes.get("type") in ("checkbox", "radio") and "checked" in attributes:
            self._open.fields[name] = attributes.get("value", "on")
        elif tag == "input" and attributes.get("type") == "file":
            self._open.files.append(name)
        elif tag == "button":
            self._open.buttons.append(attributes)
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in attributes or self._select not in self._open.fields):
            self._open.fields[self._select] = attributes.get("value", "")
        elif tag == "textarea" and name:
            self._area, self._open.fields[name] = name, ""

    def handle_endtag(self, tag):
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data):
        self.text.append(data)


def _marks(form: Form) -> list[str]:
    """Return what a form is known by: its address, its fields and files, its buttons."""
    words = [form.action, *form.fields, *form.files]
    return words + [button.get(name, "") for button in form.buttons for name in ("name", "formaction")]


class Page:
    """An answer of the site: its forms, links and words."""

    def __init__(self, answer):
        self.answer = answer
        self.path = answer.request["PATH_INFO"]
        self.status = answer.status_code
        reader = _Reader()
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            reader.feed(answer.content.decode())
        self.forms, self.links = reader.forms, reader.links
        self.words = " ".join(" ".join(reader.text).split())

    def form(self, mark: str) -> Form:
        """Return the form whose address or field names hold this mark."""
        found = [form for form in self.forms if any(mark in word for word in _marks(form))]
        assert found, f"no form with {mark!r} on {self.path} ({self.status}): {self.words[:300]}"
        return found[0]

    def says(self, *words: str) -> bool:
        return all(word in self.words for word in words)


class Person:
    """Somebody with a browser."""

    def __init__(self, user=None):
        self.client = Client(HTTP_ACCEPT_LANGUAGE="zh-cn")
        if user is not None:
            login(self.client, user)
        self.page: Page | None = None

    def open(self, path: str) -> Page:
        """Open an address and look at what is there."""
        self.page = Page(self.client.get(path, follow=True))
        return self.page

    def press(self, mark: str, *, to: str = "", **typed) -> Page:
        """Fill in the form of the page that holds this mark and send it; `to` is a button's own address."""
        form = self.page.form(mark)
        data = form.fields | typed
        action = to or form.action or self.page.path
        if form.method == "get":
            self.page = Page(self.client.get(action, data, follow=True))
        else:
            self.page = Page(self.client.post(action, data, follow=True))
        return self.page

    def follow(self, mark: str) -> Page:
        """Follow the first link whose address holds this mark."""
        found = [link for link in self.page.links if mark in link]
        assert found, f"no link with {mark!r} on {self.page.path}: {self.page.links}"
        link = found[0] if not found[0].startswith("?") else self.page.path + found[0]
        return self.open(link)
