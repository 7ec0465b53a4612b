"""A stress run that stops once a figure is known well enough."""

from pathlib import Path

from backstop.answers.looks import Goal, Look, Precision, Spending, draws_of, look_places, relative_error, widths
from backstop.answers.stress import complete
from backstop.answers.summary import Row, summarise_one
from backstop.config.study import NO_FACILITY, WITHOUT
from backstop.runs.directory import RunDirectory
from backstop.runs.parts import Parts
from backstop.runs.progress import OnProgress, quiet
from backstop.runs.request import RunRequest
from backstop.runs.store import run_until
from backstop.runs.tiles import Layout, blocks_of, layout_of


class _FirstParts(RunDirectory):
    """A run of its first blocks, whatever else is there."""

    def __init__(self, folder: Path, n_blocks: int) -> None:
        super().__init__(folder)
        self.n_blocks = n_blocks

    def parts(self, table: str) -> list[Path]:
        """Of the first blocks."""
        return super().parts(table)[: self.n_blocks]


def stress_until(request: RunRequest, folder: Path, goal: Goal, spending: Spending, threads: int,
                 overwrite: bool = False, layout: Layout | None = None, on_progress: OnProgress = quiet
                 ) -> tuple[list[Row], Precision]:
    """Run, store and summarise as many of the paths of `request` as `goal` takes.

    Raises
    ------
    ConfigError
        No such figure.
    DirectoryRefused, EnvironmentFailure, AccountingError, NotFinite
        See `simulated_run`.
    """
    layout = layout or layout_of(request.terms)
    blocks, looks = blocks_of(request.n_paths, layout), list[Look]()
    places = look_places(len(blocks))
    n_paths = [sum(block.n_paths for block in blocks[:place]) for place in places]
    z_of = dict(zip(places, widths([n / request.n_paths for n in n_paths], spending), strict=True))

    def is_enough(directory: RunDirectory, n_blocks: int) -> bool:
        """Look at the run of its first blocks, and note what was seen."""
        parts = Parts(_FirstParts(directory.folder, n_blocks))
        rows = [row for row in summarise_one(parts, goal.metric)
                if row.arm != NO_FACILITY and not row.arm.startswith(WITHOUT)]
        z = z_of[n_blocks]
        looks.append(Look(parts.n_paths, z, relative_error(rows, goal, z, draws_of(parts.group))))
        return looks[-1].is_enough(goal)

    with run_until(request, folder, threads, places, is_enough, overwrite, layout, on_progress) as run:
        rows = complete(run, on_progress)
    return rows, Precision(goal, tuple(looks), request.n_paths)
