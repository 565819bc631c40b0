"""One training run: motion capture or Fit3D → a trained network with its model card."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import torch

from ..errors import MissingLibrary, RecordError, UsageError, WeightsError
from ..lifting.choice import NetworkUse, choose_network
from ..lifting.features import feature_set, mirrors
from ..lifting.model_card import ModelCard
from ..lifting.model_files import Network, load_network
from ..lifting.transformer.network import DSTformer
from ..metrics import scores_mm
from ..runtime.hints import command
from ..runtime.stop import Stop
from ..skeleton import COCO17, COCO_FEET21, SKELETONS
from .card import command_line, training_card
from .evaluation.heldout import HeldoutSamples, answered_frame, heldout_scores
from .loop import Training
from .networks import HIDDEN, TRAINABLE
from .plan import Plan
from .presets import PLAIN, PRESETS, Preset
from .run_files import RunFiles, reported
from .sources import open_source
from .synthesis.batches import Recipe
from .warm_start import warm_start

_AUTO_PRECISION = {"cpu": "float32", "cuda": "bfloat16"}
_DEFAULT_MINUTES = 25.0
_CURVE_SAMPLES = 2048

Scores = dict[str, dict[str, float]]


class TrainingRun:
    """One training run from the command line."""

    def __init__(self, args: argparse.Namespace, argv: Sequence[str], files: RunFiles) -> None:
        self._args, self._argv, self._files = args, argv, files
        self._kind, trainable = args.architecture, TRAINABLE[args.architecture]
        device = _device(args.device)
        self._preset = PRESETS[args.preset] if args.preset else PLAIN
        start = starting_network(args, self._preset)
        self._start_label = start and start.label
        if args.threads:
            torch.set_num_threads(args.threads)
        torch.manual_seed(args.seed)
        features = self._features = feature_set(args.features, COCO_FEET21 if args.feet else COCO17)
        self._config = trainable.config(args, features, len(SKELETONS[self._preset.joints]))
        self._recipe = Recipe(
            window=args.window,
            answer=answered_frame(self._config),
            every_frame=trainable.every_frame,
            keypoints=features.skeleton.name,
            landmarks=args.landmarks,
            joints=self._preset.joints,
        )
        self._source = open_source(args, self._preset)
        pool = self._source.pool(self._recipe, features, device)
        steps = args.epochs * pool.steps if args.epochs and pool.steps else args.steps
        minutes = None if steps else args.minutes or _DEFAULT_MINUTES
        precision = _AUTO_PRECISION[device.type] if args.precision == "auto" else args.precision
        preset = self._preset
        plan = Plan(
            steps,
            minutes,
            args.batch,
            args.rate,
            precision=precision,
            phases=preset.phases,
            bones=preset.bones,
            **trainable.errors,
        )
        net = trainable.network(self._config, mirrors(features, self._recipe.target))
        if isinstance(net, DSTformer) and args.pretrain:
            net.hidden = HIDDEN
        if start:
            new_head = pool.mean_target.cpu() if self._preset.from_pretrained else None
            warm_start(net, self._card_of_start(), start, new_head)
        self._training = Training(net.to(device), pool, plan, self._recipe.target)
        self._device = device
        if args.resume:
            self._restore()
        files.begin()

    def _card_of_start(self) -> ModelCard:
        """What the weights of a network to begin with are compared with."""
        features = self._features
        return ModelCard(
            self._files.network.name,
            self._config,
            features.name,
            skeleton_in=features.skeleton.name,
            skeleton_out=self._recipe.joints,
            kind=self._kind,
        )

    def _restore(self) -> None:
        try:
            self._training.restore(self._files.state)
        except (RuntimeError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise WeightsError(
                f"--resume: the checkpoint is of another network ({str(error).splitlines()[0]}); "
                "give the flags that its training was started with"
            ) from error

    def learn(self, stop: Stop) -> None:
        """Train until the plan is complete or a stop is requested, with a progress bar, a csv file and checkpoints.

        A flag, for an exception would be raised anywhere in PyTorch, which writes a checkpoint by calling back
        into Python, and may be lost there.
        """
        from tqdm import tqdm

        samples = self._heldout_samples(_CURVE_SAMPLES)
        recent: list[torch.Tensor] = []
        layout = "{percentage:3.0f}%|{bar}| {remaining} left{postfix}"
        with tqdm(total=100.0, bar_format=layout, disable=None) as bar:
            for loss in self._training:
                recent.append(loss)
                bar.update(100 * self._training.done - bar.n)
                if self._training.step % self._args.check == 0 or self._training.done >= 1:
                    scores = self._scores(samples)
                    mean = 1000 * float(torch.stack(recent).mean())
                    minutes = self._training.elapsed_s / 60
                    with reported():
                        self._files.curve.add(self._training.step, minutes, mean, scores["MPJPE"], scores["PA-MPJPE"])
                    line = f"loss {mean:.1f} mm, held-out {scores['MPJPE']:.1f} mm"
                    bar.set_postfix_str(line)
                    if bar.disable:  # not a terminal
                        print(f"{100 * self._training.done:3.0f} %, step {self._training.step}, {line}", flush=True)
                    recent.clear()
                    self.checkpoint()
                if stop.is_set():
                    return

    def _heldout_samples(self, count: int) -> HeldoutSamples:
        return self._source.heldout(self._recipe, self._config, min(count, self._args.samples), self._device)

    def _scores(self, samples: HeldoutSamples, *, told: bool = False) -> dict[str, float]:
        net, recipe = self._training.average, self._recipe
        return heldout_scores(net, self._features, samples, recipe.height_m, recipe.target, told=told)

    def checkpoint(self) -> None:
        """Write the state for a later `--resume`."""
        with reported():
            self._files.save_checkpoint(self._training.state())

    def save(self) -> None:
        """Write the averaged network, its card and the plot of the curve; print its scores and where it is."""
        samples = self._heldout_samples(self._args.samples)
        scores = {
            f"heldout_people{'_height_told' if told else ''}_mm": self._scores(samples, told=told)
            for told in (False, True)
        }
        scores |= {f"heldout_{name}_mm": self._scores(some) for name, some in self._source.exercises(samples).items()}
        path = self._files.save_network(self._training.average, self._card(scores))
        if not self._args.no_clip:
            # Loaded from the file and run in the live pipeline, as in deployment.
            scores |= clip_scores(path, self._args.window)
            path = self._files.save_network(self._training.average, self._card(scores))
        with reported():
            self._files.curve.draw()
        for what, metrics in scores.items():
            print(f"{what}: " + ", ".join(f"{name} {value:.1f}" for name, value in metrics.items()))
        print(f"wrote {path} and its card; to use it: {self._how_to_use(path)}")

    def _how_to_use(self, path: Path) -> str:
        program = command("lift", "VIDEO", "--symmetric") if self._config.lookahead else command("run")
        return f"{program} --model {shlex.quote(str(path))} --window {self._args.window}"

    def _card(self, scores: Scores) -> ModelCard:
        args = self._args
        training = {
            "command": command_line(self._argv),
            "seed": args.seed,
            "start": self._start_label,
            "steps": self._training.step,
            "minutes": round(self._training.elapsed_s / 60, 1),
            "device": self._device.type,
            "plan": asdict(self._training.plan),
            **self._source.samples(self._recipe),
            "run": self._files.run_id,
            "held_out": self._source.held_out,
        }
        rounded = {what: {k: round(v, 1) for k, v in metrics.items()} for what, metrics in scores.items()}
        name, origin = self._files.network.name, self._source.origin
        return training_card(name, self._kind, self._config, self._features, self._recipe, origin, training, rounded)


def clip_scores(model: Path, window: int) -> Scores:
    """Scores of the network and of BlazePose's own 3D on the bundled clip; empty, with a
    message on stderr, if BlazePose's networks cannot be had."""
    from ..training.evaluation.truth_clips import find_clips, run_clip

    try:
        result = run_clip(find_clips("demo")[0], str(model), window)
    except (MissingLibrary, WeightsError, RecordError) as error:
        print(f"not scored on the bundled clip: {error}", file=sys.stderr)
        return {}
    return {
        "demo_clip_mm": scores_mm(result.lifted, result.true),
        "demo_clip_blazepose_world_mm": scores_mm(result.detector, result.true),
    }


def starting_network(args: argparse.Namespace, preset: Preset) -> Network | None:
    """The network that a training with these flags begins with, None for random weights.  Errors as for
    `choose_network` and `load_network`."""
    if not args.init_from and not preset.from_pretrained:
        return None
    points = COCO_FEET21 if args.feet else COCO17
    use = NetworkUse(args.window, None if args.symmetric else args.delay, args.landmarks, points)
    return load_network(args.init_from or choose_network(use))


def _device(name: str) -> torch.device:
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda" and not torch.cuda.is_available():
        raise UsageError("--device cuda: PyTorch finds no CUDA device; use --device cpu")
    return torch.device(name)
