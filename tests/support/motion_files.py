"""Small motion files as other programs write them: rigs and markers that do not move much."""

from __future__ import annotations

import numpy as np


def flat_bvh(joints, frames=3, turns=None, up_path=()):
    """A BVH whose joints all hang on the root; `joints` {name: (x, y, z) cm}, `turns` {name: three degrees}."""
    lines = ["HIERARCHY", "ROOT Root", "{", "OFFSET 0 0 0", "CHANNELS 3 Xposition Yposition Zposition"]
    for name, place in joints.items():
        lines += [f"JOINT {name}", "{", "OFFSET " + " ".join(map(str, place))]
        lines += ["CHANNELS 3 Zrotation Xrotation Yrotation", "End Site", "{", "OFFSET 0 1 0", "}", "}"]
    turned = " ".join(" ".join(map(str, (turns or {}).get(name, (0, 0, 0)))) for name in joints)
    rows = [f"{i} 0 0 {turned}" for i in range(frames)]
    return "\n".join([*lines, "}", "MOTION", f"Frames: {frames}", "Frame Time: 0.02", *rows, ""])


def flat_asf(bones):
    """An ASF whose bones all hang on the root; `bones` {name: (x, y, z) in units of 1 m}."""
    lines = [":units", "  length 0.0254", ":root", "  order TX TY TZ RX RY RZ", ":bonedata"]
    for name, place in bones.items():
        length = float(np.linalg.norm(place))
        direction = " ".join(f"{x / length:.9f}" for x in place)
        lines += [
            "  begin",
            f"name {name}",
            f"direction {direction}",
            f"length {length:.9f}",
            "axis 0 0 0 XYZ",
            "  end",
        ]
    lines += [":hierarchy", "  begin", "root " + " ".join(bones), "  end", ""]
    return "\n".join(lines)


def flat_amc(frames=3):
    return ":FULLY-SPECIFIED\n:DEGREES\n" + "".join(f"{i}\nroot {i / 100} 0 0 0 0 0\n" for i in range(1, frames + 1))


def trc_text(markers, frames=3, unit="m", rate=50):
    """`markers` {name: (x, y, z) with y up} or {name: (T, 3)}."""
    paths = [np.broadcast_to(place, (frames, 3)) for place in markers.values()]
    lines = ["PathFileType\t4\t(X/Y/Z)\tx.trc"]
    lines += ["DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames"]
    lines += [f"{rate}\t{rate}\t{frames}\t{len(paths)}\t{unit}\t{rate}\t1\t{frames}"]
    lines += [
        "Frame#\tTime\t" + "\t\t\t".join(markers),
        "\t\t" + "\t".join(f"X{i}\tY{i}\tZ{i}" for i in range(len(paths))),
    ]
    for t in range(frames):
        cells = [str(x) for path in paths for x in path[t]]
        lines.append("\t".join([str(t + 1), str(t / rate), *("" if cell == "nan" else cell for cell in cells)]))
    return "\n".join([*lines, ""])


def tsv_text(markers, frames=3, header=True, stamped=False, keys=()):
    """A QTM export; `markers` {name: (x, y, z) mm, z up} or {name: (T, 3)}."""
    paths = [np.broadcast_to(place, (frames, 3)) for place in markers.values()]
    lines = ["FILE_VERSION\t2.0.0", f"NO_OF_FRAMES\t{frames}", "NO_OF_CAMERAS\t12", f"NO_OF_MARKERS\t{len(paths)}"]
    lines += ["FREQUENCY\t170", "DESCRIPTION\t--", "TIME_STAMP\t2022-06-03, 10:47:36.627\t94247.45402301"]
    lines += ["DATA_INCLUDED\t3D", "EVENT\tstart\t1\t0.0", "MARKER_NAMES\t" + "\t".join(markers), *keys]
    if header:
        columns = "\t".join(f"{name} {axis}" for name in markers for axis in "XYZ")
        lines.append(("Frame\tTime\t" if stamped else "") + columns)
    for t in range(frames):
        cells = ["NULL" if np.isnan(x) else f"{x:.3f}" for path in paths for x in path[t]]
        lines.append("\t".join(([str(t + 1), f"{t / 170:.5f}"] if stamped else []) + cells))
    return "\r\n".join([*lines, ""])
