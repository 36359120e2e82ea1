"""The network as a drawing: the activations after each block, a square per channel."""

from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from ...evaluation.pictures import style
from ..study import Study
from ..text.wording import listing
from .plot import COLOURS, GREY, WIDTH, Plot

APART = 46  # pixels of activations, from a block to the next
STEP = 0.7  # and from a channel to the next


@style()
def network_drawing(study: Study) -> Plot:
    """What each block of the first model gives: its channels, height and width."""
    blocks = study.network[study.network["variant"] == next(iter(study.labels))]
    shapes = {"image": "1×28×28"} | dict(zip(blocks["block"], blocks["output"], strict=True))
    normalized = set(study.network.loc[study.network["normalization"] > 0, "block"])
    figure = Figure(figsize=(WIDTH, 1.6), layout="constrained")
    axes = figure.subplots()
    for place, (name, shape) in enumerate(shapes.items()):
        channels, side, *_ = [*map(int, shape.split("×")), 1]  # the output has channels alone
        middle = APART * place
        squares = [
            Rectangle((middle - side / 2 + STEP * c, STEP * c - side / 2), side, side)
            for c in reversed(range(channels))
        ]
        colour = COLOURS[5] if name in normalized else "#e8e8e8"
        outlined = {"facecolor": colour, "edgecolor": GREY, "linewidth": 0.5}
        axes.add_collection(PatchCollection(squares, **outlined))
        words = {"ha": "center", "va": "top", "fontsize": 8.5}
        axes.text(middle, -18, f"{name}\n{shape}", **words)
    for colour, meaning in ((COLOURS[5], "normalized"), ("#e8e8e8", "not normalized")):
        axes.plot([], [], "s", color=colour, ms=8, mec=GREY, label=meaning)
    axes.set(aspect="equal", xlim=(-APART / 2, APART * (len(shapes) - 0.5)), ylim=(-38, 27))
    axes.set_axis_off()
    figure.legend(loc="outside lower left", ncols=2)
    told = listing([f"{name} {shape}" for name, shape in shapes.items()])
    return Plot(
        name="network",
        figure=figure,
        alt=f"The network from left to right, as channels × height × width: {told}.",
        caption="The activations after each block, as channels × height × width.",
        table="network.csv",
    )
