"""A chessboard to print, as a PDF of exact size: vector squares, and a ruler to check the print."""

from __future__ import annotations

from ....errors import UsageError
from .board import Board

PAPERS_MM = {"a4": (210.0, 297.0), "a3": (297.0, 420.0), "letter": (215.9, 279.4)}

_MARGIN_MM, _FOOT_MM = 10.0, 20.0  # white around the board, and below it, where the ruler and the words are
_POINTS_PER_MM = 72 / 25.4
_RULER_MM, _TICK_MM = 100, 10
# From the lower edge of the paper; most printers leave the lowest 5 mm white.
_RULER_Y_MM, _WORDS_Y_MM = 8.0, (13.5, 10.25, 7.0)
_WORDS_PT = 6.5
_GAP_MM = 4.0


def board_pdf(board: Board, paper: str, use: str) -> bytes:
    """The board on a sheet of a paper in PAPERS_MM, lying or standing, whichever fits; `use` is the command
    that is printed below it.  Raises UsageError where it does not fit."""
    width, height = _sheet_mm(board, paper)
    left = (width - board.size_mm[0]) / 2
    bottom = _FOOT_MM + (height - _FOOT_MM - _MARGIN_MM - board.size_mm[1]) / 2
    drawing = [f"{_POINTS_PER_MM:.9f} 0 0 {_POINTS_PER_MM:.9f} 0 0 cm", "0 g", *_squares(board, left, bottom)]
    drawing += [*_ruler(_MARGIN_MM), *_words(board, _MARGIN_MM + _RULER_MM + _GAP_MM, use)]
    return _document("\n".join(drawing), width * _POINTS_PER_MM, height * _POINTS_PER_MM)


def _sheet_mm(board: Board, paper: str) -> tuple[float, float]:
    """Width and height of the sheet, turned so that the board fits."""
    short, long = PAPERS_MM[paper]
    wide, high = board.size_mm
    frame_w, frame_h = 2 * _MARGIN_MM, _MARGIN_MM + _FOOT_MM
    sheets = ((long, short), (short, long)) if wide >= high else ((short, long), (long, short))
    for sheet in sheets:
        if wide + frame_w <= sheet[0] and high + frame_h <= sheet[1]:
            return sheet
    columns, rows = board.squares_wh
    largest_mm = max(min((w - frame_w) / columns, (h - frame_h) / rows) for w, h in sheets)
    raise UsageError(
        f"a {board} board of {board.square_mm:g} mm squares is {wide:g} x {high:g} mm and does not fit on {paper}: "
        f"--square {int(largest_mm * 2) / 2:g}mm does"
    )


def _squares(board: Board, left: float, bottom: float) -> list[str]:
    """A rectangle for each black square, the top left one among them."""
    side, (columns, rows) = board.square_mm, board.squares_wh
    rectangles = [
        f"{left + column * side:.6f} {bottom + (rows - 1 - row) * side:.6f} {side:.6f} {side:.6f} re"
        for row in range(rows)
        for column in range(columns)
        if (row + column) % 2 == 0
    ]
    return [*rectangles, "f"]


def _ruler(left: float) -> list[str]:
    ticks = [
        f"{left + x:.6f} {_RULER_Y_MM:.6f} m {left + x:.6f} {_RULER_Y_MM + (3 if x in (0, _RULER_MM) else 1.5):.6f} l"
        for x in range(0, _RULER_MM + 1, _TICK_MM)
    ]
    line = f"{left:.6f} {_RULER_Y_MM:.6f} m {left + _RULER_MM:.6f} {_RULER_Y_MM:.6f} l"
    return ["0.2 w", line, *ticks, "S"]


def _words(board: Board, left: float, use: str) -> list[str]:
    columns, rows = board.squares_wh
    lines = (
        f"{board} inner corners: {columns} x {rows} squares of {board.square_mm:g} mm. Print at 100 %,",
        f"not fitted to the page: the line is {_RULER_MM} mm long. Glue it to something flat.",
        use,
    )
    size = _WORDS_PT / _POINTS_PER_MM
    return [
        f"BT /F1 {size:.6f} Tf {left:.6f} {y:.6f} Td ({_escaped(line)}) Tj ET"
        for y, line in zip(_WORDS_Y_MM, lines, strict=True)
    ]


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _document(drawing: str, width_pt: float, height_pt: float) -> bytes:
    """A PDF 1.4 of one page (ISO 32000-1, 7.5)."""
    stream = drawing.encode("latin-1", "replace")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R /ViewerPreferences << /PrintScaling /None >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width_pt:.4f} {height_pt:.4f}] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>".encode(),
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    data, places = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return (
        data
        + b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (
            size,
            table,
            size,
            len(data),
        )
    )
