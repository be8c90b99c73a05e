#!/usr/bin/env python3
"""Random networks and trainings: does the program that `cnn export` writes for another tool compute the same?

usage: tests/formats/compare_scripts.py [--target pytorch|keras] [--count 200] [--seed 1] [--cnn build/native/core/cnn] [--keep FOLDER]

For each network and training: `cnn` trains a few steps, so that moving averages are not just zeros and ones, and exports the program with
its weights. The program's network with these weights must give the probabilities of `cnn predict` to 1e-5. Then both train ten steps
from these weights, without shuffling, dropout and augmentation, and each loss must agree to 1e-4, as in tests/compare_pytorch.py, or to
three times what the program in float32 is apart from itself in double: some of these trainings amplify a rounding error.

Needs PyTorch and NumPy, or Keras with TensorFlow: tests/formats/requirements.txt has the versions.
"""
import argparse
import importlib.util
import json
import pathlib
import random
import struct
import subprocess
import sys
import tempfile
import types

import numpy

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from random_networks import Network, missing, training  # noqa: E402

TRAIN, TEST = 80, 40
FORWARD_LIMIT, FIRST_LIMIT = 1e-5, 1e-4


def make_data(folder):
    """Batches of CIFAR-10's form: colored waves, one kind for each class, with noise."""
    rows = numpy.random.default_rng(1)
    y, x = numpy.mgrid[0:32, 0:32] / 32
    for name, n in (('data_batch_1.bin', TRAIN), ('test_batch.bin', TEST)):
        records = bytearray()
        for i in range(n):
            label = int(rows.integers(10))
            wave = [127 + 80 * numpy.sin(2 * numpy.pi * (1 + label) * (x * (c + 1) / 3 + y) + c) for c in range(3)]
            picture = numpy.clip(numpy.array(wave) + rows.normal(0, 30, (3, 32, 32)), 0, 255).astype(numpy.uint8)
            records += bytes([label]) + picture.tobytes()
        (folder / name).write_bytes(bytes(records))


def read_data(folder):
    """(pictures [N, 3, 32, 32] of bytes, labels) for training and test."""
    for name in ('data_batch_1.bin', 'test_batch.bin'):
        records = numpy.fromfile(folder / name, numpy.uint8).reshape(-1, 3073)
        yield records[:, 1:].reshape(-1, 3, 32, 32).copy(), records[:, 0].astype(numpy.int64)


def read_arrays(path):
    """The arrays of a safetensors file."""
    data = path.read_bytes()
    start = 8 + struct.unpack('<Q', data[:8])[0]
    arrays = {}
    for name, about in json.loads(data[8:start]).items():
        if name != '__metadata__':
            begin, end = about['data_offsets']
            arrays[name] = numpy.frombuffer(data[start + begin:start + end], numpy.float32).reshape(about['shape'])
    return arrays


