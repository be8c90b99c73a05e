#!/usr/bin/env python3
"""Measures what each ingredient of preset `speedrun` contributes: trains the whole recipe, then the recipe without one
ingredient at a time, on part of the training pictures, and prints the accuracy on all test pictures.

usage: tests/ablation.py --data FOLDER [--pictures 10000] [--epochs 4.9] [--batch-size 1024] [--seeds 1] [--only NAME ...]
                         [--views] [--threads N] [--cnn build/native/core/cnn]

The defaults are 45 steps: half an hour instead of a day. They show which ingredients speed up the start, but not which ones a
long run needs. --pictures 50000 --epochs 9.9 is the recipe itself.
"""
import argparse
import copy
import json
import pathlib
import struct
import subprocess
import sys
import tempfile

UNIFORM = {'class_name': 'VarianceScaling', 'config': {'scale': 1 / 3, 'mode': 'fan_in', 'distribution': 'uniform'}}


def convolutions(config):
    return [layer['config'] for layer in config['config']['layers'] if layer['class_name'] == 'Conv2D']


def learned_first_layer(config, fit):
    convolutions(config)[0]['kernel_initializer'] = UNIFORM


def uniform_kernels(config, fit):
    for convolution in convolutions(config)[1:]:
        convolution['kernel_initializer'] = UNIFORM


def shifts_like_the_rest(config, fit):
    del fit['parameter_groups'][0]


def bias_never_frozen(config, fit):
    del fit['parameter_groups'][1]


def no_lookahead(config, fit):
    fit['optimizer']['config']['lookahead_steps'] = 0


def keras_momentum(config, fit):
    fit['optimizer']['config']['form'] = 'keras'


def constant_rate(config, fit):
    fit['schedule'] = 'Constant'


def a_coin_every_time(config, fit):
    fit['augmentation'][0]['config']['alternate'] = False


def no_mirroring(config, fit):
    del fit['augmentation'][0]


def no_moving(config, fit):
    del fit['augmentation'][1]


def no_smoothing(config, fit):
    fit['loss']['config']['label_smoothing'] = 0


VARIANTS = {'everything': lambda config, fit: None, **{change.__name__: change for change in (
    learned_first_layer, uniform_kernels, shifts_like_the_rest, no_lookahead, keras_momentum, a_coin_every_time,
    no_moving, no_smoothing, no_mirroring, constant_rate, bias_never_frozen)}}


def recipe(program, folder):
    """The preset's network and training options, read from the checkpoint of a very short training."""
    path = folder / 'preset.safetensors'
    subprocess.run([program, 'train', '--data', 'sample', '--limit', '1024', '--model', 'speedrun', '--epochs', '0.01',
                    '--batch-size', '1', '--validate', 'false', '--quiet', '--save', path], check=True, stdout=subprocess.DEVNULL)
    data = path.read_bytes()
    notes = json.loads(data[8:8 + struct.unpack('<Q', data[:8])[0]])['__metadata__']
    return json.loads(notes['config']), json.loads(notes['fit'])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--data', required=True)
    parser.add_argument('--pictures', type=int, default=10000)
    parser.add_argument('--epochs', type=float, default=4.9)
    parser.add_argument('--batch-size', type=int, default=1024)
    parser.add_argument('--seeds', type=int, nargs='+', default=[1])
    parser.add_argument('--only', nargs='+', choices=VARIANTS, default=list(VARIANTS))
    parser.add_argument('--views', action='store_true', help='also evaluate the whole recipe with test-time augmentation')
    parser.add_argument('--threads', default='2')
    parser.add_argument('--cnn', default='build/native/core/cnn')
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        config, fit = recipe(options.cnn, folder)
        fit.update(epochs=options.epochs, batch_size=options.batch_size, validate=False)
        model, settings, trained = (folder / file for file in ('model.json', 'fit.json', 'trained.safetensors'))

        def accuracy(*views):
            text = subprocess.run([options.cnn, 'evaluate', '--data', options.data, '--model', trained, '--json',
                                   '--threads', options.threads, *views], check=True, stdout=subprocess.PIPE).stdout
            return json.loads(text)['accuracy']

        rows = {}
        for seed in options.seeds:
            for variant in options.only:
                changed, training = copy.deepcopy((config, fit))
                VARIANTS[variant](changed, training)
                model.write_text(json.dumps(changed))
                settings.write_text(json.dumps(training))
                subprocess.run([options.cnn, 'train', '--data', options.data, '--limit', str(options.pictures), '--model', model,
                                '--fit', settings, '--seed', str(seed), '--threads', options.threads, '--quiet',
                                '--save', trained], check=True, stdout=subprocess.DEVNULL)
                rows.setdefault(variant, []).append(accuracy())
                print(f'seed {seed}: {variant:22} {rows[variant][-1]:.4f}', flush=True)
                if variant == 'everything' and options.views:
                    rows.setdefault('everything, six views', []).append(
                        accuracy('--test-time-augmentation', 'mirror_translate'))
    print(f'\n{options.pictures} pictures, {options.epochs} epochs, batches of {options.batch_size}, mean of seeds '
          f'{", ".join(map(str, options.seeds))}\n\n| | accuracy | lost, points |\n|---|---|---|')
    base = rows.get('everything', [])
    for variant, accuracies in rows.items():
        mean = sum(accuracies) / len(accuracies)
        lost = f'{100 * (sum(base) / len(base) - mean):.1f}' if base and variant != 'everything' else ''
        print(f'| {variant.replace("_", " ")} | {100 * mean:.1f} % | {lost} |')


if __name__ == '__main__':
    sys.exit(main())
