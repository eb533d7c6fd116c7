"""Replaces a file, what belongs to it and its manifest as if in one step.

No system renames several files at once. The order of the steps makes up for it:

1. Files beside it, if it has any, get names made from their checksums, which only the
   new file mentions.
2. The new manifest is written under another name, where it waits.
3. The file is renamed: from now on the new ones count.
4. The manifest is renamed. If the process was killed before this, readers find that
   the waiting manifest describes the file, and take it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from keras_gan._files import atomic_path, write_text
from keras_gan.export import manifest


def replace_with_manifest(
    path: Path,
    save: Callable[[Path], Sequence[str]],
    describe: Callable[[Path], manifest.Manifest],
) -> None:
    """Writes a file and its manifest.

    Args:
        path: The file to write.
        save: Writes the file to a temporary path; returns the names of other files that
            it wrote beside it.
        describe: Checks the file at the temporary path, and returns its manifest. If it
            raises an error, the files at `path` stay as they were.
    """
    with atomic_path(path) as temporary:
        others = save(temporary)
        content = describe(temporary).to_json()
        for name in others:
            os.replace(temporary.with_name(name), path.with_name(name))
        write_text(manifest.waiting_beside(path), content)
    os.replace(manifest.waiting_beside(path), manifest.path_beside(path))
