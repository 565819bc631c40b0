from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from support.networks import mirrors_of, random_net

from realtime.errors import UsageError
from realtime.lifting.model_card import ModelCard
from realtime.lifting.tcn.config import TcnConfig
from realtime.lifting.tcn.network import TemporalConvNet, network_of
from realtime.lifting.tcn.streaming import StreamingNet
from realtime.skeleton import H36M17, RUNNER18

widths = st.lists(st.sampled_from([1, 3, 3, 5]), min_size=1, max_size=5).map(tuple)
channels = st.integers(1, 12)
configs = st.one_of(
    st.builds(TcnConfig, widths, channels, st.integers(1, 9), st.integers(1, 4), st.booleans()),
    st.builds(TcnConfig, widths, channels, st.sampled_from([34, 37]), causal=st.booleans(), mirrored=st.just(True)),
)


def padded(sequence, field):
    """What a causal network sees of a sequence: its first row stands for the past."""
    return torch.cat([sequence[:1].expand(field - 1, -1), sequence])[None]


@settings(deadline=None, max_examples=60)
@given(config=configs, seed=st.integers(0, 99))
def test_matrix_products_equal_convolutions(config, seed):
    net = random_net(config, seed)
    window = torch.randn(3, config.receptive_field, config.inputs)
    assert torch.allclose(net(window)[:, 0], net.forward_window(window), atol=1e-5)


@settings(deadline=None, max_examples=40)
@given(
    config=configs.filter(lambda c: c.causal),
    seed=st.integers(0, 99),
    lengths=st.lists(st.integers(1, 40), min_size=1, max_size=3),
)
def test_streaming_equals_convolutions_through_resets(config, seed, lengths):
    net = random_net(config, seed)
    stream = StreamingNet(config, net.arrays(), mirrors_of(config))
    for length in lengths:
        stream.reset()
        sequence = torch.randn(length, config.inputs)
        expected = net(padded(sequence, config.receptive_field))[0]
        streamed = torch.tensor(np.stack([stream.step(row) for row in sequence.numpy()]))
        assert torch.allclose(streamed, expected, atol=1e-5)


@pytest.mark.parametrize("causal", [True, False])
def test_a_layer_by_hand(causal):
    # One channel, three taps (1, 10, 100), batch-norm that does nothing: the output is
    # the weighted sum, read off the digits.
    net = random_net(TcnConfig((3, 3), 1, 1, 1, causal))
    for conv in (net.expand_conv, *net.layers_conv):
        conv.weight[:] = torch.tensor([1.0, 10.0, 100.0])[: conv.kernel_size[0]]
    for norm in (net.expand_bn, *net.layers_bn):
        norm.running_mean.zero_()
        norm.running_var.fill_(1 - norm.eps)
        norm.weight.fill_(1)
        norm.bias.zero_()
    net.shrink.weight.fill_(1)
    net.shrink.bias.zero_()
    first = [321, 654, 987]  # of 1 2 3, 4 5 6, 7 8 9
    block = first[0] + 10 * first[1] + 100 * first[2]
    expected = first[2 if causal else 1] + block
    assert net(torch.arange(1.0, 10).reshape(1, 9, 1))[0, 0, 0, 0].item() == pytest.approx(expected)


def test_the_future_changes_nothing():
    config = TcnConfig((3, 3, 3), 8, 4, 2)
    net = random_net(config)
    sequence = torch.randn(60, 4)
    changed = sequence.clone()
    changed[40:] = torch.randn(20, 4)
    ours, theirs = (net(padded(x, 27))[0] for x in (sequence, changed))
    assert torch.equal(ours[:40], theirs[:40])
    assert not torch.allclose(ours[40:], theirs[40:])


def test_only_the_receptive_field_matters():
    config = TcnConfig((3, 3, 3), 8, 4, 2)
    stream = StreamingNet(config, random_net(config).arrays(), mirrors_of(config))
    random = np.random.default_rng(1)
    tail = random.normal(size=(27, 4)).astype(np.float32)
    answers = []
    for past in (np.zeros((50, 4), np.float32), random.normal(size=(31, 4)).astype(np.float32)):
        stream.reset()
        for row in (*past, *tail):
            answer = stream.step(row)
        answers.append(answer)
    assert np.allclose(*answers, atol=1e-6)


def test_published_sizes():
    # VideoPose3D's parameter counts for 27, 81 and 243 frames of 1024 channels.
    for blocks, parameters in ((3, 8_555_571), (4, 12_753_971), (5, 16_952_371)):
        config = TcnConfig((3,) * blocks, channels=1024)
        with torch.device("meta"):
            net = TemporalConvNet(config)
        assert sum(p.numel() for p in net.parameters()) == parameters
        assert config.receptive_field == 3**blocks


@pytest.mark.parametrize(
    ("widths", "delay", "late"),
    [((1,), None, 0), ((3,), None, 1), ((3, 3), None, 4), ((3, 5, 3), None, 22), ((3, 3, 3), 3, 3), ((3, 5), 7, 7)],
)
def test_a_network_that_sees_the_future_streams_the_same_late(widths, delay, late):
    net = random_net(TcnConfig(widths, 8, 4, 2, causal=False, delay=delay))
    assert net.config.lookahead == late
    frames = np.random.default_rng(2).normal(size=(40, 4)).astype(np.float32)
    past = net.config.receptive_field - 1 - late
    padded = torch.from_numpy(np.pad(frames, ((past, late), (0, 0)), mode="edge"))
    expected = net(padded[None])[0].numpy()
    stream = StreamingNet(net.config, net.arrays())
    streamed = [stream.step(row) for row in (*frames, *[frames[-1]] * late)]
    assert np.allclose(streamed[late:], expected, atol=1e-5)


