"""The training command, small: it learns, goes on where it stopped, and tells what it made."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
import time
from contextlib import closing

import numpy as np
import pytest
import torch
from support.motion_capture import data_folder, motions
from support.networks import random_net, save_small, small_card
from support.poses import ROOT

from realtime.commands.train import main, parser
from realtime.errors import FormatError, RecordError, UsageError, WeightsError
from realtime.lifting.features import feature_set
from realtime.lifting.model_files import load_network
from realtime.lifting.tcn.config import TcnConfig
from realtime.lifting.tcn.network import TemporalConvNet
from realtime.skeleton import COCO17, COCO_FEET21, H36M17, RUNNER20
from realtime.training.loop import Training
from realtime.training.loss import joint_loss
from realtime.training.mocap.corpora import CMU_ACKNOWLEDGEMENT
from realtime.training.networks import window_widths
from realtime.training.plan import HEAD, Phase, Plan
from realtime.training.pool import Pool
from realtime.training.presets import PLAIN, PRESETS
from realtime.training.run import starting_network
from realtime.training.run_files import RunFiles
from realtime.training.synthesis.batches import Recipe, Sampler

CPU = torch.device("cpu")
FEATURE = feature_set("turned", COCO17)


def training(steps: int, seed: int = 0, precision: str = "float32", device: torch.device = CPU, **plan) -> Training:
    torch.manual_seed(seed)
    net = TemporalConvNet(TcnConfig((3, 3), 32, FEATURE.channels, dropout=0.1)).to(device)
    sampler = Sampler(motions(), Recipe(window=9), device, seed)
    pool = Pool(sampler, FEATURE, size=64, blocks=2, reuse=2)
    return Training(net, pool, Plan(steps=steps, batch=64, precision=precision, **plan))


def weights(run: Training) -> torch.Tensor:
    return torch.cat([p.flatten() for p in run.average.parameters()])


def test_twenty_steps_lower_the_loss():
    losses = list(training(20))
    assert np.mean(losses[-5:]) < 0.8 * np.mean(losses[:3])


def test_bfloat16_learns_like_float32_and_keeps_float32_weights():
    exact, rough = (training(20, precision=precision) for precision in ("float32", "bfloat16"))
    np.testing.assert_allclose(list(rough), list(exact), rtol=0.15)
    assert not torch.equal(weights(rough), weights(exact))
    assert all(p.dtype == torch.float32 for p in rough.average.state_dict().values() if p.is_floating_point())


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_recorded_step_on_a_gpu_is_the_step(precision, tmp_path):
    cuda = torch.device("cuda")

    def run():
        begun = training(12, precision=precision, device=cuda)
        begun.net.drop.p = 0  # its random numbers are drawn elsewhere in a recording
        return begun

    recorded, plain = run(), run()
    plain._on_gpu = False
    ours, theirs = (torch.stack(list(each)).cpu() for each in (recorded, plain))
    assert torch.allclose(ours, theirs, rtol=0.05)
    assert torch.allclose(weights(recorded), weights(plain), atol=0.02)
    begun, resumed = run(), run()
    steps = iter(begun)
    for _ in range(7):
        next(steps)
    torch.save(begun.state(), tmp_path / "checkpoint.pt")
    resumed.restore(torch.load(tmp_path / "checkpoint.pt", weights_only=True))
    assert torch.allclose(torch.stack(list(resumed)).cpu(), ours[7:], rtol=0.05)


def test_the_same_seed_gives_the_same_network():
    networks = []
    for seed in (0, 0, 1):
        run = training(4, seed)
        list(run)
        networks.append(weights(run))
    assert torch.equal(networks[0], networks[1])
    assert not torch.equal(networks[0], networks[2])


def test_resuming_gives_what_an_uninterrupted_run_gives(tmp_path):
    whole = training(8)
    list(whole)
    begun = training(8)
    steps = iter(begun)
    for _ in range(5):
        next(steps)
    torch.save(begun.state(), tmp_path / "checkpoint.pt")
    resumed = training(8)
    resumed.restore(torch.load(tmp_path / "checkpoint.pt", weights_only=True))
    assert len(list(resumed)) == 3
    assert torch.equal(weights(resumed), weights(whole))


TWO_PHASES = {"phases": (Phase(0.5, 1.0, HEAD), Phase(0.5, 0.2))}


def body(run: Training) -> dict[str, torch.Tensor]:
    """Weights and statistics of all but the head."""
    return {name: value.clone() for name, value in run.net.state_dict().items() if not name.startswith(HEAD)}


def test_the_head_is_trained_alone_and_then_everything():
    run = training(8, **TWO_PHASES)
    before, head = body(run), run.net.shrink.weight.clone()
    steps = iter(run)
    for _ in range(4):
        next(steps)
    assert all(torch.equal(value, before[name]) for name, value in body(run).items())
    assert not torch.equal(run.net.shrink.weight, head)
    list(steps)
    changed = {name for name, value in body(run).items() if not torch.equal(value, before[name])}
    assert changed == set(before)


def test_resuming_two_phases_gives_what_an_uninterrupted_run_gives(tmp_path):
    whole = training(8, **TWO_PHASES)
    list(whole)
    for stop in (2, 4, 6):  # within each phase, and between them
        begun, resumed = training(8, **TWO_PHASES), training(8, **TWO_PHASES)
        steps = iter(begun)
        for _ in range(stop):
            next(steps)
        torch.save(begun.state(), tmp_path / "checkpoint.pt")
        resumed.restore(torch.load(tmp_path / "checkpoint.pt", weights_only=True))
        assert len(list(resumed)) == 8 - stop
        assert torch.equal(weights(resumed), weights(whole))


def test_every_phase_has_a_schedule_of_its_own():
    plan = Plan(steps=100, phases=(Phase(0.25, 1.0, HEAD), Phase(0.75, 0.2)))
    rates = np.array([plan.rate(done) for done in np.linspace(0, 1, 401)])
    assert rates[:100].max() == pytest.approx(plan.learning_rate, rel=0.01)
    assert rates[100:].max() == pytest.approx(0.2 * plan.learning_rate, rel=0.01)
    assert rates[99] < 0.01 * plan.learning_rate
    assert rates[-1] == pytest.approx(0.2 * plan.learning_rate * plan.last_rate)
    assert [plan.phase(done).alone for done in (0, 0.24, 0.25, 1)] == [HEAD, HEAD, None, None]
    with pytest.raises(ValueError, match="add up to 1"):
        Plan(steps=1, phases=(Phase(0.5),))


def test_the_learning_rate_rises_and_falls():
    plan = Plan(steps=100)
    rates = [plan.rate(done) for done in np.linspace(0, 1, 101)]
    assert rates[0] < rates[2]
    assert max(rates) == pytest.approx(plan.learning_rate, rel=0.01)
    assert rates[-1] == pytest.approx(plan.learning_rate * plan.last_rate)
    assert np.all(np.diff(rates[3:]) < 0)
    with pytest.raises(ValueError, match="either"):
        Plan(steps=1, minutes=1.0)


def test_a_plan_in_minutes_ends_by_the_clock():
    run = training(1)
    run.plan = Plan(minutes=0.001, batch=64)
    assert len(list(run)) >= 1
    assert run.elapsed_s >= 0.06
    assert run.done == 1


def test_the_loss_by_hand():
    wanted = torch.zeros(2, 17, 3)
    predicted = wanted.clone()
    predicted[0, H36M17.index("left_wrist")] = torch.tensor([3.0, 4, 0])
    total = 0.3 + 0.5 + 2 * 0.4 + 4 * 1.0 + 2 * (1.2 + 1.3 + 1.5 + 1.5)
    assert joint_loss(predicted, wanted).item() == pytest.approx(5 * 1.5 / total / 2)
    # Where the whole pose is makes no difference.
    assert joint_loss(predicted + 7, wanted).item() == pytest.approx(5 * 1.5 / total / 2, rel=1e-4)


def test_the_loss_of_a_runner_is_about_the_back_of_the_waist():
    wanted = torch.zeros(1, 20, 3)
    predicted = wanted.clone()
    predicted[0, RUNNER20.index("left_heel"), 2] = 2
    total = 0.5 + 2 * 0.4 + 4 * 1.0 + 2 * (1.2 + 1.3 + 4 * 1.5)
    assert joint_loss(predicted, wanted, RUNNER20).item() == pytest.approx(2 * 1.5 / total)
    assert joint_loss(predicted + 7, wanted, RUNNER20).item() == pytest.approx(2 * 1.5 / total, rel=1e-4)


@pytest.mark.parametrize(("window", "widths"), [(1, (1,)), (3, (3,)), (9, (3, 3)), (27, (3, 3, 3)), (243, (3,) * 5)])
def test_windows_are_powers_of_three(window, widths):
    assert window_widths(window) == widths
    assert TcnConfig(widths).receptive_field == window


@pytest.mark.parametrize("window", [0, 2, 10, 18])
def test_other_windows_are_refused(window):
    with pytest.raises(UsageError, match="--window"):
        window_widths(window)


def command(tmp_path, *more: str) -> list[str]:
    data = tmp_path / "data"
    if not data.exists():
        data_folder(data)
        # One more person, so that somebody is left to learn from.
        (data / "ui-prmd" / "s01.npz").write_bytes((data / "ui-prmd" / "s05.npz").read_bytes())
    folders = ["--data", data, "--out", tmp_path / "model" / "small-9", "--work", tmp_path / "work"]
    flags = ["--window", "9", "--channels", "8", "--batch", "16", "--check", "2", "--samples", "64"]
    return [*map(str, folders), "--cache", str(tmp_path / "cache"), *flags, "--device", "cpu", "--no-clip", *more]


def test_the_command_writes_a_network_with_a_complete_card(tmp_path, capsys):
    assert main(command(tmp_path, "--steps", "4", "--seed", "3")) == 0
    assert "heldout_people_mm: MPJPE" in capsys.readouterr().out
    network = load_network(tmp_path / "model" / "small-9.safetensors")
    assert network.net.config.filter_widths == (3, 3)
    card = json.loads((tmp_path / "model" / "small-9.json").read_text())
    assert card["architecture"]["causal"] is True
    assert card["height_m"] == 1.7
    assert set(card["scores"]) == {"heldout_people_mm", "heldout_people_height_told_mm"}
    assert (card["features"], card["normalise"], card["rate_hz"]) == ("turned", "rays", [15, 60])
    assert card["licence"] == "Apache-2.0"
    assert card["limits"]
    assert len(card["sha256"]) == 64
    made = card["training"]
    assert {d["folder"] for d in made["data"]} == {"ui-prmd", "cmu-deepmimic_arpspoof-jump"}
    assert all(len(d["sha256"]) == 64 and d["licence"] and d["minutes"] > 0 for d in made["data"])
    assert made["acknowledgement"] == CMU_ACKNOWLEDGEMENT
    assert (made["seed"], made["steps"]) == (3, 4)
    assert made["command"].startswith("python -m realtime train --data data --out small-9")
    assert str(tmp_path) not in json.dumps(card)
    assert card["scores"]["heldout_people_mm"]["MPJPE"] > 0

    with (tmp_path / "work" / "small-9" / "curve.csv").open() as file:
        assert [row["step"] for row in csv.DictReader(file)] == ["2", "4"]
    assert (tmp_path / "work" / "small-9" / "curve.png").read_bytes().startswith(b"\x89PNG")

    longer = [*command(tmp_path, "--seed", "3"), "--steps", "6", "--resume"]
    assert main(longer) == 0
    with (tmp_path / "work" / "small-9" / "curve.csv").open() as file:
        assert [row["step"] for row in csv.DictReader(file)] == ["2", "4", "6"]
    card = json.loads((tmp_path / "model" / "small-9.json").read_text())
    assert card["training"]["steps"] == 6
    assert "--resume" not in card["training"]["command"]


def test_a_runner_is_learned_by_transfer(tmp_path, capsys):
    pretrained = save_small(tmp_path, "causal-feet-9", keypoints=COCO_FEET21, mirrored=True)
    words = without(command(tmp_path, "--preset", "runner", "--feet", "--init-from", str(pretrained)), "--out")
    words = without(words, "--batch")
    assert main([*words, "--steps", "4", "--batch", "16"]) == 0
    assert "heldout_people_mm: MPJPE" in capsys.readouterr().out
    network = load_network(tmp_path / "work" / "causal-runner-feet-9.safetensors")
    assert (network.card.skeleton_in, network.card.skeleton_out) == ("coco-feet-21", "runner-20")
    assert network.net(torch.zeros(1, 9, 45)).shape == (1, 1, 20, 3)
    made = network.card.extra["training"]
    assert made["start"] == load_network(pretrained).label
    assert made["recipe"]["joints"] == "runner-20"
    assert [phase["alone"] for phase in made["plan"]["phases"]] == [HEAD, None]
    assert made["plan"]["learning_rate"] == PRESETS["runner"].flags["rate"]
    assert {entry["weight"] for entry in made["data"]} == {
        PRESETS["runner"].weights[folder] for folder in ("ui-prmd", "cmu-deepmimic_arpspoof-jump")
    }
    assert "points on the skin" in network.card.extra["limits"]
    assert main([*words, "--steps", "6", "--batch", "16", "--resume", "--rate", "1e-3"]) == 0


@pytest.mark.parametrize(
    ("flags", "name"),
    [
        (["--feet"], "causal-feet-27"),
        ([], "causal-27"),
        (["--feet", "--symmetric", "--window", "81"], "symmetric-feet-81"),
        (["--delay", "3", "--feet"], "delay3-feet-27"),
    ],
)
def test_the_pretrained_body_is_that_of_the_network_that_fits(flags, name):
    args = parser().parse_strictly(["--data", "x", "--preset", "runner", *flags])
    assert starting_network(args, PRESETS["runner"]).card.name == name
    assert starting_network(args, PLAIN) is None


def without(words: list[str], flag: str) -> list[str]:
    at = words.index(flag)
    return words[:at] + words[at + 2 :]


def contents(folder) -> dict[str, bytes]:
    """Every file in it, but for locks."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.mark.parametrize(
    ("flags", "name"), [([], "causal-9"), (["--symmetric"], "symmetric-9"), (["--delay", "3"], "delay3-9")]
)
def test_by_default_the_network_goes_into_the_work_folder_and_it_says_how_to_use_it(tmp_path, capsys, flags, name):
    shipped = contents(ROOT / "model")
    words = without(command(tmp_path, "--steps", "2", *flags), "--out")
    assert main(words) == 0
    network = tmp_path / "work" / f"{name}.safetensors"
    assert load_network(network).card.name == name
    assert contents(ROOT / "model") == shipped
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith(f"wrote {network} and its card; to use it: python ")
    assert last.endswith(f" --model {network} --window 9")
    assert ("lift VIDEO --symmetric" in last) == bool(flags)


