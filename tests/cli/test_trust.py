"""`verify` and `validate`: what is right says so, what is wrong ends with 1 and a line."""

import json
import shutil

import pytest

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
])
def test_files_that_are_not_the_runs_are_found(copy, damage, finding):
    damage(copy)
    ended = run_here("verify", copy)
    assert (ended.code, ended.err, ended.out.count("\n")) == (1, "", 1)
    assert finding in ended.out


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
    assert (ended.code, ended.out.count("\n")) == (1, 2)
    assert "its replay differs in paths." in ended.out


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
