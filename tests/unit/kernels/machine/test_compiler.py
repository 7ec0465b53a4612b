"""The cache of compiled code: what is whole stays, what was left half written goes."""

import pickle

import pytest

from backstop.kernels.machine.compiler import drop_torn_files

WHOLE = pickle.dumps("0.68") + pickle.dumps({"key": b"code" * 1000})


def left_of(folder, content):
    """Whether a cache file of that content survives."""
    path = folder / "kernels_0" / "step.kernel-1.py311.nbi"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    drop_torn_files(folder)
    return path.exists()


def test_whole_files_stay(tmp_path):
    assert left_of(tmp_path, WHOLE)


@pytest.mark.parametrize("content", [b"", WHOLE[:1], WHOLE[:2000], WHOLE[:-1], WHOLE + b"\x80", b"\xde\xad" * 500])
def test_files_that_are_not_whole_go(tmp_path, content):
    assert not left_of(tmp_path, content)


def test_other_files_are_left_alone(tmp_path):
    (tmp_path / "kernels_0").mkdir()
    other = tmp_path / "kernels_0" / "notes.txt"
    other.write_bytes(b"")
    drop_torn_files(tmp_path)
    assert other.exists()


def test_a_folder_that_is_not_there_yet_is_none_to_clear(tmp_path):
    drop_torn_files(tmp_path / "new")
    assert not (tmp_path / "new").exists()
