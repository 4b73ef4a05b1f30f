"""Makes pothole.jpg: a drawn pothole with the metadata that a telephone puts into its photos.

The position, the owner's name and the serial number are bait: nothing of them may be in what the
city serves. The picture is stored lying on its side, as telephones do, with the turn in EXIF.
`python -m cli.demo.make_photo` writes it; the same Pillow writes the same bytes.
"""

import io
import random
import sys
from pathlib import Path

from PIL import ExifTags, Image

from cli.demo.street import scene

PHOTO = Path(__file__).with_name("pothole.jpg")
OWNER = "Wren Hollis"
SERIAL = "SN-0311-4242"
_TAKEN = "2026:11:20 08:41:07"
_LATITUDE = (40.0, 0.0, 4.12)
_LONGITUDE = (40.0, 0.0, 15.31)
"""Degrees, minutes, seconds: north and west, far out in the Atlantic."""
_LIES_ON_ITS_SIDE = 6
_DICE = 311
_XMP = f"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>{OWNER}</dc:creator>
</rdf:Description></rdf:RDF></x:xmpmeta>"""


def main() -> int:
    """Write the photo next to this file."""
    PHOTO.write_bytes(photo())
    sys.stdout.write(f"{PHOTO.name}: {PHOTO.stat().st_size} bytes\n")
    return 0


def photo() -> bytes:
    """The JPEG, lying on its side, with its metadata."""
    picture = scene(random.Random(_DICE))  # noqa: S311 - a picture, no secret
    picture = picture.transpose(Image.Transpose.ROTATE_90)
    out = io.BytesIO()
    picture.save(
        out,
        "JPEG",
        quality=80,
        optimize=True,
        exif=_exif(),
        xmp=_XMP.encode(),
        comment=f"Taken by {OWNER}".encode(),
    )
    return out.getvalue()


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Example Camera Works"
    exif[ExifTags.Base.Model] = "Pocket 3"
    exif[ExifTags.Base.Software] = "1.4.2"
    exif[ExifTags.Base.Artist] = OWNER
    exif[ExifTags.Base.DateTime] = _TAKEN
    exif[ExifTags.Base.Orientation] = _LIES_ON_ITS_SIDE
    camera = exif.get_ifd(ExifTags.IFD.Exif)
    camera[ExifTags.Base.DateTimeOriginal] = _TAKEN
    camera[ExifTags.Base.BodySerialNumber] = SERIAL
    camera[ExifTags.Base.CameraOwnerName] = OWNER
    position = exif.get_ifd(ExifTags.IFD.GPSInfo)
    position[ExifTags.GPS.GPSLatitudeRef] = "N"
    position[ExifTags.GPS.GPSLatitude] = _LATITUDE
    position[ExifTags.GPS.GPSLongitudeRef] = "W"
    position[ExifTags.GPS.GPSLongitude] = _LONGITUDE
    return exif


if __name__ == "__main__":
    sys.exit(main())
