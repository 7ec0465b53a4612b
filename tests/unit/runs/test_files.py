import errno
import hashlib
import os

import pytest

from backstop.errors import DirectoryRefused, EnvironmentFailure
from backstop.runs import files
from backstop.runs.files import PARQUET, check_replaceable, environment_failures, hash_of, write_whole


def test_a_file_is_written_with_its_hash(tmp_path):
    path = tmp_path / "part"
    assert write_whole(path, b"content") == hashlib.sha256(b"content").hexdigest() == hash_of(path)
    assert path.read_bytes() == b"content"
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_file_has_no_hash(tmp_path):
    assert hash_of(tmp_path / "nothing") == ""


@pytest.mark.parametrize(("code", "remedy"), [(errno.ENOSPC, "free some space"), (errno.EDQUOT, "free some quota"),
                                              (errno.EACCES, "you may write to"), (errno.EIO, "see that the disk")])
def test_what_the_disk_refuses_names_the_file_and_a_remedy_and_leaves_nothing(tmp_path, monkeypatch, code, remedy):
    def refuse(handle):
        raise OSError(code, os.strerror(code))

    path = tmp_path / "part"
    path.write_bytes(b"before")
    monkeypatch.setattr(files.os, "fsync", refuse)
    with pytest.raises(EnvironmentFailure, match=remedy) as caught:
        write_whole(path, b"after")
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_an_interruption_leaves_nothing_half_written(tmp_path, monkeypatch):
    def interrupt(handle):
        raise KeyboardInterrupt

    monkeypatch.setattr(files.os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "part", b"content")
    assert not list(tmp_path.iterdir())


def test_other_errors_pass_through(tmp_path):
    with pytest.raises(ValueError, match="ours"), environment_failures(tmp_path):
        raise ValueError("ours")


def test_a_file_is_replaced_by_one_of_its_kind_alone(tmp_path):
    prices, config = tmp_path / "prices", tmp_path / "a.toml"
    prices.write_bytes(b"date,close")
    check_replaceable(tmp_path / "nothing.parquet", PARQUET)
    with pytest.raises(DirectoryRefused, match=r"prices: is there already"):
        check_replaceable(prices, PARQUET)
    prices.write_bytes(b"PAR1...")
    check_replaceable(prices, PARQUET)
    config.write_bytes(b"[run]")
    with pytest.raises(DirectoryRefused, match=r"a\.toml: is there already"):
        check_replaceable(config, b"# Written")


def test_parquet_is_not_written_under_another_ending(tmp_path):
    with pytest.raises(DirectoryRefused, match=r"x\.csv: parquet is what is written; name it x\.parquet"):
        check_replaceable(tmp_path / "x.csv", PARQUET)


def test_a_folder_that_is_missing_is_to_be_made(tmp_path):
    with pytest.raises(EnvironmentFailure, match="make that folder first"):
        write_whole(tmp_path / "nowhere" / "x", b"")


@pytest.mark.parametrize("path", ["file", "file/x"])
def test_a_file_in_the_place_of_a_folder_is_named(tmp_path, path):
    (tmp_path / "file").touch()
    with pytest.raises(EnvironmentFailure, match="name a folder"), environment_failures(tmp_path / path):
        (tmp_path / path).mkdir(parents=True)
