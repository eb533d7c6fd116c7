"""Reads the times of operations from a trace of TensorFlow's profiler."""

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
        node: The name of the node, without the loop around the steps of a call.
        kind: The kind of operation, without the prefixes of oneDNN.
        shape: The shape of its first output; "" if it allocates none.
    """

    node: str
    kind: str
    shape: str


@dataclass(frozen=True)
class Span:
    """An interval, in ms, in which a thread ran an operation."""

    start: float
    end: float
    operation: Operation
    is_data: bool


def spans_of(folder):
    """Returns all spans of the trace in a folder, without the spans inside of them."""
    from tensorflow.tsl.profiler.protobuf import xplane_pb2

    (path,) = Path(folder).rglob("*.xplane.pb")
    space = xplane_pb2.XSpace.FromString(path.read_bytes())
    (plane,) = [plane for plane in space.planes if plane.name == "/host:CPU"]
    return [span for line in plane.lines for span in _spans(plane, line)]


def _spans(plane, line):
    """Returns the spans of a thread; inner operations are cut out of outer ones."""
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
    """Returns the shape of each operation's first output, by node and start."""
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
    """Returns the milliseconds of wall time of each operation.

    If several threads compute at once, the time is divided equally among their
    operations. The preparation of data counts only while nothing else runs. The key
    None holds the time in which nothing runs.
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
