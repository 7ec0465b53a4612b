"""``python -m bench``: run workloads, print a table, keep the figures, compare with an earlier run."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from bench import machine, report, results
from bench.figures import Figure
from bench.options import Options
from bench.workloads import WORKLOADS


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    command = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    command.add_argument("--only", nargs="+", choices=WORKLOADS, metavar="NAME",
                         help=f"workloads, of {', '.join(WORKLOADS)}; without it, all")
    command.add_argument("--quick", action="store_true", help="small sizes: whether it runs, not how fast")
    command.add_argument("--threads", default="1,2", metavar="N,N", help="numbers of threads")
    command.add_argument("--reps", type=int, default=0, metavar="N", help="rounds; 7, with --quick 3")
    command.add_argument("--paths", type=int, default=0, metavar="N", help="paths of the workload large; 10,000")
    command.add_argument("--peer", action="append", default=[], metavar="NAME=COMMAND",
                         help="an external program to run beside ours (bench/peers/external.py says what it prints)")
    command.add_argument("--out", type=Path, metavar="FILE", help="parquet file to write")
    command.add_argument("--compare", type=Path, metavar="FILE", help="parquet file of an earlier run")
    return command


def options_of(given: argparse.Namespace) -> Options:
    """The options that workloads read."""
    threads = tuple(int(n) for n in given.threads.split(","))
    peers = [tuple(peer.split("=", 1)) for peer in given.peer]
    reps = given.reps or (3 if given.quick else 7)
    return Options(given.quick, threads, reps, given.paths, tuple((name, command) for name, command in peers))


def measure(names: list[str], options: Options) -> Iterator[Figure]:
    """Every figure of the workloads named, each said as it comes."""
    for name in names:
        for figure in WORKLOADS[name](options):
            print(f"{name}: {figure.case}: {figure.who} {report.number(figure.median)} {figure.unit}", file=sys.stderr)
            yield figure


def main() -> None:
    """Run what the command line asks for."""
    given = parser().parse_args()
    found = results.Results(machine.describe(), list(measure(given.only or list(WORKLOADS), options_of(given))))
    if given.out:
        results.write(found, given.out)
    print(report.markdown(found))
    if given.compare:
        earlier = results.read(given.compare)
        print(report.comparison(results.changes(found.figures, earlier.figures), found.machine, earlier.machine))


if __name__ == "__main__":
    main()
