"""Files that are far larger than they should be, some of them packed small: refused in a line, and never held."""

import gzip
import shutil
import tracemalloc
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from commands import SMALL, run_here

MOST_MEMORY = 100 * 2**20
FUNDS = 'name = "equity"\nfile = "{name}"\n'


def ended(*words):
    """How a command ended, which took little memory of Python or of Arrow."""
    before = pa.total_allocated_bytes()
    tracemalloc.start()
    found = run_here(*words)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MOST_MEMORY
    assert pa.total_allocated_bytes() - before < MOST_MEMORY
    return found


def sparse(path):
    """Five gigabytes of zeros that take no room."""
    with path.open("wb") as file:
        file.truncate(5 * 2**30)


def gzipped(path):
    with gzip.open(path, "wb", compresslevel=1) as file:
        for _ in range(80):
            file.write(b"1" * 2**20)


def workbook(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"\0" * (65 * 2**20))


def parquet(path):
    table = pa.table({"name": pa.array(["x" * 2**20] * 80)})
    pq.write_table(table, path, use_dictionary=False, compression="zstd")


@pytest.mark.parametrize(("name", "make"), [
    ("funds.csv", sparse), ("funds.csv.gz", gzipped), ("funds.xlsx", workbook), ("funds.parquet", parquet)])
def test_a_table_of_funds_is_measured_before_it_is_read(tmp_path, name, make):
    make(tmp_path / name)
    text = SMALL.read_text()
    for line in ("count = 20\n", "nav = 1e9\n", "holdings = { index = 0.95 }\n"):
        text = text.replace(line, "", 1)
    config = tmp_path / "c.toml"
    config.write_text(text.replace('name = "equity"\n', FUNDS.format(name=name), 1))
    found = ended("check", config)
    assert found.code == 2
    assert "MB" in found.err


def test_a_config_is_measured_before_it_is_read(tmp_path):
    sparse(tmp_path / "c.toml")
    found = ended("check", tmp_path / "c.toml")
    assert (found.code, found.err) == (2, f"{tmp_path}/c.toml: is larger than 2 MB; put long series in files of their "
                                          "own\n")


@pytest.mark.parametrize("command", ["show", "verify", "report", "compare"])
def test_a_manifest_is_measured_before_it_is_read(tmp_path, finished, command):
    run = shutil.copytree(finished[0], tmp_path / "run")
    sparse(run / "manifest.json")
    found = ended(command, run)
    assert (found.code, found.err) == (2, f"{run}/manifest.json: is larger than 64 MB, which no run writes; take it "
                                          "away, then give the command again\n")


@pytest.mark.parametrize(("name", "command"), [
    ("resolved.json", "show"), ("fits.json", "report"), ("summary.json", "compare"), ("config.toml", "show")])
def test_files_of_a_run_are_measured_before_they_are_read(tmp_path, finished, name, command):
    run = shutil.copytree(finished[0], tmp_path / "run")
    sparse(run / name)
    found = ended(command, run)
    assert found.code == 2
    assert f"{run}/{name}: is larger than " in found.err


@pytest.mark.parametrize("name", ["journal/run.json", "journal/block-000000.json", "journal/block-000000.counts",
                                  "paths/part-000000.parquet"])
def test_what_a_resume_reads_is_measured_first(tmp_path, finished, name):
    run = shutil.copytree(finished[0], tmp_path / "run")
    (run / "manifest.json").unlink()
    sparse(run / name)
    found = ended("run", SMALL, "-o", run)
    most = 64 if name.endswith(".json") else 1024
    assert (found.code, found.err) == (2, f"{run}/{name}: is larger than {most} MB, which no run writes; take it away, "
                                          "then give the command again\n")


def test_how_a_run_was_asked_for_is_measured_before_blocks_are_brought_together(tmp_path):
    run = tmp_path / "run"
    assert ended("run", SMALL, "--blocks", "0:1", "-o", run).code == 0
    sparse(run / "journal" / "command.json")
    found = ended("merge", run)
    assert found.code == 2
    assert "journal/command.json: is larger than 64 MB" in found.err


def test_a_decomposition_is_measured_before_it_is_told(tmp_path, finished):
    run = shutil.copytree(finished[0], tmp_path / "run")
    sparse(run / "decomposition.json")
    found = ended("run", SMALL, "-o", run, "--decompose")
    assert found.code == 2
    assert "decomposition.json: is larger than 64 MB" in found.err


def test_an_answer_is_measured_before_it_is_told(tmp_path, finished):
    run = shutil.copytree(finished[0], tmp_path / "run")
    (tmp_path / "answer").mkdir()
    sparse(tmp_path / "answer" / "history.json")
    found = ended("report", run, "--with", tmp_path / "answer")
    assert found.code == 2
    assert "is larger than 64 MB" in found.err
