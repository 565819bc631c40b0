"""Pictures that carry a number, readable after they were compressed or scaled."""

import numpy as np


def picture(number, size_wh=(64, 48)):
    """Black; a white bar for each of the ten bits of the number."""
    image = np.zeros((size_wh[1], size_wh[0], 3), np.uint8)
    for bit in range(10):
        if number >> bit & 1:
            left, right = (size_wh[0] * (bit + side) // 10 for side in (0, 1))
            image[:, left:right] = 255
    return image


def number_of(image):
    """The number that is painted on a picture of any size."""
    width = image.shape[1]
    return sum(1 << bit for bit in range(10) if image[:, width * (2 * bit + 1) // 20].mean() > 127)
