"""Scripts of several modules, each served as one file: a phone far from the mast waits for every file it asks for.

The modules of `static/js/draft/` become `js/draft.js`: what `start.js` imports, also from a neighbouring folder, in the
order a browser runs it, without the import and export words and the lines of comment. They share one scope then, so no
two of them may name the same thing.
"""

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

_START = "start.js"
_IMPORT = re.compile(r"^import (?:\{ \w+(?:, \w+)* \} from )?'(\.\.?/[\w./]+)'\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async |const |function |let ))", re.MULTILINE)
_COMMENT = re.compile(r"^ *//.*\n", re.MULTILINE)
_LEFT = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


class JoinedScripts(BaseFinder):
    """Find every folder of modules below `static/js` as one script of the folder's name."""

    storage: FileSystemStorage

    def __init__(self, *args, **kwargs):
        self.storage = FileSystemStorage(location=settings.JOINED_SCRIPTS_ROOT)

    def find(self, path, find_all=False, **kwargs):
        """Return where the joined script lies, written anew where a module has changed."""
        folder = (_sources() / path).with_suffix("")
        if folder.parent != _sources() / "js" or not path.endswith(".js") or not (folder / _START).is_file():
            return []
        there = self._written(path, folder)
        return [there] if find_all else there

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        """Yield every joined script, as collectstatic asks."""
        for start in sorted((_sources() / "js").glob(f"*/{_START}")):
            path = f"js/{start.parent.name}.js"
            self._written(path, start.parent)
            yield path, self.storage

    def _written(self, path: str, folder: Path) -> str:
        there = Path(self.storage.path(path))
        text = joined(folder / _START)
        if not there.is_file() or there.read_text() != text:
            there.parent.mkdir(parents=True, exist_ok=True)
            # Another process may read it at the same time.
            handle, fresh = tempfile.mkstemp(dir=there.parent)
            with os.fdopen(handle, "w") as out:
                out.write(text)
            os.chmod(fresh, 0o644)
            os.replace(fresh, there)
        return str(there)


def joined(start: Path) -> str:
    """Return a module and all it imports as one; refuse an import or export that this does not read."""
    parts: dict[Path, str] = {}
    _take(start, parts, [])
    return "\n".join(parts.values())


def _take(module: Path, parts: dict[Path, str], importers: list[Path]) -> None:
    if module in importers:
        raise ValueError(f"{module.name} imports itself through {importers[-1].name}")
    if module in parts:
        return
    source = module.read_text()
    for name in _IMPORT.findall(source):
        _take((module.parent / name).resolve(), parts, [*importers, module])
    body = _COMMENT.sub("", _EXPORT.sub("", _IMPORT.sub("", source)))
    if left := _LEFT.search(body):
        raise ValueError(f"{module.name}: {left[0]}")
    parts[module] = body.strip() + "\n"


def _sources() -> Path:
    return Path(settings.BASE_DIR) / "static"
