"""A photo is developed: upright, small, nothing but pixels; and what is no photo is refused."""

import struct
import zlib
from collections.abc import Mapping
from contextlib import suppress
from io import BytesIO
from typing import Any

import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from city311.adapters import images
from city311.adapters.images import NOT_A_PICTURE, NOT_ONLY_A_PICTURE, TOO_LARGE, NotAPhoto, develop
from tests.functions.photos import SECRETS, a_file, a_heic, a_jpeg, a_picture, exif, srgb

JPEG, PNG, WEBP, HEIC = "image/jpeg", "image/png", "image/webp", "image/heic"


def opened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


def segments(content: bytes) -> set[int]:
    """The markers of a JPEG before its first scan."""
    at, found = 2, set()
    while content[at + 1] != 0xDA:
        found.add(content[at + 1])
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return found


def near(pixel: Any, colour: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 60 for a, b in zip(pixel, colour, strict=True))


RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 128, 0), (0, 0, 255), (255, 255, 255)


def assert_upright(image: Image.Image) -> None:
    """Red above, blue below, the green corner top left."""
    width, height = image.size
    assert near(image.getpixel((width // 10, height // 10)), GREEN)
    assert near(image.getpixel((width * 9 // 10, height // 10)), RED)
    assert near(image.getpixel((width // 2, height * 9 // 10)), BLUE)


def assert_only_pixels(renditions: Mapping[str, bytes]) -> None:
    assert list(renditions) == ["large", "medium", "thumb"]
    for content in renditions.values():
        image = opened(content)
        assert (image.format, image.mode) == ("JPEG", "RGB")
        assert image.info["progressive"]
        assert not image.getexif()
        assert not image.info.keys() & {"exif", "xmp", "icc_profile", "comment", "photoshop"}
        assert not segments(content) & {*range(0xE1, 0xF0), 0xFE}
        assert not any(secret in content for secret in SECRETS)


def refused(content: bytes, kind: str) -> str:
    with pytest.raises(NotAPhoto) as said:
        develop(content, kind)
    return str(said.value)


def a_wide_photo(kind: str) -> bytes:
    """2400 by 1600 pixels, telling all that its kind can tell."""
    picture = a_picture(2400, 1600)
    if kind == JPEG:
        return a_jpeg(2400, 1600)
    if kind == PNG:
        return a_file(picture, "PNG", exif=exif(), icc_profile=srgb())
    if kind == WEBP:
        return a_file(picture, "WEBP", exif=exif(), xmp=b"secret-xmp", quality=50, method=0)
    return a_heic(2400, 1600)


@pytest.mark.parametrize("kind", [JPEG, PNG, WEBP, HEIC, "image/heif"])
def test_every_kind_comes_out_in_three_sizes_and_tells_nothing(kind: str) -> None:
    content = a_wide_photo(kind)
    assert any(secret in content for secret in SECRETS)

    renditions = develop(content, kind)

    assert_only_pixels(renditions)
    assert [opened(each).size for each in renditions.values()] == [
        (2048, 1365),
        (1024, 682),
        (320, 213),
    ]
    for rendition in renditions.values():
        assert_upright(opened(rendition))


def test_the_place_is_in_the_upload_and_in_no_rendition() -> None:
    content = a_jpeg(400, 300)
    assert Image.open(BytesIO(content)).getexif().get_ifd(0x8825)

    for rendition in develop(content, JPEG).values():
        assert not Image.open(BytesIO(rendition)).getexif().get_ifd(0x8825)


@pytest.mark.parametrize("size", [(64, 48), (2400, 1600)])
def test_a_photo_that_needs_no_change_at_all_is_stripped_as_well(size: tuple[int, int]) -> None:
    assert_only_pixels(develop(a_jpeg(*size, icc_profile=None), JPEG))


def test_a_small_photo_is_not_made_larger() -> None:
    sizes = {opened(each).size for each in develop(a_jpeg(200, 100), JPEG).values()}

    assert sizes == {(200, 100)}


@pytest.mark.parametrize("size", [(4000, 1), (1, 4000), (1, 1)])
def test_a_thin_photo_keeps_a_pixel(size: tuple[int, int]) -> None:
    for rendition in develop(a_file(a_picture(*size)), JPEG).values():
        assert min(opened(rendition).size) == 1


TURNS = {
    1: [],
    2: [Image.Transpose.FLIP_LEFT_RIGHT],
    3: [Image.Transpose.ROTATE_180],
    4: [Image.Transpose.FLIP_TOP_BOTTOM],
    5: [Image.Transpose.TRANSPOSE],
    6: [Image.Transpose.ROTATE_90],
    7: [Image.Transpose.TRANSVERSE],
    8: [Image.Transpose.ROTATE_270],
    9: [],
}
"""What a camera did to the picture that is stored under each orientation."""


@pytest.mark.parametrize("orientation", TURNS)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_orientation_comes_out_upright(orientation: int, kind: str) -> None:
    stored = a_picture(400, 300)
    for turn in TURNS[orientation]:
        stored = stored.transpose(turn)

    renditions = develop(a_file(stored, kind, exif=exif(orientation)), f"image/{kind.lower()}")

    for content in renditions.values():
        assert_upright(opened(content))
        assert opened(content).width > opened(content).height


def test_a_heic_is_turned_once() -> None:
    stored = a_picture(400, 300).transpose(Image.Transpose.ROTATE_90)
    out = BytesIO()
    pillow_heif.from_pillow(stored).save(out, exif=exif(6))

    for content in develop(out.getvalue(), HEIC).values():
        assert_upright(opened(content))


def test_notes_that_cannot_be_read_do_not_spoil_the_picture() -> None:
    for notes in (b"Exif\x00\x00nonsense", b"Exif\x00\x00MM\x00\x2a\xff\xff\xff\xff"):
        assert_upright(opened(develop(a_file(a_picture(), exif=notes), JPEG)["large"]))


@pytest.mark.parametrize("mode", ["L", "P", "1", "RGBA", "LA", "I;16"])
def test_every_mode_of_png_comes_out_in_colour(mode: str) -> None:
    if mode.startswith("I"):
        picture = Image.new(mode, (60, 40), 40_000)
    else:
        picture = a_picture(60, 40).convert(mode)

    content = develop(a_file(picture, "PNG"), PNG)["large"]

    assert opened(content).mode == "RGB"
    if mode.startswith("I"):
        assert near(opened(content).getpixel((30, 20)), (156, 156, 156))
    elif mode in ("P", "RGBA"):
        assert_upright(opened(content))


def test_what_is_clear_becomes_white() -> None:
    clear = Image.new("RGBA", (60, 40), (255, 0, 0, 0))
    palette = a_picture(60, 40).convert("P")

    content = develop(a_file(clear, "PNG"), PNG)["large"]
    corner = palette.getpixel((1, 1))
    with_hole = develop(a_file(palette, "PNG", transparency=corner), PNG)["large"]

    assert near(opened(content).getpixel((30, 20)), WHITE)
    assert near(opened(with_hole).getpixel((3, 3)), WHITE)


def test_cmyk_comes_out_in_colour() -> None:
    assert_upright(opened(develop(a_file(a_picture(64, 48, "CMYK")), JPEG)["large"]))


def a_profile_with_red_and_blue_changed() -> bytes:
    """sRGB, but what it calls red is blue: proof that a profile was applied and not dropped."""
    profile = bytearray(srgb())
    count = int.from_bytes(profile[128:132], "big")
    tags = {bytes(profile[132 + 12 * n : 136 + 12 * n]): 132 + 12 * n for n in range(count)}
    red, blue = tags[b"rXYZ"], tags[b"bXYZ"]
    profile[red : red + 4], profile[blue : blue + 4] = b"bXYZ", b"rXYZ"
    return bytes(profile)


def test_colours_are_those_that_the_profile_means() -> None:
    content = a_file(a_picture(), icc_profile=a_profile_with_red_and_blue_changed())

    image = opened(develop(content, JPEG)["large"])

    assert near(image.getpixel((60, 4)), BLUE)
    assert near(image.getpixel((32, 44)), RED)


@pytest.mark.parametrize(
    "profile",
    [b"nonsense", ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()],
    ids=["nonsense", "another space"],
)
def test_a_profile_that_fits_not_is_passed_over(profile: bytes) -> None:
    content = a_file(a_picture(), icc_profile=profile)

    assert_upright(opened(develop(content, JPEG)["large"]))


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_of_a_film_the_first_picture_counts(kind: str) -> None:
    others = [Image.new("RGB", (64, 48), "black")] * 3
    film = a_file(a_picture(), kind, save_all=True, append_images=others, lossless=True)

    assert_upright(opened(develop(film, f"image/{kind.lower()}")["large"]))


def test_of_two_pictures_in_one_file_the_first_counts() -> None:
    out = BytesIO()
    a_picture().save(out, "MPO", save_all=True, append_images=[Image.new("RGB", (64, 48))])

    assert_upright(opened(develop(out.getvalue(), JPEG)["large"]))


FILES = {
    JPEG: a_jpeg(),
    PNG: a_file(a_picture(), "PNG"),
    WEBP: a_file(a_picture(), "WEBP"),
    HEIC: a_heic(),
    "gif": a_file(a_picture(), "GIF"),
    "tiff": a_file(a_picture(), "TIFF"),
    "bmp": a_file(a_picture(), "BMP"),
    "text": b"This is not a picture at all. " * 10,
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
}


@pytest.mark.parametrize("kind", [JPEG, PNG, WEBP, HEIC])
@pytest.mark.parametrize("real", FILES)
def test_a_file_that_lies_about_its_kind_is_refused(kind: str, real: str) -> None:
    if kind == real:
        assert develop(FILES[real], kind)
    else:
        assert refused(FILES[real], kind) in (NOT_A_PICTURE, NOT_ONLY_A_PICTURE)


@pytest.mark.parametrize("kind", ["image/gif", "text/html", "", "image/svg+xml"])
def test_a_kind_that_we_do_not_show_is_refused(kind: str) -> None:
    assert refused(FILES[JPEG], kind) == NOT_A_PICTURE


@pytest.mark.parametrize("kind", [JPEG, PNG, WEBP, HEIC])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_a_file_that_is_cut_off_is_refused(kind: str, part: float) -> None:
    noise = Image.effect_noise((200, 150), 80).convert("RGB")
    makers = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP"}
    if kind == HEIC:
        out = BytesIO()
        pillow_heif.from_pillow(noise).save(out)
        content = out.getvalue()
    else:
        content = a_file(noise, makers[kind])

    assert refused(content[: int(len(content) * part)], kind) == NOT_A_PICTURE


def a_png_claiming(width: int, height: int) -> bytes:
    """A few bytes that unfold into many pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\x00" * (width + 1))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(10_000, 4_001), (60_000, 60_000), (2_000_000, 100)])
def test_a_bomb_is_refused_before_it_is_opened(size: tuple[int, int]) -> None:
    assert refused(a_png_claiming(*size), PNG) == TOO_LARGE


def test_a_jpeg_of_more_pixels_than_we_take_is_refused() -> None:
    content = bytearray(a_file(a_picture()))
    at = content.index(b"\xff\xc0")
    content[at + 5 : at + 9] = struct.pack(">HH", 30_000, 30_000)

    assert refused(bytes(content), JPEG) == TOO_LARGE


def test_a_jpeg_of_endless_scans_is_refused() -> None:
    content = a_file(a_picture(256, 256), progressive=True)
    scan = content.rindex(b"\xff\xda")
    many = content[:scan] + content[scan:-2] * (images.MOST_SCANS + 1) + content[-2:]

    assert develop(content, JPEG)
    assert refused(many, JPEG) == NOT_A_PICTURE


@pytest.mark.parametrize("length", [0, images.MOST_BYTES + 1])
def test_a_file_of_no_bytes_or_too_many_is_refused(length: int) -> None:
    assert refused(b"\xff" * length, JPEG) == TOO_LARGE


def a_zip(comment: bytes = b"") -> bytes:
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 0, 0, 0, 0, len(comment))
    return b"PK\x03\x04 something " + end + comment


@pytest.mark.parametrize(
    "content",
    [
        FILES[JPEG] + a_zip(),
        FILES[JPEG] + a_zip(b"a comment of the archive"),
        a_jpeg(comment=b"<script>alert(1)</script>"),
        a_jpeg(comment=b"<?PHP system('id');"),
        a_jpeg(comment=b"%PDF-1.7", exif=b"", xmp=b"", icc_profile=b""),
        a_jpeg(comment=b"<!DOCTYPE html><HTML>", exif=b"", xmp=b"", icc_profile=b""),
    ],
    ids=["zip", "zip with comment", "script", "php", "pdf", "html"],
)
def test_a_photo_that_is_something_else_as_well_is_refused(content: bytes) -> None:
    assert opened(content).format == "JPEG"
    assert refused(content, JPEG) == NOT_ONLY_A_PICTURE


def test_what_telephones_append_is_left_behind() -> None:
    film = b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 500 + b"PK\x05\x06 by chance"

    renditions = develop(FILES[JPEG] + film, JPEG)

    assert_only_pixels(renditions)
    assert not any(b"ftyp" in content for content in renditions.values())


@settings(deadline=None, max_examples=150)
@given(
    kind=st.sampled_from([JPEG, PNG, WEBP, HEIC]),
    changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=20),
    tail=st.binary(max_size=20),
)
def test_damaged_files_are_developed_or_refused(
    kind: str, changes: list[tuple[float, int]], tail: bytes
) -> None:
    content = bytearray(FILES[kind])
    for where, value in changes:
        content[int(where * (len(content) - 1))] = value
    with suppress(NotAPhoto):
        assert_only_pixels(develop(bytes(content) + tail, kind))
