"""DSTformer in PyTorch, after Zhu et al., "MotionBERT: A Unified Perspective on Learning Human Motion
Representations", ICCV 2023, section 3.3 (https://arxiv.org/abs/2210.06551).

A clip is a grid of tokens, one for each joint in each frame.  A block attends over the joints of a frame (S) or
over the frames of a joint (T); one stream does S before T, the other T before S, and weights that are computed
from both mix them ("adaptive fusion").
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

from ...pose import Array
from ..features import Mirrors
from .config import DstConfig
from .tokens import tokens_of

_NORM_EPS = 1e-6  # as MotionBERT sets it; PyTorch's own is 1e-5
# Spread of random weights at MotionBERT's 512 inputs; in proportion with fewer, or all joints begin alike and stay so.
_INITIAL_SD, _OF_INPUTS = 0.02, 512


class DSTformer(nn.Module):
    """Parameter names are those of MotionBERT's checkpoints.

    `hidden`: shares of the joints and of the frames that are hidden from it in training, MotionBERT's way of
    pre-training (section 3.4).  In training a mirrored network answers for its input alone: mirror images are among
    the samples.  To answer for both it needs its `mirrors` (ValueError without them).
    """

    def __init__(self, config: DstConfig, mirrors: Mirrors | None = None) -> None:
        super().__init__()
        if config.mirrored and mirrors is None:
            raise ValueError("a mirrored network needs to know its mirror image")
        self.config = config
        self.hidden = 0.0, 0.0
        self._mirrors = mirrors if config.mirrored else None
        wide = config.channels
        self.joints_embed = nn.Linear(config.token_inputs, wide)
        self.temp_embed = nn.Parameter(torch.empty(1, config.window, 1, wide))
        self.pos_embed = nn.Parameter(torch.empty(1, config.keypoints, wide))
        self.blocks_st = nn.ModuleList(_Block(config, "st") for _ in range(config.depth))
        self.blocks_ts = nn.ModuleList(_Block(config, "ts") for _ in range(config.depth))
        self.ts_attn = nn.ModuleList(nn.Linear(2 * wide, 2) for _ in range(config.depth))
        self.norm = nn.LayerNorm(wide, _NORM_EPS)
        self.pre_logits = nn.Sequential()
        self.pre_logits.add_module("fc", nn.Linear(wide, config.representation))
        self.pre_logits.add_module("act", nn.Tanh())
        self.head = nn.Linear(config.representation, 3)
        self.tokens: Tensor
        self.register_buffer("tokens", torch.tensor(tokens_of(config.keypoints)), persistent=False)
        self._begin()

    def _begin(self) -> None:
        """Random weights; the streams are mixed evenly at first."""
        for embedding in (self.temp_embed, self.pos_embed):
            nn.init.trunc_normal_(embedding, std=_initial_sd(self.config.channels))
        for layer in self.modules():
            if isinstance(layer, nn.Linear):
                nn.init.trunc_normal_(layer.weight, std=_initial_sd(layer.in_features))
                nn.init.zeros_(layer.bias)
        for mix in self.ts_attn:
            nn.init.zeros_(mix.weight)  # type: ignore[arg-type]  # of any module

    def forward(self, features: Tensor) -> Tensor:
        """(B, T, inputs) → (B, T, joints_out, 3): an answer for every frame of clips of up to `window` frames.
        Raises ValueError for another shape."""
        config = self.config
        if features.ndim != 3 or not 1 <= features.shape[1] <= config.window or features.shape[2] != config.inputs:
            shape = f"(batch, at most {config.window}, {config.inputs})"
            raise ValueError(f"features must be {shape}, not {tuple(features.shape)}")
        if self.training or self._mirrors is None:
            return self._joints(features)
        mirrors = self._mirrors
        plain, mirrored = self._joints(torch.cat([features, mirrors.channels(features)])).chunk(2)
        mean: Tensor = (plain + mirrors.joints(mirrored.flatten(-2)).unflatten(-1, (-1, 3))) / 2
        return mean

    def forward_window(self, features: Tensor) -> Tensor:
        """(B, window, inputs) → (B, joints_out, 3) of the frame in the middle."""
        joints: Tensor = self(features)
        return joints[:, -1 - self.config.lookahead]

    def answers(self, features: Tensor) -> Tensor:
        """What is trained: `forward`."""
        joints: Tensor = self(features)
        return joints

    def representation(self, features: Tensor) -> Tensor:
        """(B, T, inputs) → (B, T, keypoints, representation): what the head answers from."""
        x = self.joints_embed(self._tokens(features)) + self.pos_embed + self.temp_embed[:, : features.shape[1]]
        for st, ts, mix in zip(self.blocks_st, self.blocks_ts, self.ts_attn, strict=True):
            first, second = st(x), ts(x)
            share = mix(torch.cat([first, second], -1)).softmax(-1)
            x = first * share[..., :1] + second * share[..., 1:]
        motion: Tensor = self.pre_logits(self.norm(x))
        return motion

    def _joints(self, features: Tensor) -> Tensor:
        joints: Tensor = self.head(self.representation(features)[..., : self.config.joints_out, :])
        return joints

    def _tokens(self, features: Tensor) -> Tensor:
        """(B, T, keypoints, token_inputs): each keypoint's own numbers, and those that all share."""
        config = self.config
        own, shared = features.split([features.shape[-1] - config.shared, config.shared], -1)
        tokens = self.tokens @ own.unflatten(-1, (config.keypoints, config.keypoint_inputs))
        tokens = torch.cat([tokens, shared[..., None, :].expand(*tokens.shape[:-1], config.shared)], -1)
        return self._hide(tokens) if self.training and any(self.hidden) else tokens

    def _hide(self, tokens: Tensor) -> Tensor:
        """Random joints in random frames, and whole frames, become zeros."""
        joints, frames = self.hidden
        batch, length, keypoints, _ = tokens.shape
        shown = torch.rand(batch, length, keypoints, 1, device=tokens.device) >= joints
        return tokens * (shown & (torch.rand(batch, length, 1, 1, device=tokens.device) >= frames))

    def arrays(self) -> dict[str, Array]:
        """A copy of every array, by the names of `DstConfig.shapes`."""
        state = self.state_dict()
        return {name: state[name].detach().cpu().numpy().copy() for name in self.config.shapes()}


