"""What a run of the suite is asked for."""

from typing import NamedTuple


class Options(NamedTuple):
    """From the command line."""

    quick: bool
    """Small sizes: whether everything runs, not how fast."""
    threads: tuple[int, ...]
    reps: int
    paths: int = 0
    """Of the workload large; 0 for its own."""
    peers: tuple[tuple[str, str], ...] = ()
    """Name and command of external programs, `bench.peers.external`."""

    def size(self, full: int, quick: int) -> int:
        """A size of a workload."""
        return quick if self.quick else full
