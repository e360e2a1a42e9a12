"""`reconciler accounts`: whom a change may concern. Rather once too often than not, and never too seldom."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import pytest

from reconciler.report import schemas
from tests.e2e.conftest import Ran, Run

SETTINGS = """
versao: 1
fuso_horario: America/Sao_Paulo
contas:
  acme: {arquivos: ["acme/**/*.yaml"], sandbox: {semente: sementes/acme.json}}
  beta: {arquivos: ["beta/*.yaml", "comum.yaml"]}
  gama: {arquivos: ["gama/*.yaml"]}
"""
MESSAGE = "mensagens: {ola: {assunto: Olá, html: {arquivo: %s}, mensagem_descadastro: Sair?}}\n"
FILES = {
    "reconciler.yaml": SETTINGS,
    "LEIA.md": "oi",
    "acme/natal.yaml": MESSAGE % "html/natal.html",
    "acme/contatos.yaml": "contatos_de: [{arquivo: dados/acme.csv}]\n",
    "beta/um.yaml": MESSAGE % "html/beta.html",
    "comum.yaml": "listas: {sp: {}}\n",
    "gama/um.yaml": "listas: {rj: {}}\n",
    "html/natal.html": "<p>Natal</p>",
    "html/beta.html": "<p>Beta</p>",
    "html/sem-dono.html": "<p>?</p>",
    "dados/acme.csv": "email\na@exemplo.org\n",
    "sementes/acme.json": "{}",
    ".github/workflows/ci.yaml": "on: push\n",
}
ALL = ["acme", "beta", "gama"]


@dataclass(slots=True)
class Place:
    """A workspace in a repository: what is committed since `main`, and whom that concerns."""

    root: Path
    run: Run

    def git(self, *words: str) -> None:
        """Run git."""
        who = {f"GIT_{role}_{part}": "x@exemplo.org" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
        environment = {**os.environ, **who, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        subprocess.run(["git", "-C", str(self.root), *words], check=True, capture_output=True, env=environment)

    def write(self, files: dict[str, str]) -> None:
        """Write files."""
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def commit(self) -> None:
        """Commit everything."""
        self.git("add", "-A")
        self.git("commit", "-qm", "x")

    def listed(self, *words: str) -> Ran:
        """One run of the command."""
        return self.run("accounts", *words, root=self.root)

    def concerned(self, since: str = "main") -> list[str]:
        """Whom the commits concern."""
        ran = self.listed("--changed-since", since)
        assert ran.code == 0, ran.err
        return ran.out.split()


@pytest.fixture
def place(tmp_path: Path, run: Run) -> Iterator[Place]:
    """The workspace at the top of its repository, with a branch that parted from main."""
    made = Place(tmp_path, run)
    made.write(FILES)
    made.git("init", "-q", "-b", "main")
    made.commit()
    made.git("checkout", "-q", "-b", "ramo")
    return made


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"LEIA.md": "olá"}, []),
        ({".github/workflows/ci.yaml": "on: pull_request\n"}, []),
        ({"html/sem-dono.html": "<p>!</p>"}, []),
        ({"acme/natal.yaml": "listas: {sp: {}}\n"}, ["acme"]),
        ({"acme/x/y/novo.yaml": "listas: {mg: {}}\n"}, ["acme"]),
        ({"html/natal.html": "<p>Outro</p>"}, ["acme"]),
        ({"dados/acme.csv": "email\nb@exemplo.org\n"}, ["acme"]),
        ({"sementes/acme.json": '{"agora": 1}'}, ["acme"]),
        ({"comum.yaml": "listas: {es: {}}\n"}, ["beta"]),
        ({"comum.yaml": "listas: {es: {}}\n", "gama/um.yaml": "listas: {}\n"}, ["beta", "gama"]),
        ({"reconciler.yaml": SETTINGS + "\n"}, ALL),
        ({"reconciler.lineage": f"acme {'0' * 32}\n"}, ALL),
        ({".gitattributes": "*.html text eol=crlf\n"}, ALL),
        ({"html/.gitattributes": "*.html text eol=crlf\n"}, ALL),
    ],
    ids=str,
)
def test_a_change_concerns_those_who_read_the_file(place: Place, changed: dict[str, str], expected: list[str]) -> None:
    """Campaign files by glob, what they refer to by name, and what everything depends on."""
    place.write(changed)
    place.commit()
    assert place.concerned() == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("acme/natal.yaml", ["acme"]), ("html/natal.html", ["acme"]), ("comum.yaml", ["beta"]), ("LEIA.md", [])],
)
def test_what_is_deleted_or_renamed_concerns_whose_it_was(place: Place, name: str, expected: list[str]) -> None:
    """A file that is gone, or has gone elsewhere, was somebody's."""
    place.git("mv", name, "outro.txt")
    place.commit()
    assert place.concerned() == expected
    place.git("rm", "-q", "outro.txt")
    place.commit()
    assert place.concerned() == expected


