"""The sheet, read back from the drawing operators of the PDF."""

from __future__ import annotations

import re

import pytest

from realtime.errors import UsageError
from realtime.sources.cameras.calibration.board import Board, inner_corners, length_mm
from realtime.sources.cameras.calibration.board_pdf import PAPERS_MM, board_pdf

MM = 72 / 25.4
NUMBER = rb"(-?[\d.]+)"


def drawn(data):
    """The size of the sheet, and the black squares x, y, width, height, mm."""
    box = re.search(rb"/MediaBox \[0 0 %b %b\]" % (NUMBER, NUMBER), data)
    scale = float(re.search(rb"%b 0 0 %b 0 0 cm" % (NUMBER, NUMBER), data)[1])
    assert scale == pytest.approx(MM, abs=1e-8)
    squares = [tuple(map(float, found)) for found in re.findall(rb"%b re" % b" ".join([NUMBER] * 4), data)]
    return [float(side) / MM for side in box.groups()], squares


@pytest.mark.parametrize(("board", "paper"), [(Board(), "a4"), (Board(), "letter"), (Board(5, 8, 20.0), "a4")])
def test_squares_are_of_exact_size_and_on_the_sheet(board, paper):
    (width, height), squares = drawn(board_pdf(board, paper, "calibrate (so)"))
    assert sorted((width, height)) == pytest.approx(PAPERS_MM[paper], abs=0.01)
    assert (width > height) == (board.columns > board.rows)
    assert {square[2:] for square in squares} == {(board.square_mm, board.square_mm)}
    columns, rows = board.squares_wh
    assert len(squares) == (columns * rows + 1) // 2
    left, bottom = min(s[0] for s in squares), min(s[1] for s in squares)
    places = {
        (round((x - left) / board.square_mm, 4), round((y - bottom) / board.square_mm, 4)) for x, y, *_ in squares
    }
    # Every second place, the top left one among them.
    assert places == {(c, r) for c in range(columns) for r in range(rows) if (c + rows - 1 - r) % 2 == 0}
    assert left >= 9.99
    assert bottom >= 19.99
    assert left + columns * board.square_mm <= width - 9.99
    assert bottom + rows * board.square_mm <= height - 9.99


def test_the_ruler_is_100_mm_and_the_command_is_on_the_sheet():
    data = board_pdf(Board(), "a4", "calibrate --board 9x6 (so)")
    x0, y0, x1, y1 = map(float, re.search(rb"w\n%b %b m %b %b l" % ((NUMBER,) * 4), data).groups())
    assert x1 - x0 == pytest.approx(100)
    assert y0 == y1
    assert rb"(calibrate --board 9x6 \(so\)) Tj" in data
    assert b"9x6 inner corners: 10 x 7 squares of 25 mm" in data


def test_the_file_is_put_together_right():
    data = board_pdf(Board(), "a4", "x")
    start = int(data.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    assert data[start:].startswith(b"xref\n0 6\n")
    for number, place in enumerate(re.findall(rb"(\d{10}) 00000 n \n", data), 1):
        assert data[int(place) :].startswith(b"%d 0 obj\n" % number)
    length = int(re.search(rb"/Length (\d+)", data)[1])
    assert data.split(b"stream\n")[1][length:] == b"\nend"


def test_a_board_that_does_not_fit_is_refused():
    with pytest.raises(UsageError, match=r"300 x 210 mm and does not fit on a4: --square 25\.5mm does"):
        board_pdf(Board(square_mm=30), "a4", "x")
    assert board_pdf(Board(square_mm=25.5), "a4", "x")
    assert board_pdf(Board(square_mm=30), "a3", "x")


def test_sizes_are_read():
    assert inner_corners("9x6") == inner_corners("9X6") == (9, 6)
    assert [length_mm(text) for text in ("25", "25mm", "2.5 cm", "0.025m", "1in")] == [25, 25, 25, 25, 25.4]
    for text in ("9", "2x6", "9x99", "9x-6", "x", "9x6x3", "٩x٦٦٦"):
        with pytest.raises(ValueError, match="inner corners like 9x6"):
            inner_corners(text)
    for text in ("", "mm", "0.1mm", "2m", "-25mm", "25 feet", "nan", "1e3"):
        with pytest.raises(ValueError, match="side of a square like 25mm"):
            length_mm(text)
