"""The viewer: a matplotlib 3D window on a stream of poses or on a recording, redrawn by blitting.

theme, limbs          colours; the limbs to draw, by joint name
keypoint_limbs        those between 2D keypoints
plain_text            texts of any origin, never parsed
view                  what to draw, independent of matplotlib
figure                pure: the head and the feet that are drawn around the joints
extras                trails, joint names and joint angles, switched on by keys
floor, live_view      pure: floor height; a stream of messages as views
player, scrub         a finished joints.npy and its playback clock; the seek bar
body_artists, ground  artists: the moving body, the static floor
scene, blit           the 3D scene; redrawing only what has changed
inset                 the camera's picture with its keypoints, in a corner
screen, controls      a window or an off-screen canvas; mouse, keys and their help
watch, playback       the two main loops: live and recorded
app                   the modes of viz.py
"""
