"""What docs/cluster.md gives to schedulers makes every block once."""

import os
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "docs" / "cluster"
CUTS = [(1, 1), (7, 3), (3, 7), (100, 100), (12219, 1000)]
STAND_IN = '#!/bin/bash\nprintf "%s\\n" "$@" >> "$TOLD"\n'


def told(tmp_path, script, **environment):
    """The words with which a script calls `backstop`."""
    stand_in, words = tmp_path / "backstop", tmp_path / "told"
    stand_in.write_text(STAND_IN)
    stand_in.chmod(0o755)
    words.write_text("")
    path = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "TOLD": str(words)}
    subprocess.run(script, check=True, env=os.environ | path | {key: str(value) for key, value in environment.items()})
    return words.read_text().split()


def blocks_of(words):
    first, _, last = words[words.index("--blocks") + 1].partition(":")
    return list(range(int(first), int(last)))


def sampled(tasks):
    """All of few tasks; of many the first, the last and some between."""
    return range(tasks) if tasks <= 7 else sorted({0, 1, tasks // 3, tasks // 2, tasks - 2, tasks - 1})


def assert_each_block_once(of_task, blocks, tasks):
    """Of sampled tasks: each begins where the formula of the one before it ends."""
    made = {task: of_task(task) for task in sampled(tasks)}
    for task, found in made.items():
        assert found == list(range(blocks * task // tasks, blocks * (task + 1) // tasks))
    if len(made) == tasks:
        assert [block for found in made.values() for block in found] == list(range(blocks))


def test_bash_reads_the_script():
    subprocess.run(["bash", "-n", FOLDER / "slurm.sh"], check=True)


@pytest.mark.parametrize(("blocks", "tasks"), CUTS)
def test_tasks_of_a_slurm_array_make_each_block_once(tmp_path, blocks, tasks):
    def of_task(task):
        words = told(tmp_path, ["bash", FOLDER / "slurm.sh", "my config.toml", "runs/big", str(blocks)],
                     SLURM_ARRAY_TASK_ID=task, SLURM_ARRAY_TASK_COUNT=tasks, SLURM_CPUS_PER_TASK=16)
        return blocks_of(words) if words else []

    assert_each_block_once(of_task, blocks, tasks)


@pytest.fixture
def job():
    yaml = pytest.importorskip("yaml")
    return yaml.safe_load((FOLDER / "job.yaml").read_text())


@pytest.mark.parametrize(("blocks", "tasks"), CUTS)
def test_indices_of_a_kubernetes_job_make_each_block_once(tmp_path, job, blocks, tasks):
    container = job["spec"]["template"]["spec"]["containers"][0]

    def of_task(task):
        words = told(tmp_path, [*container["command"], *container["args"]], BLOCKS=blocks, TASKS=tasks,
                     JOB_COMPLETION_INDEX=task)
        return blocks_of(words) if words else []

    assert_each_block_once(of_task, blocks, tasks)


def test_the_job_has_as_many_indices_as_it_divides_the_blocks_among(job):
    container = job["spec"]["template"]["spec"]["containers"][0]
    values = {entry["name"]: entry["value"] for entry in container["env"]}
    assert int(values["TASKS"]) == job["spec"]["completions"]
    assert [mount["name"] for mount in container["volumeMounts"]] == [
        volume["name"] for volume in job["spec"]["template"]["spec"]["volumes"]]


def test_the_job_is_valid_where_the_schema_is_at_hand(job):
    validator = pytest.importorskip("kubernetes_validate")
    assert validator.validate(job, "1.31", strict=True)
