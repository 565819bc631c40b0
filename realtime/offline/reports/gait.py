"""A recording → the report of a gait: lifted or read, analysed, with pictures of its events, as html, csv and json."""

from __future__ import annotations

import time
from dataclasses import replace

from ...analysis.gait.analyse import analyse_gait
from ...analysis.gait.options import GaitOptions
from ...analysis.gait.result import LIFTED, MARKERS, GaitResult
from ...errors import UsageError
from ...report.gait.files import cycles_csv, events_csv, gait_json, measures_csv
from ...report.gait.page import Picture, gait_page
from ...report.gait.summary import in_words
from ...runtime.text import counted, printable
from ..lift import ProgressCallback, no_progress
from ..output_faults import fault_line
from .gait_pictures import drawings, photographs
from .joints import Joints, has_pictures, joints_of
from .task import ReportOutcome, ReportTask
from .write import made_line, made_now, write_texts

ENDINGS = "_gait.html", "_gait.csv", "_gait_events.csv", "_gait_cycles.csv", "_gait.json"


def report_gait(options: GaitOptions, wanted: ReportTask, progress: ProgressCallback = no_progress) -> ReportOutcome:
    """Write the report of one input.  Whatever goes wrong is told in the outcome: other inputs are not stopped."""
    start, name = time.perf_counter(), wanted.lifted.name
    try:
        joints = joints_of(wanted, progress)
        result = _analysed(joints, options)
        _write(wanted, joints, result, _pictures(wanted, joints, result))
    except Exception as fault:  # noqa: BLE001 - bugs too: they are logged with their traceback
        return ReportOutcome(printable(f"{name}: {fault_line(fault)}"), has_page=False, complete=False)
    seconds, page = time.perf_counter() - start, wanted.files()[0].name
    seen = f"{counted(len(joints.motion), 'frame')}, {in_words(result)}, {seconds:.1f} s"
    return ReportOutcome(printable(f"{name}: {seen} → {page}, csv and json"), _trust(joints, result))


def _trust(joints: Joints, result: GaitResult) -> tuple[str, ...]:
    view = (f"camera {result.view.name}: {result.view.trust}",) if result.view else ()
    return (*view, *joints.recording.trust)


def _analysed(joints: Joints, options: GaitOptions) -> GaitResult:
    try:
        return analyse_gait(joints.motion, replace(options, origin=MARKERS if joints.measured else LIFTED))
    except ValueError as fault:  # a method that needs what is not there
        raise UsageError(str(fault)) from fault


def _pictures(wanted: ReportTask, joints: Joints, result: GaitResult) -> list[Picture]:
    """Of the events: photographs of what was lifted from pictures, drawings of the joints of anything else."""
    if joints.log is not None and has_pictures(wanted, joints):
        return photographs(wanted.lifted, joints.log, joints.motion, result)
    return drawings(joints.motion, result)


def _write(wanted: ReportTask, joints: Joints, result: GaitResult, pictures: list[Picture]) -> None:
    texts = (
        gait_page(result, joints.recording, pictures, made_line(wanted)),
        measures_csv(result),
        events_csv(result),
        cycles_csv(result),
        gait_json(result, joints.recording, made_now(wanted)),
    )
    write_texts(wanted.files(), texts, force=wanted.lifted.force)
