"""``run --dry-run``: what a run would take, told before it is made."""

from typing import TYPE_CHECKING, NamedTuple

from backstop.cli.failing import EXIT_USAGE, fail
from backstop.cli.options import CoreHour, Cores, DryRun

if TYPE_CHECKING:
    from backstop.runs.request import RunRequest


class Planned(NamedTuple):
    """The options that ask for it."""

    dry_run: DryRun = False
    cores: Cores = None
    core_hour: CoreHour = None

    def refuse_in_part(self) -> None:
        """Refuse what goes with an option that is not given."""
        if (self.cores is not None and not self.dry_run) or (self.core_hour is not None and self.cores is None):
            fail("--cores, --core-hour: are for --dry-run, the second with the first", EXIT_USAGE)

    def tell(self, request: "RunRequest", threads: int, quiet: bool, json: bool) -> None:
        """Print the plan, and that of a cluster where there are cores."""
        from backstop.answers.planning import plan_cluster, plan_run
        from backstop.report.progress import progress
        from backstop.report.terminal import print_cluster_plan, print_json, print_plan

        with progress(quiet) as on_progress:
            plan = plan_run(request, threads, on_progress=on_progress)
        apart = None if self.cores is None else plan_cluster(plan, self.cores, self.core_hour)
        if json:
            print_json(plan._asdict() | ({} if apart is None else {"cluster": apart._asdict()}))
            return
        print_plan(plan)
        if apart is not None:
            print_cluster_plan(apart)
