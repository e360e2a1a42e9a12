"""A key that was written into the workspace by mistake is refused, and shown nowhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reconciler.engine.model import Finding
from reconciler.report import findings as report

CANARY = "sk-Zx81hQ/kd+93=ww"
HEAD = "versao: 1\nfuso_horario: America/Sao_Paulo\ncontas:\n  principal:\n"
MISTAKES = {
    "a text": "    criaenvio: {chave: %s}\n",
    "in quotes": '    criaenvio: {chave: "%s"}\n',
    "on a line of its own": "    criaenvio:\n      chave:\n        %s\n",
    "as a literal text": "    criaenvio:\n      chave: |\n        %s\n        x\n",
    "as the variable's name": "    criaenvio: {chave: {env: %s}}\n",
    "as a default of the variable": "    criaenvio:\n      chave:\n        env: CHAVE:-%s\n",
    "under a wrong name": "    criaenvio: {chave: {valor: %s}}\n",
    "as a name": "    criaenvio: {chave: {%s: x}}\n",
    "without a name": "    criaenvio: {chave: {%s}}\n",
    "without a blank": "    criaenvio: {chave:%s}\n",
    "instead of the section": "    criaenvio: %s\n",
    "as a list": "    criaenvio: {chave: [%s]}\n",
    "beside the section": "    chave: %s\n    criaenvio: {chaves: x}\n",
    "in an address": "    criaenvio: {url: 'https://api.exemplo.org/v1?chave=%s'}\n",
    "of another vendor": "    ogmma: {chave: %s}\n",
    "behind a syntax error": "    criaenvio: {chave: %s, ]\n",
    "in an open quote": '    criaenvio:\n      chave: "%s\n      x: y\n',
    "beside another mistake": "    criaenvio: {chave: %s, chav: 1, outro: 2}\n",
    "twice": "    criaenvio:\n      chave: %s\n      chave: %s\n",
    "with a tag": "    criaenvio:\n      chave: !!str %s\n",
    "deep inside": "    criaenvio: {chave: {env: {valor: %s}}}\n",
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_literal_key_is_refused_and_never_shown(name: str, findings: Callable[..., tuple[Finding, ...]]) -> None:
    """However a key gets into reconciler.yaml, there is a finding, and none holds any part of the key."""
    text = HEAD + MISTAKES[name].replace("%s", CANARY)
    found = findings({"reconciler.yaml": text, "a.yaml": ""})
    assert found
    shown = repr(found) + report.text(found, color=True) + repr(report.as_json(found))
    for part in ("sk-Zx81hQ", "kd+93"):
        assert part not in shown, shown


def test_names_of_variables_are_shown(findings: Callable[..., tuple[Finding, ...]]) -> None:
    """The name of an environment variable is no secret: a mistake beside it is shown with its line."""
    text = HEAD + "    criaenvio: {chave: {env: CRIAENVIO_CHAVE}}\n    limites: {prazo: x}\n"
    assert "CRIAENVIO_CHAVE" not in repr(findings({"reconciler.yaml": text, "a.yaml": ""}))
    text = HEAD + "    criaenvio: {chave: {env: CRIAENVIO_CHAVE}, url: x}\n"
    assert "CRIAENVIO_CHAVE" in repr(findings({"reconciler.yaml": text, "a.yaml": ""}))
