"""The recipe of the shipped Vosk model: from nothing to a model, on PyPI and Debian packages only.

    sentences -> corpus (espeak-ng + telephone) -> tdnn (PyTorch) -> export (Kaldi files) + graph (OpenFst)

Run it by `make speech-model`. It needs the `training` dependency group, Debian's libespeak-ng1,
espeak-ng-data, libfst-tools and libfst22-plugins-base.
"""
