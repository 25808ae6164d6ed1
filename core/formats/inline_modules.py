"""Puts ES modules that import each other into one script: browsers load no modules from files on the disk."""

import re
from pathlib import Path

_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.{1,2}/[\w./-]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?function (\w+)|const (\w+)|class (\w+))", re.MULTILINE)
_OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def inline_modules(entry: Path) -> str:
    """One module's script with all that it imports, each in a scope of its own.

    Args:
        entry: the module that is run; what it exports is left out.

    Raises:
        ValueError: if a module imports or exports in another form than ``import { a, b } from "./x.js"`` and
            ``export function``, ``const`` or ``class``, or holds what would end a script element.
        OSError: if a module is not there.
    """
    scopes: list[str] = []
    names: dict[Path, str] = {}
    body, _ = _translated(entry.resolve(), names, scopes, ())
    return "\n".join([*scopes, body])


def _translated(
    path: Path, names: dict[Path, str], scopes: list[str], above: tuple[Path, ...]
) -> tuple[str, list[str]]:
    """A module's text without imports and exports, and the names it exports; what it imports goes to ``scopes``."""
    if path in above:
        raise ValueError(f"{path.name} imports itself through {above[-1].name}")
    text = path.read_text(encoding="utf-8")
    for match in _IMPORT.finditer(text):
        other = (path.parent / match[2]).resolve()
        if other not in names:
            body, exported = _translated(other, names, scopes, (*above, path))
            names[other] = f"module{len(names)}"
            scopes.append(f"const {names[other]} = (() => {{\n{body}\nreturn {{ {', '.join(exported)} }};\n}})();")
    exported = [next(filter(None, match.groups())) for match in _EXPORT.finditer(text)]
    body = _IMPORT.sub(lambda m: f"const {{{m[1]}}} = {names[(path.parent / m[2]).resolve()]};\n", text)
    body = _EXPORT.sub("", body)
    if odd := _OTHER.search(body):
        raise ValueError(f"{path.name} has a line that cannot be put into a single page: {odd[0]}")
    if "</script" in body or "<!--" in body:
        raise ValueError(f"{path.name} holds text that would end the script of a page")
    return body, exported
