"""What the vendor's documents leave open, as data: every guess that the simulator makes stands here and can be flipped.

Guesses that are not worth a switch: searches ignore case; `status=ativos` means active and not unsubscribed; a
contact who unsubscribes is also inactive; wrong values of filters and fields that have no documented text are
answered with "Erro ao processar requisição. Detalhe(s): …"; a wrong key is answered with 401 `03-NAO-AUTORIZADO`; a
path or method that is not documented with 404 or 405; a message that a send refers to cannot be deleted; `remetente`
in a send's view has the shape of `mensagem`; a send whose audience has outgrown the credits is suspended instead of
started; people cost one credit each, taken when the send starts, and a scheduled send keeps as many reserved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

RESOURCES = ("campos", "contatos", "envios", "grupos", "mensagens", "remetentes")


class AssumptionError(ValueError):
    """An assumption that does not exist, or a value that it cannot take. The text says which and what it may be."""


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Every switchable guess about the live API, with the reading that the documents make likeliest as default."""

    embeds_anunciados: bool = True
    """Answers carry a top-level `embeds` with the names of the relations (recorded on GET /contatos, 2020)."""

    embeds_na_listagem: bool = True
    """Listings of contatos and grupos carry the relations that `embeds` asks for. Not documented."""

    recursos_em_30: tuple[str, ...] = ()
    """Resources whose listings ignore `number` and stay at 30 rows: the reference grants it "para alguns recursos"."""

    mais_novos_primeiro: tuple[str, ...] = ()
    """Resources whose listings begin with the newest record. The reference's example begins with an old one."""

    atraso_da_listagem: float = 0.0
    """Seconds for which a new record does not show in listings yet (it can be viewed by id at once)."""

    reescrever_html: bool = True
    """The html of a message is stored normalised: `<head>` added, CRLF, tags in lower case, attributes quoted."""

    tamanho_maximo_da_mensagem: int = 512_000
    """Largest html in bytes of UTF-8; beyond: "Tamanho de mensagem excedido." The reference gives no figure."""

    ja_enviada_ao_agendar: bool = False
    """A message counts as sent as soon as a send of it is scheduled, and not only when one starts."""

    segundos_em_criacao: float = 0.0
    """How long a new send stays "Em criação"."""

    minutos_de_passo: int = 1
    """Starts are kept in steps of so many minutes of the hour, rounded down (60: whole hours)."""

    contatos_por_segundo: float = 200.0
    """How fast a send goes out: it is "Enviando" for people / this many seconds."""

    codigo_fora_de_ordem: bool = False
    """Neighbouring sends get their `codigo` swapped: unique, but not strictly growing."""

    cancelar_durante_envio: bool = True
    """`cancelar` is allowed while "Enviando": those not reached yet are spared."""

    agir_em_criacao: bool = False
    """`pausar` and `cancelar` are allowed while "Em criação"."""

    envio_sem_destinatarios: bool = True
    """A send that reaches nobody is accepted."""

    lista_inativa_recebe: bool = True
    """Members of an inactive list are part of a send's audience."""

    inscrever_descadastrado: bool = False
    """An unsubscribed contact can be put on lists. If not: 401 `03-NAO-AUTORIZADO`, by analogy with `ativar`."""

    ignorar_ids_desconhecidos: bool = False
    """Calls on several lists skip the ids that do not exist. If not, one unknown id refuses the whole call."""

    limite_de_registros: int = 100
    """Most lists or fields in one call on a contact; beyond: "Limite de registros excedido." No figure is known."""

    def changed(self, wanted: Mapping[str, Any]) -> Assumptions:
        """These assumptions with `wanted` (names as here, values as in JSON) in their place.

        Raises:
            AssumptionError: for a name that does not exist or a value of another type.
        """
        known = {item.name: getattr(self, item.name) for item in fields(self)}
        unknown = sorted(set(wanted) - set(known))
        if unknown:
            raise AssumptionError(f"there is no assumption {unknown[0]!r}; there are: {', '.join(sorted(known))}")
        return replace(self, **{name: _checked(name, value, known[name]) for name, value in wanted.items()})

    def as_json(self) -> dict[str, Any]:
        """All of them, as JSON holds them."""
        return asdict(self)


def _checked(name: str, value: Any, default: object) -> Any:
    """`value` in the type of `default`."""
    if isinstance(default, tuple):
        if isinstance(value, list | tuple) and all(item in RESOURCES for item in value):
            return tuple(value)
        raise AssumptionError(f"{name} is a list of resources, some of {', '.join(RESOURCES)}; not {value!r}")
    if isinstance(default, bool):
        if isinstance(value, bool):
            return value
        raise AssumptionError(f"{name} is true or false; not {value!r}")
    whole = isinstance(default, int)
    if isinstance(value, int if whole else int | float) and not isinstance(value, bool) and value >= 0:
        return value
    raise AssumptionError(f"{name} is a {'whole ' if whole else ''}number, 0 or more; not {value!r}")
