"""Draws which part of the package imports which, as a house of rooms on floors.

    python scripts/draw_imports.py                     prints the floors
    python scripts/draw_imports.py --room training     those inside a folder
    python scripts/draw_imports.py --out house.png     draws them
    python scripts/draw_imports.py --update            rewrites those in CONTRIBUTING.md

`import_floors.py` says what rooms and floors are. In the picture an arrow is an import,
unless a chain of others implies it, and the number in a box counts its lines.
Rooms that import each other in a circle are named; the exit code is 1 then.
"""

import argparse
import sys
from pathlib import Path

import import_floors
from import_floors import Rooms

SWEEPS = 60  # over all floors, in search of the order with the fewest crossings
HALF = 0.2  # the height of a box; floors are 1 apart
GAP = 0.22  # between boxes and lanes
LANE = 0.15  # the width that a lane takes on the floors that it passes
PULL, STRAIGHT = 0.1, 5  # weights beside 1, that of a neighbour
NEAR, FAR = "#4a6d8c", "0.7"  # the colours of arrows to the next floor, and of others

Node = str | tuple[str, int]  # a room, or where the lane to a room passes a floor


class Plan:
    """Places for boxes and lanes at which few arrows cross.

    An arrow to a room further down than the next floor runs in that room's lane, which
    passes between the boxes of the floors on its way. All arrows to a room share it.
    """

    def __init__(self, rooms: Rooms, lines: dict[str, int]):
        self.rooms = rooms
        self.lines = lines
        floors = import_floors.floors_of(rooms)
        self.level: dict[Node, int] = {
            room: level for level, floor in enumerate(floors) for room in floor
        }
        # From each node to the nodes on the next floor to which a line leads.
        self.below: dict[Node, set[Node]] = {room: set() for room in rooms}
        for room, imported in import_floors.direct_imports(rooms).items():
            for target in imported:
                self._lead(room, target)
        self.floors: list[list[Node]] = [
            sorted((n for n in self.below if self.level[n] == level), key=str)
            for level in range(len(floors))
        ]
        self.x: dict[Node, float] = {}
        self._arrange()

    def width(self, node: Node) -> float:
        """The width of a box or of a lane."""
        if isinstance(node, tuple):
            return LANE
        return max(1.0, 0.125 * len(node)) + self.lines[node] / 2500

    def _lead(self, room: str, target: str) -> None:
        above: Node = room
        for level in range(self.level[room] - 1, self.level[target], -1):
            lane = (target, level)
            self.level[lane] = level
            self.below.setdefault(lane, set())
            self.below[above].add(lane)
            above = lane
        self.below[above].add(target)

    def _arrange(self) -> None:
        above: dict[Node, set[Node]] = {node: set() for node in self.below}
        for node, below in self.below.items():
            for each in below:
                above[each].add(node)
        both = {node: self.below[node] | above[node] for node in self.below}
        for floor in self.floors:
            self._place(floor, both)
        best = self._crossings(), [list(floor) for floor in self.floors]
        for _ in range(SWEEPS):
            for near, order in ((above, -1), (self.below, 1), (both, 1)):
                for floor in self.floors[::order]:
                    floor.sort(key=lambda node, near=near: self._middle(node, near))
                    self._place(floor, near)
                found = self._crossings(), [list(floor) for floor in self.floors]
                best = min(best, found, key=lambda each: each[0])
        self.floors = best[1]
        for _ in range(SWEEPS):
            for floor in self.floors:
                self._place(floor, both)

    def _middle(self, node: Node, near: dict[Node, set[Node]]) -> float:
        """The mean place of the neighbours, drawn a little to the middle of the house.

        Pieces of one lane count more, so that lanes run straight.
        """
        total, weights = 0.0, PULL
        for each in near[node]:
            weight = STRAIGHT if isinstance(node, tuple) and node[0] in each else 1
            total += weight * self.x.get(each, 0.0)
            weights += weight
        return total / weights

    def _place(self, floor: list[Node], near: dict[Node, set[Node]]) -> None:
        """Brings nodes as near to the middle of their neighbours as their order lets.

        Nodes that would overlap are pushed into one group, around their common middle.
        """
        offsets, edge = [], 0.0
        for node in floor:
            offsets.append(edge + self.width(node) / 2)
            edge += self.width(node) + GAP
        groups: list[tuple[float, int]] = []  # the mean of wanted left ends, members
        for node, offset in zip(floor, offsets, strict=True):
            mean, members = self._middle(node, near) - offset, 1
            while groups and groups[-1][0] > mean:
                last, more = groups.pop()
                mean = (mean * members + last * more) / (members + more)
                members += more
            groups.append((mean, members))
        lefts = [mean for mean, members in groups for _ in range(members)]
        for node, left, offset in zip(floor, lefts, offsets, strict=True):
            self.x[node] = left + offset

    def _crossings(self) -> int:
        count = 0
        for floor in self.floors:
            ends = [(self.x[a], self.x[b]) for a in floor for b in self.below[a]]
            count += sum(a < c and b > d for a, b in ends for c, d in ends)
        return count


