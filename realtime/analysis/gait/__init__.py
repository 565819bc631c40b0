"""Gait: how somebody walks or runs, from the joints of any skeleton that has hips, knees and ankles."""
