"""The film of a set of which there are only joints: the viewer's scene, seen obliquely from the front."""

from __future__ import annotations

from ...analysis.body import SIDES
from ...motion import Motion3D
from ...render.scene_frames import SceneFrames
from .form_film import FormFilm
from .form_pictures import heading_deg

_SIZE_WH = 720, 720
_BESIDE_DEG = 50.0  # from where the person faces to where it is seen from


def film_joints(film: FormFilm, motion: Motion3D) -> None:
    """Draw each frame that the film shows."""
    scene = SceneFrames(_SIZE_WH, seen_from_deg=heading_deg(motion) + _BESIDE_DEG)
    for row in range(len(motion)):
        t_s = float(motion.times_s[row])
        if film.is_due(t_s):
            joints = motion.joints[row] if motion.valid[row] else None
            picture = scene.draw(joints, motion.skeleton, t_s)
            places = {side: place for side in SIDES if (place := scene.place(f"{side}_{film.part}")) is not None}
            film.write_drawn(picture, places, t_s)