def test_a_rename_concerns_both_sides(place: Place) -> None:
    """What moves from one account to another concerns both."""
    place.git("mv", "gama/um.yaml", "acme/de-gama.yaml")
    place.commit()
    assert place.concerned() == ["acme", "gama"]


def test_a_file_that_is_wrong_concerns_whom_it_may_belong_to(place: Place) -> None:
    """What cannot be read may refer to anything: then whatever else changes may be its account's."""
    place.write({"acme/natal.yaml": "mensagens: [\n"})
    place.commit()
    assert place.concerned() == ["acme"]
    place.git("branch", "-f", "main", "ramo")
    place.write({"LEIA.md": "?"})
    place.commit()
    assert place.concerned() == ["acme"]


def test_links_on_the_way_concern_too(place: Place) -> None:
    """Links to files and folders, links to links: whatever decides what a name means."""
    place.write({"fundo/real.html": "<p>a</p>", "gama/dois.yaml": MESSAGE % "atalho/pagina.html"})
    (place.root / "atalho").symlink_to("meio")
    (place.root / "meio").symlink_to("fundo")
    (place.root / "fundo" / "pagina.html").symlink_to("real.html")
    (place.root / "beta" / "ligado.yaml").symlink_to("../fundo/campanha.txt")
    place.write({"fundo/campanha.txt": "listas: {am: {}}\n"})
    place.commit()
    place.git("branch", "-f", "main", "ramo")
    for name, expected in (("fundo/real.html", "gama"), ("fundo/campanha.txt", "beta")):
        place.write({name: "listas: {pa: {}}\n"})
        place.commit()
        assert place.concerned() == [expected]
        place.git("branch", "-f", "main", "ramo")
    place.write({"outro/pagina.html": "<p>b</p>"})
    for link in ("meio", "atalho"):
        (place.root / link).unlink()
        (place.root / link).symlink_to("outro")
        place.commit()
        assert place.concerned() == ["gama"]
        place.git("branch", "-f", "main", "ramo")


def test_names_are_only_names(place: Place) -> None:
    """Line ends, quotes and bytes that are no text in a name change nothing."""
    place.write({'acme/"a\nb".yaml': "listas: {sp: {}}\n"})
    (place.root / os.fsdecode(b"gama/\xff.yaml")).write_text("listas: {mg: {}}\n", encoding="utf-8")
    place.commit()
    assert place.concerned() == ["acme", "gama"]


def test_what_main_did_meanwhile_does_not_count(place: Place) -> None:
    """Compared is as a pull request is: since the two parted."""
    place.git("checkout", "-q", "main")
    place.write({"gama/um.yaml": "listas: {pe: {}}\n"})
    place.commit()
    place.git("checkout", "-q", "ramo")
    place.write({"beta/um.yaml": MESSAGE % "html/natal.html"})
    place.commit()
    assert place.concerned() == ["beta"]


def test_what_is_not_committed_does_not_count(place: Place) -> None:
    """Untracked and edited files are nobody's change yet."""
    place.write({"acme/novo.yaml": "listas: {sp: {}}\n", "comum.yaml": "listas: {es: {}}\n"})
    assert place.concerned() == []


