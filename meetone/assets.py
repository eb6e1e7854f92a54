"""Static files live below one folder named after their common hash, so they can be cached for ever."""

import re
from hashlib import sha256
from pathlib import Path

BUILD_CHARACTERS = 12
IMPORTS = re.compile(r'^(?:import|export)\b[^;]*?["\'](\.{1,2}/[^"\']+)["\']', re.MULTILINE)


def build_of(folder: Path) -> str:
    """Name the state of a folder: the start of a SHA-256 over every file's path and content."""
    digest = sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(folder)).encode() + b"\0")
        digest.update(sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:BUILD_CHARACTERS]


def modules_behind(folder: Path, *entries: str) -> list[str]:
    """List every ES module that some modules import, they included, each once and in the order of first use.

    A browser that is told of them at once need not discover them one import after the other.

    Args:
        folder: where the paths start.
        entries: such as `js/pages/join.js`.
    """
    found: dict[str, None] = {}
    waiting = list(entries)
    while waiting:
        name = waiting.pop(0)
        if name in found:
            continue
        found[name] = None
        path = folder / name
        for target in IMPORTS.findall(path.read_text()):
            waiting.append(str((path.parent / target).resolve().relative_to(folder.resolve())))
    return list(found)
