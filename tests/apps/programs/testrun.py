"""pytest runs a small suite: fixtures, parameters, rewritten asserts, failures and their reports."""

import pathlib
import re
import subprocess
import sys
import tempfile

SUITE = """
import pytest

@pytest.fixture(params=[1, 2.5, "x"])
def value(request):
    yield request.param

@pytest.mark.parametrize("a, b, c", [(1, 2, 3), (2, 2, 5), ("a", "b", "ab")])
def test_add(a, b, c):
    assert a + b == c

def test_value(value, tmp_path, capsys, monkeypatch):
    (tmp_path / "f").write_text(str(value))
    print((tmp_path / "f").read_text())
    monkeypatch.setattr("os.sep", "|")
    assert capsys.readouterr().out == f"{value}\\n"
    assert isinstance(value, (int, float)), "not a number"

def test_raises():
    with pytest.raises(ZeroDivisionError, match="division"):
        1 // 0

def test_fails():
    left = {i: [i] * 3 for i in range(5)}
    right = {i: [i] * (3 if i != 2 else 2) for i in range(5)}
    assert left == right

class TestGroup:
    @pytest.fixture(autouse=True)
    def setup(self):
        self.n = 1
        yield
        self.n = None
    def test_one(self):
        assert self.n == 1
    @pytest.mark.xfail(strict=True)
    def test_expected(self):
        assert self.n == 2
    @pytest.mark.skip(reason="skipped")
    def test_skip(self):
        pass

def test_error(nothing):
    pass

def test_deep():
    def down(n):
        if n == 0:
            raise KeyError("bottom")
        return down(n - 1)
    down(5)
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as where:
        (pathlib.Path(where) / "test_small.py").write_text(SUITE)
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-vv",
                "-p",
                "no:cacheprovider",
                "--showlocals",
                "--color=no",
                f"--basetemp={where}/pytest-base",
                where,
            ],
            capture_output=True,
            text=True,
            check=False,
            cwd=where,
        )
        report = done.stdout.replace(where, "WHERE").replace(pathlib.Path(where).name, "WHERE")
        report = re.sub(r"in \d+\.\d+s", "in T", report)
        report = re.sub(r"0x[0-9a-f]{6,}", "0x...", report)
        report = re.sub(r"/\S*pytest-\S*", "TMP", report)
        print(done.returncode, report, done.stderr)


main()
