import struct

import numpy as np

from ivr.speech.training.kaldi import (
    Layer,
    compressed_matrix,
    float_vector,
    int_vector,
    network,
    transition_model,
    write_model,
)
from ivr.speech.training.units import PHONES, TRIPLES


def test_numbers_and_vectors_have_their_sizes_before_them():
    assert int_vector([1, -2]) == b"\x04\x02\x00\x00\x00" + struct.pack("<ii", 1, -2)
    assert float_vector([0.5]) == b"FV \x04\x01\x00\x00\x00" + struct.pack("<f", 0.5)


def test_a_compressed_matrix_is_right_to_a_sixty_thousandth_of_its_span():
    matrix = np.array([[-1.0, 0.25], [3.0, 0.0]], np.float32)
    data = compressed_matrix(matrix)
    assert data.startswith(b"CM2 ")
    low, span, rows, columns = struct.unpack("<ffii", data[4:20])
    values = low + np.frombuffer(data[20:], "<u2").reshape(rows, columns) / 65535 * span
    assert np.abs(values - matrix).max() <= span / 65535


def test_a_matrix_of_equal_values_has_no_span_of_zero():
    assert struct.unpack("<f", compressed_matrix(np.ones((2, 2), np.float32))[8:12])[0] > 0


def test_the_transition_model_lists_every_phone_and_triple():
    data = transition_model()
    assert data.startswith(b"<TransitionModel> <Topology> ")
    assert int_vector(sorted(PHONES.values())) in data
    at = data.index(b"<Triples> ") + len(b"<Triples> ")
    assert struct.unpack("<i", data[at + 1 : at + 5])[0] == len(TRIPLES)


def test_a_network_names_its_inputs_and_its_contexts():
    layers = [
        Layer("tdnn1", (-3, 0, 3), np.zeros((4, 6), np.float32), np.zeros(4, np.float32), rectified=True),
        Layer("output", (0,), np.zeros((3, 4), np.float32), np.zeros(3, np.float32), rectified=False),
    ]
    data = network(2, layers, np.ones(3, np.float32) / 3, 16)
    assert b"input=Append(Offset(input, -3), input, Offset(input, 3))" in data
    assert b"component-node name=output.log-softmax component=output.log-softmax input=output.affine" in data
    assert data.endswith(b"<Priors> " + float_vector(np.ones(3, np.float32) / 3))
    assert b"<LeftContext> \x04\x10\x00\x00\x00<RightContext> \x04\x10\x00\x00\x00" in data


def test_a_model_file_begins_as_kaldis_binary_files_do(tmp_path):
    layer = Layer("output", (0,), np.zeros((3, 2), np.float32), np.zeros(3, np.float32), rectified=False)
    write_model(tmp_path / "am" / "final.mdl", 2, [layer], np.ones(3, np.float32), 0)
    assert (tmp_path / "am" / "final.mdl").read_bytes().startswith(b"\0B<TransitionModel> ")
