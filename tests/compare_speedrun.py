#!/usr/bin/env python3
"""Trains preset `speedrun` with `cnn` and its recipe (arXiv 2404.00498) with PyTorch, from the same initial weights, and
compares losses and weights. PyTorch takes only those weights from `cnn`: the order of the pictures, mirroring and shifts are
drawn here with the formulas of core/base/random.h, and the optimizer is torch.optim.SGD as in the paper's code.

usage: tests/compare_speedrun.py --data FOLDER [--limit 2048] [--batch-size 128] [--epochs 1.9] [--cnn build/native/core/cnn]

FOLDER holds CIFAR-10's batches (data_batch_1.bin ...). Needs PyTorch and NumPy (Debian: python3-torch, /usr/bin/python3).

Exits with status 1 unless all hold: the whitening kernels are PyTorch's, except for signs; in the first 6 steps each loss
agrees to 1e-4; over all steps the running mean agrees to 0.2 %. Rounding differences grow from step to step; --double compares
PyTorch in float32 with PyTorch in double to show how much.
"""
import argparse
import copy
import json
import math
import pathlib
import struct
import subprocess
import sys
import tempfile

import numpy
import torch
from torch import nn

from comparison import apart, read_pictures, running_mean

FIRST, FIRST_LIMIT, MEAN_LIMIT = 6, 1e-4, 0.002
SEED = 1
SHUFFLE, AUGMENT = 2, 3  # RandomPurpose
FROZEN_AFTER = 1  # epochs; the recipe's 3 would be the whole run
MASK = 2**64 - 1


def splitmix(x):
    x = x + 0x9e3779b97f4a7c15 & MASK
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9 & MASK
    x = (x ^ x >> 27) * 0x94d049bb133111eb & MASK
    return x ^ x >> 31


def mix(x):
    x = (x ^ x >> 16) * 0x7feb352d & 0xffffffff
    x = (x ^ x >> 15) * 0x846ca68b & 0xffffffff
    return x ^ x >> 16


def stream(seed, purpose, step, layer=0):
    """number(i) of core/base/random.h's RandomStream, for i below 2^32"""
    key = splitmix(splitmix(splitmix(splitmix(seed) + purpose) + step & MASK) + layer & MASK)
    return lambda i: mix(mix(i ^ key & 0xffffffff) + (key >> 32) & 0xffffffff)


def shuffled(count, epoch):
    number, order, at = stream(SEED, SHUFFLE, epoch), list(range(count)), 0
    for i in range(count, 1, -1):
        while True:  # Lemire's draw below i
            product, at = number(at) * i, at + 1
            if product & 0xffffffff >= 2**32 % i:
                break
        j = product >> 32
        order[i - 1], order[j] = order[j], order[i - 1]
    return order


def augmented(images, pictures, epoch, step):
    seed = SEED ^ 0x9e3779b97f4a7c15
    side, move = stream(seed, AUGMENT, MASK, 1), stream(seed, AUGMENT, step, 2)
    padded = nn.functional.pad(images[pictures], (2, 2, 2, 2), 'reflect')
    batch = []
    for place, picture in enumerate(pictures):
        down, right = (move(2 * place + which) * 5 >> 32 for which in (0, 1))  # 0 to 4; 2: not shifted
        batch.append(padded[place, :, 4 - down:36 - down, 4 - right:36 - right])
        if (side(2 * picture) * 2 >> 32) != epoch % 2:
            # `cnn` mirrors before it shifts; here the picture is shifted first, so the shift is reversed.
            batch[-1] = padded[place, :, 4 - down:36 - down, right:32 + right].flip(-1)
    return torch.stack(batch)


class Group(nn.Sequential):
    def __init__(self, channels, filters):
        def norm():
            return nn.BatchNorm2d(filters, eps=1e-12, momentum=1 - 0.6)
        super().__init__(nn.Conv2d(channels, filters, 3, padding='same', bias=False), nn.MaxPool2d(2), norm(), nn.GELU(),
                         nn.Conv2d(filters, filters, 3, padding='same', bias=False), norm(), nn.GELU())


