import hashlib
import json

import pytest

from backstop.errors import DirectoryRefused, RunIncomplete, RunIsThere
from backstop.runs.directory import RunDirectory, open_directory

IDENTITY = {"backstop": "1", "seed": 5, "paths": 10}
HASHES = {"counts": "", "funds": "", "paths": ""}
WRITTEN = IDENTITY | {
    "kernels": "", "block_paths": 16, "currency": "CNY", "config_hash": "", "terms_hash": "", "inputs": {},
    "drawn_parameters": None, "markets_hash": "", "versions": {}, "scenario": "none", "models": {}, "overrides": [],
    "config_folder": "/", "days": 5, "arms": ["none"], "counterfactuals": {"none": "none"},
    "blocks": [{"block": 0, "first_path": 0, "n_paths": 10, "hashes": HASHES}], "files": {},
    "timings": {"simulating": 0.1},
}

TERMS = json.dumps({"names": {"arms": ["none"]}, "counterfactuals": {"none": "none"}, "n_days": {"value": 5}}).encode()


def opened(folder, identity=IDENTITY, overwrite=False):
    """The directory as it is once it was opened for writing, and closed."""
    with open_directory(folder, identity, overwrite) as directory:
        return directory


def unfinished(folder):
    directory = opened(folder)
    (directory.journal / "run.json").write_text(json.dumps(IDENTITY))
    directory.part("paths", 0).write_bytes(b"part")
    return directory


def complete(folder):
    directory = unfinished(folder)
    directory.manifest.write_text(json.dumps(WRITTEN))
    return directory


def test_a_new_folder_is_made_with_its_parents(tmp_path):
    directory = opened(tmp_path / "a" / "b")
    assert directory.part("funds", 12) == tmp_path / "a" / "b" / "funds" / "part-000012.parquet"
    assert directory.part("funds", 12).parent.is_dir()


def test_an_unfinished_run_of_the_same_identity_is_resumed(tmp_path):
    unfinished(tmp_path / "run")
    directory = opened(tmp_path / "run")
    assert directory.part("paths", 0).exists()


def test_an_unfinished_run_of_another_identity_is_refused_and_says_in_what(tmp_path):
    unfinished(tmp_path / "run")
    with pytest.raises(DirectoryRefused, match="differs in seed, paths; name another folder"):
        opened(tmp_path / "run", {**IDENTITY, "seed": 6, "paths": 11})


def test_a_complete_run_is_refused_unless_it_is_to_be_overwritten(tmp_path):
    directory = complete(tmp_path / "run")
    with pytest.raises(RunIsThere, match="complete run"):
        opened(tmp_path / "run")
    assert directory.manifest.exists()
    opened(tmp_path / "run", overwrite=True)
    assert not directory.manifest.exists()
    assert not directory.part("paths", 0).exists()


def test_overwriting_removes_nothing_that_is_not_a_runs(tmp_path):
    directory = complete(tmp_path / "run")
    notes = [directory.folder / "notes.txt", directory.folder / "paths" / "mine.parquet"]
    for note in notes:
        note.write_text("mine")
    opened(tmp_path / "run", overwrite=True)
    assert all(note.read_text() == "mine" for note in notes)


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_link_in_the_place_of_a_folder_of_the_run_is_not_followed(tmp_path, overwrite):
    directory = complete(tmp_path / "run")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "part-000000.parquet").write_bytes(b"another's")
    directory.part("funds", 0).parent.rmdir()
    (tmp_path / "run" / "funds").symlink_to(elsewhere)
    with pytest.raises(DirectoryRefused, match="run/funds: is a link"):
        opened(tmp_path / "run", overwrite=overwrite)
    assert (elsewhere / "part-000000.parquet").read_bytes() == b"another's"
    with pytest.raises(RunIncomplete, match="run/funds: is a link"):
        directory.read_manifest()


def test_a_link_in_the_place_of_a_file_of_the_run_is_not_read(tmp_path):
    directory = complete(tmp_path / "run")
    directory.summary_json.unlink(missing_ok=True)
    directory.summary_json.symlink_to("/etc/passwd")
    with pytest.raises(RunIncomplete, match=r"summary\.json: is a link"):
        directory.read_manifest()


@pytest.mark.parametrize("name", ["config.toml", "resolved.json", "fits.json", "summary.json"])
def test_a_text_that_is_not_what_was_written_is_not_read(tmp_path, name):
    directory, texts = complete(tmp_path / "run"), ("config.toml", "resolved.json", "fits.json", "summary.json")
    directory.part("funds", 0).write_bytes(b"part")
    for text in texts:
        (directory.folder / text).write_bytes(TERMS)
    files = dict.fromkeys(texts, hashlib.sha256(TERMS).hexdigest())
    directory.manifest.write_text(json.dumps(WRITTEN | {"files": files}))
    assert directory.read_manifest()["files"] == files
    (directory.folder / name).write_bytes(b"{ }")
    with pytest.raises(RunIncomplete, match=rf"{name}: is not what was written"):
        directory.read_manifest()


