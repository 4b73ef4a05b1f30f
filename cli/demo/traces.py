"""What a photo tells about its owner beside the picture."""

import io
from dataclasses import dataclass

from PIL import ExifTags, Image, UnidentifiedImageError

from cli.demo.make_photo import OWNER, SERIAL

_KEPT = {"exif": "EXIF", "xmp": "XMP", "comment": "a comment", "photoshop": "IPTC"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """Format and size in pixels as stored, and everything that does not belong into public."""

    format: str
    size: tuple[int, int]
    found: tuple[str, ...]


def traces(content: bytes) -> Traces:
    """Look into a photo. ValueError if it is none."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            exif = picture.getexif()
            found = [words for key, words in _KEPT.items() if picture.info.get(key)]
            kind, size = str(picture.format), picture.size
    except UnidentifiedImageError:
        raise ValueError("this is no photo") from None
    if exif and "EXIF" not in found:
        found.append("EXIF")
    if exif.get_ifd(ExifTags.IFD.GPSInfo):
        found.append("a position")
    if OWNER.encode() in content:
        found.append("the owner's name")
    if SERIAL.encode() in content:
        found.append("the camera's serial number")
    return Traces(format=kind, size=size, found=tuple(found))
