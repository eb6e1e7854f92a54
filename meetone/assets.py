"""Static files live below one folder named after their common hash, so they can be cached for ever."""

from hashlib import sha256
from pathlib import Path

BUILD_CHARACTERS = 12


def build_of(folder: Path) -> str:
    """Name the state of a folder: the start of a SHA-256 over every file's path and content."""
    digest = sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(folder)).encode() + b"\0")
        digest.update(sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:BUILD_CHARACTERS]
