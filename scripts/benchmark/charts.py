"""Draws the bar charts of the benchmarks."""

from recording import IMAGES_FOLDER


def bar_panels(name, panels, *, height, highlighted, label="", repeated=False):
    """Draws docs/images/NAME.png: panels side by side, with horizontal bars.

    Args:
        name: The name of the file.
        panels: Maps the title of a panel to its bars. The bars map a name to a length
            and the text beside the bar.
        height: The height of the chart, in inches.
        highlighted: Maps the name of a bar to its colour; other bars are grey.
        label: The label of the horizontal axes.
        repeated: Whether each panel shows the names of its bars. True if the panels
            have different bars.
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
