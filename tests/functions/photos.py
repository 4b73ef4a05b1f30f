"""Photos made in code, with everything in them that must not come out again."""

from io import BytesIO
from typing import Any

import pillow_heif
from PIL import Image, ImageCms

GPS, MAKER, ORIENTATION = 0x8825, 0x010F, 0x0112
SECRETS = (b"Secret Camera", b"secret-xmp", b"secret comment", b"secret artist")


def a_picture(width: int = 64, height: int = 48, mode: str = "RGB") -> Image.Image:
    """Red above, blue below, a green corner top left: so that up and left can be told."""
    picture = Image.new("RGB", (width, height), "red")
    picture.paste("blue", (0, height // 2, width, height))
    picture.paste("green", (0, 0, width // 4, height // 4))
    return picture.convert(mode)


def exif(orientation: int = 1) -> bytes:
    """Where, with what and by whom."""
    notes = Image.Exif()
    notes[MAKER] = "Secret Camera"
    notes[0x013B] = "secret artist"
    notes[ORIENTATION] = orientation
    notes.get_ifd(GPS).update({1: "N", 2: (40.0, 1.0, 12.0), 3: "W", 4: (75.0, 4.0, 48.0)})
    return notes.tobytes()


def srgb() -> bytes:
    """A profile of the colour space that needs none."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def a_file(picture: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """The picture as a file."""
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def a_jpeg(width: int = 64, height: int = 48, orientation: int = 1, **options: Any) -> bytes:
    """A JPEG that tells all it can."""
    told = {
        "exif": exif(orientation),
        "xmp": b"<x:xmpmeta>secret-xmp</x:xmpmeta>",
        "comment": b"secret comment",
        "icc_profile": srgb(),
    }
    return a_file(a_picture(width, height), **{**told, **options})


def a_heic(width: int = 64, height: int = 48, orientation: int = 1) -> bytes:
    """A HEIC as a telephone makes it."""
    out = BytesIO()
    pillow_heif.from_pillow(a_picture(width, height)).save(
        out, quality=90, exif=exif(orientation), xmp=b"<x:xmpmeta>secret-xmp</x:xmpmeta>"
    )
    return out.getvalue()
