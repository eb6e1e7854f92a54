"""Static files: one name for their state, and the modules that a page will need."""

from pathlib import Path

from meetone.assets import build_of, modules_behind


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / f"{name}.js").write_text(text)


def test_build_changes_with_content_and_with_name(tmp_path: Path) -> None:
    write(tmp_path, a="one")
    first = build_of(tmp_path)
    write(tmp_path, a="two")
    second = build_of(tmp_path)
    (tmp_path / "a.js").rename(tmp_path / "b.js")
    third = build_of(tmp_path)

    assert len({first, second, third}) == 3
    assert {len(build) for build in (first, second, third)} == {12}
    assert build_of(tmp_path) == third


def test_modules_behind_entry_are_found_once_in_order_of_use(tmp_path: Path) -> None:
    write(
        tmp_path,
        entry='import { a } from "./a.js";\nimport "./b.js";\nawait import("./late.js");\n',
        a='import {\n  c,\n} from "./c.js";\nexport { b } from "./b.js";\n',
        b='import { a } from "./a.js";\n',
        c="/** @typedef {import('./types.js').T} T */\nexport const c = 1;\n",
        late="",
    )

    assert modules_behind(tmp_path, "entry.js") == ["entry.js", "a.js", "b.js", "c.js"]
    assert modules_behind(tmp_path, "entry.js", "late.js")[-1] != "entry.js"
