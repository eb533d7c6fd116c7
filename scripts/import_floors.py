"""Reads the imports of the package, and derives the floors on which its rooms stand.

A room is a module or a folder. It stands one floor above the highest room that it
imports. All imports count: at the top of a module, inside functions, and those for type
checkers alone. The same holds inside every folder, whose modules and folders are its
rooms. Importing a room does not count as importing the `__init__` of the folders around
it. Rooms that import each other in a circle have no floors.
"""

import ast
import itertools
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# From the name under which a folder of the repository is imported to the folder.
SOURCES = {("keras_gan",): ROOT / "keras_gan", ("keras_gan", "export"): ROOT / "export"}
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
PICTURE = ROOT / "docs" / "images" / "imports.png"
# The block of CONTRIBUTING.md that `--update` rewrites.
FLOORS_BLOCK = re.compile(r"(?<=```text\n)( *\d+  [^`]*)(?=```)")

Place = tuple[str, ...]  # of a module: ("training", "gan"), ("training", "__init__")
Rooms = dict[str, set[str]]  # from each room of a folder to those that it imports


def read_places(sources: dict[Place, Path] = SOURCES) -> dict[Place, Path]:
    """The place of each module in the package, and its file."""
    places = {}
    for name, folder in sources.items():
        for path in sorted(folder.rglob("*.py")):
            below = path.relative_to(folder).with_suffix("").parts
            # The symlink keras_gan/export leads to files with a source of their own.
            if name + below[:1] not in sources:
                places[name[1:] + below] = path
    return places


def read_imports(places: dict[Place, Path]) -> dict[Place, set[Place]]:
    """From each module to the modules of the package that it imports anywhere."""
    imports = {}
    for place, path in places.items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found = {place_of(name, places) for name in _imported_names(tree, place)}
        imports[place] = found - {None, place}
    return imports


def _imported_names(tree: ast.AST, place: Place) -> list[str]:
    """The dotted names that a module imports, `from` imports with the name's parts."""
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = [node.module] if node.module else []
            if node.level:
                start = ["keras_gan", *place[: len(place) - node.level], *start]
            names += [".".join([*start, alias.name]) for alias in node.names]
    return names


def place_of(name: str, places: dict[Place, Path]) -> Place | None:
    """The module that has or holds an imported name, or None outside the package."""
    package, *parts = name.split(".")
    if package != "keras_gan":
        return None
    for length in range(len(parts), -1, -1):
        start = tuple(parts[:length])
        for place in (start, (*start, "__init__")):
            if place in places:
                return place
    return None


def folders_of(places: dict[Place, Path]) -> list[Place]:
    """All folders of the package; the first, (), is the package itself."""
    return sorted({place[:end] for place in places for end in range(len(place))})


def rooms_in(folder: Place, imports: dict[Place, set[Place]]) -> Rooms:
    """The rooms of a folder, and the other rooms of the folder that each imports."""
    depth = len(folder)
    rooms: Rooms = {}
    for place, imported in imports.items():
        if place[:depth] == folder:
            targets = {each[depth] for each in imported if each[:depth] == folder}
            rooms.setdefault(place[depth], set()).update(targets - {place[depth]})
    return rooms


def find_circle(rooms: Rooms) -> list[str]:
    """Rooms that import each other in a circle, the first also last; [] without one."""
    done: set[str] = set()

    def visit(room: str, way: list[str]) -> list[str]:
        if room in way:
            return [*way[way.index(room) :], room]
        for imported in sorted(rooms[room]):
            if imported not in done and (circle := visit(imported, [*way, room])):
                return circle
        done.add(room)
        return []

    return next(filter(None, (visit(room, []) for room in sorted(rooms))), [])


def circles_of(imports: dict[Place, set[Place]]) -> list[str]:
    """One line for each folder in which rooms import each other in a circle."""
    lines = []
    for folder in folders_of(dict.fromkeys(imports)):
        circle = find_circle(rooms_in(folder, imports))
        if circle:
            inside = "/".join(("keras_gan", *folder))
            lines.append(f"{inside}: {' -> '.join(circle)}")
            for pair in itertools.pairwise(circle):
                lines += _witnesses(folder, pair, imports)
    return lines


def _witnesses(
    folder: Place, pair: tuple[str, str], imports: dict[Place, set[Place]]
) -> list[str]:
    """A line for each module of one room that imports a module of the other."""
    first, second = ((*folder, room) for room in pair)
    depth = len(first)
    return [
        f"    {'.'.join(place)} imports {'.'.join(imported)}"
        for place, targets in imports.items()
        for imported in sorted(targets)
        if place[:depth] == first and imported[:depth] == second
    ]


def floors_of(rooms: Rooms) -> list[list[str]]:
    """The rooms on each floor, the lowest first; they must be free of circles."""
    height: dict[str, int] = {}

    def climb(room: str) -> int:
        if room not in height:
            height[room] = 1 + max(map(climb, rooms[room]), default=0)
        return height[room]

    number = max(map(climb, rooms))
    return [
        sorted(room for room in rooms if height[room] == floor)
        for floor in range(1, number + 1)
    ]


def direct_imports(rooms: Rooms) -> Rooms:
    """The imports that no chain of other imports implies."""
    reached: Rooms = {}
    for floor in floors_of(rooms):
        for room in floor:
            reached[room] = set().union(
                rooms[room], *(reached[each] for each in rooms[room])
            )
    return {
        room: imported - set().union(*(reached[each] for each in imported))
        for room, imported in rooms.items()
    }


def text_of(floors: list[list[str]]) -> str:
    """A line for each floor, the highest first."""
    numbered = list(enumerate(floors, start=1))[::-1]
    return "".join(f"{floor:2}  {' '.join(names)}\n" for floor, names in numbered)


def description_of(rooms: Rooms) -> str:
    """The floors and the arrows as text, which a picture carries in its file."""
    arrows = direct_imports(rooms)
    lines = [
        f"{room} -> {' '.join(sorted(arrows[room]))}\n"
        for room in sorted(arrows)
        if arrows[room]
    ]
    return text_of(floors_of(rooms)) + "".join(lines)


def lines_in(folder: Place, places: dict[Place, Path]) -> dict[str, int]:
    """The number of lines in each room of a folder."""
    depth = len(folder)
    lines: dict[str, int] = {}
    for place, path in places.items():
        if place[:depth] == folder:
            length = len(path.read_text(encoding="utf-8").splitlines())
            lines[place[depth]] = lines.get(place[depth], 0) + length
    return lines
