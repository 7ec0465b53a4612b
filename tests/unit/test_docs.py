"""What pages repeat of the sources is what the sources say today."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def printed(script: str) -> str:
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    return subprocess.run([sys.executable, DOCS / script], capture_output=True, text=True, check=True,
                          env=environment).stdout


def test_the_page_for_developers_lists_the_rooms_there_are():
    assert f"```\n{printed('listing.py')}```\n" in (DOCS / "DEVELOPERS.md").read_text(encoding="utf-8")
