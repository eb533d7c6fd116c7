"""Reads zip archives, after checking that their directory tells the truth."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path

from keras_gan._checks import one_line
from keras_gan.safety.examination import Refusal

# Weights hardly compress; a configuration does, by a factor of 10 to 60.
_LARGEST_RATIO = 200
_SMALL = 1 << 20
_LOCAL_HEADER = 30


def read_members(path: Path, names: Collection[str]) -> dict[str, bytes]:
    """Returns the members of an archive by name.

    Each member is read to its end, so that its CRC-32 is compared.

    Args:
        path: The archive.
        names: The members that it must hold; any other member is refused.

    Raises:
        Refusal: If it is no whole archive, holds other members, or unpacks to far more
            bytes than it has.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_directory(archive, names, path.stat().st_size)
            return {name: archive.read(name) for name in names}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise Refusal(
            f"its archive is damaged or cut short ({one_line(error, 120)})"
        ) from error
    except (NotImplementedError, RuntimeError) as error:
        raise Refusal(f"its archive is of another kind ({error})") from error


def _check_directory(
    archive: zipfile.ZipFile, names: Collection[str], size: int
) -> None:
    members = archive.infolist()
    found = [member.filename for member in members]
    for name in found:
        if name.startswith(("/", "\\")) or ".." in name or ":" in name:
            raise Refusal(f"its archive's member {name!r} leads out of a folder")
        if name not in names:
            raise Refusal(
                f"its archive holds {name[:80]!r}; only {', '.join(names)} are read"
            )
    if len(set(found)) != len(found):
        raise Refusal("its archive holds a member twice")
    if missing := set(names) - set(found):
        raise Refusal(f"its archive has no {', '.join(sorted(missing))}")
    for member in members:
        _check_size(member)
    _check_places(members, size)


def _check_size(member: zipfile.ZipInfo) -> None:
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refusal(f"its member {member.filename} is packed in an unknown way")
    if member.flag_bits & 1:
        raise Refusal(f"its member {member.filename} is encrypted")
    allowed = _SMALL + _LARGEST_RATIO * member.compress_size
    if member.file_size > allowed:
        raise Refusal(
            f"its member {member.filename} unpacks from {member.compress_size} to "
            f"{member.file_size} bytes: a zip bomb"
        )


def _check_places(members: list[zipfile.ZipInfo], size: int) -> None:
    """Refuses members that share bytes, by which a small archive unpacks to a huge one.

    Raises:
        Refusal: If members overlap, or do not fill the file from its first byte.
    """
    end = 0
    for member in sorted(members, key=lambda each: each.header_offset):
        if member.header_offset < end:
            raise Refusal("its archive's members overlap: a zip bomb")
        end = member.header_offset + _LOCAL_HEADER + member.compress_size
    if end > size or min(member.header_offset for member in members) != 0:
        raise Refusal("its archive does not begin and end with the file")
