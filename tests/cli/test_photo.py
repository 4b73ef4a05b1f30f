"""The demo's photo: made here, small, and full of what must not be published."""

import io
from pathlib import Path

import pytest
from PIL import ExifTags, Image, ImageChops, ImageStat

from cli.demo import make_photo
from cli.demo.make_photo import OWNER, PHOTO, SERIAL
from cli.demo.traces import traces


def test_it_holds_everything_that_must_not_be_published() -> None:
    found = traces(PHOTO.read_bytes())

    assert found.found == (
        "EXIF",
        "XMP",
        "a comment",
        "a position",
        "the owner's name",
        "the camera's serial number",
    )
    assert (found.format, found.size) == ("JPEG", (960, 1280))
    assert PHOTO.stat().st_size < 400_000


def test_its_position_is_one() -> None:
    with Image.open(PHOTO) as photo:
        position = photo.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        turn = photo.getexif()[ExifTags.Base.Orientation]

    assert position[ExifTags.GPS.GPSLatitudeRef] == "N"
    assert float(position[ExifTags.GPS.GPSLatitude][0]) == 40.0
    assert turn == 6


def test_its_maker_makes_it_again() -> None:
    """The same Pillow makes the same bytes; another one may round a pixel differently."""
    made = make_photo.photo()

    with Image.open(io.BytesIO(made)) as new, Image.open(PHOTO) as old:
        difference = ImageStat.Stat(ImageChops.difference(new.convert("RGB"), old.convert("RGB")))
        assert dict(new.getexif()) == dict(old.getexif())
    assert max(difference.mean) < 1.0


def test_a_photo_without_metadata_tells_nothing() -> None:
    out = io.BytesIO()
    Image.new("RGB", (4, 3)).save(out, "JPEG")

    assert traces(out.getvalue()).found == ()


@pytest.mark.parametrize("bait", [OWNER, SERIAL])
def test_a_name_anywhere_in_the_file_is_found(bait: str) -> None:
    out = io.BytesIO()
    Image.new("RGB", (4, 3)).save(out, "JPEG")

    assert traces(out.getvalue() + bait.encode()).found


def test_what_is_no_photo_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no photo"):
        traces(b"GIF?")
