"""A folder of one's own motion files: corpus.toml."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from support.example_motions import walk
from support.motion_capture import walker
from support.motion_files import trc_text

from realtime.errors import FormatError
from realtime.formats.trc import write_trc
from realtime.motion import to_y_up
from realtime.skeleton import H36M17
from realtime.training.mocap.activities import activity_of
from realtime.training.mocap.corpora import CORPORA, load, split
from realtime.training.mocap.user_corpus import read_user_corpus, user_corpora


def corpus(folder, about='licence = "CC0"\n', files=("anna/walk_1.trc", "ben/walk_2.trc")):
    """A folder with a description and some walks of a second."""
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write_trc(folder / name, walk(40, 50))
    folder.mkdir(exist_ok=True)
    (folder / "corpus.toml").write_text(about, "utf-8")
    return folder


def test_ones_own_files_are_loaded(tmp_path):
    corpus(tmp_path / "mine", 'licence = "CC BY 4.0"\nweight = 0.3\nheld_out = ["ben"]\n')
    motions = load(tmp_path)
    assert motions.subject.tolist() == ["mine-anna", "mine-ben"]
    assert motions.corpus.tolist() == ["mine", "mine"]
    assert motions.clip.tolist() == [str(Path("anna/walk_1.trc")), str(Path("ben/walk_2.trc"))]
    assert [(c.folder, c.licence, c.weight) for c in motions.corpora] == [("mine", "CC BY 4.0", 0.3)]
    assert np.diff(motions.starts).tolist() == [47, 47]  # 39 steps at 50 Hz, at 60
    train, heldout = split(motions)
    assert (train.subject.tolist(), heldout.subject.tolist()) == (["mine-anna"], ["mine-ben"])
    assert train.corpora == motions.corpora


def test_somebody_must_be_held_out(tmp_path):
    corpus(tmp_path / "mine")
    with pytest.raises(FormatError, match=r"no person is held out .*; the people here are mine-anna, mine-ben"):
        split(load(tmp_path))


def test_they_are_kept_in_the_cache_under_their_name(tmp_path):
    folder, cache = tmp_path / "data", tmp_path / "cache"
    corpus(folder / "mine")
    first, again = load(folder, cache), load(folder, cache)
    np.testing.assert_array_equal(first.points, again.points)
    assert [c.folder for c in again.corpora] == ["mine"]
    (folder / "mine").rename(folder / "ours")
    assert load(folder, cache).subject.tolist() == ["ours-anna", "ours-ben"]
    (folder / "ours" / "corpus.toml").write_text('licence = "CC0"\nsubject = "one"\n')
    assert load(folder, cache).subject.tolist() == ["ours-1", "ours-1"]
    assert len(list(cache.iterdir())) == 3


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("data/corpus.toml", r"expected data/NAME/corpus\.toml .*, but found data/corpus\.toml: give --data \.$"),
        ("data/a/b/corpus.toml", r"but found data/a/b/corpus\.toml: give --data data/a$"),
        ("data/notes.txt", r"expected data/NAME/corpus\.toml .*, or a folder ui-prmd, "),
        ("notes.txt", r"there is no folder data"),
    ],
)
def test_a_description_in_the_wrong_place_is_found(tmp_path, monkeypatch, place, says):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('licence = "CC0"\n')
    with pytest.raises(FormatError, match=says):
        load(Path("data"))


@pytest.mark.parametrize(
    ("rule", "subjects"),
    [
        ("folder", ["anna", "ben"]),
        ("top", ["anna", "ben"]),
        ("prefix", ["walk", "walk"]),
        ("file", ["walk_1", "walk_2"]),
        ("one", ["1", "1"]),
    ],
)
def test_who_is_who(tmp_path, rule, subjects):
    corpus(tmp_path / "mine", f'licence = "CC0"\nsubject = "{rule}"\n')
    assert load(tmp_path).subject.tolist() == [f"mine-{subject}" for subject in subjects]


def test_people_above_the_folders_of_their_sessions(tmp_path):
    about = 'licence = "CC0"\nheld_out = ["anna"]\n'
    files = ("anna/monday/a.trc", "anna/friday/b.trc", "ben/monday/c.trc", "d.trc")
    corpus(tmp_path / "mine", about, files)
    with pytest.raises(FormatError, match=r"held_out names 'anna', but the people are 1, friday, monday; subject says"):
        split(load(tmp_path))
    corpus(tmp_path / "mine", about + 'subject = "top"\n', ())
    motions = load(tmp_path)
    assert motions.subject.tolist() == ["mine-anna", "mine-anna", "mine-ben", "mine-1"]
    train, heldout = split(motions)
    assert (set(train.subject), set(heldout.subject)) == ({"mine-ben", "mine-1"}, {"mine-anna"})


def fit3d_tree(folder, people=("s03", "s04", "s08"), actions=("squat", "pushup")):
    """Fit3D as it is downloaded: joints, and other files with the same ending."""
    root = folder / "fit3d_train"
    root.mkdir(parents=True)
    (root / "fit3d_info.json").write_text('{"train_subj_names": ["s03"]}')
    joints = np.concatenate([walker(40)[:, :17], walker(40)[:, :8]], 1)
    for person in people:
        place = root / "train" / person
        texts = {"rep_ann.json": "{}"}
        for action in actions:
            level = {"extrinsics": {"R": [[1, 0, 0], [0, 0, -1], [0, 1, 0]], "T": [[0, 0, 3]]}}
            texts |= {
                f"joints3d_25/{action}.json": json.dumps({"joints3d_25": joints.tolist()}),
                f"camera_parameters/50591643/{action}.json": json.dumps(level),
                f"gpp/{action}.json": "{}",
                f"smplx/{action}.json": "{}",
            }
        for name, text in texts.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text(text)
    (folder / "corpus.toml").write_text('licence = "Fit3D: academic use"\nformat = "fit3d"\nheld_out = ["s08"]\n')
    return root


@pytest.mark.parametrize("named", [True, False], ids=["format named", "format by ending"])
def test_fit3d_is_split_by_person(tmp_path, named):
    root = fit3d_tree(tmp_path / "fit3d")
    if not named:
        (tmp_path / "fit3d" / "corpus.toml").write_text('licence = "x"\nheld_out = ["s08"]\n')
    motions = load(tmp_path)
    assert motions.subject.tolist() == [f"fit3d-{s}" for s in ("s03", "s03", "s04", "s04", "s08", "s08")]
    train, heldout = split(motions)
    assert set(train.subject) == {"fit3d-s03", "fit3d-s04"}
    assert set(heldout.subject) == {"fit3d-s08"}
    assert [activity_of("fit3d", clip) for clip in heldout.clip] == ["pushup", "squat"]
    # The folder of the people, in whichever folder it is.
    (root / "train").rename(tmp_path / "fit3d" / "people")
    assert load(tmp_path).subject.tolist() == motions.subject.tolist()


def test_fit3d_without_its_folders(tmp_path):
    """As somebody copies the joints alone."""
    root = fit3d_tree(tmp_path / "fit3d")
    for person in ("s03", "s04", "s08"):
        (tmp_path / "fit3d" / person).mkdir()
        for path in (root / "train" / person / "joints3d_25").iterdir():
            path.rename(tmp_path / "fit3d" / person / path.name)
    shutil.rmtree(root)
    assert sorted(set(load(tmp_path).subject)) == ["fit3d-s03", "fit3d-s04", "fit3d-s08"]


def test_a_corpus_of_which_nobody_is_held_out_is_said(tmp_path, caplog):
    corpus(tmp_path / "mine", 'licence = "CC0"\nheld_out = ["ben"]\n')
    split(load(tmp_path))
    assert not caplog.text
    corpus(tmp_path / "alone", 'licence = "CC0"\nsubject = "one"\n')
    corpus(tmp_path / "ours")
    split(load(tmp_path))
    assert "nobody is held out of alone (1 person), ours (2 people): for training only" in caplog.text


@pytest.mark.parametrize(
    ("held_out", "says"),
    [
        ('["bea"]', r"mine/corpus\.toml: held_out names 'bea', but the people are anna, ben; subject says which"),
        ('["ben", "mine-anna"]', "held_out names 'mine-anna', but the people are anna, ben"),
    ],
)
def test_somebody_who_is_not_there_cannot_be_held_out(tmp_path, held_out, says):
    corpus(tmp_path / "mine", f'licence = "CC0"\nheld_out = {held_out}\n')
    with pytest.raises(FormatError, match=says) as fault:
        split(load(tmp_path))
    assert "\n" not in str(fault.value)


def test_names_and_units_that_the_files_do_not_tell(tmp_path):
    folder = tmp_path / "große Aufnahmen"
    folder.mkdir()
    marks = {f"m {i}": to_y_up(walker(40)[:, i]) for i in range(17)}
    (folder / "x.TRC").write_text(trc_text(marks, 40))
    (folder / "notes.txt").write_text("no motion")
    names = "\n".join(f'{joint} = "m {i}"' for i, joint in enumerate(H36M17.joints) if joint != "neck")
    (folder / "corpus.toml").write_text(f'licence = "CC0"\nrate_hz = 60\n[names]\n{names}\nneck = ["m 8", "m 8"]\n')
    motions = load(tmp_path)
    assert motions.points == pytest.approx(walker(40), abs=1e-6)
    assert motions.subject.tolist() == ["große Aufnahmen-1"]


def test_sets_of_many_recordings(tmp_path):
    (tmp_path / "h36m").mkdir()
    both = {"S1": {"Walking": walker(40)[:, :17]}, "S9": {"Eating 1": walker(60)[:, :17]}}
    np.savez(tmp_path / "h36m" / "data_3d_h36m.npz", positions_3d=np.array(both, object))
    (tmp_path / "h36m" / "corpus.toml").write_text('licence = "Human3.6M: academic use only"\nheld_out = ["S9"]\n')
    motions = load(tmp_path)
    assert motions.subject.tolist() == ["h36m-S1", "h36m-S9"]
    assert len(split(motions)[1].points) == 71


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    corpus(tmp_path / "mine")
    (tmp_path / "mine" / "ben" / "walk_3.trc").write_text("hello")
    with pytest.raises(FormatError, match=r"walk_3\.trc does not start with PathFileType"):
        load(tmp_path)


def test_folders_without_a_description_and_those_of_the_project_are_left(tmp_path):
    corpus(tmp_path / "mine")
    (tmp_path / "other").mkdir()
    corpus(tmp_path / CORPORA[0].folder)
    found = user_corpora(tmp_path, {c.folder for c in CORPORA})
    assert [c.folder for c in found] == ["mine"]
    with pytest.raises(FormatError, match=r"NAME/corpus\.toml"):
        load(tmp_path / "other")


@pytest.mark.parametrize(
    ("about", "says"),
    [
        ("", "licence is required"),
        ('licence = ""', "licence is required"),
        ("licence = 4", "licence cannot be 4"),
        ("licence", "is not TOML"),
        ("licence = " + "9" * 5000, "is not TOML"),
        ("licence = " + "[" * 5000, "is not TOML"),
        ('licence = "x"\nweigth = 1', "unknown key 'weigth'; known are licence"),
        ('licence = "x"\nweight = -1', "weight must be above 0"),
        ('licence = "x"\nweight = nan', "weight must be above 0"),
        ('licence = "x"\nweight = true', "weight cannot be True"),
        ('licence = "x"\nsubject = "me"', "subject must be one of folder, top, prefix, file, one"),
        ('licence = "x"\nformat = "fbx"', "format must be one of bvh, acclaim"),
        ('licence = "x"\n[names]\nelbow = "E"', r"\[names\] must map a joint of this project"),
        ('licence = "x"\n[names]\nleft_elbow = 3', r"\[names\] must map a joint of this project"),
        ('licence = "x"\n[names]\nleft_elbow = []', r"\[names\] must map a joint of this project"),
    ],
)
def test_what_is_wrong_with_a_description_is_told(tmp_path, about, says):
    corpus(tmp_path / "mine", about, ())
    with pytest.raises(FormatError, match=says) as fault:
        read_user_corpus(tmp_path / "mine" / "corpus.toml")
    assert "\n" not in str(fault.value)
