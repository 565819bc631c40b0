"""Who joins late knows the skeleton within 2.5 s from the socket alone, also while nobody is in the picture."""

import time

import pytest
import zmq
from support.example_estimates import estimate, status_message
from support.publishers import publish_until, publishing

from realtime.skeleton import H36M17
from realtime.wire.message import SchemaMessage, decode
from realtime.wire.subscriber import PoseSubscriber

PROMISED_S = 2.5
JOINS = 10


def test_the_first_thing_a_late_joiner_hears_is_the_schema():
    with publishing() as publisher:
        for _ in range(100):
            publisher(estimate())
        with zmq.Context.instance().socket(zmq.SUB) as reader:
            reader.linger = 0
            reader.subscribe("")
            reader.connect(publisher.address)
            publish_until(publisher, lambda: reader.poll(0))
            schema = decode(reader.recv())
        assert isinstance(schema, SchemaMessage)
        assert schema.as_skeleton() == H36M17
        assert schema.axes == "x right, y away, z up"


def test_the_schema_comes_again():
    with publishing() as publisher, zmq.Context.instance().socket(zmq.SUB) as reader:
        reader.linger = 0
        reader.subscribe("schema ")
        reader.connect(publisher.address)
        count = []
        publish_until(publisher, lambda: count.append(reader.poll(0) and reader.recv()) or sum(map(bool, count)) >= 2)


@pytest.mark.parametrize("somebody", [True, False])
def test_a_late_joiner_knows_the_skeleton_soon(figure, somebody):
    took_s = []
    with publishing() as publisher:
        for _ in range(JOINS):
            start_s = time.monotonic()
            with PoseSubscriber(publisher.address) as poses:
                while poses.schema is None:
                    assert time.monotonic() - start_s < 20
                    publisher(estimate()) if somebody else publisher.report(status_message())
                    poses.poll(0.03)
                assert poses.schema.as_skeleton() == H36M17
                took_s.append(time.monotonic() - start_s)
    where = "somebody is there" if somebody else "nobody is there"
    figure(f"the skeleton is known {max(took_s):.2f} s after joining at most, of {JOINS} joiners, where {where}")
    assert sorted(took_s)[JOINS // 2] < PROMISED_S
