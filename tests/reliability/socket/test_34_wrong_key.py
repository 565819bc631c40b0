"""Who has a wrong CURVE key, or none, gets no message, and costs the publisher one line a minute."""

from support.publishers import connected, publish_until, publishing

from realtime.wire.keys import create_keys
from realtime.wire.subscriber import PoseSubscriber

REFUSALS = 20


def test_with_a_key_only_who_knows_it_reads(figure, tmp_path, caplog):
    public, secret = create_keys(tmp_path / "publisher")
    wrong, _ = create_keys(tmp_path / "other")
    with (
        publishing(curve_secret_file=secret) as publisher,
        connected(publisher, curve_server_file=public) as (friend, first),
        PoseSubscriber(publisher.address, curve_server_file=wrong) as stranger,
        PoseSubscriber(publisher.address) as plain,
    ):
        assert first.valid
        publish_until(publisher, lambda: friend.poll(0) and publisher.refused >= REFUSALS)
        assert stranger.poll(0.1) is plain.poll(0.1) is None
        assert stranger.silent_s == plain.silent_s == float("inf")
        assert publisher.subscribers == 1
        lines = [record.message for record in caplog.records]
        figure(f"{publisher.refused} connections refused, 0 messages got through, {len(lines)} line in the log")
        assert len(lines) == 1
        assert "wrong CURVE key" in lines[0]
        publisher._refused_due_s = 0.0  # the minute is over
        publish_until(publisher, lambda: len(caplog.records) == 2)
