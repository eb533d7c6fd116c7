"""Reads the records of a run, and refuses what is no record."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from keras_gan._checks import InputError

EVENTS = ("step", "epoch")


def read_json(path: Path) -> Any:
    """Returns the content of a JSON file.

    Raises:
        ValueError: If it is damaged; it is named.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise InputError(f"'{path}': it is damaged: {error}.") from None


def read_records(
    path: Path, event: str | None, needed: tuple[str, ...] = ()
) -> list[dict[str, Any]]:
    """Returns the records of a log, a JSON object a line.

    A last line without an end is left out, as a killed process leaves one.

    Args:
        path: The log; a missing one has no records.
        event: "step" or "epoch"; None for both.
        needed: Figures that every record must have.

    Raises:
        ValueError: If a line is no record of a training; it is named.
    """
    if not path.is_file():
        return []
    *lines, _ = path.read_bytes().split(b"\n")
    records = []
    for number, line in enumerate(lines, start=1):
        try:
            record = json.loads(line)
            whole = _is_record(record) and all(name in record for name in needed)
        except (ValueError, RecursionError):
            record, whole = {}, False
        if not whole:
            raise InputError(
                f"'{path}': line {number} is no record of a training; remove that line."
            )
        records.append(record)
    return [record for record in records if event in (None, record["event"])]


def _is_record(record: Any) -> bool:
    """Returns whether an object has an event, its place, and numbers or nulls."""
    if not isinstance(record, dict) or record.get("event") not in EVENTS:
        return False
    places = (record.get("epoch"), record.get("step"))
    figures = [value for name, value in record.items() if name != "event"]
    return all(type(place) is int and place >= 0 for place in places) and all(
        value is None or type(value) in (int, float) for value in figures
    )
