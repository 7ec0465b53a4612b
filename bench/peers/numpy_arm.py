"""The numpy engine as a peer of `bench.engine_runs.ArmRun`."""

from backstop.kernels.state import Seam
from backstop.terms import ArmTerms
from bench.agreement import Agreement, agreement
from bench.engine_runs import ArmRun
from bench.peers.numpy_engine.engine import simulate
from bench.peers.numpy_engine.state import State


class NumpyArm:
    """One arm on a seam, from the opening to the horizon, in one block of paths."""

    def __init__(self, terms: ArmTerms, seam: Seam) -> None:
        self.terms, self.seam = terms, seam

    @property
    def n_fund_days(self) -> int:
        """(path, day, fund)."""
        n_days, _, n_paths = self.seam.log_return.shape
        return int(n_days * n_paths * len(self.terms.funds.nav_open))

    def __call__(self) -> State:
        """All days."""
        return simulate(self.terms, *self.seam)


def agreement_on(terms: ArmTerms, seam: Seam) -> Agreement:
    """Kernels and numpy on the same market, outcome by outcome."""
    ours = ArmRun(terms, seam)
    ours()
    peer = simulate(terms, *seam)
    tallies = ours.state.path_tally, ours.state.fund_tally
    return agreement(terms, tallies, (peer.path_tally, peer.fund_tally), peer.funds.shares)
