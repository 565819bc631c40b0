"""`calibrate`: measures a camera with a printed chessboard, for --intrinsics.

Print a board with --print-board, glue it to something flat, and hold it before the camera: still
for a moment, in all parts of the picture and its corners, near and far, tilted by 20 to 40 degrees.
The program takes the sharp views by itself and stops when it has enough; Ctrl-C uses those it has.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from ..formats.camera_file import SUFFIXES, write_camera
from ..runtime.arguments import choice, file_ending, file_path, some_text
from ..runtime.console import start_logging
from ..runtime.flags import Flag, Parser
from ..runtime.hints import command, program
from ..runtime.new_files import refuse_existing, write_bytes
from ..runtime.stop import stop_on_signals
from ..runtime.text import counted
from ..settings import FLAGS
from ..sources import Request, kind_of, open_source
from ..sources.cameras.calibration.board import Board, inner_corners, length_mm
from ..sources.cameras.calibration.board_pdf import PAPERS_MM, board_pdf
from ..sources.cameras.calibration.collect import collect_views
from ..sources.cameras.calibration.coverage_picture import coverage_png
from ..sources.cameras.calibration.finding import BoardFinder
from ..sources.cameras.calibration.solve import Calibration, calibrate
from ..sources.cameras.calibration.views import FEWEST_VIEWS, ViewSelection, missing_places
from ..sources.thinned import Thinned
from ..stages import Source
from .shared_flags import FORCE

_SETTINGS = ("capture", "size", "fps")


def _recording_or_camera(text: str) -> str:
    if text in ("auto", "demo"):
        raise ValueError("a camera, a video, a folder of images or a URL")
    return some_text(text)


_FLAGS = (
    FLAGS["source"].here(
        about="a camera, a video, a folder of images or a URL", read=_recording_or_camera, default="0"
    ),
    Flag(
        "--board",
        inner_corners,
        "CxR",
        "inner corners of the board, where four squares meet: a board of 10x7 squares is 9x6",
        (9, 6),
        "9x6",
    ),
    Flag("--square", length_mm, "LENGTH", "side of a square: 25mm, 2.5cm, 1in", 25.0, "25mm"),
    Flag(
        "--out",
        file_ending(*SUFFIXES),
        "FILE",
        "the measured camera, .toml or .json; a picture of the views is written next to it",
        Path("camera.toml"),
    ),
    FORCE,
    Flag("--print-board", file_path, "FILE", "write the board as a PDF to print, and do nothing else"),
    Flag("--paper", choice(*PAPERS_MM), "|".join(PAPERS_MM), "paper of --print-board", "a4"),
    *(FLAGS[name] for name in _SETTINGS),
)


def parser() -> Parser:
    """The flags of `calibrate`."""
    p = Parser(program("calibrate"), __doc__)
    p.add(*_FLAGS)
    return p


def main(argv: Sequence[str] | None = None) -> int:
    """Write the camera's file, or the board's; 0.  Raises PoseError where the camera cannot be told."""
    args = parser().parse_strictly(argv)
    columns, rows = args.board
    board = Board(columns, rows, args.square)
    if args.print_board:
        _print_board(args.print_board, board, args.paper, args.force)
        return 0
    out: Path = args.out
    picture = out.with_name(f"{out.stem}_coverage.png")
    if not args.force:  # before the work, not after it
        refuse_existing((out, picture))
    request = _request(args)
    measured, source_name = _measure(request, board)
    write_bytes(picture, coverage_png(measured), replace=args.force)
    write_camera(out, measured.camera, _about(measured, board, source_name), replace=args.force)
    print("\n".join(_report(measured, source_name)))
    print(f"wrote {out} and {picture}; to use it: {_use(request, out)}")
    return 0


def _request(args: argparse.Namespace) -> Request:
    # Pictures have no rate, and nobody should be asked for one.
    fps = args.fps or (1.0 if kind_of(args.source) == "images" else None)
    return Request(args.source, args.capture, args.size, fps)


def _measure(request: Request, board: Board) -> tuple[Calibration, str]:
    """The camera, and the name of the source."""
    line = start_logging()
    find = BoardFinder(board)
    selection = ViewSelection(still_needed=kind_of(request.where) != "images")
    with closing(_opened(request)) as source, stop_on_signals(patient=True) as stop:
        collect_views(source, find, selection, stop, line.show)
    line.finish()
    views = selection.views()
    if len(views) > len(selection.taken):
        line.print_line(
            f"the board was still in {counted(len(selection.taken), 'view')} only, and {FEWEST_VIEWS} are needed: "
            "sharp views of the moving board are used too"
        )
    return calibrate(views, board), source.name


def _opened(request: Request) -> Source:
    source = open_source(request)
    return Thinned(source, request.fps) if request.fps and kind_of(request.where) == "video" else source


def _print_board(path: Path, board: Board, paper: str, force: bool) -> None:
    words = "--source", "0", "--board", str(board), "--square", f"{board.square_mm:g}mm"
    write_bytes(path, board_pdf(board, paper, " ".join([program("calibrate"), *words])), replace=force)
    use = command("calibrate", *words)
    print(
        f"wrote {path}: print it at 100 % on {paper.capitalize()} paper, check the ruler, "
        f"glue it to something flat, then: {use}"
    )


def _about(measured: Calibration, board: Board, source_name: str) -> dict[str, str | int | float]:
    return {
        "date": datetime.now().astimezone().isoformat(timespec="seconds"),
        "source": source_name,
        "board": str(board),
        "square_mm": board.square_mm,
        "views": len(measured.views),
        "reprojection_error_px": round(measured.rms_px, 4),
        "focal_std_px": round(max(measured.focal_std_px), 3),
    }


def _report(measured: Calibration, source_name: str) -> list[str]:
    camera, (width, height) = measured.camera, measured.size_wh
    (fx, fy), (cx, cy) = camera.focal_xy_px or (0, 0), camera.centre_px or (0, 0)
    std_px, shift_px = max(measured.focal_std_px), measured.largest_shift_px
    lines = [
        f"{source_name}, {width}x{height}: {len(measured.views)} views, reprojection error {measured.rms_px:.2f} px",
        f"focal length: {fx:.1f} and {fy:.1f} px (standard deviation {std_px:.1f} px)",
        f"field of view: {camera.fov_deg:.1f} degrees over the long side ({measured.fov_std_deg:.2f} degrees)",
        f"optical centre: ({cx:.1f}, {cy:.1f}) px; the lens moves the picture's corners by up to {shift_px:.1f} px",
    ]
    if measured.removed:
        lines.append(f"left out {counted(measured.removed, 'view')} at odds with the others")
    if places := missing_places(measured.views):
        lines.append(f"the board was never near the {', '.join(places)}: the distortion there is extrapolated")
    return lines


def _use(request: Request, out: Path) -> str:
    flags = ["--intrinsics", str(out)]
    if kind_of(request.where) in ("camera", "url"):
        flags = ["--source", request.where, *flags]
    if request.size_wh is not None:
        flags += ["--size", "{}x{}".format(*request.size_wh)]
    return command("run", *flags)