def test_the_default_folder_is_in_out_files():
    assert parser().parse_strictly(["--data", "x"]).work.as_posix() == "out_files/training"


def test_a_name_may_have_its_suffix(tmp_path):
    words = command(tmp_path, "--steps", "2", "--out", str(tmp_path / "model" / "small-9.safetensors"))
    assert main(words) == 0
    assert sorted(contents(tmp_path / "model")) == ["small-9.json", "small-9.safetensors"]


def refused(words: list[str], folder, match: str) -> None:
    """In one line, with every file as it was."""
    before = contents(folder)
    with pytest.raises((RecordError, UsageError), match=match) as told:
        main(words)
    assert "\n" not in str(told.value)
    assert contents(folder) == before


def no_data(words: list[str]) -> list[str]:
    """With a folder of data that is not there: whoever looks for it raises FormatError."""
    return [*without(words, "--data"), "--data", "missing"]


def test_what_another_run_has_made_is_refused_before_the_data_is_looked_for(tmp_path):
    words = command(tmp_path, "--steps", "2")
    assert main(words) == 0
    refused(no_data(words), tmp_path, r"small-9\.safetensors exists already .* another --out, or --force")
    elsewhere = [*words, "--out", str(tmp_path / "other" / "small-9")]  # the same name, and so the same checkpoint
    refused(no_data(elsewhere), tmp_path, r"checkpoint\.pt exists already .* --resume continues .* --force")
    (tmp_path / "work" / "small-9" / "checkpoint.pt").unlink()
    refused(no_data(elsewhere), tmp_path, r"curve\.csv exists already")
    (tmp_path / "model" / "small-9.safetensors").unlink()
    refused(no_data(words), tmp_path, r"small-9\.json exists already")


