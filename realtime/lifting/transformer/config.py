"""Configuration of a DSTformer: its sizes, and the shapes of its arrays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

_LARGEST = 1 << 12  # several times the published network; a file that claims more is wrong
_NUMBERS = ("window", "channels", "representation", "depth", "heads", "mlp_ratio")
_FRAME = ("inputs", "keypoints", "token_inputs", "joints_out")
_PUBLISHED_HEADS = 8  # of every published network; shapes do not say
_STREAMS = ("blocks_st", "blocks_ts")
_AXES = ("s", "t")
FIRST = "joints_embed.weight"  # by which a network of this kind is recognised in a checkpoint


@dataclass(frozen=True)
class DstConfig:
    """Sizes of a network; by default the published one, which has 42,466,317 parameters.

    `window`: the longest clip, frames ("maxlen").  `channels` of a token ("dim_feat"), `representation` of a joint's
    motion, from which the head answers ("dim_rep"); `depth` blocks in each stream, `heads` of an attention,
    `mlp_ratio` of the width of a perceptron to `channels`.
    A frame has `inputs` numbers: for each of its `keypoints` 2 or 3, and some that all share.  A token has
    `token_inputs` ("dim_in"): its keypoint's and those that are shared.  The answer has `joints_out` joints.
    `mirrored`: the answer is the mean of that for the input and that for its mirror image, mirrored back.
    """

    window: int = 243
    channels: int = 512
    representation: int = 512
    depth: int = 5
    heads: int = 8
    mlp_ratio: int = 2
    inputs: int = 51
    keypoints: int = 17
    token_inputs: int = 3
    joints_out: int = 17
    mirrored: bool = False

    def __post_init__(self) -> None:
        if not all(1 <= getattr(self, name) <= _LARGEST for name in (*_NUMBERS, *_FRAME)):
            raise ValueError(f"its sizes are at least 1 and at most {_LARGEST}")
        if self.channels % self.heads:
            raise ValueError(f"{self.channels} channels cannot be shared by {self.heads} heads")
        if self.joints_out > self.keypoints:
            raise ValueError(f"{self.keypoints} keypoints cannot answer for {self.joints_out} joints")
        if self.keypoint_inputs not in (2, 3) or self.inputs != self.keypoint_inputs * self.keypoints + self.shared:
            raise ValueError(
                f"{self.inputs} inputs of {self.keypoints} keypoints cannot be tokens of {self.token_inputs} numbers"
            )

    @property
    def keypoint_inputs(self) -> int:
        """Numbers of a frame that belong to one keypoint: x, y and perhaps its score."""
        return (self.inputs - self.token_inputs) // max(self.keypoints - 1, 1)

    @property
    def shared(self) -> int:
        """Numbers of a frame that belong to all keypoints."""
        return self.token_inputs - self.keypoint_inputs

    @property
    def receptive_field(self) -> int:
        """Frames that one output depends on: the whole clip."""
        return self.window

    @property
    def lookahead(self) -> int:
        """Frames after that in the middle of a clip, where a single answer is taken from."""
        return self.window // 2

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Every array of the network, by the names of MotionBERT's checkpoints."""
        return dict(self._shapes())

    def _shapes(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        wide, inner = self.channels, self.channels * self.mlp_ratio
        yield "temp_embed", (1, self.window, 1, wide)
        yield "pos_embed", (1, self.keypoints, wide)
        yield from _dense("joints_embed", self.token_inputs, wide)
        for block in (f"{stream}.{i}" for stream in _STREAMS for i in range(self.depth)):
            for axis in _AXES:
                for norm in ("norm1", "norm2"):
                    yield from _norm(f"{block}.{norm}_{axis}", wide)
                yield from _dense(f"{block}.attn_{axis}.qkv", wide, 3 * wide)
                yield from _dense(f"{block}.attn_{axis}.proj", wide, wide)
                yield from _dense(f"{block}.mlp_{axis}.fc1", wide, inner)
                yield from _dense(f"{block}.mlp_{axis}.fc2", inner, wide)
        for i in range(self.depth):
            yield from _dense(f"ts_attn.{i}", 2 * wide, 2)
        yield from _norm("norm", wide)
        yield from _dense("pre_logits.fc", wide, self.representation)
        yield from _dense("head", self.representation, 3)


def _dense(name: str, inputs: int, outputs: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield f"{name}.weight", (outputs, inputs)
    yield f"{name}.bias", (outputs,)


def _norm(name: str, channels: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield from ((f"{name}.{part}", (channels,)) for part in ("weight", "bias"))


def read_config(data: Mapping[str, Any]) -> DstConfig:
    """The sizes from a model card's plain data, each value of the type it must have.
    Raises KeyError, TypeError or ValueError for anything else."""
    known = [part.name for part in fields(DstConfig)]
    if unknown := [name for name in data if name not in known]:
        raise ValueError(f"its architecture has an unknown key {unknown[0]!r}; known are {', '.join(known)}")
    # bool is an int to Python: it may not pass for one.
    if any(type(data[name]) is not int for name in (*_NUMBERS, *_FRAME)):
        raise ValueError("its sizes are whole numbers")
    if type(data.get("mirrored", False)) is not bool:
        raise ValueError("its mirrored is true or false")
    return DstConfig(**data)


def config_of_state(state: Mapping[str, Any]) -> DstConfig:
    """The sizes inferred from the shapes of a checkpoint's arrays, with eight heads, which all published networks have,
    and with the mean over the mirror image, as MotionBERT evaluates.  Raises KeyError, AttributeError, ValueError,
    IndexError or TypeError where they are not those of such a network."""
    channels, token_inputs = state[FIRST].shape
    depth = 0
    while f"blocks_st.{depth}.norm1_s.weight" in state:
        depth += 1
    keypoints = state["pos_embed"].shape[1]
    return DstConfig(
        window=state["temp_embed"].shape[1],
        channels=channels,
        representation=state["pre_logits.fc.weight"].shape[0],
        depth=depth,
        heads=_PUBLISHED_HEADS,
        mlp_ratio=state["blocks_st.0.mlp_s.fc1.weight"].shape[0] // channels,
        inputs=token_inputs * keypoints,
        keypoints=keypoints,
        token_inputs=token_inputs,
        mirrored=True,
    )
