"""Templates as people write them, without their indentation: read once, when a template is loaded.

Indentation is a tenth of what a page weighs, and old phones pay for it at each load.
"""

import re

from django.template import Origin
from django.template.loaders import filesystem

# Where white space is part of what is shown, or of a sentence.
_KEPT = re.compile(
    r"<(textarea|pre|script|style)\b.*?</\1\s*>|{%\s*(verbatim|blocktranslate(?![^%]*\btrimmed\b))\b.*?{%\s*end\2",
    re.DOTALL | re.IGNORECASE,
)
_INDENT = re.compile(r"\n[ \t]+")
# A line of control tags alone leaves an empty line behind. The one before it keeps its end.
_CONTROL_LINE = re.compile(
    r"^(?:{% (?:if|elif|else|endif|for|empty|endfor|with|endwith|load|extends)\b[^%]*%})+\n", re.MULTILINE
)


def lean(text: str) -> str:
    """Return a template that shows the same, without indentation and without lines of control tags alone."""
    parts, end = [], 0
    for kept in _KEPT.finditer(text):
        parts += [_strip(text[end : kept.start()]), kept[0]]
        end = kept.end()
    return "".join([*parts, _strip(text[end:])])


def _strip(text: str) -> str:
    text = _INDENT.sub("\n", text)
    return _CONTROL_LINE.sub(lambda line: line[0].removesuffix("\n"), text)


class Loader(filesystem.Loader):
    """Load the house's own pages lean; anything but HTML as it is."""

    def get_contents(self, origin: Origin) -> str:
        """Return a template's text."""
        text = super().get_contents(origin)
        return lean(text) if str(origin.name).endswith(".html") else text
