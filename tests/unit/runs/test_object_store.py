"""Runs in an object store, against a server on loopback that now and then refuses, waits or tears."""

import hashlib
import json

import pytest

from backstop.answers.stress import complete
from backstop.errors import DirectoryRefused, EnvironmentFailure, RunIncomplete
from backstop.runs import object_store
from backstop.runs.merge import gather
from backstop.runs.object_store import ObjectStore
from backstop.runs.remote import bring_run, publish_run
from backstop.runs.request import RunRequest
from backstop.runs.shards import Command, make_shard
from backstop.runs.store import simulated_run
from backstop.runs.tiles import Layout
from object_server import Fault, Forbidden, LostAnswer, Slow, Torn, serving
from toy_run import ToyMarket, toy_terms

LAYOUT = Layout(lanes=24, block_paths=24, days_per_call=20)
REQUEST = RunRequest(toy_terms(40), seed=9, n_paths=60, config_text="# mine\n", currency="CNY", market=ToyMarket())
COMMAND = Command("/configs/mine.toml", "/configs", ())
URL = "s3://runs/deep/one"


@pytest.fixture
def server(monkeypatch):
    with serving(monkeypatch) as server:
        yield server


@pytest.fixture
def store(server):
    return ObjectStore(URL)


def shard(store, blocks="0:3"):
    return make_shard(REQUEST, COMMAND, store, blocks, 1, LAYOUT)


def completed(folder):
    with simulated_run(REQUEST, folder, 1, layout=LAYOUT) as run:
        complete(run)
    return folder


def content(folder):
    files = {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
             for path in sorted(folder.rglob("*")) if path.is_file()}
    return {name: digest for name, digest in files.items() if not name.startswith(("journal/", "manifest"))}


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    return content(completed(tmp_path_factory.mktemp("runs") / "run"))


@pytest.fixture
def finished(store, tmp_path):
    """A complete run in the store, made from blocks there."""
    shard(store)
    gather([store], REQUEST, tmp_path / "work", LAYOUT)
    publish_run(completed(tmp_path / "work"), store)
    return store


def test_a_file_is_put_in_one_request_and_read_as_it_was(server, store):
    large = bytes(range(256)) * 80_000
    store.write("paths/part-000000.parquet", memoryview(large))
    assert [asked for asked in server.asked if "part-" in asked[1]] == [
        ("PUT", "/runs/deep/one/paths/part-000000.parquet", "")]
    assert store.read("paths/part-000000.parquet") == large
    assert store.read("paths/part-000001.parquet") is None
    assert store.names("paths") == ["paths/part-000000.parquet"]


def test_only_one_of_two_creates_a_file(store):
    assert store.create("manifest.json", b"mine")
    assert not ObjectStore(URL).create("manifest.json", b"theirs")
    assert store.read("manifest.json") == b"mine"


def test_who_created_a_file_knows_so_though_the_answer_was_lost(server, store):
    server.faults.append(LostAnswer(part="manifest"))
    assert store.create("manifest.json", b"mine")
    assert server.puts().count("/runs/deep/one/manifest.json") == 2


@pytest.mark.parametrize("fault", [Fault(times=3), Slow(times=4), Torn(part="part-", times=2),
                                   LostAnswer(part="block-", times=2), Fault("GET", times=2)])
def test_blocks_arrive_whole_through_refusals_waits_and_torn_connections(server, store, reference, tmp_path, fault):
    server.faults.append(fault)
    assert shard(store).n_made == 3
    assert server.faults == []
    gather([store], REQUEST, tmp_path / "run", LAYOUT)
    assert content(completed(tmp_path / "run")) == reference


def test_a_torn_put_leaves_nothing_to_read(server, store, monkeypatch):
    monkeypatch.setattr(object_store, "_TRIES", 0)
    server.faults.append(Torn(part="part-", times=1))
    with pytest.raises(EnvironmentFailure, match=r"part-000000\.parquet: the store does not do it"):
        shard(ObjectStore(URL), "0:1")
    assert store.names("paths") == []
    assert [name for name in store.names("journal") if "block" in name] == []
    assert shard(store, "0:1").n_made == 1


