"""What every sink of the table promises."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import fields

import pytest
from support.estimators import estimator
from support.example_estimates import estimate

from realtime.errors import UsageError
from realtime.online.monitor import Monitor
from realtime.online.sinks import SINKS, RunContext, open_sinks
from realtime.settings import settings_from
from realtime.stages import STREAMING, SourceStatus
from realtime.wire.message import StatusMessage


class Camera:
    name = "camera 0"


@pytest.fixture
def run(tmp_path):
    def context(**settings):
        chosen = settings_from(bind="tcp://127.0.0.1:*", out=tmp_path / "out", min_free_gb=0, **settings)
        return RunContext(chosen, Camera(), estimator({}), "f" * 32)

    return context


def test_the_default_is_all_that_was_ever_there(run):
    with ExitStack() as held:
        assert list(open_sinks(run(), held)) == ["publish", "record"]


def test_no_record_leaves_the_files_out(run, tmp_path):
    with ExitStack() as held:
        assert list(open_sinks(run(record=False), held)) == ["publish"]
    assert not (tmp_path / "out").exists()


def test_an_unknown_sink_is_named_with_the_nearest(run):
    with ExitStack() as held, pytest.raises(UsageError, match=r"no sink 'recrod' \(did you mean record\?\); there are"):
        open_sinks(run(sinks=("publish", "recrod")), held)


@pytest.mark.parametrize("name", SINKS)
def test_it_takes_estimates_and_reports_and_closes_twice(name, run):
    with ExitStack() as held:
        (sink,) = open_sinks(run(sinks=(name,)), held).values()
        for index in range(3):
            sink(estimate(index))
        sink(estimate(3, "no_person"))
        known = {field.name for field in fields(StatusMessage)}
        assert sink.status_fields().keys() <= known - {"fault"}
        sink.report(Monitor(27).status(SourceStatus(STREAMING), **sink.status_fields()))
        assert sink.status_words()
        assert "\n" not in sink.status_words()
        assert sink.fault == ""
        sink.close()
        sink.close()


def test_each_says_its_part_on_the_status_line(run):
    with ExitStack() as held:
        sinks = open_sinks(run(), held)
        for sink in sinks.values():
            sink(estimate())
        assert [sink.status_words() for sink in sinks.values()] == ["subs 0", "rows 1"]
        assert sinks["record"].status_fields() == {"recorded": 1}
