"""Reads what TensorFlow's profiler has recorded: which operation ran when."""

import itertools
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

OPERATION = re.compile(r"(.*[^:]):(_?[A-Z]\w+)")


@dataclass(frozen=True)
class Operation:
    """A node of a graph.

    Attributes:
        node: Its name, without the loop that the steps of an execution are in.
        kind: Its operation, without the prefix of oneDNN's.
        shape: Of its first output, "" where it allocates none.
    """

    node: str
    kind: str
    shape: str


@dataclass(frozen=True)
class Span:
    """A time, in ms, that a thread spent on an operation."""

    start: float
    end: float
    operation: Operation
    is_data: bool


def spans_of(folder):
    """All spans of the trace in a folder, without what ran inside of them."""
    from tensorflow.tsl.profiler.protobuf import xplane_pb2

    (path,) = Path(folder).rglob("*.xplane.pb")
    space = xplane_pb2.XSpace.FromString(path.read_bytes())
    (plane,) = [plane for plane in space.planes if plane.name == "/host:CPU"]
    return [span for line in plane.lines for span in _spans(plane, line)]


def _spans(plane, line):
    """The spans of a thread; an operation that calls others is cut around them."""
    events = sorted(
        line.events, key=lambda event: (event.offset_ps, -event.duration_ps)
    )
    shapes = _shapes(plane, events)
    found, stack, now = [], [], 0.0

    def advance(time):
        nonlocal now
        while stack and stack[-1][0] <= time:
            end, operation = stack.pop()
            found.append((max(now, 0.0), end, operation))
            now = end
        if stack and time > now:
            found.append((now, time, stack[-1][1]))
        now = max(now, time)

    for event in events:
        named = OPERATION.fullmatch(plane.event_metadata[event.metadata_id].name)
        if named is None:
            continue
        node, kind = named.groups()
        start = event.offset_ps / 1e9
        advance(start)
        operation = Operation(_short(node), _plain(kind), shapes.get((node, start), ""))
        stack.append((start + event.duration_ps / 1e9, operation))
    advance(float("inf"))
    is_data = line.name.startswith("tf_data")
    return [Span(*parts, is_data) for parts in found if parts[1] > parts[0]]


def _shapes(plane, events):
    """The shape of each operation's first output, by its node and start."""
    names = {key: value.name for key, value in plane.stat_metadata.items()}
    found, last = {}, {}
    for event in events:
        name = plane.event_metadata[event.metadata_id].name
        if name != "MemoryAllocation":
            last[name.rpartition(":")[0]] = event.offset_ps / 1e9
            continue
        stats = {names[stat.metadata_id]: stat for stat in event.stats}
        texts = {}
        for key in ("tf_op", "shape", "region_type"):
            stat = stats.get(key)
            texts[key] = "" if stat is None else _text(stat, names)
        node = texts["tf_op"]
        if texts["region_type"] == "output" and node in last:
            found.setdefault((node, last[node]), texts["shape"])
    return found


def _text(stat, names):
    return stat.str_value or names.get(stat.ref_value, "")


def _short(node):
    parts = [part for part in node.split("/") if part not in ("while", "body", "_1")]
    return "/".join(parts)


def _plain(kind):
    return kind.removeprefix("_").removeprefix("Mkl").removeprefix("Native")


def walls(spans):
    """Milliseconds that pass while each operation runs.

    Time that several threads compute in counts in equal parts for each of them. The
    preparation of data counts where nothing else runs, None stands for nothing at all.
    """
    edges = sorted(
        [(span.start, 1, number) for number, span in enumerate(spans)]
        + [(span.end, -1, number) for number, span in enumerate(spans)]
    )
    costs, active = defaultdict(float), set()
    for (time, change, number), (following, _, _) in itertools.pairwise(edges):
        active.add(number) if change > 0 else active.discard(number)
        running = [spans[i] for i in active]
        running = [span for span in running if not span.is_data] or running
        for span in running:
            costs[span.operation] += (following - time) / len(running)
        if not running:
            costs[None] += following - time
    return dict(costs)
