"""HTML that a browser would have to guess at is found by html-validate."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NODE_BIN = ROOT / ".venv" / "bin"
VALIDATOR = ROOT / "node_modules" / ".bin" / "html-validate"


def validate(pages: Mapping[str, str], folder: Path) -> str:
    """Return what html-validate says about rendered pages; empty if nothing is wrong.

    Args:
        pages: file name without ending to HTML; all of them are checked in one go.
        folder: an empty folder for the files.
    """
    shutil.copy(ROOT / ".htmlvalidate.json", folder)
    for name, html in pages.items():
        (folder / f"{name}.html").write_text(html)
    result = subprocess.run(
        [NODE_BIN / "node", VALIDATOR, "--formatter=text", "."],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return result.stdout + result.stderr
