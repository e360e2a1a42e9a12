"""The one request that each function makes, as the vendor documents it, with an answer to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reconciler.providers.criaenvio.campos import calls as campos
from reconciler.providers.criaenvio.client import Client
from reconciler.providers.criaenvio.contatos import calls as contatos
from reconciler.providers.criaenvio.envios import calls as envios
from reconciler.providers.criaenvio.listas import calls as listas
from reconciler.providers.criaenvio.mensagens import calls as mensagens
from reconciler.providers.criaenvio.remetentes import calls as remetentes
from reconciler.transport import Endpoint
from tests.providers.criaenvio.conftest import OK, Request

FILTER = contatos.ContactFilter(
    id=("a", "-b"),
    nome="Maria",
    email="@exemplo.org",
    sexo="f",
    idadeinicio=18,
    idadetermino=70,
    datadecadastroinicio="10/01/2010",
    datadecadastrotermino="10/01/2014",
    datadenascimentoinicio="10/01/1986",
    datadenascimentotermino="10/01/1999",
    aniversarioinicio="31/01",
    aniversariotermino="01/02",
    status="ativos",
    qualidade=("5", "6"),
    campo="São Paulo",
)
CONTACT = {"nome": "Maria", "email": "maria@exemplo.org", "sexo": "f", "data_de_nascimento": "12/02/1990"}
MESSAGE = {"assunto": "Feliz Natal!", "html": "<p>Olá</p>", "nome": "natal", "email_resposta": "ola@exemplo.org"}
SEND = {"mensagem": "Tk", "listas": "Lk,3s", "data_de_inicio": "20/12/2026 09:00", "remetente": "Sf"}
PAGE = {"page": "1", "number": "100"}

Case = tuple[Callable[[Client], Any], Request, Any]

LISTING = {"data": [{"id": "a1"}], "pagination": {"total": 1, "per_page": 100, "current_page": 1}}
RECORD = {"data": {"id": "a1", "nome": "x"}}
MEMBERS = {"data": {"id": "l1", "contatos": LISTING}}

CASES: dict[str, Case] = {
    "campos.search": (
        lambda c: campos.search(c, page=2, ids=("a",), nome="Cid"),
        Request("GET", "/campos", {"page": "2", "number": "100", "id": "a", "nome": "Cid"}, None),
        LISTING,
    ),
    "campos.view": (lambda c: campos.view(c, "a"), Request("GET", "/campos/a", {}, None), RECORD),
    "campos.create": (
        lambda c: campos.create(c, "Cidade"),
        Request("POST", "/campos", {}, {"nome": "Cidade"}),
        RECORD,
    ),
    "campos.update": (lambda c: campos.update(c, "a", "Ção"), Request("PUT", "/campos/a", {}, {"nome": "Ção"}), OK),
    "campos.delete": (lambda c: campos.delete(c, "a"), Request("DELETE", "/campos/a", {}, None), OK),
    "listas.search": (
        lambda c: listas.search(c, ativo=False, ids=("a", "b"), nome="SP"),
        Request("GET", "/grupos", {"ativo": "false", **PAGE, "id": "a,b", "nome": "SP"}, None),
        LISTING,
    ),
    "listas.search active": (
        lambda c: listas.search(c, ativo=True),
        Request("GET", "/grupos", {"ativo": "true", **PAGE}, None),
        LISTING,
    ),
    "listas.view": (lambda c: listas.view(c, "a"), Request("GET", "/grupos/a", {}, None), RECORD),
    "listas.view embeds": (
        lambda c: listas.view(c, "a", embeds=("contatos",), status="ativos", number=1),
        Request("GET", "/grupos/a", {"embeds": "contatos", "status": "ativos", "number": "1"}, None),
        RECORD,
    ),
    "listas.members": (
        lambda c: listas.members(c, "a", page=3),
        Request("GET", "/grupos/a", {"embeds": "contatos", "status": "todos", "page": "3", "number": "100"}, None),
        MEMBERS,
    ),
    "listas.create": (lambda c: listas.create(c, "SP"), Request("POST", "/grupos", {}, {"nome": "SP"}), RECORD),
    "listas.update": (lambda c: listas.update(c, "a", "RJ"), Request("PUT", "/grupos/a", {}, {"nome": "RJ"}), OK),
    "listas.activate": (
        lambda c: listas.activate(c, ["a", "-b"]),
        Request("PUT", "/grupos/ativar", {"id": "a,-b"}, None),
        OK,
    ),
    "listas.deactivate": (
        lambda c: listas.deactivate(c, ["a"]),
        Request("PUT", "/grupos/desativar", {"id": "a"}, None),
        OK,
    ),
    "contatos.search": (
        lambda c: contatos.search(c, page=4, embeds=("campos", "grupos")),
        Request("GET", "/contatos", {"status": "todos", "page": "4", "number": "100", "embeds": "campos,grupos"}, None),
        LISTING,
    ),
    "contatos.search all": (
        lambda c: contatos.search(c, FILTER),
        Request(
            "GET",
            "/contatos",
            {
                "id": "a,-b",
                "nome": "Maria",
                "email": "@exemplo.org",
                "sexo": "f",
                "idadeinicio": "18",
                "idadetermino": "70",
                "datadecadastroinicio": "10/01/2010",
                "datadecadastrotermino": "10/01/2014",
                "datadenascimentoinicio": "10/01/1986",
                "datadenascimentotermino": "10/01/1999",
                "aniversarioinicio": "31/01",
                "aniversariotermino": "01/02",
                "status": "ativos",
                "qualidade": "5,6",
                "campo": "São Paulo",
                **PAGE,
            },
            None,
        ),
        LISTING,
    ),
    "contatos.view": (lambda c: contatos.view(c, "a"), Request("GET", "/contatos/a", {}, None), RECORD),
    "contatos.view embeds": (
        lambda c: contatos.view(c, "a", embeds=("grupos", "campos"), page=2),
        Request("GET", "/contatos/a", {"embeds": "grupos,campos", "page": "2", "number": "100"}, None),
        RECORD,
    ),
    "contatos.create": (lambda c: contatos.create(c, CONTACT), Request("POST", "/contatos", {}, CONTACT), RECORD),
    "contatos.update": (
        lambda c: contatos.update(c, "a", {"nome": "Ana"}),
        Request("PUT", "/contatos/a", {}, {"nome": "Ana"}),
        OK,
    ),
    "contatos.activate": (lambda c: contatos.activate(c, "a"), Request("PUT", "/contatos/a/ativar", {}, None), OK),
    "contatos.deactivate": (
        lambda c: contatos.deactivate(c, "a"),
        Request("PUT", "/contatos/a/desativar", {}, None),
        OK,
    ),
    "contatos.subscribe": (
        lambda c: contatos.subscribe(c, "a", ["x", "y"]),
        Request("POST", "/contatos/a/inscrever", {}, {"idGrupos": "x, y"}),
        OK,
    ),
    "contatos.unsubscribe": (
        lambda c: contatos.unsubscribe(c, "a", ["x"]),
        Request("POST", "/contatos/a/desinscrever", {}, {"idGrupos": "x"}),
        OK,
    ),
    "contatos.set_fields": (
        lambda c: contatos.set_fields(c, "a", {"f1": "São Paulo", "f2": ""}),
        Request("PUT", "/contatos/a/campos", {}, {"campos": {"f1": "São Paulo", "f2": ""}}),
        OK,
    ),
    "remetentes.search": (
        lambda c: remetentes.search(c, ids=("Eo",), nome="Loja", email="@exemplo.org"),
        Request("GET", "/remetentes", {**PAGE, "id": "Eo", "nome": "Loja", "email": "@exemplo.org"}, None),
        LISTING,
    ),
    "mensagens.search": (
        lambda c: mensagens.search(
            c,
            ids=("-q", "-W"),
            nome="natal",
            where=mensagens.MessageFilter(
                assunto="mães",
                contador=("92", "93"),
                datadecadastroinicio="10/01/2010",
                datadecadastrotermino="10/01/2015",
            ),
        ),
        Request(
            "GET",
            "/mensagens",
            {
                "id": "-q,-W",
                "nome": "natal",
                "assunto": "mães",
                "contador": "92,93",
                "datadecadastroinicio": "10/01/2010",
                "datadecadastrotermino": "10/01/2015",
                **PAGE,
            },
            None,
        ),
        LISTING,
    ),
    "mensagens.view": (lambda c: mensagens.view(c, "-q"), Request("GET", "/mensagens/-q", {}, None), RECORD),
    "mensagens.create": (lambda c: mensagens.create(c, MESSAGE), Request("POST", "/mensagens", {}, MESSAGE), RECORD),
    "mensagens.update": (
        lambda c: mensagens.update(c, "-q", {"assunto": "x"}),
        Request("PUT", "/mensagens/-q", {}, {"assunto": "x"}),
        {"data": {"OK": "OK", "registro": {"id": "-X"}}},
    ),
    "mensagens.delete": (lambda c: mensagens.delete(c, "-q"), Request("DELETE", "/mensagens/-q", {}, None), OK),
    "mensagens.send_test": (
        lambda c: mensagens.send_test(c, "-q"),
        Request("GET", "/mensagens/-q/lista_teste", {}, None),
        OK,
    ),
    "envios.search": (
        lambda c: envios.search(c, ids=("d12I4", "-W"), codigos=("92",), status=("4", "5")),
        Request("GET", "/envios", {**PAGE, "id": "d12I4,-W", "codigo": "92", "status": "4,5"}, None),
        LISTING,
    ),
    "envios.view": (
        lambda c: envios.view(c, "Lz", embeds=("listas", "mensagem", "remetente")),
        Request("GET", "/envios/Lz", {"embeds": "listas,mensagem,remetente"}, None),
        RECORD,
    ),
    "envios.create": (lambda c: envios.create(c, SEND), Request("POST", "/envios", {}, SEND), RECORD),
    "envios.pause": (lambda c: envios.pause(c, "Lz"), Request("GET", "/envios/Lz/pausar", {}, None), OK),
    "envios.cancel": (lambda c: envios.cancel(c, "Lz"), Request("GET", "/envios/Lz/cancelar", {}, None), OK),
    "envios.resume": (
        lambda c: envios.resume(c, "Lz", "20/12/2026 09:00"),
        Request("POST", "/envios/Lz/retomar", {}, {"data": "20/12/2026 09:00"}),
        OK,
    ),
}
KINDS = (campos, listas, contatos, remetentes, mensagens, envios)
ENDPOINTS: dict[str, Endpoint] = {
    f"{module.__name__.split('.')[-2]}.{name}": value
    for module in KINDS
    for name, value in vars(module).items()
    if isinstance(value, Endpoint)
}


def fits(path: str, template: str) -> bool:
    """Whether `path` is one of `template`."""
    given, wanted = path.split("/"), template.split("/")
    return len(given) == len(wanted) and all(w in (g, "{id}") for g, w in zip(given, wanted, strict=True))
