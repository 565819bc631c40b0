import numpy as np
import pytest
from matplotlib.backend_bases import KeyEvent
from support.viewer_scenes import ROOT, Picture, count, standing

from realtime.commands.view import parser
from realtime.viewer.blit import Blitter
from realtime.viewer.controls.connect import connect_window, player_actions
from realtime.viewer.controls.help import HINT_S, Help
from realtime.viewer.controls.keys import KEYS, MOUSE, rows
from realtime.viewer.player import Player, Recording
from realtime.viewer.scene import EXTRAS
from realtime.viewer.theme import THEMES
from realtime.viewer.view import View


def test_no_key_does_two_things():
    names = [name for key in KEYS.values() for name in key.names]
    assert len(names) == len(set(names))


def test_the_readme_and_the_help_of_the_command_name_every_key():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    line = readme.partition("Keys in the window: ")[2].partition("\n\n")[0]
    command = " ".join(parser().format_help().split())
    for key in KEYS.values():
        assert f"{key.shown}: {key.what}" in command
        assert f"`{key.shown.partition(' or ')[0]}`" in line, key


class Window(Picture):
    """A scene in memory with keys and help, as a window has them."""

    def __init__(self, actions=None, note=str, **options):
        super().__init__(**options)
        self.pressed = []
        self.help = Help(self.screen.figure, self.scene.theme, note)
        actions = {"inset": lambda: self.pressed.append("inset")} if actions is None else actions
        connect_window(self.screen, self.scene, actions, self.help)
        words, *between, moving = self.scene.layers
        self.blitter = Blitter(self.screen.canvas, (*words, self.help.hint), *between, (*moving, self.help.panel))
        self.body = View(standing() + (0, 0, 0.93))

    def at(self, now_s):
        self.help.show(now_s)
        return self.of(self.body)

    def key(self, name):
        event = KeyEvent("key_press_event", self.screen.canvas, name)
        self.screen.canvas.callbacks.process(event.name, event)


def test_the_help_lists_the_keys_that_work_and_only_those():
    window = Window()
    listed = dict(window.help._rows)
    for name, key in KEYS.items():
        assert (key.shown in listed) == (name in ("inset", "theme", "reset", "help", "close", *EXTRAS))
    assert set(MOUSE) <= set(listed.items())
    assert rows([]) == list(MOUSE)


@pytest.mark.parametrize("key", ["h", "?", "H"])
def test_the_help_opens_over_the_body_and_leaves_no_trace(key):
    window = Window(size_wh=(500, 500))
    window.at(0.0)
    before = window.at(HINT_S + 1)
    window.key(key)
    shown = window.at(HINT_S + 2)
    assert count(shown, THEMES["dark"].accent) > 100
    box = window.help.panel.get_window_extent()
    inside = np.s_[500 - int(box.y1) : 500 - int(box.y0), int(box.x0) : int(box.x1)]
    assert count(before[inside], THEMES["dark"].left) > 100
    assert count(shown[inside], THEMES["dark"].left) == 0  # the body is behind it
    window.key(key)
    assert (window.at(HINT_S + 3) == before).all()


def test_the_hint_goes_by_itself_or_with_the_first_help():
    window = Window()
    first = window.at(0.0)
    assert (window.at(HINT_S - 1) == first).all()
    assert (window.at(HINT_S + 1) != first).any()
    window = Window()
    window.at(0.0)
    window.key("h")
    window.key("h")
    assert (window.at(1.0) != first).any()


def test_escape_closes_the_help_first_and_q_the_window():
    window = Window()
    window.key("h")
    window.key("escape")
    assert not window.help.is_open
    assert window.screen.is_open
    window.key("escape")
    assert not window.screen.is_open


def test_keys_do_what_the_table_says_also_with_caps_lock():
    window = Window()
    for key in ("i", "I", "s", "f", "g", "p", "o", "k", "c", "backspace", "ctrl+w", None, ""):
        window.key(key)
    assert window.pressed == ["inset", "inset"]
    assert window.screen.is_open
    window.key("t")
    assert window.scene.theme is THEMES["light"]
    assert window.help.hint.get_color() == THEMES["light"].faint


def test_a_recordings_keys(rng):
    recording = Recording(rng.random((30, 17, 3)), [i / 30 for i in range(30)], rng.random(30), timed=True)
    actions = player_actions(Player(recording))
    assert {name for name in KEYS if name in actions} == set(actions)


def test_the_help_tells_what_else_there_is_to_tell_and_fits_a_small_window():
    window = Window(note=lambda: "no camera picture comes " * 4, size_wh=(220, 220))
    window.key("h")
    window.at(0.0)
    assert window.help.panel._texts[-1][1].get_text().startswith("no camera picture comes")
    box = window.help.panel.get_window_extent()
    assert box.x0 >= 0
    assert box.y0 >= 0
    assert box.x1 <= 220
    assert box.y1 <= 220


def test_text_from_outside_is_not_parsed():
    window = Window(note=lambda: r"$\frac{$")
    window.key("h")
    window.at(0.0)
