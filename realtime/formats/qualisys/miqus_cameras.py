"""The three Miqus video cameras of RunningPose (Chalmers 2022).

Rotations, positions, focal lengths, centres and distortion are facts of core/runningpose_dataset.py in
github.com/TIFX04-22-10/runningpose (Apache-2.0), which has them from a Qualisys calibration.

- The room is that of its markers: z up, the floor at 0, the runs along x.
- The published centre of camera 2 is (61535.457031, 529684.667969), 8276 px down a picture of 1080 lines: its first
  5 is taken for a slip of the pen.
- Pictures have 1920 x 1080 px, as published with them.  The videos have 1088 lines, a multiple of 16.
"""

from __future__ import annotations

from .cameras import qualisys_camera

_SIZE_WH = 1920, 1080

# Who runs along x from -0.5 m to 9 m, as RunningPose's runners do, is seen by camera 1 from the front right, until
# it passes close by at 6.6 m; by camera 2 from the right side, for the first half; by camera 3 from the front left,
# all along, from 14 m to 6 m away.
MIQUS_CAMERAS = (
    qualisys_camera(
        "camera1",
        [[0.735354, 0.677463, 0.017256], [-0.104186, 0.087855, 0.990670], [0.669627, -0.730291, 0.135186]],
        (6643.345215, -2730.456543, 1153.752808),
        (107467.257813, 107467.640625),
        (60818.726563, 32822.339844),
        _SIZE_WH,
        (-0.045952, 0.137059, 0.000110, 0.000532),
    ),
    qualisys_camera(
        "camera2",
        [[0.997871, -0.064902, 0.006349], [-0.006020, 0.005255, 0.999968], [-0.064933, -0.997878, 0.004853]],
        (-697.331482, -2968.999268, 1121.579468),
        (106897.671875, 106903.906250),
        (61535.457031, 29684.667969),
        _SIZE_WH,
        (-0.044311, 0.129243, 0.000380, 0.000067),
    ),
    qualisys_camera(
        "camera3",
        [[-0.641654, 0.766908, 0.011533], [-0.137808, -0.130067, 0.981882], [0.754513, 0.628438, 0.189144]],
        (14351.271484, 3795.722412, 1504.888672),
        (107180.078125, 107196.359375),
        (60224.542969, 33399.539063),
        _SIZE_WH,
        (-0.044245, 0.134407, 0.000612, 0.000214),
    ),
)
