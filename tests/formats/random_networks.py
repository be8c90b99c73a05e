"""Random networks and trainings, as configurations that `cnn` reads: small, so that hundreds run in minutes.

Every class of `cnn layers` occurs; `missing(names)` says which do not. Nothing in them is random while they run: no dropout, no
augmentation, no shuffling.
"""
ACTIVATIONS = ['linear', 'relu', 'sigmoid', 'tanh', 'leaky_relu', 'elu', 'gelu', 'gelu_new', 'silu', 'selu', 'softplus', 'softsign',
               'relu6', 'mish', 'hard_sigmoid', 'hard_silu', {'class_name': 'ELU', 'config': {'alpha': 0.5}},
               {'class_name': 'ReLU', 'config': {'max_value': 2}}, {'class_name': 'LeakyReLU', 'config': {'negative_slope': 0.1}}]
INITIALIZERS = ['glorot_uniform', 'glorot_uniform', 'glorot_normal', 'he_uniform', 'he_normal', 'lecun_normal', 'lecun_uniform', 'dirac']
NAMES = ['class', 'x', 'forward', 'odd name: 1', '"""', "it's", 'a\\', '__init__', 'weight', 'train', 'ünïcode', '3d', 'a-b', 'torch', 'None']
CLASSES = {'InputLayer', 'Conv2D', 'DepthwiseConv2D', 'SeparableConv2D', 'ZeroPadding2D', 'MaxPooling2D', 'AveragePooling2D', 'SumPooling2D',
           'GlobalAveragePooling2D', 'GlobalMaxPooling2D', 'Flatten', 'Dense', 'Dropout', 'BatchNormalization', 'LayerNormalization',
           'Activation', 'ReLU', 'LeakyReLU', 'ELU', 'PReLU', 'Softmax', 'Maxout', 'Add', 'Multiply', 'Concatenate', 'RandomFlip',
           'RandomTranslation', 'RandomCutout', 'Rescaling', 'Normalization'}
MAPS = 4  # of most layers; where there are others, `cnn` refuses what counts on them, and another network is drawn


def missing(names):
    return sorted(set(names) - CLASSES)


