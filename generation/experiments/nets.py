"""The nets that experiments train, from MONAI, two-dimensional and grey; and the names they are chosen by."""

from torch import nn

from generation.experiments.choices import CLASSIFIERS, SEGMENTERS


def segmenter(name: str, width: int) -> nn.Module:
    """A net from a picture to one logit per pixel.

    Parameters
    ----------
    width : int
        Channels of the first level.

    References
    ----------
    unet: Ronneberger et al. 2015, arXiv 1505.04597, with the residual units of Kerfoot et al. 2019.
    dynunet: Isensee et al. 2021, Nat. Methods 18:203-211 (nnU-Net), with residual blocks.
    segresnet: Myronenko 2018, arXiv 1810.11654, without its autoencoder branch.
    """
    from monai.networks.nets import DynUNet, SegResNet, UNet

    net: nn.Module
    levels = [width * 2**level for level in range(5)]
    if name == "unet":
        net = UNet(2, 1, 1, levels, (2, 2, 2, 2), num_res_units=2)
    elif name == "dynunet":
        net = DynUNet(2, 1, 1, (3,) * 5, (1, 2, 2, 2, 2), (2,) * 4, filters=levels, res_block=True)
    elif name == "segresnet":
        net = SegResNet(2, width, 1, 1)
    else:
        raise ValueError(f"No segmentation net is called “{name}”; take one of {', '.join(SEGMENTERS)}.")
    return net


def classifier(name: str, width: int) -> nn.Module:
    """A net from a picture to one logit.

    Parameters
    ----------
    width : int
        Channels of the first level; 64 is the published net.

    References
    ----------
    resnet18: He et al. 2016, arXiv 1512.03385. densenet121: Huang et al. 2017, arXiv 1608.06993.
    """
    from monai.networks.nets import DenseNet121, resnet18

    net: nn.Module
    if name == "resnet18":
        plain = {"spatial_dims": 2, "n_input_channels": 1, "num_classes": 1, "conv1_t_stride": 2}
        net = resnet18(**plain, widen_factor=width / 64)
    elif name == "densenet121":
        net = DenseNet121(2, 1, 1, init_features=width, growth_rate=width // 2)
    else:
        raise ValueError(f"No classification net is called “{name}”; take one of {', '.join(CLASSIFIERS)}.")
    return net
