"""Paging, relations and the laws that hold for every listing; and html, which the server stores in its own way."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.sandbox.criaenvio.html import rewrite
from reconciler.sandbox.criaenvio.ids import nth
from reconciler.sandbox.seed_fields import ID
from tests.sandbox.conftest import Api, Open
from tests.sandbox.contract import check_answer, operation

MANY = {
    "listas": [{"id": "L", "nome": "Todos"}, {"id": "M", "nome": "Poucos"}],
    "campos": [{"id": "c", "nome": "Cidade"}],
    "contatos": [
        {"id": f"p{n}", "email": f"p{n}@exemplo.org", "listas": ["L"], "campos": {"c": f"cidade {n}"}}
        for n in range(250)
    ],
}


@pytest.mark.parametrize(
    ("asked", "size"), [("", 30), ("number=100", 100), ("number=500", 100), ("number=x", 30), ("number=7", 7)]
)
def test_pages_cover_everything_once(asked: str, size: int, open_api: Open) -> None:
    """Following the pages shows every row once, in one order; `links` names the neighbours and never the key."""
    api = open_api(seed=MANY)
    seen: list[str] = []
    for page in range(1, -(-250 // size) + 2):
        answer = api.get(f"/contatos?page={page}&{asked}").json
        rows, paging = answer["data"], answer["pagination"]
        assert (paging["total"], paging["per_page"], paging["current_page"], paging["count"]) == (
            250,
            size,
            page,
            len(rows),
        )
        links = paging["links"] or {}
        assert ("next" in links) == (page < paging["total_pages"])
        assert "chave" not in str(links)
        seen += [row["id"] for row in rows]
    assert seen == [f"p{n}" for n in range(250)]
    assert rows == []


def test_a_single_page_has_no_links(api: Api) -> None:
    """`links` is then an empty list, and an object otherwise."""
    assert api.get("/campos").json["pagination"]["links"] == []


def test_links_lead_on(open_api: Open) -> None:
    """The address of the next page is that of the same search."""
    api = open_api(seed=MANY)
    following = api.get("/contatos?number=100&email=exemplo").json["pagination"]["links"]["next"]
    answer = api.get(following.removeprefix(api.sandbox.url)).json
    assert answer["pagination"]["current_page"] == 2
    assert len(answer["data"]) == 100


def test_some_resources_stay_at_30(open_api: Open) -> None:
    """`number` may be ignored without a word; `per_page` tells."""
    api = open_api(seed=MANY, assumptions={"recursos_em_30": ["contatos"]})
    assert api.get("/contatos?number=100").json["pagination"]["per_page"] == 30


def test_newest_first(open_api: Open) -> None:
    """A listing may begin with the newest."""
    api = open_api(assumptions={"mais_novos_primeiro": ["envios"]})
    assert [row["id"] for row in api.get("/envios").data] == ["Ca", "Co", "Su", "Ag"]


def test_listings_may_lag(api: Api) -> None:
    """A new record may show in listings only after a while, though it can be viewed at once."""
    api.sandbox.clock.stop()
    api.sandbox.assume(atraso_da_listagem=5)
    api.call("PUT", "/_sandbox/clock", {"advance": 10})
    ident = api.post("/grupos", {"nome": "Nova"}).data["id"]
    assert api.get(f"/grupos/{ident}").status == 200
    assert len(api.get("/grupos").data) == 3
    api.call("PUT", "/_sandbox/clock", {"advance": 5})
    assert len(api.get("/grupos").data) == 4


@pytest.mark.parametrize("carried", [True, False])
def test_relations_on_listings(carried: bool, api: Api) -> None:
    """Listings announce relations; whether they carry them when asked is an assumption."""
    api.sandbox.assume(embeds_na_listagem=carried)
    for path in ("/contatos?embeds=grupos,campos", "/grupos?embeds=contatos"):
        answer = api.get(path)
        check_answer(operation("GET", path), 200, answer.json)
        asked = path.partition("embeds=")[2].split(",")
        assert set(answer.json["embeds"]) == set(asked)
        assert all((name in answer.data[0]) == carried for name in asked)


def test_a_listing_and_a_view_show_the_same(api: Api) -> None:
    """A row that carries its relations is what the view of it shows."""
    listed = api.get("/contatos?status=todos&embeds=grupos,campos").data
    assert listed == [api.get(f"/contatos/{row['id']}?embeds=grupos,campos").data for row in listed]


def test_members_are_paged(open_api: Open) -> None:
    """`page` and `number` page the members of a list and the lists of a contact; `status` chooses the members."""
    api = open_api(seed=MANY)
    third = api.get("/grupos/L?embeds=contatos&number=100&page=3").data["contatos"]
    assert (len(third["data"]), third["pagination"]["total"], third["pagination"]["current_page"]) == (50, 250, 3)
    api.put("/contatos/p0/desativar")
    assert api.get("/grupos/L?embeds=contatos").data["contatos"]["pagination"]["total"] == 249
    assert api.get("/grupos/L?embeds=contatos&status=inativos").data["contatos"]["pagination"]["total"] == 1
    assert api.get("/grupos/L?embeds=contatos&status=todos").data["contatos"]["pagination"]["total"] == 250
    api.post("/contatos/p0/inscrever", {"idGrupos": "M"})
    second = api.get("/contatos/p0?embeds=grupos&number=1&page=2").data["grupos"]
    assert [row["id"] for row in second["data"]] == ["M"]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["ativar", "desativar", "inscrever", "desinscrever", "sair"]),
            st.integers(0, 3),
            st.sampled_from(["L", "M", "L,M"]),
        ),
        max_size=25,
    )
)
def test_counts_of_lists_are_right(open_api: Open, steps: list[tuple[str, int, str]]) -> None:
    """Whatever happens, `contatos_ativos` is the number of members that are active and have not unsubscribed."""
    api = open_api(seed={**MANY, "contatos": MANY["contatos"][:4]})
    for verb, who, lists in steps:
        if verb == "sair":
            api.sandbox.edit("contatos", f"p{who}", descadastrado=True)
        elif verb.endswith("ativar"):
            api.put(f"/contatos/p{who}/{verb}")
        else:
            api.post(f"/contatos/p{who}/{verb}", {"idGrupos": lists})
    for lista in ("L", "M"):
        shown = api.get(f"/grupos/{lista}?embeds=contatos").data
        assert int(shown["contatos_ativos"]) == shown["contatos"]["pagination"]["total"]
    api.sandbox.close()


def test_ids_never_come_twice() -> None:
    """Ids are short, well-formed, unique over all kinds, differ in case only, and may begin with - or _."""
    kinds = ("mensagens", "envios", "listas", "campos", "contatos", "remetentes")
    ids = [nth(kind, n) for n in range(5000) for kind in kinds]
    assert len(set(ids)) == len(ids)
    assert all(ID.fullmatch(ident) and len(ident) <= 3 for ident in ids)
    assert len({ident.lower() for ident in ids}) < len(ids)
    assert {"-", "_"} <= {ident[0] for ident in ids}


def test_ids_of_the_deleted_do_not_come_back(api: Api) -> None:
    """A new record never gets the id of one that was deleted."""
    first = api.post("/campos", {"nome": "x"}).data["id"]
    api.delete(f"/campos/{first}")
    assert api.post("/campos", {"nome": "x"}).data["id"] != first


@pytest.mark.parametrize(
    ("given_html", "stored"),
    [
        ("Olá", "<html><head></head><body>Olá</body></html>"),
        ("<P CLASS=a>x</P>\n", '<html><head></head><body><p class="a">x</p>\r\n</body></html>'),
        (
            "<!DOCTYPE html>\n<HTML lang='pt'><body></body>",
            '<!DOCTYPE html>\r\n<html lang="pt"><head></head><body></body>',
        ),
        ("<html><head></head><IMG alt='\"' SRC=x/></html>", '<html><head></head><img alt=\'"\' src="x/"></html>'),
        ("<html><head></head><br/><input disabled></html>", "<html><head></head><br /><input disabled></html>"),
        (
            "<html><head><STYLE>A > B {x:'y'}</STYLE></head><!--[if MSO]><B><![endif]--></html>",
            "<html><head><style>A > B {x:'y'}</style></head><!--[if MSO]><B><![endif]--></html>",
        ),
        ("<body bgcolor=red>a < b</body>", '<html><head></head><body bgcolor="red">a < b</body></html>'),
    ],
)
def test_stored_html(given_html: str, stored: str, open_api: Open) -> None:
    """Html comes back with other bytes and the same meaning, unless that is assumed otherwise."""
    api = open_api(seed=None)
    body: dict[str, Any] = {"assunto": "x", "html": given_html}
    assert api.post("/mensagens", body).data["html"] == stored
    api.sandbox.assume(reescrever_html=False)
    assert api.post("/mensagens", body).data["html"] == given_html


@given(st.text("<>/ab =\"'!-\n\r{}[]", max_size=60) | st.text(max_size=30))
def test_storing_again_changes_nothing(html: str) -> None:
    """What the server has stored, it stores as it is."""
    once = rewrite(html)
    assert rewrite(once) == once


def test_speed(open_api: Open) -> None:
    """Ten thousand contacts are seeded in seconds, calls take about a millisecond, and nothing waits for a timer."""
    people = [{"email": f"p{n}@exemplo.org", "listas": ["L"], "campos": {"c": "x"}} for n in range(10_000)]
    began = time.perf_counter()
    api = open_api(seed={**MANY, "contatos": people})
    assert time.perf_counter() - began < 10
    began = time.perf_counter()
    for _ in range(100):
        assert api.get("/campos").status == 200
    for page in range(100):
        assert len(api.get(f"/contatos?number=100&page={page + 1}&embeds=campos,grupos").data) == 100
    assert time.perf_counter() - began < 6
