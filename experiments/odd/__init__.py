"""The ODD protocol of the model (Grimm et al. 2020) as Markdown: prose from templates, every table from the code.

`alliances odd --write docs/odd.md` writes it; a test compares the file with what this package gives now.
"""

from collections.abc import Callable
from importlib.resources import files

from jinja2 import DictLoader, Environment, StrictUndefined

from experiments.odd import markdown, places
from experiments.odd.submodels import submodel

TEMPLATES = ("odd.md.jinja", "submodels.md.jinja")


def odd_text() -> str:
    """The whole protocol. The same code gives the same text."""
    texts = {name: files("experiments.odd").joinpath(name).read_text(encoding="utf-8") for name in TEMPLATES}
    environment = Environment(
        loader=DictLoader(texts), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )

    def block(place: str, caller: Callable[[], str]) -> str:
        return submodel(place, caller())

    text = environment.get_template(TEMPLATES[0]).render(
        t=markdown, titles=places.TITLES, submodel=block, places=places
    )
    return "\n".join(line.rstrip() for line in text.splitlines()).strip() + "\n"
