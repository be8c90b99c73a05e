#!/usr/bin/env python3
"""Trains the tutorial's network with PyTorch and with `cnn` and compares the loss curves. Both start from the same weights,
use the same batches in the same order, and have no dropout.

usage: tests/compare_pytorch.py --data FOLDER [--steps 500] [--batch-size 10] [--cnn build/native/core/cnn] [--csv FILE]

FOLDER holds CIFAR-10's batches (data_batch_1.bin ...). Needs PyTorch and NumPy (Debian: python3-torch, /usr/bin/python3).

Exits with status 1 unless both hold: in the first 15 steps each loss agrees to 1e-4, so both compute the same thing; over all
steps the loss that Keras shows, the mean since the start of the epoch, agrees to 1 %. Later single losses cannot agree: in this
training a rounding difference grows tenfold every five steps. PyTorch in float32 against PyTorch in double shows how much.
"""
import argparse
import copy
import json
import pathlib
import struct
import subprocess
import sys
import tempfile

import numpy
import torch

from comparison import apart, read_pictures, running_mean

WINDOW = 50
FIRST, FIRST_LIMIT = 15, 1e-4
LIMIT = 0.01

CONFIG = {'class_name': 'Sequential', 'config': {'name': 'comparison', 'layers': [
    {'class_name': 'InputLayer', 'config': {'batch_input_shape': [None, 32, 32, 3]}},
    *[{'class_name': 'Conv2D', 'config': {'filters': 32, 'kernel_size': 3, 'padding': 'same', 'activation': 'relu'}}] * 2,
    {'class_name': 'MaxPooling2D', 'config': {}},
    {'class_name': 'Flatten', 'config': {}},
    {'class_name': 'Dense', 'config': {'units': 128, 'activation': 'relu'}},
    {'class_name': 'Dense', 'config': {'units': 10, 'activation': 'softmax'}}]}}


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv2d = torch.nn.Conv2d(3, 32, 3, padding=1)
        self.conv2d_1 = torch.nn.Conv2d(32, 32, 3, padding=1)
        self.dense = torch.nn.Linear(8192, 128)
        self.dense_1 = torch.nn.Linear(128, 10)
        for layer in self.children():  # as Keras initializes
            torch.nn.init.xavier_uniform_(layer.weight)
            torch.nn.init.zeros_(layer.bias)

    def forward(self, x):
        x = torch.relu(self.conv2d_1(torch.relu(self.conv2d(x))))
        x = torch.nn.functional.max_pool2d(x, 2)
        x = x.permute(0, 2, 3, 1).flatten(1)  # channels last, as Keras flattens
        return self.dense_1(torch.relu(self.dense(x)))

    def keras_arrays(self):
        for name, layer in self.named_children():
            order = (2, 3, 1, 0) if layer.weight.dim() == 4 else (1, 0)
            yield f'{name}/kernel', layer.weight.detach().permute(*order).contiguous().numpy()
            yield f'{name}/bias', layer.bias.detach().numpy()


def write_model(path, network):
    header, data = {'__metadata__': {'format': 'cnn-playground', 'config': json.dumps(CONFIG)}}, b''
    for name, array in network.keras_arrays():
        begin, data = len(data), data + array.tobytes()
        header[name] = {'dtype': 'F32', 'shape': list(array.shape), 'data_offsets': [begin, len(data)]}
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack('<Q', len(text)) + text + data)


class KerasAdam(torch.optim.Optimizer):
    """torch.optim.Adam adds epsilon to the corrected sqrt(v), Keras to the uncorrected one: 30 times as much in the first step."""

    def __init__(self, parameters):
        super().__init__(parameters, {})

    @torch.no_grad()
    def step(self):
        for p in self.param_groups[0]['params']:
            state = self.state.setdefault(p, {'t': 0, 'm': torch.zeros_like(p), 'v': torch.zeros_like(p)})
            state['t'] += 1
            state['m'].mul_(0.9).add_(p.grad, alpha=0.1)
            state['v'].mul_(0.999).addcmul_(p.grad, p.grad, value=0.001)
            rate = 0.001 * (1 - 0.999**state['t'])**0.5 / (1 - 0.9**state['t'])
            p.addcdiv_(state['m'], state['v'].sqrt().add_(1e-7), value=-rate)


def pytorch_losses(network, images, labels, steps, batch_size):
    optimizer = KerasAdam(network.parameters())
    losses = []
    for step in range(steps):
        rows = slice(step * batch_size, (step + 1) * batch_size)
        loss = torch.nn.functional.cross_entropy(network(images[rows]), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return numpy.array(losses)


def cnn_losses(program, folder, data, model, limit, batch_size):
    losses = folder / 'losses'
    subprocess.run([program, 'train', '--data', data, '--model', model, '--limit', str(limit), '--epochs', '1',
                    '--batch-size', str(batch_size), '--shuffle', 'false', '--validate', 'false', '--quiet',
                    '--step-losses', losses], check=True)
    return numpy.loadtxt(losses)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--data', required=True, type=pathlib.Path)
    parser.add_argument('--steps', type=int, default=500)
    parser.add_argument('--batch-size', type=int, default=10)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--cnn', default='build/native/core/cnn')
    parser.add_argument('--csv', type=pathlib.Path)
    options = parser.parse_args()

    torch.manual_seed(options.seed)
    torch.set_num_threads(2)
    limit = options.steps * options.batch_size
    images, labels = read_pictures(options.data, limit)

    network = Network()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_model(folder / 'initial.safetensors', network)
        ours = cnn_losses(options.cnn, folder, options.data, folder / 'initial.safetensors', limit, options.batch_size)
    double = copy.deepcopy(network).double()
    theirs = pytorch_losses(network, images, labels, options.steps, options.batch_size)
    exact = pytorch_losses(double, images.double(), labels, options.steps, options.batch_size)

    if options.csv:
        numpy.savetxt(options.csv, numpy.stack([theirs, exact, ours], 1), '%.6f', ',', comments='',
                      header='pytorch,pytorch_double,cnn')

    for begin in range(0, options.steps - WINDOW + 1, WINDOW):
        a, b, c = (losses[begin:begin + WINDOW].mean() for losses in (theirs, ours, exact))
        print(f'steps {begin + 1:4}-{begin + WINDOW:4}: PyTorch {a:.5f}, cnn {b:.5f}, {apart(a, b):.1e} apart; '
              f'PyTorch in double {c:.5f}, {apart(a, c):.1e} apart')
    first = apart(theirs[:FIRST], ours[:FIRST]).max()
    mean = apart(running_mean(theirs), running_mean(ours)).max()
    yardstick = apart(running_mean(theirs), running_mean(exact)).max()
    print(f'single losses, first {FIRST} steps: at most {first:.1e} apart (limit {FIRST_LIMIT:.0e})')
    print(f'mean since the start, {options.steps} steps: at most {mean:.2%} apart (limit {LIMIT:.0%}); '
          f'PyTorch against itself in double: {yardstick:.2%}')
    sys.exit(int(first > FIRST_LIMIT or mean > LIMIT))


if __name__ == '__main__':
    main()