class Network(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Conv2d(3, 24, 2), nn.GELU(), Group(24, 64), Group(64, 256), Group(256, 256), nn.MaxPool2d(3),
                         nn.Flatten(), nn.Linear(256, 10, bias=False))
        for module in self.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.weight.requires_grad = False
        self[0].weight.requires_grad = False

    def forward(self, x):
        return super().forward(4 * x - 1.9) / 9

    def arrays(self):
        """Keras's name and PyTorch's tensor for every stored array."""
        def named(kind):
            found = [module for module in self.modules() if isinstance(module, kind)]
            return ((module, f'_{i}' if i else '') for i, module in enumerate(found))
        for module, number in named(nn.Conv2d):
            yield f'conv2d{number}/kernel', module.weight
        yield 'conv2d/bias', self[0].bias
        for module, number in named(nn.BatchNorm2d):
            for name, tensor in ('beta', module.bias), ('moving_mean', module.running_mean), ('moving_variance', module.running_var):
                yield f'batch_normalization{number}/{name}', tensor
        yield 'dense/kernel', self[-1].weight


def read_arrays(path):
    data = path.read_bytes()
    start = 8 + struct.unpack('<Q', data[:8])[0]
    arrays = {}
    for name, entry in json.loads(data[8:start]).items():
        if name == '__metadata__' or entry['dtype'] != 'F32':
            continue
        begin, end = entry['data_offsets']
        array = torch.frombuffer(bytearray(data[start + begin:start + end]), dtype=torch.float32).reshape(entry['shape'])
        arrays[name] = array.permute(3, 2, 0, 1) if array.dim() == 4 else array.t() if array.dim() == 2 else array
    return arrays


def whitening_kernels(images):
    patches = (4 * images[:5000] - 1.9).unfold(2, 2, 1).unfold(3, 2, 1).permute(0, 2, 3, 1, 4, 5).reshape(-1, 12).double()
    values, vectors = torch.linalg.eigh(patches.t() @ patches / len(patches))
    return (vectors / torch.sqrt(values + 5e-4)).flip(1).t().reshape(12, 3, 2, 2)