def _initial_sd(inputs: int) -> float:
    return float(_INITIAL_SD * (_OF_INPUTS / inputs) ** 0.5)


class _Block(nn.Module):
    """Attention and a perceptron over one axis, then over the other, in the order `axes`: "s", "t"."""

    def __init__(self, config: DstConfig, axes: str) -> None:
        super().__init__()
        self._axes = axes
        wide = config.channels
        for axis in axes:
            self.add_module(f"norm1_{axis}", nn.LayerNorm(wide, _NORM_EPS))
            self.add_module(f"attn_{axis}", _Attention(wide, config.heads))
            self.add_module(f"norm2_{axis}", nn.LayerNorm(wide, _NORM_EPS))
            self.add_module(f"mlp_{axis}", _Perceptron(wide, wide * config.mlp_ratio))

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, J, C), the same."""
        for axis in self._axes:  # none of whose modules is None, as a module's entries may be
            x = x.transpose(1, 2) if axis == "t" else x  # attention is over the last axis but one
            x = x + self._modules[f"attn_{axis}"](self._modules[f"norm1_{axis}"](x))  # type: ignore[misc]
            x = x + self._modules[f"mlp_{axis}"](self._modules[f"norm2_{axis}"](x))  # type: ignore[misc]
            x = x.transpose(1, 2) if axis == "t" else x
        return x


class _Attention(nn.Module):
    """Multi-head self-attention (Vaswani et al., NeurIPS 2017)."""

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self._heads = heads
        self.qkv = nn.Linear(channels, 3 * channels)
        self.proj = nn.Linear(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        """(A, B, N, C), the same: N tokens attend to each other."""
        a, b, n, c = x.shape
        q, k, v = self.qkv(x).reshape(a * b, n, 3, self._heads, c // self._heads).permute(2, 0, 3, 1, 4)
        attended = functional.scaled_dot_product_attention(q, k, v)
        out: Tensor = self.proj(attended.transpose(1, 2).reshape(a, b, n, c))
        return out


class _Perceptron(nn.Module):
    def __init__(self, channels: int, inner: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(channels, inner)
        self.fc2 = nn.Linear(inner, channels)

    def forward(self, x: Tensor) -> Tensor:
        """(..., C), the same."""
        out: Tensor = self.fc2(functional.gelu(self.fc1(x)))
        return out


def network_of(config: DstConfig, arrays: Mapping[str, Array], mirrors: Mirrors | None = None) -> DSTformer:
    """The network of these arrays, in evaluation mode and not to be trained."""
    net = DSTformer(config, mirrors)
    net.load_state_dict({name: torch.tensor(array) for name, array in arrays.items()}, assign=True)
    return net.eval().requires_grad_(False)