def test_a_workspace_in_a_folder(place: Place, run: Run) -> None:
    """Names are those of the workspace, whatever else is in the repository; links that lead to it count."""
    inner = Place(place.root / "marketing" / "contas", run)
    inner.write({"reconciler.yaml": SETTINGS, "acme/a.yaml": "{}", "beta/b.yaml": "{}", "sementes/acme.json": "{}"})
    (place.root / "mkt").symlink_to("marketing/contas")
    place.commit()
    place.git("branch", "-f", "main", "ramo")
    linked = Place(place.root / "mkt", run)
    place.write({"acme/natal.yaml": "{}", "marketing/contas/beta/b.yaml": "listas: {sp: {}}\n"})
    place.commit()
    assert inner.concerned() == linked.concerned() == ["beta"]
    place.write({"marketing/.gitattributes": "*.csv text\n"})
    place.commit()
    assert inner.concerned() == ALL
    place.git("branch", "-f", "main", "ramo")
    (place.root / "mkt").unlink()
    (place.root / "mkt").symlink_to("marketing/../marketing/contas")
    place.commit()
    assert (inner.concerned(), linked.concerned()) == ([], ALL)


def test_git_s_own_settings_change_nothing(place: Place) -> None:
    """Relative names, renames and quoted names may be set in a repository."""
    for name, value in (("diff.relative", "true"), ("diff.renames", "copies"), ("core.quotePath", "true")):
        place.git("config", name, value)
    place.git("mv", "gama/um.yaml", "acme/é.yaml")
    place.commit()
    assert place.concerned() == ["acme", "gama"]


@pytest.mark.parametrize("since", ["nope", "--output=x", "HEAD:comum.yaml", "", "main..ramo", "-h"])
def test_what_is_no_commit_is_refused(place: Place, since: str) -> None:
    """No word of it is an option of git's, and the remedy is said."""
    ran = place.listed("--changed-since", since)
    assert ran.code == 64
    assert "fetch-depth: 0" in ran.err
    assert not (place.root / "x").exists()


def test_a_shallow_clone_says_what_to_do(place: Place, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Where the past is not there it is said how to get it."""
    place.write({"comum.yaml": "{}\n"})
    place.commit()
    shallow = Place(tmp_path_factory.mktemp("shallow"), place.run)
    shallow.git("clone", "-q", "--depth", "1", "--no-single-branch", f"file://{place.root}", ".")
    ran = shallow.listed("--changed-since", "origin/main")
    assert ran.code == 64
    assert "fetch-depth: 0" in ran.err


def test_before_the_first_push_everything_is_new(place: Place) -> None:
    """GitHub names zeros as the commit before a branch that is new."""
    assert place.concerned("0" * 40) == ALL


def test_outside_of_a_repository(tmp_path: Path, run: Run) -> None:
    """All accounts can be listed anywhere; changes only in a repository."""
    place = Place(tmp_path, run)
    place.write(FILES)
    assert place.listed().out.split() == ALL
    ran = place.listed("--changed-since", "main")
    assert (ran.code, "in no repository" in ran.err) == (64, True)


def test_for_programs(place: Place) -> None:
    """A JSON document, and one line for strategy.matrix, which may be empty."""
    document = place.listed("--format", "json").document
    assert document["accounts"] == ALL
    jsonschema.validate(document, schemas()["accounts.schema.json"])
    ran = place.listed("--format", "matrix")
    assert ran.out == '{"include":[{"account":"acme"},{"account":"beta"},{"account":"gama"}]}\n'
    assert json.loads(place.listed("--format", "matrix", "--changed-since", "main").out) == {"include": []}


def test_more_accounts_than_a_matrix_has_jobs(tmp_path: Path, run: Run) -> None:
    """A matrix takes 256 jobs: more have to be asked for in parts, which together are all."""
    place = Place(tmp_path, run)
    contas = "\n".join(f"  c{number:03}: {{arquivos: [c{number:03}.yaml]}}" for number in range(300))
    place.write({"reconciler.yaml": f"versao: 1\nfuso_horario: America/Sao_Paulo\ncontas:\n{contas}\n"})
    ran = place.listed("--format", "matrix")
    assert (ran.code, ran.out) == (64, "")
    assert "--part 1 to --part 2" in ran.err
    parts = [json.loads(place.listed("--format", "matrix", "--part", number).out)["include"] for number in "123"]
    assert [len(part) for part in parts] == [256, 44, 0]
    assert len({each["account"] for part in parts for each in part}) == 300


def test_a_workspace_that_names_no_accounts_is_told(place: Place) -> None:
    """Without a reconciler.yaml that can be read nobody knows whom anything concerns."""
    place.write({"reconciler.yaml": "contas: [\n"})
    place.commit()
    assert place.listed("--changed-since", "main").code == 3
