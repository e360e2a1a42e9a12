"""What is accepted at once is what the model accepts, with the same values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from reconciler.config.accepting import REFUSED, Accepted, Accepting, emails_of
from reconciler.config.cells import Cells
from reconciler.config.columns import said
from reconciler.config.findings import Findings
from reconciler.config.gathering import Gathered
from reconciler.config.rows import completed
from reconciler.config.sources import ContatosDe
from reconciler.engine.roll import Enrolment, Shape, canonical
from reconciler.providers.criaenvio.contatos.spec import Contato
from reconciler.providers.scalars import email_of, line_of, text_of

MODEL = TypeAdapter(Contato)
LISTS, FIELDS = ("a", "b", "clientes-sp"), ("cidade", "cep", "k_1")

ODD = st.one_of(
    st.text(max_size=6),
    st.sampled_from(
        ["", " ", "x", " x ", "São\nPaulo", "a\tb", "\x07", "\u2028", "\xa0", "\u200b", "a\r\nb", "😀", "\x85"]
    ),
)
EMAILS = st.one_of(
    st.sampled_from(
        ["a@exemplo.org", " Ana.Souza+x@Exemplo.com.br ", "x@y", "a@b.co\n", "é@exemplo.org", "a" * 250 + "@b.co"]
    ),
    ODD,
    st.emails(),
)
SEXES = st.one_of(st.sampled_from(["m", "F", "f ", "masc"]), ODD)
BIRTHS = st.one_of(
    st.dates().map(str),
    st.sampled_from(["12/02/1990", "1990-02-30", "30/02/1990", "1899-12-31", "1990-2-1", "1990-02-12 ", "١٩٩٠-٠٢-١٢"]),
    ODD,
)
FLAGS = st.one_of(st.sampled_from(["true", "False", "TRUE", "sim", "1", "true "]), ODD)
KEYS = st.sampled_from([*LISTS, "nada", "X", ""])
NOTHING = st.none()


def mixed(*kinds: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly what fits, at times what does not fit at all."""
    return st.one_of(*kinds, NOTHING, st.just(["x"]), st.just({"x": "y"}))


CONTACTS = st.fixed_dictionaries(
    {"email": mixed(EMAILS)},
    optional={
        "nome": mixed(ODD),
        "sexo": mixed(SEXES),
        "data_de_nascimento": mixed(BIRTHS),
        "ativo": mixed(FLAGS),
        "listas": mixed(st.lists(KEYS, max_size=4), st.lists(mixed(KEYS), max_size=2), st.text(max_size=2)),
        "campos": mixed(st.dictionaries(st.sampled_from([*FIELDS, "nada", "X"]), mixed(ODD), max_size=4)),
        "id": st.just("aB3"),
        "email_anterior": EMAILS,
        "ao_remover": st.just("manter"),
        "outra": ODD,
    },
)


class Desk:
    """An account that declares a few lists and fields."""

    def __init__(self) -> None:
        gathered = Gathered(Findings())
        gathered.known["lista"] |= {*LISTS, "X"}
        gathered.known["campo"] |= {*FIELDS, "X"}
        self.enrolment = Enrolment()
        self.accepting = Accepting(gathered, self.enrolment)

    def expected(self, values: Mapping[str, Any]) -> Accepted | None:
        """What the model says."""
        try:
            model = MODEL.validate_python(values)
        except ValidationError:
            return None
        fields = model.fields("")
        unknown = (set(model.listas or ()) - set(LISTS)) | (set(model.campos or ()) - set(FIELDS))
        if unknown or {"id", "email_anterior", "ao_remover"} & set(values):
            return None
        shape = Shape.of(fields)
        return model.email.lower(), self.enrolment.shape(shape), canonical(shape, fields)


@settings(max_examples=500)
@given(st.lists(CONTACTS, max_size=4))
@example([{"email": "a@exemplo.org", "listas": [], "campos": {}}])
@example([{"email": "a@exemplo.org", "listas": [{"x": "y"}]}])
def test_what_is_accepted_is_what_the_model_accepts(mappings: list[dict[str, Any]]) -> None:
    """Exactly that, in the same words, whoever comes with it."""
    desk = Desk()
    assert desk.accepting.people(mappings) == list(map(desk.expected, mappings))


