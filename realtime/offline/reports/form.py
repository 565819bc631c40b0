"""A recording → the report of a set: lifted or read, analysed, as html with pictures, csv, json and a film."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from ...analysis.form.analyse import analyse_form
from ...analysis.form.options import FormOptions
from ...analysis.form.result import LIFTED, MARKERS, FormResult
from ...errors import UsageError
from ...report.form.drawings import Effort
from ...report.form.files import curves_csv, form_json, measures_csv, repetitions_csv
from ...report.form.page import form_page
from ...report.form.pictures import Picture
from ...report.form.summary import in_words
from ...runtime.new_files import os_errors_as_record_error
from ...runtime.text import counted, printable
from ..lift import ProgressCallback, no_progress
from ..output_faults import fault_line
from ..part import frames_again
from .form_clock import FormClock
from .form_pictures import Photographs, drawings
from .joints import Joints, has_pictures, joints_of
from .task import ReportOutcome, ReportTask
from .write import made_line, made_now, write_texts

if TYPE_CHECKING:  # late: films need Matplotlib and Pillow, --help does not
    from .form_film import FormFilm

ENDINGS = "_form.html", "_form.csv", "_form_measures.csv", "_form_curves.csv", "_form.json", "_form.mp4"


def report_form(options: FormOptions, wanted: ReportTask, progress: ProgressCallback = no_progress) -> ReportOutcome:
    """Write the report of one input.  Whatever goes wrong is told in the outcome: other inputs are not stopped, and a
    film that cannot be written stops nothing else."""
    start, name = time.perf_counter(), wanted.lifted.name
    try:
        joints = joints_of(wanted, progress)
        result = _analysed(joints, options)
        fault = _write(wanted, joints, result)
    except Exception as error:  # noqa: BLE001 - bugs too: they are logged with their traceback
        return ReportOutcome(printable(f"{name}: {fault_line(error)}"), has_page=False, complete=False)
    seconds, page = time.perf_counter() - start, wanted.files()[0].name
    made = "csv and json" if fault or not result.count else "csv, json and mp4"
    seen = f"{counted(len(joints.motion), 'frame')}, {in_words(result)}, {seconds:.1f} s"
    line = f"{name}: {seen} → {page}, {made}" + (f"; no mp4: {fault}" if fault else "")
    return ReportOutcome(printable(line), _trust(joints, result), complete=not fault)


def _trust(joints: Joints, result: FormResult) -> tuple[str, ...]:
    view = (f"camera {result.view.name}: {result.view.trust}",) if result.view else ()
    return (*view, *joints.recording.trust)


def _analysed(joints: Joints, options: FormOptions) -> FormResult:
    """What was lifted here is levelled already, by a pitch that its motion tells; of markers no camera is known."""
    levelled = joints.log is not None or joints.measured
    pitch_deg = None if levelled else options.camera_pitch_deg
    origin = MARKERS if joints.measured else LIFTED
    try:
        return analyse_form(joints.motion, replace(options, origin=origin, camera_pitch_deg=pitch_deg))
    except ValueError as fault:  # options that need what is not there
        raise UsageError(str(fault)) from fault


def _write(wanted: ReportTask, joints: Joints, result: FormResult) -> str:
    """All files; returns why there is no film, "" if there is one or none is wanted."""
    from .form_film import FormFilm

    clock = FormClock(result, joints.motion)
    *texts_at, film_at = wanted.files()
    film = FormFilm(film_at, joints.motion.fps, clock, force=wanted.lifted.force) if result.count else None
    try:
        pictures = _look_again(wanted, joints, result, film)
        if film is not None:
            film.close()
    except BaseException:
        if film is not None:
            film.discard()
        raise
    film_name = film_at.name if film and not film.fault else ""
    texts = (
        form_page(result, joints.recording, pictures, made_line(wanted), Effort(*clock.effort, clock.unit), film_name),
        repetitions_csv(result),
        measures_csv(result),
        curves_csv(result),
        form_json(result, joints.recording, made_now(wanted)),
    )
    write_texts(texts_at, texts, force=wanted.lifted.force)
    if film is None and wanted.lifted.force:
        with os_errors_as_record_error(film_at):
            film_at.unlink(missing_ok=True)  # it is replaced by none: it would contradict the page beside it
    return film.fault if film else ""


def _look_again(wanted: ReportTask, joints: Joints, result: FormResult, film: FormFilm | None) -> list[Picture]:
    """The pictures of the page, and the film, by one more look at the recording: no picture was kept while it was
    lifted.  Where there are none, both are drawn from the joints."""
    motion, log = joints.motion, joints.log
    if log is None or not has_pictures(wanted, joints):
        if film is not None:
            from .form_scene import film_joints

            film_joints(film, motion)
        return drawings(motion, result)
    shown = Photographs(log, motion, result)
    with closing(frames_again(wanted.lifted)) as frames:
        for row, frame in frames:
            if row >= len(motion) or (film is None and row > shown.last_row):
                break
            shown.add(row, frame)
            t_s = float(motion.times_s[row])
            if film is not None and film.is_due(t_s):
                film.write(frame.image, log.keypoints_at(row), t_s)
    return shown.pictures()
