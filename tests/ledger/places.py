"""The three kinds of places in which a ledger can live, made anew for a test."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

from reconciler.ledger import GitHome

BUCKET = "balde"


def git(folder: Path, *words: str) -> str:
    """Run git, and say what it said."""
    who = ("-c", "user.name=Equipe", "-c", "user.email=equipe@exemplo.org", "-c", "init.defaultBranch=main")
    ended = subprocess.run(["git", *who, *words], cwd=folder, capture_output=True, text=True, check=True, timeout=30)
    return ended.stdout


def cloned(folder: Path) -> GitHome:
    """A bare remote with one commit on a branch, a clone of it, and the ledger that lives at that clone's remote."""
    git(folder, "init", "--bare", "--quiet", "remote.git")
    git(folder, "clone", "--quiet", "remote.git", "clone")
    clone = folder / "clone"
    clone.joinpath("reconciler.yaml").write_text("versao: 1\n")
    git(clone, "add", ".")
    git(clone, "commit", "--quiet", "-m", "first")
    git(clone, "push", "--quiet", "origin", "HEAD:main")
    return GitHome(clone, "refs/reconciler/conta")


@contextmanager
def s3_server() -> Iterator[str]:
    """The address of an S3-compatible server with one empty bucket."""
    script = Path(__file__).with_name("s3_server.py")
    command = [sys.executable, "-W", "ignore", str(script)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        try:
            assert server.stdout is not None
            address = f"http://127.0.0.1:{server.stdout.readline().strip()}"
            with urlopen(Request(f"{address}/{BUCKET}", method="PUT"), timeout=10):  # noqa: S310 - loopback
                yield address
        finally:
            server.kill()


def s3_environment(address: str) -> dict[str, str]:
    """The variables that lead the library to that server."""
    return {
        "AWS_ENDPOINT_URL": address,
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "acesso",
        "AWS_SECRET_ACCESS_KEY": "segredo",
        "AWS_REGION": "us-east-1",
    }
