"""The secret of an installation: made once, private, and never the same key for two purposes."""

import stat
from dataclasses import astuple
from pathlib import Path

import pytest

from meetone.errors import StartError
from meetone.keys import SECRET_FILE, Keys, load_keys


def test_keys_of_new_instance_are_made_once_and_private(tmp_path: Path) -> None:
    instance = tmp_path / "instance"

    first = load_keys(instance)
    second = load_keys(instance)

    assert first == second
    assert stat.S_IMODE((instance / SECRET_FILE).stat().st_mode) == 0o600
    assert [path.name for path in instance.iterdir()] == [SECRET_FILE]


def test_keys_differ_by_purpose_and_by_secret() -> None:
    one, other = Keys.derive(b"1" * 32), Keys.derive(b"2" * 32)

    assert len({*astuple(one), *astuple(other)}) == 8
    assert {len(key) for key in astuple(one)} == {32}


def test_keys_of_damaged_secret_stop_the_start(tmp_path: Path) -> None:
    (tmp_path / SECRET_FILE).write_bytes(b"short")

    with pytest.raises(StartError) as caught:
        load_keys(tmp_path)

    assert str(caught.value) == f"{tmp_path / SECRET_FILE}: 32 bytes expected, 5 found"


def test_keys_where_nothing_can_be_written_stop_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(StartError) as caught:
        load_keys(tmp_path / "file" / "instance")

    assert str(caught.value) == f"{tmp_path / 'file' / 'instance' / SECRET_FILE}: Not a directory"
