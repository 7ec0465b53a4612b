"""Manifests and other JSON of a run, damaged by accident or on purpose: no command that reads them ends with a bug.

    PYTHONPATH=src:tests python -m manifest_fuzz RUN 1000          # of seeds 0 to 999, beside the finished run RUN
    PYTHONPATH=src:tests python -m manifest_fuzz RUN 500 1000      # 500 more, from seed 1000 on

In half of the cases it is the manifest. It is changed in one to three places: a value becomes one of another kind, a
key goes or is new, an item comes twice, the text is torn or has a byte more. `verify` must call it wrong or refuse it,
unless the change is one of the manifest that it says it does not cover, or none; every other command may read it or
refuse it.
"""

import copy
import json
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

from commands import run_here

STRANGE = (None, True, -1, 0, 2**70, 1e308, "", "x" * 5000, "\x1b[2J", "../../etc/passwd", "/dev/zero", [], {}, [[]],
           [None], {"": {}}, {"a": [1, 2, {"b": None}]}, "0" * 64)
COMMANDS = (("verify", "--replays", "1"), ("show",), ("show", "--json"), ("diff",), ("compare",), ("report",),
            ("export", "--to", "csv"))
NOT_COVERED = ("timings", "versions", "config_folder")
TAKEN = {0, 1, 2, 3}
MANIFEST = "manifest.json"
FILES = ("resolved.json", "fits.json", "summary.json", "journal/run.json", "journal/block-000000.json")


def places(tree, path=()):
    """Where there is a value, from the top."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from places(value, (*path, key))


def parent_of(tree, place):
    for key in place[:-1]:
        tree = tree[key]
    return tree


def change_one(tree, rng):
    """One change; where it was made."""
    found = list(places(tree))
    place = found[rng.integers(len(found))]
    parent, key = parent_of(tree, place), place[-1]
    strange = copy.deepcopy(STRANGE[rng.integers(len(STRANGE))])
    what = rng.integers(4)
    if what == 0:
        del parent[key]
    elif what == 1 and isinstance(parent, list):
        parent.append(copy.deepcopy(parent[key]))
    elif what == 1:
        parent[str(rng.integers(1000))] = strange
    else:
        parent[key] = strange
    return place


def damaged(text, seed, is_manifest):
    """The text of a damaged file, and whether `verify` must see it."""
    rng = np.random.default_rng([20261201, seed])
    if rng.random() < 0.1:
        at = int(rng.integers(len(text)))
        torn = text[:at] + (b"" if rng.random() < 0.5 else bytes([rng.integers(256)]) + text[at:])
        return torn, not is_manifest
    tree = json.loads(text)
    touched = [change_one(tree, rng) for _ in range(rng.integers(1, 4)) if tree]
    if not is_manifest:
        return json.dumps(tree).encode(), True
    changed = {key: value for key, value in tree.items() if key not in NOT_COVERED}
    written = {key: value for key, value in json.loads(text).items() if key not in NOT_COVERED}
    # a key that no version writes says nothing
    return json.dumps(tree).encode(), any(place[0] in written for place in touched) and (
        {key: changed.get(key) for key in written} != written)


def failure(folder, seed):
    """What a command made of the damaged file of one seed that it must not."""
    rng = np.random.default_rng([seed, 1])
    file = folder / (MANIFEST if rng.random() < 0.5 else FILES[rng.integers(len(FILES))])
    text = file.read_bytes()
    content, must_see = damaged(text, seed, file.name == MANIFEST)
    file.write_bytes(content)
    try:
        return failure_of_commands(folder, rng, must_see, f"seed {seed}, {file.name}")
    finally:
        file.write_bytes(text)


def failure_of_commands(folder, rng, must_see, case):
    for command in (COMMANDS[0], COMMANDS[rng.integers(1, len(COMMANDS))]):
        runs = (folder, folder) if command[0] == "diff" else (folder,)
        ended = run_here(command[0], *runs, *command[1:])
        if ended.code not in TAKEN:
            return f"{case}: {command[0]} ended with {ended.code}: {ended.err.strip()[-200:]}"
        if "\x1b" in ended.out + ended.err:
            return f"{case}: {command[0]} lets control characters through"
        if command[0] == "verify" and must_see and ended.code == 0:
            return f"{case}: verify sees nothing wrong"
    return None


def failures(run, seeds, totals=None):
    """Lines, of the damaged manifests of all seeds beside a copy of a finished run."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(shutil.copytree(run, Path(name) / "run"))
        found = []
        for seed in seeds:
            line = failure(folder, seed)
            found += [line] if line else []
            if totals is not None:
                totals["failed" if line else "held"] += 1
        return found


def main():
    run, n, first = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0
    totals = Counter()
    for seed in range(first, first + n):
        print(*failures(run, [seed], totals), sep="\n", end="", flush=True)
    print(f"\n{n} manifests from seed {first} on: {dict(totals)}")
    sys.exit(1 if totals["failed"] else 0)


if __name__ == "__main__":
    main()