@pytest.mark.parametrize(("delay", "frames"), [(3, [4, 5, 6]), (2, [7, 8, 9]), (7, [1, 2, 3])])
def test_the_residual_follows_the_frames_of_the_answer(delay, frames):
    """The answer of a block that adds nothing is that of the first layer for the frames around the
    one that is answered for, counted from the newest, 9, which sees `delay` frames after it."""
    config = TcnConfig((3, 3), 1, 1, 1, causal=False, delay=delay)
    net = random_net(config)
    for norm in net.layers_bn:
        norm.weight.zero_()
        norm.bias.zero_()
    window = torch.arange(1.0, 10).reshape(1, 9, 1)
    alone = torch.zeros(1, 9, 1)
    alone[0, [frame - 1 for frame in frames]] = window[0, [frame - 1 for frame in frames]]
    assert torch.allclose(net(window), net(alone))
    assert 9 - delay in frames


@pytest.mark.parametrize("shape", [(1, 26, 4), (1, 27, 5), (27, 4)])
def test_wrong_shapes_are_told(shape):
    net = random_net(TcnConfig((3, 3, 3), 4, 4, 1))
    with pytest.raises(ValueError, match=r"\(batch, at least 27, 4\)"):
        net(torch.zeros(shape))


@pytest.mark.parametrize(
    "change", [{"filter_widths": ()}, {"filter_widths": (3, 2)}, {"channels": 0}, {"dropout": 1.0}, {"delay": 3}]
)
def test_wrong_geometry_is_told(change):
    with pytest.raises(ValueError, match="at least"):
        TcnConfig(**change)


def test_state_names_are_upstreams():
    names = set(TemporalConvNet(TcnConfig((3, 3, 3), 2, 2, 1)).state_dict())
    assert {
        "expand_conv.weight",
        "expand_bn.running_var",
        "layers_conv.3.weight",
        "layers_bn.3.bias",
        "shrink.bias",
    } <= names


@given(config=configs)
def test_the_arrays_of_a_geometry_are_those_of_the_network(config):
    net = random_net(config)
    named = {name: tuple(t.shape) for name, t in net.state_dict().items() if not name.endswith("num_batches_tracked")}
    assert config.shapes() == named
    again = network_of(config, net.arrays(), mirrors_of(config))
    window = torch.randn(1, config.receptive_field, config.inputs)
    assert torch.equal(again(window), net(window))


@pytest.mark.parametrize("inputs", [34, 37])
def test_a_mirrored_network_answers_with_the_mean_of_both_views(inputs):
    config = TcnConfig((3, 3), 8, inputs, dropout=0, mirrored=True)
    net, plain = random_net(config), random_net(replace(config, mirrored=False))
    window = torch.randn(4, 9, inputs)
    mirror = mirrors_of(config).channels
    back = torch.tensor([-1.0, 1.0, 1.0]) * plain(mirror(window))[:, :, list(H36M17.mirror)]
    assert torch.allclose(net(window), (plain(window) + back) / 2, atol=1e-6)
    # The mirror image of the input gives the mirror image of the answer.
    image = torch.tensor([-1.0, 1.0, 1.0]) * net(mirror(window))[:, :, list(H36M17.mirror)]
    assert torch.allclose(image, net(window), atol=1e-6)
    assert torch.equal(net.train().forward_window(window).detach(), plain.train().forward_window(window).detach())


def test_a_mirrored_network_must_know_its_mirror_image():
    config = TcnConfig((3, 3), 8, 34, mirrored=True)
    arrays = random_net(config).arrays()
    with pytest.raises(ValueError, match="needs to know its mirror image"):
        StreamingNet(config, arrays)
    with pytest.raises(ValueError, match="needs to know its mirror image"):
        TemporalConvNet(config)


def test_only_whole_bodies_are_mirrored():
    fewer = ModelCard("few", TcnConfig(inputs=37, joints_out=18, mirrored=True), "turned")
    with pytest.raises(UsageError, match="answers with 18 joints, but its model card says h36m-17, which has 17"):
        _ = fewer.mirrors
    other = ModelCard("odd", TcnConfig(inputs=9, mirrored=True), "turned").to_json()
    with pytest.raises(ValueError, match="turned has 37 channels, not 9"):
        ModelCard.from_json({**other, "architecture": {**other["architecture"], "filter_widths": [3, 3, 3]}})


def test_the_mirror_of_another_skeleton_is_its_own():
    """A runner's root is not its first joint, and its sides lie elsewhere."""
    card = ModelCard("runner", TcnConfig((3,), 8, 37, 18, mirrored=True), "turned", skeleton_out="runner-18")
    net = random_net(card.config, mirrors=card.mirrors)
    window = torch.randn(2, 3, 37)
    image = torch.tensor([-1.0, 1.0, 1.0]) * net(card.mirrors.channels(window))[:, :, list(RUNNER18.mirror)]
    assert torch.allclose(image, net(window), atol=1e-6)
