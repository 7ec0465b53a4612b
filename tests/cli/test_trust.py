"""`verify` and `validate`: what is right says so, what is wrong ends with 1 and a line."""

import hashlib
import json
import shutil

import pytest

import manifest_fuzz
from commands import SMALL, run_here


@pytest.fixture
def copy(finished, tmp_path):
    """A copy of the finished run to damage."""
    return shutil.copytree(finished[0], tmp_path / "copy")


def test_a_run_as_it_was_written_is_verified(finished):
    ended = run_here("verify", finished[0], "--json", "--quiet", "--replays", 2)
    assert (ended.code, ended.err) == (0, "")
    found = json.loads(ended.out)
    assert found["findings"] == []
    assert (found["n_files"], found["n_rows"], len(found["replayed"])) == (9, 128, 2)
    assert "paths made anew bit for bit" in run_here("verify", finished[0]).out


def damage_byte(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(("damage", "finding"), [
    (lambda run: damage_byte(run / "paths" / "part-000000.parquet"), "part-000000.parquet: is not what was written"),
    (lambda run: damage_byte(run / "journal" / "block-000000.counts"), "block-000000.counts: is not what was written"),
    (lambda run: (run / "summary.json").unlink(), "summary.json: is missing"),
    (lambda run: shutil.copy(run / "funds" / "part-000000.parquet", run / "funds" / "part-000001.parquet"),
     "funds/part-000001.parquet: is no part of this run"),
    (lambda run: (run / "paths" / "notes.txt").write_text("mine"), "paths/notes.txt: is no part of this run"),
    (lambda run: (run / "journal" / "block-000007.json").write_text("{}"), "000007.json: is no part of this run"),
    (lambda run: damage_byte(run / "journal" / "block-000000.json"), "000000.json: is not what the manifest says"),
])
def test_files_that_are_not_the_runs_are_found(copy, damage, finding):
    damage(copy)
    ended = run_here("verify", copy)
    assert (ended.code, ended.err, ended.out.count("\n")) == (1, "", 1)
    assert finding in ended.out


@pytest.mark.parametrize("content", [None, b"", b"{}", b'{"backstop": 1}', b"[" * 100_000])
def test_a_journal_that_does_not_say_which_run_it_is_is_found(copy, content):
    file = copy / "journal" / "run.json"
    file.unlink() if content is None else file.write_bytes(content)
    ended = run_here("verify", copy)
    assert (ended.code, ended.err) == (1, "")
    assert "journal/run.json: is not what the manifest says" in ended.out


def rewritten(copy, change):
    manifest = json.loads((copy / "manifest.json").read_bytes())
    change(manifest)
    (copy / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize(("change", "finding"), [
    (lambda manifest: manifest.update(seed=8), "manifest.json: seed is not that of config.toml"),
    (lambda manifest: manifest.update(terms_hash="ab"), "does not lead to the terms it was run on"),
])
def test_a_manifest_that_is_not_its_configs_is_found(copy, change, finding):
    rewritten(copy, change)
    ended = run_here("verify", copy)
    assert ended.code == 1
    assert finding in ended.out


def test_paths_that_come_out_otherwise_are_found(copy, tmp_path):
    """The parts of another seed, whole and with their own hashes, under the manifest of this one."""
    other = tmp_path / "other"
    assert run_here("run", SMALL, "-o", other, "--seed", 8, "--quiet").code == 0
    for table in ("paths", "funds"):
        shutil.copy(other / table / "part-000000.parquet", copy / table / "part-000000.parquet")
    blocks = json.loads((other / "manifest.json").read_bytes())["blocks"]
    shutil.copy(other / "journal" / "block-000000.counts", copy / "journal" / "block-000000.counts")
    rewritten(copy, lambda manifest: manifest.update(blocks=blocks))
    ended = run_here("verify", copy, "--replays", 2)
    assert (ended.code, ended.out.count("its replay differs in paths.")) == (1, 2)
    for name in ("daily.parquet", "summary.parquet", "summary.json"):
        assert f"{name}: is not what the paths of the run come to" in ended.out


@pytest.mark.parametrize("change", [
    lambda manifest: manifest["files"].clear(),
    lambda manifest: manifest["files"].pop("summary.json"),
    lambda manifest: manifest["files"].update({"../../etc/passwd": "0" * 64}),
])
def test_a_manifest_whose_list_of_files_is_not_that_of_a_run_is_found(copy, change):
    rewritten(copy, change)
    ended = run_here("verify", copy)
    assert (ended.code, ended.err) == (1, "")
    assert "manifest.json: files " in ended.out


@pytest.mark.parametrize(("key", "value"), [("arms", ["none", "", "none"]), ("days", 41), ("counterfactuals", {})])
def test_a_manifest_that_contradicts_the_terms_is_read_by_no_command(copy, key, value):
    rewritten(copy, lambda manifest: manifest.update({key: value}))
    for command in (("report",), ("show",), ("compare",), ("export",), ("trace", "--path", "1", "-o", copy / "p")):
        ended = run_here(command[0], copy, *command[1:])
        assert (ended.code, ended.out) == (2, "")
        assert ended.err == f"{copy}/manifest.json: {key} is not what resolved.json says; run it anew\n"
    assert run_here("verify", copy).code == 1


def test_a_summary_that_was_edited_together_with_its_hash_is_found(copy):
    summary = copy / "summary.json"
    summary.write_bytes(summary.read_bytes().replace(b'"estimate": 1', b'"estimate": 2', 1))
    digest = hashlib.sha256(summary.read_bytes()).hexdigest()
    rewritten(copy, lambda manifest: manifest["files"].update({"summary.json": digest}))
    ended = run_here("verify", copy)
    assert (ended.code, ended.out.count("\n")) == (1, 1)
    assert "summary.json: is not what the paths of the run come to" in ended.out


def test_what_is_not_covered_is_said(copy):
    (copy / "notes.txt").write_text("mine")
    ended = run_here("verify", copy)
    assert ended.code == 0
    assert "not covered: notes.txt, manifest.json: timings, versions, config_folder\n" in ended.out


def test_fuzzed_manifests_are_read_or_refused(finished):
    assert manifest_fuzz.failures(finished[0], [*range(20), 307, 537]) == []


def test_a_folder_without_a_run_is_no_finding_but_wrong_usage(tmp_path):
    ended = run_here("verify", tmp_path)
    assert (ended.code, ended.out) == (2, "")
    assert "not a complete run" in ended.err


def test_known_answers_are_run_by_name():
    ended = run_here("validate", "philox", "score")
    assert ended.code == 0
    assert "figures as expected" in ended.out
    rows = json.loads(run_here("validate", "score", "--json", "--quiet").out)["answers"]
    assert {row["verdict"] for row in rows} == {"pass"}


def test_an_answer_that_is_not_the_known_one_ends_with_1(monkeypatch):
    from backstop.validation import known
    from backstop.validation.case import Case, within

    wrong = Case("wrong", "a case that fails", "hand", "none", lambda: [within("figure", 1.0, float("nan"), 0.5)])
    monkeypatch.setattr(known, "CASES", (wrong,))
    ended = run_here("validate")
    assert ended.code == 1
    assert "0 of 1 figures as expected" in ended.out
    assert json.loads(run_here("validate", "--json", "--quiet").out)["answers"][0]["got"] == "nan"


def test_an_unknown_case_is_refused_with_the_known_ones():
    ended = run_here("validate", "nothing")
    assert (ended.code, ended.out) == (2, "")
    assert "no case 'nothing'; write one of philox-vectors" in ended.err
