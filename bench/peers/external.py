"""External programs as peers: a command that prints one JSON object a line, with what it took in ns.

A command may name ``{law}`` (normal, student-t), ``{dist}`` (normal, t), ``{paths}``, ``{days}``, ``{threads}`` and
``{seed}``. What it prints under ``ns_per_path_day`` joins the workload garch, what it prints under
``ns_per_path_day_fund`` the workload funds.
"""

import json
import math
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import partial

from bench.timing import Sampler


def figure(command: str, key: str, values: Mapping[str, object]) -> float:
    """Run `command` and read the last number it prints under `key`; NaN if it prints none."""
    filled = shlex.split(command.format_map(values))
    done = subprocess.run(filled, capture_output=True, text=True, check=True)
    objects = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return float(next((found[key] for found in reversed(objects) if key in found), math.nan))


def samplers(
    peers: tuple[tuple[str, str], ...], key: str, values: Mapping[str, object]
) -> Iterator[tuple[str, Sampler]]:
    """The peers that print `key`, by name; each is run once to see."""
    for name, command in peers:
        sample = partial(figure, command, key, values)
        try:
            prints_key = not math.isnan(sample())
        except (OSError, subprocess.CalledProcessError, ValueError) as error:
            print(f"{name}: left out: {error}", file=sys.stderr)
        else:
            if prints_key:
                yield name, sample
