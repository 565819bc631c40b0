"""What setup.cfg cannot say: the networks of the top-level folder model/ go into the package."""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["realtime*"]), "realtime.model"],
    package_dir={"realtime.model": "model"},
)
