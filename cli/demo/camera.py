"""What a telephone's camera adds to a street: haze, dark corners, warm light, grain."""

import random

from PIL import Image, ImageChops, ImageFilter

from cli.demo import brushes


def photographed(picture: Image.Image, dice: random.Random) -> Image.Image:
    """The far end a little soft, the corners a little dark, warm light, the sensor's grain."""
    soft = picture.filter(ImageFilter.GaussianBlur(2.6))
    fade = Image.linear_gradient("L").resize(picture.size).point(lambda v: max(0, 255 - v * 3))
    picture.paste(soft, (0, 0), fade)
    corners = Image.radial_gradient("L").resize(picture.size).point(lambda v: 255 - v * v // 700)
    picture = ImageChops.multiply(picture, Image.merge("RGB", (corners, corners, corners)))
    red, green, blue = picture.split()
    picture = Image.merge(
        "RGB",
        (
            red.point(lambda v: min(255, round(v * 1.36))),
            green.point(lambda v: min(255, round(v * 1.31))),
            blue.point(lambda v: min(255, round(v * 1.23))),
        ),
    )
    grain = brushes.noise(dice, picture.size).point(lambda v: v // 24)
    return ImageChops.add(picture, Image.merge("RGB", (grain, grain, grain)), scale=1, offset=-5)