def train(network, images, labels, options):
    """The paper's loop, but with the schedule evaluated in the middle of each step, as in `cnn`."""
    batch, epochs = options.batch_size, options.epochs
    whole = len(images) // batch  # steps per epoch
    kilostep = 1024 * (1 + 1 / (1 - 0.85))
    rate, decay = 11.5 / kilostep, 0.0153 * 1024 / kilostep
    shifts = [m.bias for m in network.modules() if isinstance(m, nn.BatchNorm2d)]
    others = [p for name, p in network.named_parameters() if p.requires_grad and not any(p is s for s in shifts)]
    optimizer = torch.optim.SGD([{'params': shifts, 'lr': 64 * rate, 'weight_decay': decay / (64 * rate)},
                                 {'params': others, 'lr': rate, 'weight_decay': decay / rate}], momentum=0.85, nesterov=True, lr=1)

    def triangle(step):
        share = min(1, (step + 0.5) / whole / epochs)
        return 0.2 + 0.8 * share / 0.23 if share < 0.23 else 1 + (0.07 - 1) * (share - 0.23) / (1 - 0.23)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, triangle)
    slow = {name: value.clone() for name, value in network.state_dict().items()}

    def look_ahead(keep):
        for name, value in network.state_dict().items():
            if value.is_floating_point():
                slow[name].lerp_(value, 1 - keep)
                value.copy_(slow[name])

    losses = []
    for step in range(math.ceil(whole * epochs)):
        epoch, place = divmod(step, whole)
        if place == 0:
            order = shuffled(len(images), epoch)
            network[0].bias.requires_grad = epoch < FROZEN_AFTER
        pictures = order[place * batch:(place + 1) * batch]
        logits = network(augmented(images, pictures, epoch, step))
        loss = nn.functional.cross_entropy(logits, labels[pictures], label_smoothing=0.2, reduction='sum')
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        schedule.step()
        losses.append(loss.item() / batch)
        if (step + 1) % 5 == 0:
            look_ahead(0.95**5 * min(1, (step + 1) / whole / epochs)**3)
    look_ahead(1)
    return numpy.array(losses)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--data', required=True, type=pathlib.Path)
    parser.add_argument('--limit', type=int, default=2048)
    parser.add_argument('--batch-size', type=int, default=128)
    parser.add_argument('--epochs', type=float, default=1.9)
    parser.add_argument('--cnn', default='build/native/core/cnn')
    parser.add_argument('--double', action='store_true')
    parser.add_argument('--csv', type=pathlib.Path)
    options = parser.parse_args()

    torch.set_num_threads(2)
    images, labels = read_pictures(options.data, options.limit)

    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        begin, end, fit, losses = (folder / file for file in ('begin.safetensors', 'end.safetensors', 'fit.json', 'losses'))
        fit.write_text(json.dumps({'parameter_groups': [
            {'parameters': 'batch_normalization*/beta', 'learning_rate_factor': 64, 'weight_decay': 0.0153 * 1024 / 11.5 / 64},
            {'parameters': 'conv2d/bias', 'frozen_after': FROZEN_AFTER}]}))
        subprocess.run([options.cnn, 'export', '--model', 'speedrun', '--format', 'safetensors', '--out', begin], check=True)
        subprocess.run([options.cnn, 'train', '--data', options.data, '--model', 'speedrun', '--seed', str(SEED), '--fit', fit,
                        '--limit', str(options.limit), '--epochs', str(options.epochs), '--batch-size', str(options.batch_size),
                        '--validate', 'false', '--quiet', '--step-losses', losses, '--save', end], check=True)
        first, last, ours = read_arrays(begin), read_arrays(end), numpy.loadtxt(losses)

    network = Network()
    state = dict(network.arrays())
    with torch.no_grad():
        for key, tensor in state.items():
            tensor.copy_(last[key] if key == 'conv2d/kernel' else first[key])
    found, taken = whitening_kernels(images), last['conv2d/kernel'].double()
    signs = torch.sign((found * taken[:12]).sum((1, 2, 3), keepdim=True))
    whitening = max((signs * found - half).abs().max() / found.abs().max() for half in (taken[:12], -taken[12:])).item()
    double = copy.deepcopy(network).double() if options.double else None

    theirs = train(network, images, labels, options)
    columns = {'pytorch': theirs, 'cnn': ours}
    if double:
        columns['pytorch_double'] = train(double, images.double(), labels, options)
    if options.csv:
        numpy.savetxt(options.csv, numpy.stack(list(columns.values()), 1), '%.6f', ',', comments='', header=','.join(columns))
    for key, tensor in state.items():
        before, ours_now = first[key], last[key]
        if key == 'conv2d/kernel':
            continue
        moved = (tensor.detach() - before).norm().item()
        print(f'{key:40} moved by {moved:9.4f}, {(tensor.detach() - ours_now).norm().item() / max(moved, 1e-30):.1e} of it apart')
    for step in range(0, len(ours), 5):
        print(f'step {step + 1:4}: ' + ', '.join(f'{name} {losses[step]:.5f}' for name, losses in columns.items()))
    start = apart(theirs[:FIRST], ours[:FIRST]).max()
    mean = apart(running_mean(theirs), running_mean(ours)).max()
    print(f'whitening kernels: {whitening:.1e} of the largest apart (limit 1e-4)')
    print(f'single losses, first {FIRST} steps: at most {start:.1e} apart (limit {FIRST_LIMIT:.0e})')
    print(f'mean since the start, {len(ours)} steps: at most {mean:.2%} apart (limit {MEAN_LIMIT:.1%})')
    if double:
        print(f'PyTorch against itself in double: {apart(theirs, columns["pytorch_double"])[:FIRST].max():.1e} in the first {FIRST}, '
              f'mean {apart(running_mean(theirs), running_mean(columns["pytorch_double"])).max():.2%}')
    sys.exit(int(not (whitening < 1e-4 and start < FIRST_LIMIT and mean < MEAN_LIMIT)))


if __name__ == '__main__':
    main()
