"""The bar charts of the benchmarks."""

from recording import IMAGES_FOLDER


def bar_panels(name, panels, *, height, highlighted, label="", repeated=False):
    """Draws docs/images/NAME.png: a panel beside the other, bars from top to bottom.

    Args:
        name: The file's.
        panels: From a panel's title to its bars: from a bar's name to its length and
            what is written beside it.
        height: Of the chart, in inches.
        highlighted: From a bar's name to its colour; the others are grey.
        label: Of the axes.
        repeated: Whether the names stand beside each panel, as their bars differ.
    """
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(
        1, len(panels), figsize=(4.2 * len(panels), height), squeeze=False
    )
    for axis, (title, bars) in zip(axes[0], panels.items(), strict=True):
        names = list(bars)[::-1]
        lengths = [bars[each][0] for each in names]
        colours = [highlighted.get(each, "0.6") for each in names]
        drawn = axis.barh(names, lengths, color=colours)
        axis.bar_label(drawn, [bars[each][1] for each in names], padding=2)
        axis.set_title(title)
        axis.set_xlabel(label)
        axis.set_xlim(0, 1.4 * max(lengths))
        axis.spines[["top", "right"]].set_visible(False)
        if axis is not axes[0, 0] and not repeated:
            axis.set_yticklabels([])
    figure.tight_layout()
    figure.savefig(IMAGES_FOLDER / f"{name}.png", dpi=110, bbox_inches="tight")
