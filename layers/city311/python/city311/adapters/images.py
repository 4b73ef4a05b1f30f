"""A photo is developed: decoded, turned upright, made small, stripped of all that it could tell."""

import warnings
from collections.abc import Mapping
from io import BytesIO

from PIL import Image, ImageCms, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

MOST_BYTES = 12 * 1024 * 1024
MOST_PIXELS = 40_000_000
MOST_SCANS = 100
"""Of a progressive JPEG; a camera makes about ten, and each is a pass over every pixel."""
SIDES = {"large": 2048, "medium": 1024, "thumb": 320}
"""Pixels of the longest side of each rendition, largest first."""
QUALITY = 82
_FORMATS = {
    "image/jpeg": JpegImagePlugin.JpegImageFile.format,
    "image/png": PngImagePlugin.PngImageFile.format,
    "image/webp": WebPImagePlugin.WebPImageFile.format,
    "image/heic": "HEIF",
    "image/heif": "HEIF",
}
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION = 0x0112
_OTHER_KINDS = (b"<html", b"<!doctype", b"<script", b"<svg", b"<?php", b"%pdf-")
_ZIP_END = b"PK\x05\x06"
_ZIP_END_LENGTH = 22
TOO_LARGE = "The picture is too large: at most 12 MB and 40 million pixels."
NOT_A_PICTURE = "The file is damaged, or not the kind of picture it says it is."
NOT_ONLY_A_PICTURE = "The file is a picture and something else as well."


class NotAPhoto(Exception):
    """It cannot be shown; the text says why, to whoever sent it."""


def develop(content: bytes, content_type: str) -> Mapping[str, bytes]:
    """The renditions of a photo, as JPEG, by name: new pixels and nothing but pixels.

    Only the decoder of the declared type is tried; of several pictures in a file the first counts.
    NotAPhoto if it is damaged, too large, no picture of that type, or another thing as well.
    """
    if not 0 < len(content) <= MOST_BYTES:
        raise NotAPhoto(TOO_LARGE)
    if _is_something_else(content):
        raise NotAPhoto(NOT_ONLY_A_PICTURE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        picture = _decoded(content, content_type)
    renditions = {}
    for name, side in SIDES.items():
        picture = _fitted(picture, side)
        renditions[name] = _jpeg(picture)
    return renditions


def _decoded(content: bytes, content_type: str) -> Image.Image:
    try:
        return _opened(content, content_type)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NotAPhoto(TOO_LARGE) from None
    except NotAPhoto:
        raise
    except Exception as error:
        # Hostile bytes make decoders raise whatever they like; none of it is our fault to mend.
        raise NotAPhoto(NOT_A_PICTURE) from error


def _opened(content: bytes, content_type: str) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    kind = _FORMATS[content_type]
    if kind == "HEIF":
        _learn_heif()
    if kind == "JPEG" and _scans(content) > MOST_SCANS:
        raise NotAPhoto(NOT_A_PICTURE)
    with Image.open(BytesIO(content), formats=[kind]) as image:
        if kind == "JPEG":
            # The decoder halves while it decodes: a quarter of the time and memory for a big one.
            image.draft(None, (SIDES["large"], SIDES["large"]))
        turn = _turn(image)
        image.load()
        small = _fitted(_eight_bits(image), SIDES["large"])
        pixels = _srgb(_on_white(small), image.info.get("icc_profile"))
    return pixels.transpose(turn) if turn is not None else pixels


def _learn_heif() -> None:
    # Most photos are none, and the decoder is the largest thing in the layer.
    import pillow_heif

    pillow_heif.register_heif_opener()


def _turn(image: Image.Image) -> Image.Transpose | None:
    try:
        return _UPRIGHT.get(image.getexif().get(_ORIENTATION, 1))
    except Exception:
        # Notes that cannot be read, or say nonsense, do not spoil the picture.
        return None


def _eight_bits(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        return image.point(lambda value: value / 256).convert("L")
    if image.mode == "P":
        return image.convert("RGBA" if "transparency" in image.info else "RGB")
    return image.convert("L") if image.mode == "1" else image


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image
    ground = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(ground, image.convert("RGBA")).convert("RGB")


def _srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The same colours in sRGB, which is what a JPEG without a profile is taken for."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            converted = None
        if converted is not None:
            return converted
    return image.convert("RGB")


def _fitted(image: Image.Image, side: int) -> Image.Image:
    longest = max(image.size)
    if longest <= side:
        return image
    width, height = (max(1, round(length * side / longest)) for length in image.size)
    return image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _jpeg(image: Image.Image) -> bytes:
    # A new image has no info: comment, profile and notes of the old one cannot come along.
    clean = Image.new("RGB", image.size)
    clean.paste(image)
    out = BytesIO()
    clean.save(out, "JPEG", quality=QUALITY, progressive=True, optimize=True)
    return out.getvalue()


def _is_something_else(content: bytes) -> bool:
    """Whether a browser, a reader or an archiver would take the same bytes for its own."""
    head = content[:1024].lower()
    if any(mark in head for mark in _OTHER_KINDS):
        return True
    end = content.rfind(_ZIP_END)
    comment = content[end + 20 : end + _ZIP_END_LENGTH]
    return end >= 0 and end + _ZIP_END_LENGTH + int.from_bytes(comment, "little") == len(content)


def _scans(content: bytes) -> int:
    """How many scans a JPEG has. Within coded data a 0xFF is stuffed, so a mark is a mark."""
    at, found = 2, 0
    while found <= MOST_SCANS:
        at = content.find(b"\xff", at)
        if at < 0 or at + 4 > len(content):
            break
        mark = content[at + 1]
        if mark == 0xD9:
            break
        if mark in (0x00, 0x01, 0xFF) or 0xD0 <= mark <= 0xD8:
            at += 1 if mark == 0xFF else 2
            continue
        found += mark == 0xDA
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return found