def test_a_link_of_the_users_own_is_none_of_our_business(tmp_path):
    directory = complete(tmp_path / "run")
    (tmp_path / "run" / "latest").symlink_to(tmp_path)
    assert directory.read_manifest(are_files_read=False) == WRITTEN


def test_a_folder_that_is_a_link_to_nothing_says_so(tmp_path):
    (tmp_path / "run").symlink_to(tmp_path / "gone")
    with pytest.raises(DirectoryRefused, match=r"run: is a link to .*gone, which is not there; make it"):
        opened(tmp_path / "run")


@pytest.mark.parametrize(("change", "said"), [
    ({"files": []}, "files is not as"), ({"paths": "24"}, "paths is not as"), ({"blocks": [{}]}, "blocks is not as"),
    ({"seed": True}, "seed is not as"), ({"arms": None}, "arms is not as"), ({"paths": 25}, "its blocks are not its"),
    ({"timings": {"a": float("inf")}, "drawn_parameters": 3}, "drawn_parameters is not as"),
])
def test_a_manifest_that_is_not_as_it_is_written_is_refused(tmp_path, change, said):
    directory = complete(tmp_path / "run")
    directory.manifest.write_text(json.dumps(WRITTEN | change))
    with pytest.raises(RunIncomplete, match=rf"manifest\.json: {said}"):
        directory.read_manifest()


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_folder_that_holds_something_else_is_never_touched(tmp_path, overwrite):
    (tmp_path / "thesis.tex").write_text("years of work")
    (tmp_path / "manifest.json").write_text('{"name": "another tool\'s"}')
    with pytest.raises(DirectoryRefused, match="no backstop run"):
        opened(tmp_path, overwrite=overwrite)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "run").write_text("")
    with pytest.raises(DirectoryRefused, match="is a file"):
        opened(tmp_path / "run", overwrite=True)


def test_leftovers_of_a_killed_run_go(tmp_path):
    directory = unfinished(tmp_path / "run")
    torn = directory.folder / "funds" / "part-000003.parquet.tmp"
    torn.write_bytes(b"half")
    opened(tmp_path / "run")
    assert not torn.exists()


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_run_that_is_being_written_is_left_alone(tmp_path, overwrite):
    unfinished(tmp_path / "run")
    with open_directory(tmp_path / "run", IDENTITY, overwrite=False) as directory:
        half = directory.folder / "funds" / "part-000003.parquet.tmp"
        half.write_bytes(b"half")
        with pytest.raises(DirectoryRefused, match=r"run: another process is writing to it; wait .*, or name another"):
            opened(tmp_path / "run", overwrite=overwrite)
        assert half.exists()
        assert directory.part("paths", 0).exists()
    assert opened(tmp_path / "run", overwrite=overwrite).folder == directory.folder


@pytest.mark.parametrize("left", [[], ["journal/lock"], ["journal/lock", "journal/run.json.tmp"]])
def test_a_run_killed_before_it_noted_which_it_is_begins_anew(tmp_path, left):
    folder = tmp_path / "run"
    for name in ("paths", "funds", "journal"):
        (folder / name).mkdir(parents=True)
    for name in left:
        (folder / name).write_text("")
    assert sorted(path.name for path in opened(folder).journal.iterdir()) == ["lock"]


def test_an_empty_folder_of_another_name_is_not_taken_for_a_run(tmp_path):
    (tmp_path / "mine").mkdir()
    with pytest.raises(DirectoryRefused, match="no backstop run"):
        opened(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_run_without_a_manifest_is_incomplete(tmp_path):
    unfinished(tmp_path / "run")
    with pytest.raises(RunIncomplete, match="no manifest"):
        RunDirectory(tmp_path / "run").read_manifest()
    assert complete(tmp_path / "other").read_manifest(are_files_read=False) == WRITTEN


@pytest.mark.parametrize("drawn", [{}, {"paths_per_group": 0}, {"paths_per_group": None}, [256], "256", True])
def test_a_request_that_does_not_say_how_parameters_were_drawn_is_not_read(tmp_path, drawn):
    directory = complete(tmp_path / "run")
    directory.request.write_text(json.dumps(IDENTITY | {"drawn_parameters": drawn}))
    with pytest.raises(RunIncomplete, match=r"run\.json: does not say which run this is"):
        directory.read_request()
    directory.manifest.write_text(json.dumps(WRITTEN | {"drawn_parameters": drawn}))
    with pytest.raises(RunIncomplete, match="drawn_parameters is not as this version writes it"):
        directory.read_manifest(are_files_read=False)
