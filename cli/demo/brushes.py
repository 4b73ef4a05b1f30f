"""Brushes for the demo's photo: clouds, noise, rough blobs, soft fills, and the tilt of a plane."""

import math
import random
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFilter

Point = tuple[float, float]
Points = list[Point]
Colour = tuple[int, int, int]


def noise(dice: random.Random, size: tuple[int, int]) -> Image.Image:
    """Grey grains, each by itself."""
    return Image.frombytes("L", size, dice.randbytes(size[0] * size[1]))


def grains(dice: random.Random, size: tuple[int, int], *, blur: float) -> Image.Image:
    """Grains run into each other, stretched to the full range again."""
    soft = noise(dice, size).filter(ImageFilter.GaussianBlur(blur))
    low, high = soft.getextrema()
    bottom, span = float(str(low)), max(float(str(high)) - float(str(low)), 1.0)
    return soft.point([round((value - bottom) * 255 / span) for value in range(256)])


def cloud(dice: random.Random, size: tuple[int, int], cells: tuple[int, int]) -> Image.Image:
    """Broad light and dark, `cells` of it across and down, with three finer layers on top."""
    whole = Image.new("L", size, 128)
    for layer in range(4):
        coarse = noise(dice, (cells[0] * 2**layer, cells[1] * 2**layer))
        fine = coarse.resize(size, Image.Resampling.BICUBIC)
        whole = Image.blend(whole, fine, 0.5 / (layer + 1))
    return whole


def blob(
    dice: random.Random,
    centre: Point,
    radii: Point,
    *,
    rough: float,
    corners: int = 72,
) -> Points:
    """A closed outline like a torn ellipse; `rough` is its deviation as a share of the radius."""
    waves = [(k, dice.uniform(0, math.tau), rough / k**0.8) for k in range(2, 9)]
    outline: Points = []
    for corner in range(corners):
        angle = corner * math.tau / corners
        reach = 1 + sum(height * math.sin(k * angle + phase) for k, phase, height in waves) * 0.5
        reach += dice.uniform(-rough, rough) * 0.18
        outline.append(
            (
                centre[0] + radii[0] * reach * math.cos(angle),
                centre[1] + radii[1] * reach * math.sin(angle),
            )
        )
    return outline


def moved(outline: Sequence[Point], scale: float, by: Point) -> Points:
    """The outline scaled about its middle and shifted."""
    x = sum(point[0] for point in outline) / len(outline)
    y = sum(point[1] for point in outline) / len(outline)
    return [(x + (px - x) * scale + by[0], y + (py - y) * scale + by[1]) for px, py in outline]


def shape(size: tuple[int, int], outline: Sequence[Point], *, blur: float = 0) -> Image.Image:
    """The outline filled, as a mask."""
    mask = Image.new("L", size, 0)
    ImageDraw.Draw(mask).polygon(list(outline), fill=255)
    return mask.filter(ImageFilter.GaussianBlur(blur)) if blur else mask


def fill(
    picture: Image.Image,
    outline: Sequence[Point],
    colour: Colour,
    *,
    blur: float,
    strength: float = 1.0,
) -> None:
    """Paint the outline's inside, softly."""
    mask = shape(picture.size, outline, blur=blur)
    picture.paste(colour, (0, 0), mask.point(lambda value: round(value * strength)))


def tilted(flat: Image.Image, corners: Sequence[Point], size: tuple[int, int]) -> Image.Image:
    """The plane as seen: `corners` of the frame on it, anticlockwise from bottom left."""
    width, height = float(size[0]), float(size[1])
    frame = ((0.0, height), (width, height), (width, 0.0), (0.0, 0.0))
    return flat.transform(
        size,
        Image.Transform.PERSPECTIVE,
        _perspective(frame, corners),
        resample=Image.Resampling.BICUBIC,
    )


def _perspective(seen: Sequence[Point], flat: Sequence[Point]) -> list[float]:
    """The eight numbers that take a seen point to its point on the plane (Gauss-Jordan)."""
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(seen, flat, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    for column in range(8):
        best = max(range(column, 8), key=lambda row: abs(rows[row][column]))
        rows[column], rows[best] = rows[best], rows[column]
        pivot = rows[column][column]
        rows[column] = [value / pivot for value in rows[column]]
        for row in range(8):
            factor = rows[row][column]
            if row != column and factor:
                pairs = zip(rows[row], rows[column], strict=True)
                rows[row] = [a - factor * b for a, b in pairs]
    return [row[8] for row in rows]
