"""Configs that were damaged: `check` ends with a line or says valid, never with a bug, whatever the keys hold.

    PYTHONPATH=src:tests python -m config_fuzz 10000          # of seeds 0 to 9999
    PYTHONPATH=src:tests python -m config_fuzz 500 10000      # 500 more, from seed 10000 on

A shipped config, a real facility put into it by one in three, is changed in one to four places: a value becomes one of
another kind or size, a key is renamed, a line goes, comes twice or moves, a sign or a piece of text comes in. What is
valid is resolved into terms, so that what no section sees alone is met too.
"""

import re
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

from backstop.config.text.presets import FOLDER
from commands import SMALL, run_here

CONFIGS = [SMALL, *sorted((Path(__file__).parents[1] / "configs").glob("*.toml")),
           *sorted((Path(__file__).parents[1] / "configs" / "examples").glob("*.toml"))]
DESIGNS = sorted(path.stem for path in (FOLDER / "facilities").glob("*.toml"))
VALUES = ("-1", "0", "1", "15", "1e-300", "1e300", "1e400", "nan", "-inf", "true", '""', '"x"', "[]", "{}", "[[1]]",
          "{a=1}", "1979-05-27", "9" * 50, '"\\u0000"', '"\\u001b[2J"', "[{}]", "[1.0, 2]", "{ all = [] }", "9" * 11,
          '"../../etc/passwd"', '"/dev/zero"', '"' + "x" * 3000 + '"', "[" * 200 + "]" * 200, "0.5", "1_000_000")
PIECES = ('"', "'", "[", "]", "{", "}", "=", ".", ",", "#", "\n", '"""', "\\", "[[", "a.b.c", "é", "\x1b", "\u202e",
          "\x00")
TAKEN = {0, 2, 3}


def changed(lines, rng):
    """`lines` with one change."""
    at, kind = int(rng.integers(len(lines))), int(rng.integers(6))
    if kind < 2:
        value = VALUES[rng.integers(len(VALUES))].replace("\\", r"\\")
        lines[at] = re.sub(r"= [^,}#]*", f"= {value} ", lines[at], count=1)
    elif kind == 2:
        lines[at] = re.sub(r"[a-z]+_", ("", "x_", ".")[rng.integers(3)], lines[at], count=1)
    elif kind == 3:
        lines.insert(int(rng.integers(len(lines))), lines[at])
    elif kind == 4:
        del lines[at : at + int(rng.integers(1, 12))]
    else:
        column = int(rng.integers(len(lines[at]) + 1))
        lines[at] = lines[at][:column] + PIECES[rng.integers(len(PIECES))] + lines[at][column:]
    return lines or [""]


def case_of(seed):
    """The config's own folder, the text, and options."""
    rng = np.random.default_rng([20261202, seed])
    config = CONFIGS[rng.integers(len(CONFIGS))]
    lines = config.read_text(encoding="utf-8").split("\n")
    for _ in range(rng.integers(1, 5)):
        lines = changed(lines, rng)
    design = ["--design", DESIGNS[rng.integers(len(DESIGNS))]] if rng.random() < 1 / 3 else []
    return config.parent, "\n".join(lines), design


def failure(seed):
    """What `check` made of the config of one seed that it must not, or None, and how it ended."""
    home, text, options = case_of(seed)
    with tempfile.TemporaryDirectory() as folder:
        # files that it names lie beside it
        config = Path(shutil.copytree(home, Path(folder) / "configs")) / "damaged.toml"
        config.write_text(text, encoding="utf-8")
        ended = run_here("check", config, *options)
    if ended.code not in TAKEN:
        return f"seed {seed}: ended with {ended.code}: {ended.err.strip()[-300:]}", ended.code
    if set("\x1b\u202e\x00") & set(ended.out + ended.err):
        return f"seed {seed}: lets control characters through", ended.code
    if ended.code and not ended.err.strip():
        return f"seed {seed}: ended with {ended.code} and said nothing", ended.code
    return None, ended.code


def failures(seeds, totals=None):
    """Lines, of the configs of all seeds."""
    found = []
    for seed in seeds:
        line, code = failure(seed)
        found += [line] if line else []
        if totals is not None:
            totals["failed" if line else f"ended with {code}"] += 1
    return found


def main():
    n, first = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    totals = Counter()
    for seed in range(first, first + n):
        print(*failures([seed], totals), sep="\n", end="", flush=True)
    print(f"\n{n} configs from seed {first} on: {dict(totals)}")
    sys.exit(1 if totals["failed"] else 0)


if __name__ == "__main__":
    main()
