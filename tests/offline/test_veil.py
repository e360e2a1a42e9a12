"""Laws of the veil: who has the key sees what is equal, and nobody sees what is alike between two people."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from reconciler.engine.model import Observed
from reconciler.ledger.state import Identity
from reconciler.offline.veil import Veil

IDENTITY = Identity("principal", "sandbox", "l1", "00" * 16)
VEIL = Veil.of(b"x" * 32, IDENTITY)
TEXTS = st.text(max_size=20)
DAYS = st.dates().map(date.isoformat)


def live(number: int, **fields: object) -> Observed:
    """A live contact, hidden."""
    known = {"email": f"p{number}@exemplo.org", "nome": None, "sexo": None, "data_de_nascimento": None, "campos": {}}
    return VEIL.live(Observed("contato", f"C{number}", {**known, **fields}))  # type: ignore[arg-type]


@given(name=st.sampled_from(["nome", "data_de_nascimento", "sexo"]), one=TEXTS | DAYS, other=TEXTS | DAYS)
def test_what_is_equal_stays_equal_and_nothing_else(name: str, one: str, other: str) -> None:
    """Of one person: two texts, or two days, are equal hidden if and only if they are."""
    hidden = [VEIL.fields("a@snapshot.invalid", {name: text})[name] for text in (one, other)]
    assert (hidden[0] == hidden[1]) == (one == other)


@given(one=DAYS)
def test_a_day_is_a_day_and_m_or_f_is_one_of_them(one: str) -> None:
    """A sandbox takes them for what they were."""
    fields = VEIL.fields("a@snapshot.invalid", {"data_de_nascimento": one, "sexo": "f"})
    assert date.fromisoformat(str(fields["data_de_nascimento"]))
    assert {VEIL.fields("a@snapshot.invalid", {"sexo": sex})["sexo"] for sex in "mf"} == {"m", "f"}
    assert fields["sexo"] in ("m", "f")


def test_alike_people_are_not_seen_to_be_alike() -> None:
    """A thousand people of one name, city and birthday have a thousand; about half of the women seem to be men."""
    same = {"nome": "Ana", "sexo": "f", "data_de_nascimento": "1990-02-12", "campos": {"K": "Ana"}}
    hidden = [live(number, **same).fields for number in range(1000)]
    for name in ("email", "nome"):
        assert len({str(fields[name]) for fields in hidden}) == 1000
    days = [date.fromisoformat(str(fields["data_de_nascimento"])) for fields in hidden]
    assert len(set(days)) > 990
    assert max(days) - min(days) > timedelta(days=365 * 9000)
    assert 400 < Counter(fields["sexo"] for fields in hidden)["f"] < 600
    assert all(fields["nome"] != fields["campos"]["K"] for fields in hidden)  # type: ignore[call-overload, index]


def test_the_key_is_what_it_takes() -> None:
    """Another key, another account, another ledger: nobody is the same."""
    others = (
        Veil.of(b"y" * 32, IDENTITY),
        Veil.of(b"x" * 32, Identity("outra", "sandbox", "l1", "00" * 16)),
        Veil.of(b"x" * 32, Identity("principal", "sandbox", "l1", "11" * 16)),
    )
    for other in others:
        assert other.email("a@exemplo.org") != VEIL.email("a@exemplo.org")
    assert VEIL.email("A@Exemplo.org") == VEIL.email("a@exemplo.org")
    assert "xxx" not in repr(VEIL)
    assert VEIL.key.hex() not in repr(VEIL)
    assert Veil.of(None, IDENTITY).check == ""