def draw(rooms: Rooms, lines: dict[str, int], title: str, out: Path) -> None:
    """Draws the rooms of a folder; the file carries the floors and arrows as text."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    plan = Plan(rooms, lines)
    left = min(plan.x[room] - plan.width(room) / 2 for room in rooms) - 1
    right = max(plan.x[room] + plan.width(room) / 2 for room in rooms) + 0.3
    height = len(plan.floors)
    figure, axes = plt.subplots(figsize=((right - left) * 0.8, 0.5 + 0.85 * height))
    for level in range(height):
        axes.axhspan(level - 0.3, level + 0.3, color="0.96", linewidth=0, zorder=0)
        axes.text(left + 0.3, level, level + 1, color="0.55", va="center", size=11)
    for node in plan.below:
        _draw_arrows(axes, plan, node)
    for room in rooms:
        _draw_box(axes, plan, room)
    axes.set(xlim=(left, right), ylim=(-0.4, height - 0.6))
    title += ": arrows are imports, numbers count lines"
    axes.set_title(title, loc="left", size=10, color="0.3")
    axes.axis("off")
    figure.tight_layout(pad=0.5)
    metadata = {"Description": import_floors.description_of(rooms)}
    figure.savefig(out, dpi=100, metadata=metadata)
    plt.close(figure)


def _draw_box(axes, plan: Plan, room: str) -> None:
    from matplotlib.patches import FancyBboxPatch

    x, y, width = plan.x[room], plan.level[room], plan.width(room)
    axes.add_patch(
        FancyBboxPatch(
            (x - width / 2, y - HALF),
            width,
            2 * HALF,
            boxstyle="round,pad=0,rounding_size=0.06",
            facecolor="#dbe9f6",
            edgecolor="#7fa6c9",
            linewidth=0.8,
            zorder=3,
        )
    )
    middle = {"ha": "center", "va": "center", "zorder": 4}
    axes.text(x, y + 0.06, room, size=8.5, **middle)
    axes.text(x, y - 0.11, f"{plan.lines[room]:,}", size=6.5, color="0.4", **middle)


def _draw_arrows(axes, plan: Plan, node: Node) -> None:
    """Draws the lines that lead from a node to the next floor."""
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path as Curve

    below = sorted(plan.below[node], key=plan.x.get)
    for index, each in enumerate(below, start=1):
        x, y = plan.x[node], plan.level[node]
        is_box = isinstance(node, str)
        if is_box:
            x += plan.width(node) * (index / (len(below) + 1) - 0.5)
        end, is_lane = plan.x[each], isinstance(each, tuple)
        bottom = y - 1 + HALF
        points = [(x, y - HALF), (x, y - 0.55), (end, y - 0.45), (end, bottom)]
        kinds = [Curve.MOVETO, *[Curve.CURVE4] * 3]
        if is_lane:
            points.append((end, bottom - 2 * HALF))
            kinds.append(Curve.LINETO)
        near = is_box and not is_lane
        axes.add_patch(
            FancyArrowPatch(
                path=Curve(points, kinds),
                arrowstyle="-" if is_lane else "-|>,head_length=3,head_width=1.6",
                color=NEAR if near else FAR,
                linewidth=0.9 if near else 0.7,
                zorder=2 if near else 1,
            )
        )


def update(rooms: Rooms, lines: dict[str, int]) -> None:
    """Rewrites the floors in CONTRIBUTING.md and their picture."""
    path = import_floors.CONTRIBUTING
    text = path.read_text(encoding="utf-8")
    floors = import_floors.text_of(import_floors.floors_of(rooms))
    path.write_text(import_floors.FLOORS_BLOCK.sub(floors, text), encoding="utf-8")
    draw(rooms, lines, "keras_gan", import_floors.PICTURE)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--room", default="", help="a folder to look into")
    parser.add_argument("--out", type=Path, help="the PNG file to draw")
    parser.add_argument("--update", action="store_true", help="CONTRIBUTING.md")
    arguments = parser.parse_args()
    places = import_floors.read_places()
    imports = import_floors.read_imports(places)
    if circles := import_floors.circles_of(imports):
        sys.exit("\n".join(["Imports in a circle:", *circles]))
    folder = tuple(filter(None, arguments.room.split("/")))
    if folder not in import_floors.folders_of(places):
        parser.error(f"no folder {arguments.room!r} in the package")
    rooms = import_floors.rooms_in(folder, imports)
    lines = import_floors.lines_in(folder, places)
    print(import_floors.text_of(import_floors.floors_of(rooms)), end="")
    if arguments.out:
        draw(rooms, lines, "/".join(("keras_gan", *folder)), arguments.out)
    if arguments.update:
        update(import_floors.rooms_in((), imports), import_floors.lines_in((), places))


if __name__ == "__main__":
    main()
