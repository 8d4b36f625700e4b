"""Features: the same numbers here and in libvosk (Kaldi fbank, no dither)."""

import kaldi_native_fbank as knf
import numpy as np
import numpy.typing as npt

BINS, LOW_HZ, HIGH_HZ = 32, 100.0, 3800.0

FBANK_CONF = f"""--sample-frequency=8000
--num-mel-bins={BINS}
--low-freq={LOW_HZ:.0f}
--high-freq={HIGH_HZ:.0f}
--dither=0
--use-energy=false
"""

MODEL_CONF = """--min-active=200
--max-active=3000
--beam=11.0
--lattice-beam=6.0
--acoustic-scale=0.4
--frame-subsampling-factor=3
--frames-per-chunk=24
--endpoint.silence-phones=1
--endpoint.rule1.min-trailing-silence=30.0
--endpoint.rule2.min-trailing-silence=30.0
--endpoint.rule3.min-trailing-silence=30.0
--endpoint.rule4.min-trailing-silence=30.0
--endpoint.rule5.min-utterance-length=60.0
"""
"""Guesses come every 240 ms of audio. At 120 ms the turns of codes and numbers end 40 ms sooner, and decoding costs half
as much again, which is what gives first when fifty people call at once.

The end of a turn is decided by the call room, never by the decoder: its rules are out of reach."""


def fbank(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """8 kHz samples on the int16 scale -> [frames of 10 ms, BINS]."""
    options = knf.FbankOptions()
    options.frame_opts.samp_freq = 8000
    options.frame_opts.dither = 0.0
    options.mel_opts.num_bins = BINS
    options.mel_opts.low_freq = LOW_HZ
    options.mel_opts.high_freq = HIGH_HZ
    options.use_energy = False
    bank = knf.OnlineFbank(options)
    bank.accept_waveform(8000, np.asarray(samples, np.float32).tolist())
    bank.input_finished()
    return np.array([bank.get_frame(i) for i in range(bank.num_frames_ready)], np.float32)