class Network:
    def __init__(self, random, without=()):
        self.random, self.without = random, without
        self.layers, self.used, self.functional = [], set(), random.random() < 0.4
        self.last = self.add('InputLayer', {'batch_input_shape': [None, 32, 32, 3]}, [])

    def add(self, kind, config=None, inputs=None):
        config = dict(config or {})
        name = self.random.choice(NAMES) if self.random.random() < 0.1 else kind.lower()
        while name in self.used:
            name += '_1'
        self.used.add(name)
        if self.random.random() < 0.04:
            config['trainable'] = False
        inputs = [self.last] if inputs is None else inputs
        self.layers.append({'class_name': kind, 'name': name, 'config': {'name': name, **config},
                            'inbound_nodes': [[[one, 0, 0, {}] for one in inputs]] if inputs else []})
        self.last = name
        return name

    def has(self, kind):
        return kind not in self.without

    def window(self, most=4):
        random = self.random
        size = random.choice([random.randint(1, most), [random.randint(1, most), random.randint(1, most)]])
        padding = random.choice(['valid', 'same', 'same'] + ([[[1, 0], [0, 2]], [[1, 1], [1, 1]]] if self.has('padding') else []))
        return size, random.choice([1, 1, 2, 3, [1, 2]]), padding

    def convolution(self):
        random = self.random
        size, strides, padding = self.window()
        kind = random.choice(['Conv2D', 'Conv2D', 'DepthwiseConv2D', 'SeparableConv2D'])
        if kind != 'Conv2D' and isinstance(strides, list):
            strides = strides[1]  # Keras's own has one stride for both axes
        config = {'kernel_size': size, 'strides': strides, 'padding': padding, 'activation': random.choice(ACTIVATIONS),
                  'use_bias': random.random() < 0.7}
        words = [word for word in INITIALIZERS if self.has(word)]
        if kind == 'Conv2D':
            config.update(filters=random.choice([4, 6]), kernel_initializer=random.choice(words))
        elif kind == 'DepthwiseConv2D':
            config.update(depth_multiplier=random.choice([1, 2]), depthwise_initializer=random.choice(words[:-1]))
        else:
            config.update(filters=random.choice([4, 6]), depth_multiplier=random.choice([1, 2]))
        if kind != 'SeparableConv2D' and random.random() < 0.2:
            prefix = 'kernel' if kind == 'Conv2D' else 'depthwise'
            config[prefix + '_regularizer'] = {'class_name': 'L1L2', 'config': {'l1': random.choice([0, 1e-4]), 'l2': 1e-3}}
        self.add(kind, config)

    def map_layer(self):
        random = self.random
        kind = random.choice([one for one in [
            'conv', 'conv', 'conv', 'pool', 'pool', 'BatchNormalization', 'LayerNormalization', 'Activation', 'ReLU', 'LeakyReLU', 'ELU',
            'PReLU', 'Maxout', 'Rescaling', 'ZeroPadding2D', 'Dense', 'Normalization', 'branch', 'squeeze', 'Dropout'] if self.has(one)])
        if kind == 'conv':
            self.convolution()
        elif kind == 'pool':
            size, strides, padding = self.window(3)
            kind = random.choice([one for one in ['MaxPooling2D', 'AveragePooling2D', 'SumPooling2D'] if self.has(one)])
            if isinstance(padding, list) and (size if isinstance(size, int) else min(size)) < 3:
                padding = 'same'  # no window may lie in the border alone
            self.add(kind, {'pool_size': size, 'strides': random.choice([None, strides]), 'padding': padding})
        elif kind == 'branch' and self.functional:
            at = self.last
            branches = []
            for _ in range(random.choice([2, 2, 3])):
                branches.append(self.add('Conv2D', {'filters': MAPS, 'kernel_size': random.choice([1, 3]), 'padding': 'same',
                                                    'activation': random.choice(ACTIVATIONS)}, [at]))
            self.add(random.choice(['Add', 'Multiply', 'Concatenate']), {}, branches)
        elif kind == 'squeeze' and self.functional:
            at = self.last
            keeps = random.random() < 0.5 or not self.has('row times map')
            self.add('GlobalAveragePooling2D', {'keepdims': True} if keeps else {})
            self.add('Dense', {'units': MAPS, 'activation': 'sigmoid'})
            self.add('Multiply', {}, [at, self.last])
        elif kind == 'Maxout':
            self.add('Conv2D', {'filters': 6, 'kernel_size': 1})
            self.add('Maxout', {'pieces': random.choice([2, 3])})
        elif kind == 'Normalization':
            self.add(kind, {'mean': [0.1] * MAPS, 'variance': [0.5] * MAPS} if random.random() < 0.5 else {})
        elif kind not in ('branch', 'squeeze'):
            self.add(kind, self.settings(kind))

    def settings(self, kind):
        random = self.random
        return {
            'BatchNormalization': {'momentum': random.choice([0.99, 0.9]), 'epsilon': random.choice([1e-3, 1e-5]),
                                   'scale': random.random() < 0.8, 'center': random.random() < 0.8},
            'LayerNormalization': {'epsilon': 1e-3, 'scale': random.random() < 0.8, 'center': random.random() < 0.8},
            'Activation': {'activation': random.choice([one for one in ACTIVATIONS if isinstance(one, str)] + ['softmax', 'log_softmax'])},
            'ReLU': random.choice([{}, {'max_value': 1.5}, {'negative_slope': 0.2}]), 'LeakyReLU': {'negative_slope': 0.2},
            'ELU': {'alpha': 0.7}, 'PReLU': random.choice([{}, {'shared_axes': [1, 2]}]), 'Rescaling': {'scale': 1.5, 'offset': -0.25},
            'ZeroPadding2D': {'padding': [[1, 0], [2, 1]]}, 'Dense': {'units': 5, 'activation': random.choice(ACTIVATIONS)},
            'Dropout': {'rate': 0.0}, 'Softmax': {}, 'Maxout': {'pieces': 2},
        }.get(kind, {})

    def config(self):
        random = self.random
        if random.random() < 0.15:
            self.add('Normalization', {'mean': [0.5, 0.5, 0.4], 'variance': [0.06, 0.06, 0.07]})
        if random.random() < 0.1:  # augmentations that do nothing
            self.add('RandomTranslation', {'height_factor': 0, 'width_factor': 0, 'fill_mode': random.choice(['reflect', 'constant', 'nearest', 'wrap'])})
            if self.has('RandomCutout'):
                self.add('RandomCutout', {'height_factor': 0, 'width_factor': 0})
        # A small map first: what follows costs little.
        self.add('Conv2D', {'filters': MAPS, 'kernel_size': 3, 'strides': random.choice([2, 3]), 'padding': random.choice(['same', 'valid']),
                            'activation': 'relu'})
        for _ in range(random.randint(1, 5)):
            if random.random() < 0.3:
                self.add('Conv2D', {'filters': MAPS, 'kernel_size': 1})
            before = len(self.layers)
            self.map_layer()
            if len(self.layers) > before and self.layers[-1]['class_name'] in ('Maxout', 'Concatenate', 'SeparableConv2D', 'Dense', 'Conv2D', 'DepthwiseConv2D'):
                self.add('Conv2D', {'filters': MAPS, 'kernel_size': 1})
        self.add(random.choice(['Flatten', 'Flatten', 'GlobalAveragePooling2D', 'GlobalMaxPooling2D']))
        for _ in range(random.randint(0, 2)):
            self.add('Dense', {'units': 8, 'activation': random.choice(ACTIVATIONS)})
            kind = random.choice([one for one in ['none', 'none', 'BatchNormalization', 'LayerNormalization', 'PReLU', 'Maxout', 'ReLU', 'Dropout'] if self.has(one)])
            if kind != 'none':
                self.add(kind, {} if kind == 'PReLU' else self.settings(kind))
        end = random.choice(['softmax', 'softmax', 'softmax', 'linear', 'sigmoid', 'layer'])
        self.add('Dense', {'units': 10, 'activation': 'linear' if end == 'layer' else end})
        if end == 'layer':
            self.add('Softmax')
        for layer in self.layers:
            if not self.functional:
                del layer['inbound_nodes']
        config = {'name': 'net', 'layers': self.layers}
        if self.functional:
            config.update(input_layers=[[self.layers[0]['name'], 0, 0]], output_layers=[[self.last, 0, 0]])
        return {'class_name': 'Functional' if self.functional else 'Sequential', 'config': config}