COLUMNS = (
    "email",
    "nome",
    "sexo",
    "data_de_nascimento",
    "ativo",
    "listas",
    *(f"campos.{key}" for key in (*FIELDS, "X")),
)
CELLS = {"email": EMAILS, "sexo": SEXES, "data_de_nascimento": BIRTHS, "ativo": FLAGS}
CELLS["listas"] = st.lists(KEYS, max_size=3).map(" ".join)


@settings(max_examples=500)
@given(
    st.data(),
    st.lists(st.sampled_from(COLUMNS[1:]), unique=True).map(lambda names: ["email", *names]).flatmap(st.permutations),
    st.frozensets(st.sampled_from(LISTS), max_size=2),
    st.sampled_from([None, True, False]),
)
def test_cells_are_accepted_as_the_model_accepts_what_they_say(
    data: st.DataObject, names: list[str], lists: frozenset[str], active: bool | None
) -> None:
    """Column by column or as a mapping, a row is the same; only what cannot be printed is left to the long way."""
    row = st.tuples(*(st.one_of(st.just(""), CELLS.get(name, ODD)) for name in names)).map(list)
    rows = data.draw(st.lists(row, min_size=1, max_size=5))
    desk, spec = Desk(), ContatosDe.model_construct(arquivo="c.csv", colunas=None, listas=lists, ativo=active)
    fields = {name: index for index, name in enumerate(names)}
    found = Cells(fields, len(names), spec, desk.accepting).people(rows)
    assert len(found) == len(rows)
    for cells, accepted in zip(rows, found, strict=True):
        values = completed(said(cells, fields), spec)
        expected = desk.expected(values)
        assert desk.accepting.people([values]) == [expected]
        assert accepted == expected or (accepted is None and not "".join(cells).isprintable())


PARTS = st.lists(st.sampled_from([*"aZ9.-_@+\n é", "a" * 62, "b" * 63, "b" * 64, "x.", "@x.co", ".br"]), max_size=9)


@settings(max_examples=1000)
@given(st.lists(st.one_of(PARTS.map("".join), EMAILS), max_size=3))
@example(["a@b.co\nc@d.co"])
@example([f"a@{'b' * 63}.co", "a@b.c"])
@example(["a@b.co", f"a@b.{'c' * 63}", f"a@b.{'c' * 64}"])
@example(["a" * 249 + "@b.co"])
def test_emails_are_the_same_together_as_one_by_one(texts: list[str]) -> None:
    """Several at once are what each is alone, or are refused if one is."""
    try:
        alone = [email_of(text) for text in texts]
    except REFUSED:
        alone = None
    try:
        together = list(emails_of(texts))
    except REFUSED:
        together = None
    assert together == alone


def test_what_can_be_printed_may_stand_in_any_text() -> None:
    """No check refuses a character that Python calls printable: that is why such texts are taken as they are."""
    printable = "".join(filter(str.isprintable, map(chr, range(0x110000))))
    assert line_of(printable) == text_of(printable) == printable


def test_many_forms_are_not_all_remembered(declared: Callable[[Mapping[str, str]], dict[str, Any]]) -> None:
    """However many columns are half empty, every row keeps what it says."""
    keys = [f"c{number}" for number in range(13)]
    header = ",".join(["email", *(f"campos.{key}" for key in keys)])
    rows = [
        ",".join([f"p{number}@exemplo.org", *("x" if number >> bit & 1 else "" for bit in range(13))])
        for number in range(1 << 13)
    ]
    campos = "campos: {" + ", ".join(f"{key}: " for key in keys) + "}\n"
    found = declared({"a.yaml": f"{campos}contatos_de: [{{arquivo: c.csv}}]\n", "c.csv": "\n".join([header, *rows])})
    for number in (0, 1, 4095, 5000, 8191):
        said_of = found[f"contato.p{number}@exemplo.org"].fields.get("campos", {})
        assert said_of == {key: "x" for bit, key in enumerate(keys) if number >> bit & 1}