def test_force_replaces_it_once_everything_is_loaded(tmp_path):
    assert main(command(tmp_path, "--steps", "2")) == 0
    before = contents(tmp_path)
    with pytest.raises(FormatError, match="missing"):
        main([*no_data(command(tmp_path, "--steps", "2")), "--force"])
    assert contents(tmp_path) == before
    assert main(command(tmp_path, "--steps", "4", "--force", "--seed", "1")) == 0
    card = json.loads((tmp_path / "model" / "small-9.json").read_text())
    assert (card["training"]["steps"], card["training"]["seed"]) == (4, 1)
    assert "--force" not in card["training"]["command"]
    with (tmp_path / "work" / "small-9" / "curve.csv").open() as file:
        assert [row["step"] for row in csv.DictReader(file)] == ["2", "4"]


def test_resume_replaces_only_the_network_of_its_own_run(tmp_path):
    assert main(command(tmp_path, "--steps", "2")) == 0
    (tmp_path / "other").mkdir()
    save_small(tmp_path / "other", "small-9")
    longer = [*command(tmp_path, "--steps", "4"), "--resume"]
    refused([*no_data(longer), "--out", str(tmp_path / "other" / "small-9")], tmp_path, "not of the run that is cont")
    refused([*no_data(longer), "--out", str(tmp_path / "model")], tmp_path, "is a folder")
    assert main(longer) == 0
    assert main([*longer, "--out", str(tmp_path / "other" / "small-9"), "--force"]) == 0
    assert load_network(tmp_path / "other" / "small-9.safetensors").card.extra["training"]["steps"] == 4