def run(program, *words):
    done = subprocess.run([program, *map(str, words)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    return done.stdout


def load_module(path):
    spec = importlib.util.spec_from_file_location('script', path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def stand_in(name, **fields):
    """A module that is imported but not used here: pictures and weights are given."""
    module = sys.modules[name] = types.ModuleType(name)
    vars(module).update(fields)
    return module


class PyTorch:
    """Runs a cnn_pytorch.py."""
    script = 'cnn_pytorch.py'
    without = ()

    def __init__(self):
        import torch
        self.torch = torch
        torch.set_num_threads(1)
        stand_in('torchvision', transforms=stand_in('torchvision.transforms'))
        if importlib.util.find_spec('safetensors') is None:
            stand_in('safetensors', torch=stand_in('safetensors.torch', load_file=None, save_file=None))

    def network(self, script, weights):
        network = script.Network()
        state = {name: self.torch.from_numpy(array.copy()) for name, array in read_arrays(weights).items()}
        network.load_state_dict(state)
        return network

    def probabilities(self, path, weights, pictures, ends_in_sigmoid, _):
        script = load_module(path)
        with self.torch.no_grad():
            outputs = self.network(script, weights).eval()(self.torch.from_numpy(pictures) / 255)
        return (outputs if ends_in_sigmoid else outputs.softmax(1)).numpy()

    def losses(self, path, weights, data, double):
        self.torch.set_default_dtype(self.torch.float64 if double else self.torch.float32)
        try:
            script = load_module(path)
            network = self.network(script, weights)
            network = network.double() if double else network
            data = [[self.torch.from_numpy(array) for array in pair] for pair in data]
            if hasattr(script, 'adapt'):
                script.adapt = lambda *_: None  # the weights have its result
            losses = []
            plain = script.progress

            def progress(epoch, done, count, loss, accuracy):
                losses.append((epoch, done, float(loss)))
                plain(epoch, 1, 2, loss, accuracy)

            script.progress = progress
            script.print = lambda *_, **__: None
            test = data[1] if 'test_images' in script.train.__code__.co_varnames[:script.train.__code__.co_argcount] else []
            script.train(network, *data[0], *test)
            return steps_of(losses)
        finally:
            self.torch.set_default_dtype(self.torch.float32)


class Keras:
    """Runs a cnn_keras.py."""
    script = 'cnn_keras.py'
    # What the program is refused for, so that nearly all draws are run; and the sum of losses, which Keras reports as it is.
    without = ('padding', 'dirac', 'SumPooling2D', 'Maxout', 'RandomCutout', 'lookahead', 'form', 'partial', 'groups', 'drop_remainder', 'sum')

    def __init__(self):
        import keras
        self.keras = keras
        harness = self

        class Means(keras.callbacks.Callback):
            def on_epoch_begin(self, epoch, logs=None):
                self.epoch = epoch

            def on_train_batch_end(self, batch, logs=None):
                harness.means.append((self.epoch, min((batch + 1) * harness.batch_size, harness.count), float(logs['loss'])))

        fit, compile_ = keras.Model.fit, keras.Model.compile

        def fit_and_watch(model, x, y, batch_size, callbacks=(), **options):
            harness.means, harness.batch_size, harness.count = [], batch_size, len(x)
            return fit(model, x, y, batch_size=batch_size, callbacks=[*callbacks, Means()], verbose=0, **options)

        keras.Model.fit = fit_and_watch
        if keras.backend.backend() == 'tensorflow':  # a graph of each network takes seconds
            keras.Model.compile = lambda model, **options: compile_(model, run_eagerly=True, **options)
        if importlib.util.find_spec('safetensors') is None:
            stand_in('safetensors', numpy=stand_in('safetensors.numpy', load_file=None))

    def network(self, path, weights):
        self.keras.backend.clear_session()  # names of layers begin anew
        script = load_module(path)
        script.load_file = lambda _: read_arrays(weights)
        network = script.make_network()
        script.load_weights(network)
        return script, network

    def probabilities(self, path, weights, pictures, ends_in_sigmoid, logits):
        _, network = self.network(path, weights)
        outputs = network(pictures.transpose(0, 2, 3, 1).astype('float32') / 255, training=False)
        outputs = self.keras.ops.softmax(outputs) if logits else outputs
        return self.keras.ops.convert_to_numpy(outputs)

    def losses(self, path, weights, data, double):
        self.keras.config.set_floatx('float64' if double else 'float32')
        try:
            script, network = self.network(path, weights)
            arrays = [array for pictures, labels in data for array in (pictures.transpose(0, 2, 3, 1).astype('float32') / 255, labels)]
            script.train(network, *arrays)
            return steps_of(self.means)
        finally:
            self.keras.config.set_floatx('float32')


def steps_of(means):
    """The losses of single steps, from (epoch, pictures so far, their mean loss)."""
    steps, before = [], (-1, 0, 0.0)
    for epoch, done, mean in means:
        if epoch != before[0]:
            before = (epoch, 0, 0.0)
        total = mean * done
        steps.append((total - before[2]) / (done - before[1]))
        before = (epoch, done, total)
    return numpy.array(steps)


def apart(a, b):
    return float(numpy.max(numpy.abs(a - b) / numpy.maximum(numpy.abs(a), 1e-3)))


def compare(tool, options, folder, data, chosen):
    """One network and training. Returns (difference of probabilities, of losses, limit of losses); None: `cnn` or the tool refuses it."""
    config, fit = chosen
    (folder / 'net.json').write_text(json.dumps(config))
    (folder / 'fit.json').write_text(json.dumps(fit))
    first = {'epochs': 1, 'batch_size': 20, 'optimizer': {'class_name': 'Adam'}, 'validate': False}
    (folder / 'first.json').write_text(json.dumps(first))
    train = ['train', '--data', options.data, '--quiet']
    try:
        run(options.cnn, *train, '--model', folder / 'net.json', '--fit', folder / 'first.json', '--save', folder / 'start.safetensors')
        run(options.cnn, *train, '--model', folder / 'start.safetensors', '--fit', folder / 'fit.json', '--step-losses', folder / 'losses',
            '--save', folder / 'end.safetensors')
    except RuntimeError as refusal:
        if options.verbose:
            print('no network or training:', refusal)
        return None
    for part in ('start', 'end'):
        try:
            run(options.cnn, 'export', '--model', folder / f'{part}.safetensors', '--format', options.target, '--out', folder / part)
        except RuntimeError as refusal:
            if options.target == 'pytorch':  # it takes every layer and option
                raise
            print('refused:', refusal)
            return None
    (pictures, _), _ = data
    pictures = pictures[:20]
    (folder / 'pictures').write_bytes(pictures.transpose(0, 2, 3, 1).tobytes())
    ours = numpy.array(json.loads(run(options.cnn, 'predict', '--model', folder / 'start.safetensors', '--pictures', folder / 'pictures')))
    script = folder / 'end' / tool.script  # its training is the one to compare
    weights = folder / 'start' / tool.script.replace('.py', '.safetensors')
    last = config['config']['layers'][-1]
    sigmoid = last['config'].get('activation') == 'sigmoid'
    logits = last['class_name'] == 'Dense' and last['config']['activation'] == 'linear'
    forward = float(numpy.max(numpy.abs(ours - tool.probabilities(script, weights, pictures, sigmoid, logits))))
    expected = numpy.loadtxt(folder / 'losses', ndmin=1)[:10]
    single = tool.losses(script, weights, data, False)[:10]
    double = tool.losses(script, weights, data, True)[:10]
    if len(single) != len(expected):
        raise RuntimeError(f'{len(single)} steps instead of {len(expected)}')
    return forward, apart(expected, single), max(FIRST_LIMIT, 3 * apart(double, single))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--target', choices=['pytorch', 'keras'], default='pytorch')
    parser.add_argument('--count', type=int, default=200)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--only', type=int, help='one case, by its number')
    parser.add_argument('--cnn', default='build/native/core/cnn')
    parser.add_argument('--keep', type=pathlib.Path)
    parser.add_argument('--verbose', action='store_true')
    options = parser.parse_args()
    if unknown := missing(line.split(':')[0] for line in run(options.cnn, 'layers').split('\n') if line and line[0] != ' '):
        sys.exit(f'tests/formats/random_networks.py does not know {", ".join(unknown)}')
    tool = PyTorch() if options.target == 'pytorch' else Keras()
    failed, worst, kinds, agreed, number = 0, [0.0, 0.0], {}, 0, 0
    with tempfile.TemporaryDirectory() as name:
        options.data = pathlib.Path(name) / 'data'
        options.data.mkdir()
        make_data(options.data)
        data = list(read_data(options.data))
        while agreed + failed < options.count:
            number += 1
            source = random.Random(1000003 * options.seed + number)
            chosen = Network(source, tool.without).config(), training(source, tool.without)
            if options.only and number != options.only:
                continue
            folder = (options.keep or pathlib.Path(name)) / f'case{number}'
            folder.mkdir(parents=True, exist_ok=True)
            try:
                result = compare(tool, options, folder, data, chosen)
            except Exception as problem:  # noqa: BLE001: each is a failure of this case
                result = problem
            if result is None:
                if options.only:
                    break
                continue
            if isinstance(result, tuple) and result[0] <= FORWARD_LIMIT and result[1] <= result[2]:
                agreed += 1
                worst = [max(worst[0], result[0]), max(worst[1], result[1])]
                for layer in chosen[0]['config']['layers']:
                    kinds[layer['class_name']] = kinds.get(layer['class_name'], 0) + 1
            else:
                failed += 1
                about = (f'probabilities {result[0]:.1e}, losses {result[1]:.1e} apart (limit {result[2]:.1e})'
                         if isinstance(result, tuple) else f'{type(result).__name__}: {result}')
                print(f'case {number}: {about}\n  {json.dumps(chosen[0])}\n  {json.dumps(chosen[1])}')
            if options.only:
                break
    print(f'{options.target}: {agreed} networks and trainings agree, {failed} do not; probabilities at most {worst[0]:.1e}, '
          f'losses at most {worst[1]:.1e} apart')
    print('layers:', ', '.join(f'{kind} {count}' for kind, count in sorted(kinds.items())))
    sys.exit(int(failed > 0))


if __name__ == '__main__':
    main()
