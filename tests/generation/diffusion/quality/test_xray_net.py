"""The chest X-ray net has DenseNet-121's published size and names, and takes no other weights."""

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from generation.diffusion.errors import ModelError
from generation.diffusion.quality.nets import net_called
from generation.diffusion.quality.xray_net import XRayNet, densenet_features

# torchvision states 7,978,856 parameters for three colours and a last layer of 1,000 classes of 1,024 numbers each.
PUBLISHED = 7_978_856
LAST_LAYER = 1000 * 1024 + 1000
TWO_MORE_COLOURS = 2 * 64 * 7 * 7


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """Random ones, as TorchXRayVision's file holds them: with a last layer and thresholds behind the features."""
    torch.manual_seed(1)
    net = densenet_features()
    held = {f"features.{name}": one for name, one in net.state_dict().items()}
    file = tmp_path_factory.mktemp("xray") / "xrv.safetensors"
    save_file(held | {"classifier.weight": torch.zeros(18, 1024), "op_threshs": torch.zeros(18)}, file)
    return file


def test_it_has_as_many_parameters_as_published():
    ours = sum(one.numel() for one in densenet_features().parameters())

    assert ours == PUBLISHED - LAST_LAYER - TWO_MORE_COLOURS


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("conv0.weight", (64, 1, 7, 7)),
        ("denseblock1.denselayer1.norm1.weight", (64,)),
        ("denseblock3.denselayer24.conv1.weight", (128, 992, 1, 1)),
        ("transition3.conv.weight", (512, 1024, 1, 1)),
        ("denseblock4.denselayer16.conv2.weight", (32, 128, 3, 3)),
        ("norm5.running_var", (1024,)),
    ],
)
def test_layers_bear_the_names_and_shapes_of_the_published_weights(name, shape):
    assert tuple(densenet_features().state_dict()[name].shape) == shape


def test_it_describes_each_picture_by_itself_in_1024_numbers(weights):
    net = net_called(XRayNet.name, weights)
    pictures = np.random.default_rng(2).integers(0, 256, (3, 128, 128), dtype=np.uint8)
    found = net(pictures)

    assert found.shape == (3, net.dimensions) == (3, 1024)
    assert np.ptp(found, axis=0).max() > 0
    np.testing.assert_allclose(net(pictures[1:2]), found[1:2], rtol=1e-4, atol=1e-5)


def test_other_weights_are_refused_in_a_sentence(weights, tmp_path):
    with pytest.raises(ModelError, match="There are no weights at"):
        net_called(XRayNet.name, tmp_path / "none.safetensors")
    pickle = tmp_path / "xrv.pt"
    pickle.write_bytes(b"\x80")
    with pytest.raises(ModelError, match=r"are no \.safetensors file"):
        net_called(XRayNet.name, pickle)
    save_file({"features.conv0.weight": torch.zeros(64, 3, 7, 7)}, tmp_path / "rgb.safetensors")
    with pytest.raises(ModelError, match="does not hold the weights of a DenseNet-121"):
        net_called(XRayNet.name, tmp_path / "rgb.safetensors")
