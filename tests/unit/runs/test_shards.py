"""A run that is put together from shards is the run that one command makes, byte for byte."""

import hashlib
import itertools
import json
import threading

import numpy as np
import pytest

from backstop.answers.stress import complete
from backstop.errors import ConfigError, DirectoryRefused, RunIncomplete
from backstop.runs.directory import open_directory
from backstop.runs.merge import gather
from backstop.runs.request import RunRequest, identity_of, versions
from backstop.runs.shards import Command, make_shard, parse_blocks, storage_of
from backstop.runs.store import simulated_run
from backstop.runs.tiles import Layout
from toy_run import ToyMarket, toy_terms

LAYOUT = Layout(lanes=24, block_paths=24, days_per_call=20)
REQUEST = RunRequest(toy_terms(40), seed=9, n_paths=130, config_text="# mine\n", currency="CNY", market=ToyMarket())
COMMAND = Command("/configs/mine.toml", "/configs", ("run.paths=130", 'design="my own"'))
N_BLOCKS = 6


def shard(folder, blocks, request=REQUEST, on_progress=lambda _: None):
    return make_shard(request, COMMAND, storage_of(str(folder)), blocks, 1, LAYOUT, on_progress)


def gathered(folders, out):
    gather([storage_of(str(folder)) for folder in folders], REQUEST, out, LAYOUT)


