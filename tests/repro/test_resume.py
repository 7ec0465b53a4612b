"""A run directory is the same bytes whatever happened on the way to it."""

import hashlib
import json

import pytest

from backstop.errors import AccountingError, DirectoryRefused
from backstop.runs.request import RunRequest
from backstop.runs.store import finish_run, simulated_run
from backstop.runs.tiles import Layout
from toy_run import ToyMarket, toy_terms

LAYOUT = Layout(lanes=24, block_paths=48, days_per_call=16)
REQUEST = RunRequest(toy_terms(40), seed=5, n_paths=130, config_text="# a config\n", currency="CNY", market=ToyMarket())


def stored(folder, threads=1, overwrite=False, request=REQUEST, on_progress=None):
    tell = {} if on_progress is None else {"on_progress": on_progress}
    with simulated_run(request, folder, threads, overwrite, LAYOUT, **tell) as run:
        finish_run(run)
    return run


def content(folder):
    """Hash by name of all that two equal runs share: everything but timings."""
    hashes = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != "manifest.json":
            hashes[str(path.relative_to(folder))] = hashlib.sha256(path.read_bytes()).hexdigest()
    manifest = json.loads((folder / "manifest.json").read_bytes())
    del manifest["timings"]
    return hashes, manifest


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "reference"
    run = stored(folder)
    return content(folder), run.counts


@pytest.mark.parametrize("threads", [2, 4])
def test_files_are_the_same_bytes_for_any_threads(reference, tmp_path, threads):
    stored(tmp_path / "run", threads)
    assert content(tmp_path / "run") == reference[0]


def test_a_run_that_lost_parts_and_manifest_is_made_whole(reference, tmp_path):
    folder = tmp_path / "run"
    stored(folder)
    kept = (folder / "paths" / "part-000000.parquet").stat().st_mtime_ns
    (folder / "manifest.json").unlink()
    (folder / "paths" / "part-000001.parquet").unlink()
    (folder / "journal" / "block-000002.json").unlink()
    run = stored(folder, threads=2)
    assert content(folder) == reference[0]
    assert (run.counts == reference[1]).all()
    assert (folder / "paths" / "part-000000.parquet").stat().st_mtime_ns == kept


def test_a_torn_part_is_made_again(reference, tmp_path):
    folder = tmp_path / "run"
    stored(folder)
    (folder / "manifest.json").unlink()
    part = folder / "funds" / "part-000001.parquet"
    part.write_bytes(part.read_bytes()[:-100])
    (folder / "funds" / "part-000002.parquet.tmp").write_bytes(b"half")
    stored(folder)
    assert content(folder) == reference[0]


def test_an_interrupted_run_leaves_whole_parts_and_resumes(reference, tmp_path):
    folder = tmp_path / "run"

    def interrupt(progress):
        if progress.done > 60:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stored(folder, on_progress=interrupt)
    assert not (folder / "manifest.json").exists()
    assert not list(folder.rglob("*.tmp"))
    assert [path.name for path in (folder / "paths").iterdir()] == ["part-000000.parquet"]
    stored(folder)
    assert content(folder) == reference[0]


def test_an_unfinished_run_of_another_seed_is_refused(tmp_path):
    folder = tmp_path / "run"
    stored(folder)
    (folder / "manifest.json").unlink()
    other = RunRequest(toy_terms(40), seed=6, n_paths=130, config_text="# a config\n", currency="CNY")
    with pytest.raises(DirectoryRefused, match="differs in seed"):
        stored(folder, request=other)


def test_money_created_stops_the_run_and_names_the_path(tmp_path, monkeypatch):
    from backstop.runs import engine

    take_all = engine.Tallies.take

    def take(tallies, arm, tile, state):
        take_all(tallies, arm, tile, state)
        tallies.paths.money_created[arm, :, 3:4] = 1.0

    monkeypatch.setattr(engine.Tallies, "take", take)
    with pytest.raises(AccountingError, match="path 3"):
        stored(tmp_path / "run")
    assert not list((tmp_path / "run" / "paths").iterdir())
