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


def _read_back(data):
    """What Kaldi makes of a matrix in its format `CM`."""
    assert data.startswith(b"CM ")
    low, span, rows, columns = struct.unpack("<ffii", data[3:19])
    marks = low + span * np.frombuffer(data[19 : 19 + 8 * columns], "<u2").reshape(columns, 4) / 65535
    signs = np.frombuffer(data[19 + 8 * columns :], np.uint8).reshape(columns, rows)
    return np.array([np.interp(column, (0, 64, 192, 255), own) for column, own in zip(signs, marks, strict=True)]).T


def test_a_compressed_matrix_is_right_to_a_small_part_of_each_columns_span():
    matrix = np.random.default_rng(4).standard_normal((300, 40)).astype(np.float32) * np.linspace(0.1, 2, 40, dtype=np.float32)
    error = np.abs(_read_back(compressed_matrix(matrix)) - matrix)
    assert (error.max(0) <= np.ptp(matrix, axis=0) / 100).all()
    assert error.mean() < 0.01 * matrix.std()


def test_a_matrix_of_few_rows_keeps_its_values():
    matrix = np.array([[-1.0, 0.25], [3.0, 0.0]], np.float32)
    assert np.allclose(_read_back(compressed_matrix(matrix)), matrix, atol=0.02)


def test_a_matrix_of_equal_values_has_no_span_of_zero():
    assert np.allclose(_read_back(compressed_matrix(np.ones((2, 2), np.float32))), 1, atol=1e-4)


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
