"""What lies around a command changes nothing: its locale, and a network that is not there."""

import os
import subprocess
import sys

import pytest

from commands import SMALL, command_line, run_apart

NO_SOCKETS = '''
import sys

def refuse(event, given):
    if event.startswith("socket.") and event not in ("socket.gethostname", "socket.__new__"):
        raise PermissionError(f"{event} {given}")

sys.addaudithook(refuse)
'''
"""A `sitecustomize` that children of the command import too."""


@pytest.fixture
def isolated(tmp_path):
    """The environment of a command that must use no network."""
    (tmp_path / "sitecustomize.py").write_text(NO_SOCKETS)
    return {"PYTHONPATH": os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])}


def test_a_command_that_opens_a_connection_would_be_seen(isolated):
    code = "import socket; socket.socket().connect(('127.0.0.1', 9))"
    done = subprocess.run([sys.executable, "-c", code], env=os.environ | isolated, capture_output=True, text=True,
                          check=False)
    assert "PermissionError: socket.connect" in done.stderr


def test_a_run_its_page_and_the_known_answers_use_no_network(tmp_path, isolated):
    run = tmp_path / "run"
    for words in (("run", SMALL, "-o", run, "--quiet"), ("report", run), ("verify", run, "--quiet"),
                  ("validate", "philox-vectors", "--quiet")):
        ended = run_apart(*words, **isolated)
        assert (ended.code, ended.err) == (0, ""), words


def is_there(name):
    """Whether this machine has a locale; where it has not, a program runs in C."""
    asked = [sys.executable, "-c", "import locale, sys; locale.setlocale(locale.LC_ALL, sys.argv[1])", name]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("locale", ["C", "tr_TR.UTF-8", "zh_CN.GBK"])
def test_a_run_is_the_same_bytes_in_any_locale(locale, tmp_path, finished):
    if not is_there(locale):
        pytest.skip(f"{locale} is not on this machine")
    # names and a comment are beyond ASCII; Python is told not to take UTF-8 of its own accord
    config, run = tmp_path / "资金.toml", tmp_path / "运行"
    config.write_text(SMALL.read_text(encoding="utf-8") + "# 中文 ışık\n", encoding="utf-8")
    environment = os.environ | {"LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    for words in (("run", config, "-o", run), ("show", run, "--language", "zh"), ("verify", run, "--quiet"),
                  ("report", run, "--still"), ("export", run, "--to", "arrow", "-o", tmp_path / "出")):
        done = subprocess.run(command_line(*words), capture_output=True, check=False, env=environment)
        assert done.returncode == 0, (words, done.stderr)
    for name in ("summary.json", "summary.parquet", "daily.parquet", "resolved.json", "paths/part-000000.parquet"):
        assert (run / name).read_bytes() == (finished[0] / name).read_bytes()
    assert (run / "config.toml").read_bytes() == config.read_bytes()
