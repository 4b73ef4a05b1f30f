"""The picture on the demo's photo: a pothole at somebody's feet, with a puddle in it."""

import math
import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from cli.demo import brushes
from cli.demo.brushes import Points
from cli.demo.camera import photographed

SIZE = (1280, 960)
_GROUND = (1600, 1500)
"""The street from above, before it is tilted."""
_VIEW = ((360.0, 1470.0), (1160.0, 1470.0), (1590.0, 60.0), (10.0, 60.0))
"""What the camera sees of it."""
_HOLE = (740.0, 960.0)
_KERB = 1118
_LEAVES = ((122, 84, 38, 230), (92, 70, 40, 230), (140, 104, 48, 230))


def scene(dice: random.Random) -> Image.Image:
    """The picture the right way up; the same dice, the same picture."""
    street = _asphalt(dice)
    _wheel_tracks(street)
    _line(street, dice)
    _patch(street, dice)
    _cracks(street, dice)
    _sidewalk(street, dice)
    _hole(street, dice)
    return photographed(brushes.tilted(street, _VIEW, SIZE), dice)


def _asphalt(dice: random.Random) -> Image.Image:
    broad = brushes.cloud(dice, _GROUND, (5, 5)).point(lambda v: 86 + v * 30 // 255)
    chips = brushes.grains(dice, _GROUND, blur=1.5)
    grey = ImageChops.add(broad, chips.point(lambda v: v // 4), scale=1, offset=-30)
    grey = ImageChops.add(grey, chips.point(lambda v: (v - 176) // 2 if v > 176 else 0))
    grey = ImageChops.subtract(grey, chips.point(lambda v: (84 - v) // 2 if v < 84 else 0))
    return Image.merge("RGB", (grey, grey, grey.point(lambda v: min(255, v + 4))))


def _wheel_tracks(street: Image.Image) -> None:
    """Where tyres have polished it, left and right of the lane's middle."""
    for x in (430, 960):
        track = [(x - 95.0, -50.0), (x + 95.0, -50.0), (x + 95.0, 1600.0), (x - 95.0, 1600.0)]
        brushes.fill(street, track, (104, 103, 104), blur=55, strength=0.35)


def _line(street: Image.Image, dice: random.Random) -> None:
    """A broken line, worn by tyres."""
    mask = Image.new("L", _GROUND, 0)
    pen = ImageDraw.Draw(mask)
    for top in (-330, 330, 990):
        pen.rectangle((226, top, 262, top + 400), fill=235)
    worn = brushes.grains(dice, _GROUND, blur=2.2).point(lambda v: min(255, max(40, v * 3 - 180)))
    mask = ImageChops.multiply(mask.filter(ImageFilter.GaussianBlur(1.4)), worn)
    street.paste((226, 219, 198), (0, 0), mask)


def _patch(street: Image.Image, dice: random.Random) -> None:
    """An older repair, darker than the rest."""
    corners = [(870.0, 90.0), (1064.0, 96.0), (1060.0, 560.0), (866.0, 552.0)]
    seam = [(x + dice.uniform(-5, 5), y + dice.uniform(-5, 5)) for x, y in corners]
    brushes.fill(street, brushes.moved(seam, 1.05, (0, 0)), (30, 30, 32), blur=3, strength=0.7)
    brushes.fill(street, seam, (66, 66, 69), blur=3, strength=0.8)


def _cracks(street: Image.Image, dice: random.Random) -> None:
    """Cracks that run from the hole, and one along the lane."""
    mask = Image.new("L", _GROUND, 0)
    pen = ImageDraw.Draw(mask)
    for turn in range(11):
        angle = turn * math.tau / 11 + dice.uniform(-0.2, 0.2)
        start = (_HOLE[0] + 215 * math.cos(angle), _HOLE[1] + 170 * math.sin(angle))
        _crack(pen, dice, start, angle, dice.randint(8, 18))
    _crack(pen, dice, (520.0, 700.0), -1.5, 40)
    light = ImageChops.offset(mask, 2, 3).point(lambda v: v // 4)
    street.paste((150, 147, 142), (0, 0), light)
    street.paste((33, 32, 32), (0, 0), mask.filter(ImageFilter.GaussianBlur(0.8)))


def _crack(
    pen: ImageDraw.ImageDraw,
    dice: random.Random,
    at: tuple[float, float],
    angle: float,
    length: int,
) -> None:
    heading = angle
    for step in range(length):
        heading += dice.uniform(-0.6, 0.6) - 0.25 * (heading - angle)
        reach = dice.uniform(9, 22)
        there = (at[0] + reach * math.cos(heading), at[1] + reach * math.sin(heading))
        pen.line((*at, *there), fill=210, width=max(2, 6 - step // 3))
        if length > 6 and dice.random() < 0.25:
            _crack(pen, dice, there, heading + dice.choice((-1.0, 1.0)), length // 3)
        at = there


def _sidewalk(street: Image.Image, dice: random.Random) -> None:
    """Gutter, kerb stone and slabs along the right, with a leaf or two in the gutter."""
    stone = brushes.cloud(dice, _GROUND, (24, 24))
    chips = brushes.grains(dice, _GROUND, blur=0.9)
    grey = ImageChops.add(stone.point(lambda v: v // 8), chips.point(lambda v: v // 11))
    slab = Image.merge("RGB", [grey.point(lambda v, b=b: b + v) for b in (128, 124, 116)])
    street.paste(slab.crop((_KERB, 0, *_GROUND)), (_KERB, 0))
    pen = ImageDraw.Draw(street, "RGBA")
    pen.rectangle((_KERB - 46, 0, _KERB, _GROUND[1]), fill=(44, 43, 42, 120))
    pen.rectangle((_KERB, 0, _KERB + 12, _GROUND[1]), fill=(70, 67, 63, 150))
    pen.rectangle((_KERB + 12, 0, _KERB + 46, _GROUND[1]), fill=(206, 202, 192, 110))
    for top in range(70, _GROUND[1], 260):
        pen.line((_KERB, top, _KERB + 46, top), fill=(78, 74, 70, 220), width=4)
    pen.line((_KERB + 48, 0, _KERB + 48, _GROUND[1]), fill=(84, 80, 75, 230), width=5)
    for top in range(-10, _GROUND[1], 250):
        pen.line((_KERB + 48, top, _GROUND[0], top), fill=(90, 86, 80, 230), width=5)
    for _ in range(26):
        x, y = _KERB - dice.uniform(4, 44), dice.uniform(0, _GROUND[1])
        leaf = brushes.blob(dice, (x, y), (dice.uniform(5, 12), dice.uniform(4, 8)), rough=0.2)
        pen.polygon(
            leaf, fill=dice.choice(((122, 84, 38, 230), (92, 70, 40, 230), (140, 104, 48, 230)))
        )


def _hole(street: Image.Image, dice: random.Random) -> None:
    """Broken rim, dark wall on the side of the light, gravel, and a puddle that mirrors the sky."""
    rim = brushes.blob(dice, _HOLE, (245.0, 200.0), rough=0.16, corners=110)
    brushes.fill(street, brushes.moved(rim, 1.16, (0, 0)), (74, 72, 70), blur=16, strength=0.5)
    _base_course(street, dice, rim)
    brushes.fill(street, brushes.moved(rim, 1.0, (0, 0)), (168, 163, 154), blur=2, strength=0.9)
    brushes.fill(street, brushes.moved(rim, 0.985, (0, -5)), (40, 37, 35), blur=1.6)
    brushes.fill(street, brushes.moved(rim, 0.95, (3, -3)), (27, 25, 24), blur=5)
    floor = brushes.moved(rim, 0.86, (6, 24))
    _gravel(street, dice, floor)
    _puddle(street, dice)
    _crumbs(street, dice)


def _base_course(street: Image.Image, dice: random.Random, rim: Points) -> None:
    """The layer under the asphalt, torn open in steps."""
    ledge = [
        (x + dice.uniform(-9, 9), y + dice.uniform(-9, 9))
        for x, y in brushes.moved(rim, 1.06, (0, 0))
    ]
    brushes.fill(street, brushes.moved(ledge, 1.0, (4, 6)), (142, 138, 131), blur=1.5, strength=0.8)
    brushes.fill(street, ledge, (62, 60, 58), blur=1.2, strength=0.95)


def _gravel(street: Image.Image, dice: random.Random, floor: Points) -> None:
    bed = Image.new("RGB", _GROUND, (56, 50, 45))
    pen = ImageDraw.Draw(bed)
    for _ in range(2600):
        x, y = dice.gauss(_HOLE[0], 125), dice.gauss(_HOLE[1] + 30, 105)
        size, shade = min(4 + dice.expovariate(0.3), 19), dice.randint(46, 124)
        stone = brushes.blob(dice, (x, y), (size, size * 0.75), rough=0.25, corners=10)
        pen.polygon(brushes.moved(stone, 1.1, (2, 4)), fill=(24, 22, 20))
        pen.polygon(stone, fill=(shade, shade - 6, shade - 15))
        tip = brushes.moved(stone, 0.55, (-size * 0.15, -size * 0.2))
        pen.polygon(tip, fill=(shade + 16, shade + 10, shade))
    street.paste(bed, (0, 0), brushes.shape(_GROUND, floor, blur=9))


def _puddle(street: Image.Image, dice: random.Random) -> None:
    water = brushes.blob(dice, (_HOLE[0] + 22, _HOLE[1] + 62), (150.0, 88.0), rough=0.12)
    brushes.fill(street, brushes.moved(water, 1.1, (0, 0)), (34, 30, 27), blur=7, strength=0.8)
    top, bottom = min(y for _, y in water), max(y for _, y in water)
    mirror = Image.new("RGB", _GROUND)
    pen = ImageDraw.Draw(mirror)
    for y in range(int(top), int(bottom) + 1):
        share = (y - top) / (bottom - top)
        ends = zip((72, 84, 96), (158, 176, 192), strict=True)
        pen.line((0, y, _GROUND[0], y), fill=tuple(round(a + (b - a) * share) for a, b in ends))
    house = [
        (_HOLE[0] - 60, top),
        (_HOLE[0] + 90, top),
        (_HOLE[0] + 78, top + 62),
        (_HOLE[0] - 48, top + 70),
    ]
    brushes.fill(mirror, house, (52, 54, 58), blur=7, strength=0.8)
    street.paste(mirror, (0, 0), brushes.shape(_GROUND, water, blur=2))


def _crumbs(street: Image.Image, dice: random.Random) -> None:
    """What the tyres threw out."""
    pen = ImageDraw.Draw(street)
    for _ in range(230):
        angle, far = dice.uniform(0, math.tau), 1.0 + abs(dice.gauss(0, 0.34))
        x, y = _HOLE[0] + 255 * far * math.cos(angle), _HOLE[1] + 215 * far * math.sin(angle)
        if x < _KERB - 50:
            size, shade = dice.uniform(2.5, 9), dice.randint(44, 108)
            stone = brushes.blob(dice, (x, y), (size, size * 0.8), rough=0.22, corners=9)
            pen.polygon(brushes.moved(stone, 1.15, (2, 4)), fill=(30, 29, 29))
            pen.polygon(stone, fill=(shade, shade - 1, shade - 5))
