"""How a run is shown: one screen, all of it, or JSON."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from backstop.cli.options import Full, Json, Language, Quiet
from backstop.cli.places import said
from backstop.cli.sources import assembled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backstop.answers.decompose import Contribution
    from backstop.answers.sizing.of_run import Enough
    from backstop.answers.summary import Row
    from backstop.runs.assemble import Assembled
    from backstop.runs.request import RunRequest


class Shown(NamedTuple):
    """The options that say how."""

    full: Full = False
    language: Language = "en"
    quiet: Quiet = False
    json: Json = False

    def answer(self, found: "Assembled", folder: Path, rows: "list[Row]", config: str,
               shares: "Sequence[Contribution] | None" = None) -> None:
        """Show the run in `folder`; `config` is what the user called its config."""
        from backstop.report.decomposition import print_decomposition
        from backstop.report.terminal import print_run

        if self.json:
            _print_as_json(found.request, folder, rows, shares)
            return
        if self.full:
            print_run(rows, found.request, said(folder), found.config.run.name)
        else:
            _print_screen(found, folder, rows, config, self.language)
        if shares is not None:
            print_decomposition(shares, found.request.currency)

    def finished(self, run: Path) -> None:
        """Show a run that is complete."""
        from backstop.answers.stress import read_rows

        self.answer(with_paths_of(run, assembled(run, [])), run, read_rows(run) or [], "")


def with_paths_of(run: Path, found: "Assembled") -> "Assembled":
    """`found` with as many paths as the run has, which may have stopped before it made all."""
    from backstop.runs.directory import RunDirectory

    n_paths = RunDirectory(run).read_manifest()["paths"]
    return replace(found, request=replace(found.request, n_paths=n_paths))


def _print_screen(found: "Assembled", folder: Path, rows: "list[Row]", config: str, language: str) -> None:
    from backstop.answers.stress import read_fund_rows
    from backstop.report.language.catalogue import texts_in
    from backstop.report.screen.told import Told
    from backstop.report.terminal import print_first_screen

    pools = _pools(found.request, folder)
    told = [*rows, *read_fund_rows(folder, "injected", "mean")]
    print_first_screen(Told(found.config.run.name, said(folder), config, told, found.request, pools,
                            texts_in(language)))


def _pools(request: "RunRequest", folder: Path) -> "dict[str, Enough]":
    """What the run tells of the pool of each arm that has one."""
    from backstop.answers.sizing.of_run import enough_of
    from backstop.answers.sizing.question import Question
    from backstop.config.study import WITHOUT
    from backstop.runs.directory import RunDirectory
    from backstop.runs.parts import Parts

    parts, target = Parts(RunDirectory(folder)), Question().target
    arms = enumerate(zip(request.terms.names.arms, request.terms.arms, strict=True))
    return {name: enough_of(parts, number, arm, target) for number, (name, arm) in arms
            if request.terms.names.facilities[number] and not name.startswith(WITHOUT)}


def _print_as_json(request: "RunRequest", folder: Path, rows: "list[Row]",
                   shares: "Sequence[Contribution] | None") -> None:
    from backstop.report.terminal import print_json
    from backstop.runs.request import as_json

    parts = {} if shares is None else {"decomposition": [share._asdict() for share in shares]}
    print_json({"run": said(folder), "fits": request.all_fits, "drawn_parameters": as_json(request.drawn),
                "summary": [row._asdict() for row in rows], **parts})
