"""Fetches the pictures of the gallery, each from a package with a checksum.

    python scripts/gallery/pictures.py [--out FOLDER] [NAME ...]

`emoji` comes from npm (Twemoji, CC-BY 4.0). The others come from Debian packages:
`icons` from oxygen-icon-theme (LGPL 3), `stamps` from tuxpaint-stamps-default
(photographs and drawings, GPL 2 or public domain), `hangul` drawn with fonts-nanum
(OFL 1.1).
"""

import argparse
import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

NPM = "emoji-datasource-twitter@16.0.0"
NPM_FILE = "emoji-datasource-twitter-16.0.0.tgz"
SUMS = {
    NPM_FILE: "f64a530c63bca463bd8317fdc4615ce63a53a0c65018e4ce2d848aaba7a28877",
}
DEBIAN = {
    "icons": "oxygen-icon-theme",
    "stamps": "tuxpaint-stamps-default",
    "hangul": "fonts-nanum",
}
FONTS = ("NanumGothic.ttf", "NanumMyeongjo.ttf", "NanumSquareRoundR.ttf")
SYLLABLES = 2000


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MAKERS))
    parser.add_argument("--out", type=Path, default=Path("pictures"))
    arguments = parser.parse_args()
    for name in arguments.names or MAKERS:
        folder = arguments.out / name
        if folder.exists():
            print(f"{folder}: there already")
            continue
        with tempfile.TemporaryDirectory() as temporary:
            MAKERS[name](Path(temporary), Path(temporary, "pictures"))
            folder.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(Path(temporary, "pictures"), folder)
        print(f"{folder}: {len(list(folder.iterdir())):,} pictures")


def emoji(work, out):
    """Unpacks 3,786 pictures of 64×64 with transparency."""
    subprocess.run(["npm", "pack", "--silent", NPM], cwd=work, check=True)
    check_sum(work / NPM_FILE)
    shutil.unpack_archive(work / NPM_FILE, work, filter="data")
    shutil.move(work / "package/img/twitter/64", out)


def icons(work, out):
    """Copies each icon once, in 128×128 or 64×64; links are other names of icons."""
    base = debian("icons", work) / "usr/share/icons/oxygen/base"
    found = {}
    for size in ("128x128", "64x64"):
        for path in sorted((base / size).glob("*/*.png")):
            if not path.is_symlink():
                found[path.name] = path
    copy(found.values(), out)


def stamps(work, out):
    """Copies the stamps of Tux Paint, photographs for the most part, of many sizes."""
    base = debian("stamps", work) / "usr/share/tuxpaint/stamps"
    copy((p for p in sorted(base.rglob("*.png")) if "_mirror" not in p.name), out)


def hangul(work, out):
    """Draws Korean syllables in black on white, 32×32, in three fonts; 4,957 pictures."""
    fonts = debian("hangul", work) / "usr/share/fonts/truetype/nanum"
    out.mkdir()
    for font in FONTS:
        face = ImageFont.truetype(str(fonts / font), 26)
        for number in range(0, 11172, 11172 // SYLLABLES):
            picture = Image.new("L", (32, 32), 255)
            syllable = chr(0xAC00 + number)
            ImageDraw.Draw(picture).text((16, 16), syllable, 0, face, anchor="mm")
            # One of the fonts has the usual syllables alone.
            if picture.getextrema() != (255, 255):
                picture.save(out / f"{Path(font).stem}-{number:05}.png")


def debian(name, work):
    """Unpacks the Debian package of a set; apt checks its sum."""
    subprocess.run(["apt-get", "download", "-q", DEBIAN[name]], cwd=work, check=True)
    (package,) = work.glob("*.deb")
    subprocess.run(["dpkg", "-x", str(package), str(work / "root")], check=True)
    return work / "root"


def copy(paths, out):
    """Copies files, each under its name and the sum of its content."""
    out.mkdir()
    for path in paths:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
        shutil.copyfile(path, out / f"{path.stem}-{digest}.png")


def check_sum(path):
    """Ends the script if a file is not the one that the gallery was made from."""
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != SUMS[path.name]:
        raise SystemExit(f"{path.name}: SHA-256 {found}, expected {SUMS[path.name]}")


MAKERS = {"emoji": emoji, "icons": icons, "stamps": stamps, "hangul": hangul}


if __name__ == "__main__":
    main()