def test_a_place_that_cannot_be_written_is_told_before_the_data_is_looked_for(tmp_path):
    words = no_data(command(tmp_path, "--steps", "2"))
    (tmp_path / "file").touch()
    (tmp_path / "model" / "folder").mkdir(parents=True)
    for out, why in (
        (tmp_path / "file" / "a", "cannot write .*Not a directory"),
        (tmp_path / "file" / "deep" / "a", "cannot write .*Not a directory"),
        (tmp_path / "model" / "folder", "is a folder"),
        (tmp_path, "is a folder"),
    ):
        refused([*words, "--out", str(out)], tmp_path, why)
    refused([*words, "--work", str(tmp_path / "file")], tmp_path, "cannot write .*give another --work")


def test_a_cache_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").touch()
    words = command(tmp_path, "--steps", "2", "--cache", str(tmp_path / "file"))
    refused(words, tmp_path, "cannot write .*give another --cache")


def test_of_two_runs_in_one_folder_the_second_is_refused(tmp_path):
    with closing(RunFiles(tmp_path / "a" / "net", tmp_path / "work")):
        with pytest.raises(RecordError, match=r"another run .* give another --out or --work"):
            RunFiles(tmp_path / "b" / "net", tmp_path / "work")
        RunFiles(tmp_path / "b" / "net-2", tmp_path / "work").close()
    RunFiles(tmp_path / "b" / "net", tmp_path / "work").close()


