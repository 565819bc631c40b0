"""Small random networks as files, for tests of loading and lifting."""

from __future__ import annotations

import numpy as np
import torch

from realtime.lifting import features
from realtime.lifting.export.forms import FORMS
from realtime.lifting.features import feature_set
from realtime.lifting.model_card import ModelCard
from realtime.lifting.model_files import Network, save_network
from realtime.lifting.onnx import OnnxNetwork, open_session
from realtime.lifting.tcn.config import TcnConfig
from realtime.lifting.tcn.network import TemporalConvNet
from realtime.lifting.transformer.config import DstConfig
from realtime.lifting.transformer.network import DSTformer
from realtime.skeleton import COCO17, H36M17


def small_card(
    name="tiny-9",
    widths=(3, 3),
    *,
    causal=True,
    delay=None,
    features="turned",
    mirrored=False,
    keypoints=COCO17,
    joints=H36M17,
    landmarks="full",
    **more,
):
    channels = feature_set(features, keypoints).channels
    config = TcnConfig(widths, 8, channels, len(joints), causal and delay is None, mirrored=mirrored, delay=delay)
    skeletons = {"skeleton_in": keypoints.name, "skeleton_out": joints.name}
    return ModelCard(name, config, features, landmarks=landmarks, extra=more, **skeletons)


def save_small(folder, name="tiny-9", widths=(3, 3), *, seed=0, **about):
    """Write a random network and its card, also over an earlier one; the path of the weights."""
    card = small_card(name, widths, **about)
    save_network(folder / name, random_net(card.config, seed, card.mirrors), card, replace=True)
    return folder / f"{name}.safetensors"


def small_network(widths=(3, 3), seed=0, **about):
    card = small_card("net", widths, **about)
    return Network(random_net(card.config, seed, card.mirrors).arrays(), card, "00000000")


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


def dst_config(window=16, channels=16, **sizes):
    """A small transformer as in MotionBERT's checkpoints."""
    return DstConfig(window, channels, **{"representation": 12, "depth": 2, "heads": 8, "mirrored": True, **sizes})


def random_dst(config, seed=0, mirrors=None):
    """A transformer whose answers differ from joint to joint and from frame to frame."""
    torch.manual_seed(seed)
    net = DSTformer(config, mirrors or features.mirrors(feature_set("scored", COCO17), H36M17))
    for values in net.parameters():
        torch.nn.init.normal_(values, std=0.3)
    return net.eval().requires_grad_(False)


def dst_network(config=None, seed=0, **about):
    """A random one as a loaded file: MotionBERT's by default."""
    config = config or dst_config()
    card = ModelCard("dst", config, **{"features": "scored", "normalise": "crop", "kind": "dstformer", **about})
    return Network(random_dst(config, seed, card.mirrors).arrays(), card, "00000000")


def save_motionbert(path, net=None, *, key="model_pos", parallel=False):
    """Write a checkpoint as MotionBERT's train.py does, or, with the key "model", PerfectRep's; the network in it.
    `parallel`: as it was trained on several GPUs."""
    net = net or random_dst(dst_config())
    state = {("module." if parallel else "") + name: value for name, value in net.state_dict().items()}
    optimizer = torch.optim.AdamW([torch.nn.Parameter(torch.ones(2))], lr=5e-4)
    optimizer.param_groups[0]["params"][0].sum().backward()
    optimizer.step()
    checkpoint = {"epoch": 60, "lr": 5e-4, "optimizer": optimizer.state_dict(), key: state}
    torch.save({**checkpoint, "min_loss": np.float64(37.2)}, path)
    return net


def mirrors_of(config):
    """Those of a network from COCO-17 to H36M-17, of whichever features have its channels."""
    name = "turned" if config.inputs == feature_set("turned", COCO17).channels else "screen"
    return features.mirrors(feature_set(name, COCO17), H36M17) if config.mirrored else None


def random_net(config, seed=0, mirrors=None):
    """A network whose batch-norms have seen data, so that folding them matters."""
    torch.manual_seed(seed)
    net = TemporalConvNet(config, mirrors or mirrors_of(config))
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm1d):
            torch.nn.init.normal_(module.running_mean)
            torch.nn.init.uniform_(module.running_var, 0.5, 2.0)
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.normal_(module.bias)
    return net.eval().requires_grad_(False)
