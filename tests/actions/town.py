"""Everything a workflow meets: GitHub's API, the repository over git and HTTP, keys, simulated accounts, and people.

`desk` is a person's clone, which reaches the bare repository by its path. Commits carry a fixed date, so that their ids
are the same in every run.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from reconciler.sandbox import Sandbox
from tests.actions.errors import WorkflowError
from tests.actions.forge import Forge
from tests.github.standin import GitHub
from tests.github.world import Pull, Repository

NAME: Final = "loja/campanhas"
_WHO: Final = {
    **{f"GIT_{role}_NAME": "Maria Exemplo" for role in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{role}_EMAIL": "maria@exemplo.org" for role in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{role}_DATE": "2026-11-02T09:00:00Z" for role in ("AUTHOR", "COMMITTER")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "PATH": os.environ["PATH"],
}


MODULES: Final = ("pip", "hatchling", "click", "reconciler", "sitecustomize", "yaml")
"""What somebody might call a file, so that Python takes it for something else."""


def planted(told: str) -> str:
    """A module that must never be imported: it ends the program."""
    return f"raise SystemExit({told!r})\n"


def plant(folder: Path) -> None:
    """Such modules in a folder."""
    folder.mkdir(exist_ok=True)
    for name in MODULES:
        (folder / f"{name}.py").write_text(planted("planted"), encoding="utf-8")


@dataclass(slots=True)
class Town:
    """One repository on the forge, and what belongs to it.

    `secrets` are the repository's, `environments` those of each environment by name. `accounts` are the simulated ones,
    by the account's name; `python` is the virtual environment in which the action installs reconciler, once. `heads`
    are the commits that GitHub shows for workflow runs: of a pull request its own head, not the merge.
    """

    github: GitHub
    forge: Forge
    repository: Repository
    desk: Path
    python: Path
    secrets: dict[str, str] = field(default_factory=dict)
    environments: dict[str, dict[str, str]] = field(default_factory=dict)
    accounts: dict[str, Sandbox] = field(default_factory=dict)
    heads: dict[str, str] = field(default_factory=dict)
    pushes: list[dict[str, Any]] = field(default_factory=list)
    _stored: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)

    @classmethod
    def founded(cls, github: GitHub, forge: Forge, folder: Path, python: Path) -> Town:
        """A new one, with a first commit."""
        forge.create(NAME)
        desk = folder / "desk"
        town = cls(github, forge, github.repository(NAME), desk, python)
        subprocess.run(["git", "clone", "--quiet", str(town.bare), str(desk)], check=True, capture_output=True)
        town.commit({}, "Começo")
        town.git("push", "--quiet", "origin", "HEAD:main")
        return town

    @property
    def bare(self) -> Path:
        """The repository on the forge, as a folder."""
        return self.forge.root / f"{self.repository.name}.git"

    def git(self, *words: str) -> str:
        """What git says to a person at the desk."""
        ran = subprocess.run(
            ["git", "-C", str(self.desk), *words], env=_WHO, capture_output=True, text=True, check=False
        )
        if ran.returncode:
            raise WorkflowError(f"git {' '.join(words)}: {ran.stderr}")
        return ran.stdout.strip()

    def commit(self, files: Mapping[str, str | None], message: str = "Campanhas") -> str:
        """Write files at the desk (None deletes one) and commit them on the branch that is checked out; the commit."""
        for name, text in files.items():
            path = self.desk / name
            if text is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.known("HEAD")

    def push_main(self, files: Mapping[str, str | None], message: str = "Direto") -> dict[str, Any]:
        """Somebody pushes to main without a pull request; the event."""
        before = self._main()
        sha = self.commit(files, message)
        self.git("push", "--quiet", "origin", "main")
        return self.pushed(before, sha)

    def open(self, files: Mapping[str, str | None], branch: str = "natal", *, fork: bool = False) -> Pull:
        """Somebody opens a pull request with these files."""
        self._main()
        self.git("switch", "--quiet", "--create", branch)
        head = self.commit(files, "Natal")
        return self.offer(branch, head, fork=fork)

    def offer(self, branch: str, head: str, *, fork: bool = False) -> Pull:
        """Somebody opens a pull request of a branch as it is."""
        pull = self.repository.open_pull(head, fork=fork)
        pull.head_ref = branch
        self._offer(pull)
        return pull

    def push(self, pull: Pull, files: Mapping[str, str | None]) -> None:
        """Somebody pushes to the pull request's branch."""
        self.git("switch", "--quiet", pull.head_ref)
        self.repository.push(pull, self.commit(files, "Correção"))
        self._offer(pull)

    def merge(self, pull: Pull) -> dict[str, Any]:
        """The pull request is merged with a merge commit; the event of the push."""
        before = self._main()
        self.git("merge", "--quiet", "--no-ff", "--message", f"Merge pull request #{pull.number}", pull.head_sha)
        self.git("push", "--quiet", "origin", "main")
        sha = self.known("HEAD")
        self.repository.merge(pull, sha, parents=(before, pull.head_sha))
        return self.pushed(before, sha)

    def pull_request(self, pull: Pull) -> dict[str, Any]:
        """The event of a pull request that was opened or pushed to."""
        event = self.repository.event(pull)
        name = self.repository.name if pull.head_repository == self.repository.id else "outra/campanhas"
        event["pull_request"]["head"]["repo"]["full_name"] = name
        return event

    def merge_commit(self, pull: Pull) -> str:
        """What refs/pull/N/merge stands at: the base with the pull request merged into it."""
        return self.git("ls-remote", str(self.bare), f"refs/pull/{pull.number}/merge").split()[0]

    def store(self, name: str, content: bytes, run: str, attempt: str, *, overwrite: bool) -> int:
        """Keep an artifact of a run; the name may stand twice in it only if it is overwritten."""
        if (run, name) in self._stored and not overwrite:
            raise WorkflowError(f"an artifact {name} exists on this run already")
        if (run, name) in self._stored:
            del self.repository.artifacts[self._stored[run, name][0]]
        artifact = self.repository.store(name, content, self.heads[run], fork=False)
        self._stored[run, name] = artifact, attempt
        return artifact

    def pushed_last(self) -> dict[str, Any]:
        """The event of the last push to main."""
        return self.pushes[-1]

    def ref(self, name: str) -> str | None:
        """What a ref of the repository stands at."""
        found = self.git("ls-remote", str(self.bare), name).split()
        return found[0] if found else None

    def _main(self) -> str:
        self.git("switch", "--quiet", "main")
        return self.git("rev-parse", "HEAD")

    def known(self, name: str) -> str:
        """GitHub gets to know a commit at the desk; its id."""
        sha, *parents = self.git("rev-list", "--parents", "--max-count=1", name).split()
        return self.repository.commit(sha, *parents)

    def pushed(self, before: str, after: str) -> dict[str, Any]:
        """The event of a push to main."""
        repository = {"id": self.repository.id, "full_name": self.repository.name, "default_branch": "main"}
        event = {"ref": "refs/heads/main", "before": before, "after": after, "forced": False, "repository": repository}
        self.pushes.append(event)
        return event

    def _offer(self, pull: Pull) -> None:
        """Make refs/pull/N/head and refs/pull/N/merge, as GitHub does."""
        number = pull.number
        if pull.head_repository == self.repository.id:
            self.git("push", "--quiet", "origin", f"{pull.head_ref}:refs/heads/{pull.head_ref}")
        self.git("switch", "--quiet", "--detach", "main")
        self.git("merge", "--quiet", "--no-ff", "--message", f"Merge {pull.head_sha}", pull.head_sha)
        self.known("HEAD")
        refs = (f"{pull.head_sha}:refs/pull/{number}/head", f"HEAD:refs/pull/{number}/merge")
        self.git("push", "--quiet", "--force", str(self.bare), *refs)
        self.git("switch", "--quiet", pull.head_ref)

    def installed(self, script: str, action_path: str) -> None:
        """Run the action's own words for installing reconciler, the first time in a session.

        They are run where a pull request has put modules of its own: none of those may be taken.
        """
        marker = self.python / "installed"
        if "requirements.txt" in script or marker.exists():
            return
        variables = {
            "PATH": f"{self.python / 'bin'}:{os.environ['PATH']}",
            "GITHUB_ACTION_PATH": action_path,
            "PIP_NO_INDEX": "1",
            "HOME": str(self.python),
        }
        hostile = self.desk.parent / "hostile"
        plant(hostile)
        subprocess.run(["bash", "-euo", "pipefail", "-c", script], env=variables, cwd=hostile, check=True)
        marker.touch()