def test_what_another_program_has_written_meanwhile_is_kept_and_so_is_the_network(tmp_path, capsys):
    net = random_net(small_card().config)
    with closing(RunFiles(tmp_path / "net", tmp_path / "work")) as files:
        theirs = save_small(tmp_path, "net", seed=1)
        before = theirs.read_bytes()
        for _ in range(2):
            written = files.save_network(net, small_card())
    assert theirs.read_bytes() == before
    assert written == tmp_path / "work" / "net" / "net.safetensors"
    np.testing.assert_equal(dict(load_network(written).state), net.arrays())
    told = capsys.readouterr().err
    assert told.startswith(f"warning: {theirs} exists already")
    assert told.endswith(f"; the network goes to {written}\n")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on a process's files")
def test_a_full_disk_does_not_end_the_training(tmp_path):
    words = command(tmp_path, "--steps", "4")
    code = f"""
import resource, signal
from realtime.commands.train import main
from realtime.training import run_files
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))  # less than the checkpoint, more than the network
raise SystemExit(main({words!r}))
"""
    assert main(command(tmp_path, "--steps", "1", "--out", str(tmp_path / "first"))) == 0  # the cache is larger
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    told = [line for line in done.stderr.splitlines() if not line.startswith("nobody is held out")]
    assert told
    assert all(line.startswith("warning: cannot write ") and "checkpoint.pt" in line for line in told)
    assert load_network(tmp_path / "model" / "small-9.safetensors").card.extra["training"]["steps"] == 4
    assert sorted(contents(tmp_path / "work" / "small-9")) == ["curve.csv", "curve.png"]


