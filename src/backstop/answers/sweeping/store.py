"""The folder of a sweep: sums of designs, appended batch by batch, so that the same command goes on where it stopped.

A later command with more designs, or other objectives among those kept, adds to the same folder.
"""

import hashlib
import importlib.metadata
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from backstop.answers.sweeping.measure import Measured, Span
from backstop.answers.sweeping.worlds import Design
from backstop.errors import DirectoryRefused
from backstop.kernels.machine.fingerprint import kernel_hash
from backstop.runs.files import environment_failures, read_bounded, readable, write_whole
from backstop.runs.journal import to_json
from backstop.runs.lock import sole_writer
from backstop.runs.request import RunRequest, as_json, terms_hash
from backstop.runs.store import table_bytes
from backstop.terms import Floats


def identity_of(request: RunRequest, arm: str | None, metrics: Sequence[str], n_batches: int) -> dict[str, Any]:
    """All that decides the sums of a design, but for the design; `arm` is what designs change, None for the first."""
    return {
        "arm": arm,
        "backstop": importlib.metadata.version("backstop"), "kernels": kernel_hash(), "seed": request.seed,
        "paths": request.n_paths, "terms_hash": terms_hash(request.terms),
        "inputs": dict(sorted(request.inputs.items())),
        "config_hash": hashlib.sha256(request.config_text.encode()).hexdigest(), "overrides": list(request.overrides),
        "drawn_parameters": as_json(request.drawn), "markets_hash": request.markets_hash, "metrics": list(metrics),
        "batches": n_batches}


class Store:
    """Sums of designs by span of paths, in memory and in parts on disk; without a folder in memory alone."""

    def __init__(self, folder: Path | None, shape: tuple[int, ...]) -> None:
        self.folder, self.shape = folder, shape
        self._known: dict[tuple[str, int], Floats] = {}
        self._n_parts = 0
        if folder is not None:
            for path in sorted((folder / "parts").glob("part-*.parquet")):
                self._read(path)

    def missing(self, designs: Sequence[Design], span: Span) -> list[Design]:
        """Those of which the paths of `span` have not been run."""
        return [design for design in designs if (_key(design), span.first) not in self._known]

    def add(self, batch: Sequence[Measured], span: Span) -> None:
        """Keep a batch of designs."""
        self._known.update(((_key(one.design), span.first), one.sums) for one in batch)
        if self.folder is not None:
            write_whole(self.folder / "parts" / f"part-{self._n_parts:06}.parquet", table_bytes(_table(batch, span)))
        self._n_parts += 1

    def sums(self, design: Design, spans: Sequence[Span]) -> Floats:
        """(M, 2, B) over all spans that the design was run on."""
        found = [self._known[key] for span in spans if (key := (_key(design), span.first)) in self._known]
        return np.asarray(np.sum(found, axis=0))

    def _read(self, path: Path) -> None:
        import pyarrow.parquet as pq

        with environment_failures(path), readable(path) as name:
            for row in pq.read_table(name).to_pylist():
                self._known[row["design"], row["first_path"]] = np.array(row["sums"]).reshape(self.shape)
        # where a part is lost, the next one must not take the place of another
        self._n_parts = int(path.stem.removeprefix("part-")) + 1


@contextmanager
def opened(folder: Path | None, identity: dict[str, Any], shape: tuple[int, ...]) -> Iterator[Store]:
    """The store in `folder`, which nothing else writes to meanwhile.

    Raises
    ------
    DirectoryRefused
        It holds another sweep, or something else; another process writes to it.
    EnvironmentFailure
        It cannot be made or read.
    """
    if folder is None:
        yield Store(None, shape)
        return
    with environment_failures(folder):
        if folder.is_dir() and any(folder.iterdir()) and not (folder / "request.json").exists():
            raise DirectoryRefused(f"{folder}: holds files that are no sweep and no sensitivity; name a new or empty "
                                   "folder with --out")
        (folder / "parts").mkdir(parents=True, exist_ok=True)
    with sole_writer(folder, folder / "lock"):
        _settle(folder / "request.json", identity)
        yield Store(folder, shape)


def _settle(request: Path, identity: dict[str, Any]) -> None:
    """Take note of what is swept, or see that it is the same."""
    content = json.loads(json.dumps(identity))
    if not request.exists():
        write_whole(request, to_json(content))
    with environment_failures(request):
        known = json.loads(read_bounded(request))
    if known != content:
        differing = ", ".join(key for key in content if known.get(key) != content[key])
        raise DirectoryRefused(f"{request.parent}: holds an answer with other {differing}; name another folder with "
                               "--out")


def _key(design: Design) -> str:
    return json.dumps(dict(design.values), sort_keys=True)


def _table(batch: Sequence[Measured], span: Span) -> Any:
    import pyarrow as pa

    return pa.table({
        "design": [_key(one.design) for one in batch], "first_path": [span.first] * len(batch),
        "n_paths": [span.last - span.first] * len(batch), "sums": [one.sums.ravel().tolist() for one in batch]})
