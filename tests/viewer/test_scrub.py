import numpy as np
from support.viewer_scenes import walk

from realtime.viewer.player import Player, Recording
from realtime.viewer.screen import open_offscreen
from realtime.viewer.scrub import ScrubBar
from realtime.viewer.theme import THEMES


def test_the_sign_shows_what_a_press_on_it_would_do():
    recording = Recording(walk(30), np.arange(30) / 30, np.zeros(30), timed=True)
    player = Player(recording)
    bar = ScrubBar(open_offscreen((300, 300)).figure, THEMES["dark"], player)
    for sign in ("❚❚", "▶", "❚❚"):
        bar.show()
        assert bar.layers[0][0].get_text() == sign
        player.toggle()