def training(random, without=()):
    """Options of a training of about ten steps on 80 pictures."""
    has = lambda name: name not in without
    maybe = lambda share, value: value if random.random() < share else None
    decay = maybe(0.3, random.choice([0.004, 0.1]))
    common = {'weight_decay': decay}
    clip = random.random()
    if clip < 0.15:
        common['clipnorm'] = 0.5
    elif clip < 0.3:
        common['global_clipnorm'] = 0.5
    if random.random() < 0.2:
        common.update(use_ema=True, ema_momentum=0.9)
    if has('lookahead') and random.random() < 0.2:
        common.update(lookahead_steps=random.choice([2, 3]), lookahead_power=random.choice([0, 1, 3]))
    name = random.choice(['Adam', 'Adam', 'AdamW', 'SGD', 'SGD', 'RMSprop'])
    own = {'SGD': {'momentum': random.choice([0, 0.9]), 'nesterov': random.random() < 0.5,
                   'form': random.choice(['keras', 'pytorch']) if has('form') else 'keras'},
           'RMSprop': {'momentum': random.choice([0, 0.5])}, 'Adam': {'beta_2': random.choice([0.999, 0.99])}}.get(name, {})
    if own.get('form') == 'pytorch' and own.get('nesterov') and not own['momentum']:
        own['nesterov'] = False
    schedules = ['Constant', {'class_name': 'Constant', 'config': {'warmup_epochs': 0.5}}, {'class_name': 'StepDecay', 'config': {'every': 0.5, 'drop': 0.5}},
                 'CosineDecay', {'class_name': 'CosineDecay', 'config': {'alpha': 0.1, 'warmup_epochs': 0.4}}, 'OneCycle', 'LinearCycle',
                 {'class_name': 'Triangular', 'config': {'cycle': 0.7, 'low': 0.2}}]
    fit = {'epochs': random.choice([1, 2, 2, 1.4] if has('partial') else [1, 2]), 'batch_size': random.choice([8, 16, 15]),
           'optimizer': {'class_name': name, 'config': {**common, **own}}, 'schedule': random.choice(schedules), 'shuffle': False,
           'learning_rate': maybe(0.5, {'SGD': 0.02, 'RMSprop': 0.0005}.get(name, 0.002)), 'seed': random.randint(0, 9),
           'loss': {'class_name': 'SparseCategoricalCrossentropy', 'config': {
               'label_smoothing': random.choice([0, 0, 0.1]), 'reduction': random.choice(['sum_over_batch_size'] * 5 + ['sum']) if has('sum') else 'sum_over_batch_size'}},
           'drop_remainder': random.random() < 0.3 and has('drop_remainder'), 'validation_split': random.choice([0, 0, 0.2])}
    callbacks = [{'class_name': 'ReduceLROnPlateau', 'config': {'monitor': random.choice(['loss', 'accuracy']), 'patience': 1, 'factor': 0.5, 'min_delta': 10}},
                 {'class_name': 'EarlyStopping', 'config': {'monitor': 'val_loss', 'patience': 5, 'restore_best_weights': random.random() < 0.5}}]
    chosen = [one for one in callbacks if random.random() < 0.2]
    if chosen:
        fit['callbacks'] = chosen
    if has('groups') and random.random() < 0.3:
        fit['parameter_groups'] = [{'parameters': '*/bias', 'learning_rate_factor': random.choice([1, 4]), 'weight_decay': random.choice([None, 0])},
                                   {'parameters': '*/gamma', 'learning_rate_factor': 0.5, 'frozen_after': random.choice([None, 1])}]
    return fit