def completed(folder):
    """What the run in a folder comes to: hash by name of all files but the journal's, and the manifest, untimed."""
    with simulated_run(REQUEST, folder, 1, layout=LAYOUT) as run:
        complete(run)
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.parent.name != "journal"]
    hashes = {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    manifest = json.loads((folder / "manifest.json").read_bytes())
    del manifest["timings"], hashes["manifest.json"]
    return hashes, manifest


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    return completed(tmp_path_factory.mktemp("runs") / "reference")


@pytest.fixture
def halves(tmp_path):
    """Two folders that have all the blocks between them."""
    shard(tmp_path / "a", "0:3")
    shard(tmp_path / "b", "3:6")
    return tmp_path / "a", tmp_path / "b"


def edit(path, change):
    """A JSON file after `change` of what it says."""
    content = json.loads(path.read_bytes())
    change(content)
    path.write_text(json.dumps(content))


@pytest.mark.parametrize("number", range(6))
def test_any_cut_in_any_order_with_repeats_is_the_run_of_one_command(reference, tmp_path, number):
    rng = np.random.default_rng([24, number])
    cuts = [0, *sorted(rng.choice(np.arange(1, N_BLOCKS), rng.integers(0, N_BLOCKS), replace=False)), N_BLOCKS]
    pieces = list(itertools.pairwise(cuts))
    pieces += [pieces[i] for i in rng.integers(0, len(pieces), 2)]
    folders = [tmp_path / f"shard-{rng.integers(0, 3)}" for _ in pieces]
    for i in rng.permutation(len(pieces)):
        shard(folders[i], f"{pieces[i][0]}:{pieces[i][1]}")
    gathered(sorted(set(folders)), tmp_path / "run")
    assert completed(tmp_path / "run") == reference


def test_one_shared_folder_becomes_the_run_itself(reference, tmp_path):
    for blocks in ("4:6", "0:1", "1:4"):
        shard(tmp_path / "run", blocks)
    gathered([tmp_path / "run"], tmp_path / "run")
    assert completed(tmp_path / "run") == reference


def test_a_plain_run_goes_on_from_shards(reference, tmp_path):
    shard(tmp_path / "run", "2:4")
    assert completed(tmp_path / "run") == reference


def test_writers_of_the_same_blocks_do_not_disturb_each_other(reference, tmp_path):
    writers = [threading.Thread(target=shard, args=(tmp_path / "run", "0:6")) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert not list((tmp_path / "run").rglob("*.tmp"))
    gathered([tmp_path / "run"], tmp_path / "run")
    assert completed(tmp_path / "run") == reference


def test_a_shard_says_what_it_made_and_what_was_there(tmp_path):
    assert shard(tmp_path / "run", "1:3") == (1, 3, 2, N_BLOCKS)
    assert shard(tmp_path / "run", "2:99") == (2, 6, 3, N_BLOCKS)
    assert shard(tmp_path / "run", "1:6") == (1, 6, 0, N_BLOCKS)


@pytest.mark.parametrize("blocks", ["", "3", "3:", ":3", "3:3", "4:3", "6:7", "-1:3", "0:1:2", "a:b", "1.0:2"])
def test_blocks_that_are_none_are_refused_with_what_to_write(blocks):
    with pytest.raises(ConfigError, match=r"--blocks .*: write A:B .* blocks 0 to 5, so all of them are 0:6"):
        parse_blocks(blocks, N_BLOCKS)


def test_a_note_is_under_a_kilobyte(tmp_path):
    shard(tmp_path / "run", "5:6")
    assert (tmp_path / "run" / "journal" / "block-000005.json").stat().st_size < 1024


def test_missing_blocks_are_named_with_the_command_that_makes_them(tmp_path):
    shard(tmp_path / "run", "1:2")
    shard(tmp_path / "run", "4:6")
    with pytest.raises(RunIncomplete) as caught:
        gathered([tmp_path / "run"], tmp_path / "run")
    sets = "--set run.paths=130 --set 'design=\"my own\"'"
    assert str(caught.value).splitlines() == [
        f"blocks {blocks} are missing or damaged; make them with: backstop run /configs/mine.toml {sets} --blocks "
        f"{blocks} -o {tmp_path / 'run'}" for blocks in ("0:1", "2:4")]


def test_a_damaged_part_is_named_and_made_again(reference, halves, tmp_path):
    part = halves[1] / "funds" / "part-000004.parquet"
    part.write_bytes(part.read_bytes()[:-9])
    with pytest.raises(RunIncomplete, match="blocks 4:5 are missing or damaged"):
        gathered(halves, tmp_path / "run")
    assert shard(halves[1], "3:6").n_made == 1
    gathered(halves, tmp_path / "run")
    assert completed(tmp_path / "run") == reference


def test_a_damaged_block_is_taken_from_another_folder_that_has_it_whole(reference, halves, tmp_path):
    (halves[0] / "journal" / "block-000002.counts").unlink()
    shard(halves[1], "2:3")
    gathered(halves, tmp_path / "run")
    assert completed(tmp_path / "run") == reference


@pytest.mark.parametrize(("key", "value", "said"), [
    ("numpy", "1.0", f"numpy 1.0, not {versions()['numpy']}"), ("cpu", "riscv", f"cpu riscv, not {versions()['cpu']}")])
def test_blocks_made_by_other_versions_or_cpus_are_refused_by_name(halves, tmp_path, key, value, said):
    for block in (3, 4):
        edit(halves[1] / "journal" / f"block-{block:06}.json", lambda note: note["versions"].update({key: value}))
    with pytest.raises(RunIncomplete, match=f"b: blocks 3:5 were made by something else: {said}; make all"):
        gathered(halves, tmp_path / "run")


def test_blocks_made_by_other_kernels_are_refused_by_name(halves, tmp_path):
    edit(halves[0] / "journal" / "block-000001.json", lambda note: note["run"].update(kernels="abc"))
    with pytest.raises(RunIncomplete, match="a: blocks 1:2 were made by something else: kernels abc, not "):
        gathered(halves, tmp_path / "run")


def test_blocks_brought_together_on_another_cpu_keep_their_own(reference, halves, tmp_path):
    for folder in halves:
        for path in (folder / "journal").glob("block-*.json"):
            edit(path, lambda note: note["versions"].update(cpu="elsewhere"))
    gathered(halves, tmp_path / "run")
    hashes, manifest = completed(tmp_path / "run")
    assert hashes == reference[0]
    assert manifest["versions"] == versions() | {"cpu": "elsewhere"}


@pytest.mark.parametrize("change", [
    {"hashes": {"../../x": "0" * 64}}, {"block": "1"}, {"first_path": 0}, {"n_paths": 23}, {"versions": []},
    {"run": {}}])
def test_a_note_that_no_block_of_the_run_has_counts_for_nothing(halves, tmp_path, change):
    edit(halves[0] / "journal" / "block-000001.json", lambda note: note.update(change))
    with pytest.raises(RunIncomplete, match=r"blocks 1:2 (are missing or damaged|were made by something else)"):
        gathered(halves, tmp_path / "run")


def test_a_block_with_two_contents_is_refused(halves, tmp_path):
    shard(halves[1], "0:1")
    edit(halves[1] / "journal" / "block-000000.json", lambda note: note["hashes"].update(paths="0" * 64))
    with pytest.raises(RunIncomplete, match=r"block 0 has other bytes in .*b than in .*a"):
        gathered(halves, tmp_path / "run")


def test_shards_of_another_run_are_refused_by_name(halves, tmp_path):
    other = RunRequest(REQUEST.terms, seed=10, n_paths=130, config_text="# mine\n", currency="CNY", market=ToyMarket())
    shard(tmp_path / "c", "0:1", other)
    with pytest.raises(RunIncomplete, match=r"c: holds blocks of another run: seed 10, not 9$"):
        gathered([*halves, tmp_path / "c"], tmp_path / "run")
    with pytest.raises(DirectoryRefused, match="a: holds an unfinished run that differs in seed"):
        shard(halves[0], "0:1", other)


def test_who_writes_alone_keeps_shards_out_and_they_keep_him_out(tmp_path):
    identity = identity_of(REQUEST, LAYOUT)
    with (open_directory(tmp_path / "run", identity, overwrite=False),
          pytest.raises(DirectoryRefused, match="another process is writing to it")):
        shard(tmp_path / "run", "0:1")
    with (open_directory(tmp_path / "run", identity, overwrite=False, is_shared=True),
          pytest.raises(DirectoryRefused, match="another process is writing to it"),
          open_directory(tmp_path / "run", identity, overwrite=False)):
        pytest.fail("one writes alone beside another")


def test_what_is_complete_or_holds_no_shards_is_not_merged(halves, tmp_path):
    with pytest.raises(RunIncomplete, match=r"none: holds no blocks that were made apart; make some with `backstop"):
        gathered([tmp_path / "none"], tmp_path / "run")
    completed(halves[0])
    with pytest.raises(DirectoryRefused, match=r"a: is a complete run already; `backstop show .*` shows it"):
        gathered(halves, tmp_path / "run")


def test_a_merge_that_found_too_little_goes_on_once_the_rest_is_there(reference, halves, tmp_path):
    with pytest.raises(RunIncomplete, match="blocks 3:6 are missing"):
        gathered(halves[:1], tmp_path / "run")
    gathered(halves, tmp_path / "run")
    assert completed(tmp_path / "run") == reference