def test_a_store_that_refuses_says_so_in_a_line(server, store):
    server.faults.append(Forbidden(times=1))
    with pytest.raises(EnvironmentFailure, match=r"^s3://runs/deep/one/a: no permission; see that the keys") as caught:
        store.write("a", b"")
    assert "\n" not in str(caught.value)


def test_a_shard_at_a_url_is_taken_up_where_it_was_left(store):
    assert shard(store, "1:2") == (1, 2, 1, 3)
    store.write("funds/part-000001.parquet", b"short")
    assert shard(store, "0:2").n_made == 2
    assert shard(store, "0:2").n_made == 0


def test_shards_of_a_folder_and_of_a_url_become_one_run(store, reference, tmp_path):
    from backstop.runs.storage import Folder

    shard(store, "0:2")
    make_shard(REQUEST, COMMAND, Folder(tmp_path / "local"), "2:3", 1, LAYOUT)
    gather([Folder(tmp_path / "local"), store], REQUEST, tmp_path / "run", LAYOUT)
    assert content(completed(tmp_path / "run")) == reference


def test_a_run_of_another_seed_is_not_written_beside_it(store):
    shard(store, "0:1")
    other = RunRequest(REQUEST.terms, seed=10, n_paths=60, config_text="# mine\n", currency="CNY", market=ToyMarket())
    with pytest.raises(DirectoryRefused, match="one: holds an unfinished run that differs in seed"):
        make_shard(other, COMMAND, store, "0:1", 1, LAYOUT)


def test_a_run_that_is_completed_in_the_store_comes_back_as_it_was(finished, reference, tmp_path):
    bring_run(finished, tmp_path / "run")
    assert content(tmp_path / "run") == reference
    assert (tmp_path / "run" / "manifest.json").read_bytes() == finished.read("manifest.json")


def test_a_file_that_was_changed_in_the_store_is_not_brought(finished, tmp_path):
    finished.write("summary.json", b"[]")
    with pytest.raises(RunIncomplete, match=r"one/summary.json: is not as it was written, or missing"):
        bring_run(finished, tmp_path / "run")
    assert not (tmp_path / "run" / "manifest.json").exists()


@pytest.mark.parametrize("change", [
    lambda manifest: manifest["files"].update({"../beside": "0" * 64}),
    lambda manifest: manifest["blocks"][0].update(block=7), lambda manifest: manifest.pop("files")])
def test_a_manifest_that_we_do_not_write_brings_nothing(finished, tmp_path, change):
    manifest = json.loads(finished.read("manifest.json"))
    change(manifest)
    finished.write("manifest.json", json.dumps(manifest).encode())
    with pytest.raises(RunIncomplete, match=r"one/manifest.json: is not as this version writes it; run it anew"):
        bring_run(finished, tmp_path / "run")
    assert not (tmp_path / "run").exists()
    assert not (tmp_path / "beside").exists()


def test_notes_come_with_a_run(finished, tmp_path):
    bring_run(finished, tmp_path / "run")
    for number in range(3):
        name = f"journal/block-{number:06}.json"
        assert (tmp_path / "run" / name).read_bytes() == finished.read(name)


def test_a_run_is_completed_once(finished, tmp_path):
    manifest = json.loads((tmp_path / "work" / "manifest.json").read_bytes())
    (tmp_path / "work" / "manifest.json").write_text(json.dumps(manifest | {"scenario": "another"}))
    with pytest.raises(DirectoryRefused, match="another command has completed this run meanwhile"):
        publish_run(tmp_path / "work", finished)
    with pytest.raises(DirectoryRefused, match=r"is a complete run already; `backstop show s3://runs/deep/one`"):
        gather([finished], REQUEST, tmp_path / "again", LAYOUT)


def test_a_store_that_is_not_there_is_an_error_of_a_line(server, monkeypatch):
    monkeypatch.setattr(object_store, "_TRIES", 0)
    with pytest.raises(EnvironmentFailure, match=r"^s3://nowhere/run/a"):
        ObjectStore("s3://nowhere/run").write("a", b"")
    with pytest.raises(EnvironmentFailure, match=r"^ftp://nowhere"):
        ObjectStore("ftp://nowhere/run")
