"""Small random networks as files, for tests of loading and lifting."""

from __future__ import annotations

import numpy as np
import torch
from test_tcn import random_net

from realtime.edge.forms import FORMS
from realtime.features import FEATURES
from realtime.geometry import TcnConfig
from realtime.onnx_lifter import OnnxNetwork, open_session
from realtime.weights import ModelCard, Network, save_network


def small_card(name="tiny-9", widths=(3, 3), *, causal=True, features="turned", mirrored=False, **more):
    config = TcnConfig(widths, 8, FEATURES[features].channels, 17, causal, mirrored=mirrored)
    return ModelCard(name, config, features, more=more)


def save_small(folder, name="tiny-9", widths=(3, 3), *, seed=0, **about):
    """Write a random network and its card; the path of the weights."""
    card = small_card(name, widths, **about)
    save_network(folder / name, random_net(card.config, seed), card)
    return folder / f"{name}.safetensors"


def small_network(widths=(3, 3), seed=0, **about):
    card = small_card("net", widths, **about)
    return Network(random_net(card.config, seed).arrays(), card, "00000000")


def exported(network, form, precision="fp32"):
    """As a file of that form is loaded."""
    session = open_session(FORMS[form](network, 11, precision), "the export")
    return OnnxNetwork(session, network.card, network.label, form)


def save_upstream(path, widths=(3, 3), channels=8, *, seed=0, legacy=False, key="model_pos", **extra):
    """Write a checkpoint as VideoPose3D's run.py does; the network in it."""
    net = random_net(TcnConfig(widths, channels, causal=False), seed)
    checkpoint = {"epoch": 80, "lr": 1e-3, "optimizer": {"state": {}}, key: net.state_dict()}
    checkpoint["random_state"] = np.random.RandomState(1)
    torch.save({**checkpoint, **extra}, path, _use_new_zipfile_serialization=not legacy)
    return net
