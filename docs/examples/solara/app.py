"""An example, no more: the Mesa face in SolaraViz. What to install and how to start it stands in README.md beside this file."""

import mesa
import networkx as nx
import solara
from matplotlib.figure import Figure
from mesa.visualization import SolaraViz, make_plot_component
from mesa.visualization.utils import update_counter

from simulation.mesa_model import AllianceModel


@solara.component
def Network(model: mesa.Model) -> None:  # noqa: N802 - Solara writes components like classes
    """Who is allied with whom; firms stand on a circle, so that a quarter is drawn in milliseconds."""
    update_counter.get()  # drawn again whenever the model has stepped
    figure = Figure(figsize=(5, 5))
    axes = figure.subplots()
    graph = model.graph
    trust = [data["trust"] for _, _, data in graph.edges(data=True)]
    nx.draw_networkx(
        graph, nx.circular_layout(graph), ax=axes, node_size=20, with_labels=False, edge_color=trust, edge_vmin=0.0, edge_vmax=1.0
    )  # fmt: skip
    axes.set_title(f"quarter {model.quarter}: {graph.number_of_edges()} alliances, the brighter the more trust")
    axes.set_axis_off()
    solara.FigureMatplotlib(figure)


page = SolaraViz(
    AllianceModel("turbulent", rng=1, firms__count=60),
    components=[Network, make_plot_component("living"), make_plot_component(["mean_trust", "mean_fit"])],
    model_params={
        "scenario": {"type": "Select", "value": "turbulent", "values": ["baseline", "calm", "turbulent"], "label": "world"},
        "rng": {"type": "InputText", "value": "1", "label": "seed"},
        "firms__count": {"type": "SliderInt", "value": 60, "min": 20, "max": 200, "step": 10, "label": "firms"},
        "environment__shock_rate": {
            "type": "SliderFloat", "value": 0.1, "min": 0.0, "max": 0.3, "step": 0.01, "label": "chance of a shock per quarter"
        },
    },
    name="Alliances",
)  # fmt: skip
