"""``python -m bench.instructions``: count what the engine does, and fail where it does more than it did."""

import argparse
import sys

from bench.instructions import counted, kept
from bench.instructions.callgrind import lacking


def main() -> None:
    """Count, print, compare or keep."""
    parser = argparse.ArgumentParser(prog="python -m bench.instructions", description=__doc__)
    parser.add_argument("--keep", action="store_true", help="write the counts for later ones to be compared with")
    parser.add_argument("--by-rule", action="store_true", help="instructions of an arm's day, rule by rule")
    given = parser.parse_args()
    if missing := lacking():
        print(f"instructions: skipped, for want of {missing}")
        return
    if given.by_rule:
        print("\n".join(f"{count:8.1f}  {name or 'no rule'}" for name, count in counted.of_rules().items()))
        return
    found = counted.ours()
    for work, counts in found.items():
        print(f"{work}: " + ", ".join(f"{n:.1f} {name}" for name, n in counts._asdict().items()) + " a unit")
    if given.keep:
        kept.write(found)
        return
    before = kept.read()
    if before.versions != kept.versions():
        print(f"instructions: not compared: what is kept is of {before.versions}, this is {kept.versions()}")
        return
    if lines := list(kept.grown(found, before.counts)):
        sys.exit("\n".join([*lines, "say why, and keep the new counts: python -m bench.instructions --keep"]))


if __name__ == "__main__":
    main()
