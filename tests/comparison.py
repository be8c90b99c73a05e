"""Shared by the comparisons with PyTorch: reading pictures, and comparing loss curves."""
import numpy
import torch

RECORD = 1 + 3072


def read_pictures(folder, limit):
    """The first `limit` training pictures in a folder of CIFAR-10's batches: [N, 3, 32, 32] from 0 to 1, and their labels."""
    records = numpy.concatenate([numpy.fromfile(path, numpy.uint8) for path in sorted(folder.glob('data_batch_*.bin'))])
    records = records.reshape(-1, RECORD)[:limit]
    images = torch.from_numpy(records[:, 1:].reshape(-1, 3, 32, 32).astype(numpy.float32) * numpy.float32(1 / 255))
    return images, torch.from_numpy(records[:, 0].astype(numpy.int64))


def apart(a, b):
    return abs(a - b) / a


def running_mean(losses):
    return numpy.cumsum(losses) / numpy.arange(1, len(losses) + 1)
