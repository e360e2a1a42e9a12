"""A campaign repository of a shop, as its owner set it up, and what its people do: the stage of every story here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from reconciler.sandbox import Sandbox
from tests.actions.conftest import caller
from tests.actions.runs import Run, Runner
from tests.actions.town import Town
from tests.github.world import CheckRun, Pull
from tests.laws.world import NOW

KEY: Final = "chave+de/loja=="
WORKFLOWS: Final = ("plan", "apply", "drift", "stop")
SEED: Final[dict[str, Any]] = {
    "agora": NOW,
    "remetentes": [{"id": "R1", "nome": "Loja", "email": "ola@loja.exemplo", "principal": True}],
    "listas": [{"id": "Lclientes", "nome": "Clientes"}],
    "contatos": [
        {
            "id": f"C{number}",
            "nome": f"Pessoa {number}",
            "email": f"pessoa{number}@exemplo.org",
            "listas": ["Lclientes"],
        }
        for number in range(12)
    ],
}
"""An account with a list of twelve people."""

MESSAGE: Final = {
    "assunto": "Natal na loja",
    "html": "<p>Feliz Natal!</p>",
    "mensagem_descadastro": "Não quer mais receber?",
}
CHRISTMAS: Final[dict[str, Any]] = {
    "mensagens": {"natal": MESSAGE},
    "envios": {
        "natal": {
            "mensagem": "natal",
            "listas": ["clientes"],
            "remetente": "ola@loja.exemplo",
            "data_de_inicio": "2026-12-20T09:00",
        }
    },
}
"""A message to that list before Christmas."""


def as_yaml(document: Mapping[str, Any]) -> str:
    """A file's text."""
    return yaml.safe_dump(dict(document), allow_unicode=True, sort_keys=False)


def settings(*accounts: str) -> str:
    """reconciler.yaml with these accounts, each with a ledger in a ref of the repository and a folder of its own."""
    found = {
        name: {
            "criaenvio": {"chave": {"env": "CRIAENVIO_CHAVE"}},
            "ledger": {"git": {"ref": f"refs/reconciler/{name}"}},
            "arquivos": [f"{name}/*.yaml"],
            "limites": {"prazo": "3s", "atraso_maximo": "2s"},
        }
        for name in accounts
    }
    return as_yaml({"versao": 1, "fuso_horario": "America/Sao_Paulo", "contas": found})


@dataclass(frozen=True, slots=True)
class Scene:
    """A town with its campaign repository set up for these accounts."""

    town: Town
    runner: Runner

    @classmethod
    def set_up(cls, runner: Runner, *accounts: str) -> Scene:
        """The README's five steps: workflows, reconciler.yaml and first campaigns on main, a key for each account."""
        town = runner.town
        files = {f".github/workflows/{name}.yml": caller(name) for name in WORKFLOWS}
        files["reconciler.yaml"] = settings(*accounts)
        for account in accounts:
            files[f"{account}/publico.yaml"] = as_yaml({"listas": {"clientes": {"nome": "Clientes"}}})
            town.accounts[account] = Sandbox.open(None, SEED, key=KEY)
            runner.machines[account] = {"CRIAENVIO_URL": town.accounts[account].url}
            for environment in (account, f"{account}-plan"):
                town.environments[environment] = {"CRIAENVIO_CHAVE": KEY}
        town.push_main(files, "Configuração")
        return cls(town, runner)

    def plan(self, pull: Pull) -> Run:
        """The run of the plan workflow for a pull request as it is now."""
        return self._run("plan", self.town.pull_request(pull))

    def apply(self, event: Mapping[str, Any], again: Run | None = None) -> Run:
        """The run of the apply workflow for a push to main; `again` is one that is re-run."""
        return self._run("apply", event, again=again)

    def dispatch(self, workflow: str, **inputs: str) -> Run:
        """An operator starts a workflow by hand."""
        return self._run(workflow, {"event_name": "workflow_dispatch"}, inputs)

    def drift(self) -> Run:
        """The schedule comes round."""
        return self._run("drift", {"event_name": "schedule"})

    def _run(
        self, workflow: str, event: Mapping[str, Any], inputs: Mapping[str, str] | None = None, again: Run | None = None
    ) -> Run:
        path = self.town.desk / f".github/workflows/{workflow}.yml"
        return self.runner.rerun(again, path, event) if again else self.runner.run(path, event, inputs)

    def comments(self, pull: Pull) -> list[str]:
        """What stands on a pull request."""
        return self.town.repository.comments(pull.number)

    def checks(self, pull: Pull) -> list[CheckRun]:
        """The check runs at the pull request's head."""
        return [check for check in self.town.repository.checks if check.head_sha == pull.head_sha]

    def writes(self, account: str) -> list[str]:
        """The requests that have changed something in an account, in order."""
        effects = ("pausar", "cancelar")
        seen = self.town.accounts[account].history.requests()
        return [
            f"{each.method} {each.path}"
            for each in seen
            if each.effect and (each.method != "GET" or each.path.rpartition("/")[2] in effects)
        ]


def document(path: Any) -> dict[str, Any]:
    """A JSON file."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
