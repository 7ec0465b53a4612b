"""The cache: what it is named by, and that nothing is read from it that another user may have written."""

import os

import pytest

from backstop.kernels.machine import cache
from backstop.kernels.machine.cache import cache_root, compiled_folder, read_private, write_private


@pytest.fixture
def base(tmp_path, monkeypatch):
    """A folder that the cache is made in."""
    monkeypatch.setenv("BACKSTOP_CACHE_DIR", str(tmp_path))
    return tmp_path


def test_what_is_written_is_read_back_and_is_the_users_alone(base):
    file = compiled_folder() / "part.o"
    write_private(file, b"code")
    assert read_private(file) == b"code"
    assert [path.stat().st_mode & 0o077 for path in (file, file.parent, cache_root())] == [0, 0, 0]


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702, 0o1777])
def test_a_folder_that_others_can_write_to_is_no_cache_with_one_warning(base, mode):
    (base / "backstop").mkdir()
    (base / "backstop").chmod(mode)
    with pytest.warns(RuntimeWarning, match="others can write to it") as told:
        assert cache_root() is None
    assert compiled_folder() is None
    assert len(told) == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_folder_or_a_file_of_another_user_is_not_read(base):
    file = compiled_folder() / "part.o"
    write_private(file, b"code")
    os.chown(file, 12345, 12345)
    assert read_private(file) is None
    cache._root_in.cache_clear()
    os.chown(base / "backstop", 12345, 12345)
    with pytest.warns(RuntimeWarning, match="belongs to another user"):
        assert cache_root() is None


@pytest.mark.parametrize("mode", [0o666, 0o620, 0o602])
def test_a_file_that_others_can_write_to_is_not_read(base, mode):
    file = compiled_folder() / "part.o"
    write_private(file, b"code")
    file.chmod(mode)
    assert read_private(file) is None


def test_what_is_not_there_is_none(base):
    assert read_private(base / "nothing") is None
    assert read_private(base) is None


def test_a_file_that_cannot_be_written_leaves_none_half_written(base, monkeypatch):
    monkeypatch.setattr(cache.os, "replace", lambda *names: (_ for _ in ()).throw(OSError(28, "no space")))
    with pytest.raises(OSError, match="no space"):
        write_private(base / "part.o", b"code")
    assert list(base.iterdir()) == []