def test_a_checkpoint_of_another_network_is_told(tmp_path):
    assert main(command(tmp_path, "--steps", "2")) == 0
    with pytest.raises(WeightsError, match=r"^--resume: the checkpoint is of another network [^\n]*$"):
        main(command(tmp_path, "--steps", "4", "--resume", "--channels", "16"))


def test_ctrl_c_saves_what_is_there(tmp_path):
    folder = tmp_path / "work" / "small-9"
    words = [sys.executable, "-m", "realtime", "train", *command(tmp_path, "--minutes", "10")]
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + 60
        while not (folder / "checkpoint.pt").exists() and time.monotonic() < deadline:
            assert process.poll() is None, process.communicate()
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 0, err
    assert "interrupted: saving the current network" in err
    assert f"--model {tmp_path / 'model' / 'small-9.safetensors'}" in out
    assert (folder / "curve.png").exists()
    assert load_network(tmp_path / "model" / "small-9.safetensors").card.extra["training"]["steps"] >= 2


def test_checkpoints_that_cannot_be_used_are_told(tmp_path):
    with pytest.raises(UsageError, match="no checkpoint"):
        main(command(tmp_path, "--steps", "2", "--resume"))
    (tmp_path / "work" / "small-9" / "checkpoint.pt").write_bytes(b"junk")
    with pytest.raises(WeightsError, match="cannot be read"):
        main(command(tmp_path, "--steps", "2", "--resume"))


@pytest.mark.parametrize(
    "words",
    [["--steps", "0"], ["--minutes", "-1"], ["--dropout", "1"], ["--steps", "1", "--minutes", "1"], ["--delay", "9"]],
)
def test_values_that_make_no_sense_are_refused(words, tmp_path):
    with pytest.raises(UsageError, match=words[0]):
        main(command(tmp_path, *words))


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_a_missing_gpu_is_told(tmp_path):
    with pytest.raises(UsageError, match="no CUDA device"):
        main(command(tmp_path, "--steps", "1", "--device", "cuda"))
