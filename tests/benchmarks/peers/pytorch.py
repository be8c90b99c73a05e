"""PyTorch as a side: requests as lines of JSON on standard input, answers on standard output.

usage: /usr/bin/python3 pytorch.py FIXTURE_FOLDER THREADS

Any Keras Sequential configuration of the layers below; [N, H, W, C] outside, channels_last memory inside.
"""
import json
import os
import struct
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

KEPT_BATCHES = 6  # as in steps.js
SETTLING_STEPS = 2
PIXELS = 3 * 32 * 32


def read_safetensors(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header, data = json.loads(file.read(length)), file.read()
    return {
        name: np.frombuffer(data[slice(*entry["data_offsets"])], np.float32).reshape(entry["shape"])
        for name, entry in header.items() if name != "__metadata__"
    }


def read_batches(path, size):
    records = np.fromfile(path, np.uint8, count=KEPT_BATCHES * size * (1 + PIXELS)).reshape(KEPT_BATCHES, size, 1 + PIXELS)
    pictures = torch.from_numpy(records[..., 1:].astype(np.float32) / 255).reshape(KEPT_BATCHES, size, 3, 32, 32)
    labels = torch.from_numpy(records[..., 0].astype(np.int64))
    return [(x.contiguous(memory_format=torch.channels_last), y) for x, y in zip(pictures, labels)]


class Flatten(torch.nn.Module):
    """[N, C, H, W] to [N, H*W*C], Keras's order; no copy in channels_last memory."""

    def forward(self, x):
        return x.permute(0, 2, 3, 1).reshape(x.shape[0], -1) if x.dim() == 4 else x


def pair(size):
    return (size, size) if isinstance(size, int) else tuple(size)


class Pool(torch.nn.Module):
    def __init__(self, config):
        super().__init__()
        self.size = pair(config["pool_size"])
        self.strides = pair(config.get("strides") or self.size)

    def forward(self, x):
        return F.max_pool2d(x, self.size, self.strides)


class GlobalAverage(torch.nn.Module):
    def forward(self, x):
        return x.mean((2, 3))


class Affine(torch.nn.Module):
    """x * scale + offset, per channel or for all."""

    def __init__(self, scale, offset):
        super().__init__()
        as_channels = lambda values: torch.tensor(values, dtype=torch.float32).reshape(1, -1, 1, 1)
        self.register_buffer("scale", as_channels(scale) if isinstance(scale, list) else torch.tensor(scale))
        self.register_buffer("offset", as_channels(offset) if isinstance(offset, list) else torch.tensor(offset))

    def forward(self, x):
        return x * self.scale + self.offset


def activation(name):
    return {"linear": [], "relu": [torch.nn.ReLU(inplace=True)], "gelu": [torch.nn.GELU()], "softmax": []}[name]


def build(config):
    """The modules, and Keras's name for each parameter. A final softmax is left to the loss."""
    modules, names = [], []
    shape = None  # (channels,) or (H, W, C), without batch
    for layer in config["config"]["layers"]:
        kind, c = layer["class_name"], layer["config"]
        name = c["name"]
        if "batch_input_shape" in c or "batch_shape" in c:
            shape = tuple((c.get("batch_input_shape") or c["batch_shape"])[1:])
        if kind == "InputLayer":
            continue
        if kind == "Conv2D":
            window, strides = pair(c["kernel_size"]), pair(c.get("strides", 1))
            pad = (window[0] // 2, window[1] // 2) if c.get("padding", "valid") == "same" else (0, 0)
            conv = torch.nn.Conv2d(shape[2], c["filters"], window, strides, pad, bias=c.get("use_bias", True))
            modules += [conv, *activation(c.get("activation", "linear"))]
            names += [(conv.weight, f"{name}/kernel")] + ([(conv.bias, f"{name}/bias")] if conv.bias is not None else [])
            size = [(shape[i] + 2 * pad[i] - window[i]) // strides[i] + 1 for i in (0, 1)]
            shape = (*size, c["filters"])
        elif kind == "MaxPooling2D":
            pool = Pool(c)
            modules.append(pool)
            shape = (*((shape[i] - pool.size[i]) // pool.strides[i] + 1 for i in (0, 1)), shape[2])
        elif kind == "GlobalAveragePooling2D":
            modules.append(GlobalAverage())
            shape = (shape[2],)
        elif kind == "BatchNormalization":
            norm = torch.nn.BatchNorm2d(shape[2], eps=c.get("epsilon", 1e-3), momentum=1 - c.get("momentum", 0.99))
            modules.append(norm)
            names += [(norm.weight, f"{name}/gamma")] if c.get("scale", True) else []
            names += [(norm.bias, f"{name}/beta")]
            norm.weight.requires_grad_(c.get("scale", True))
        elif kind == "Activation":
            modules += activation(c["activation"])
        elif kind == "ReLU":
            modules += activation("relu")
        elif kind == "Dropout":
            modules.append(torch.nn.Dropout(c["rate"]))
        elif kind == "Flatten":
            modules.append(Flatten())
            shape = (int(np.prod(shape)),)
        elif kind == "Dense":
            dense = torch.nn.Linear(shape[0], c["units"], bias=c.get("use_bias", True))
            modules += [dense, *activation(c.get("activation", "linear"))]
            names += [(dense.weight, f"{name}/kernel")] + ([(dense.bias, f"{name}/bias")] if dense.bias is not None else [])
            shape = (c["units"],)
        elif kind == "Normalization":
            deviations = [v**0.5 for v in c["variance"]]
            modules.append(Affine([1 / d for d in deviations], [-m / d for m, d in zip(c["mean"], deviations)]))
        elif kind == "Rescaling":
            modules.append(Affine(float(c["scale"]), float(c.get("offset", 0))))
        elif kind == "Softmax":
            pass
        else:
            raise ValueError(f"no {kind} in pytorch.py")
    return torch.nn.Sequential(*modules).to(memory_format=torch.channels_last), names


class Network:
    def __init__(self, request, folder, dtype=torch.float32):
        torch.manual_seed(0)
        optimizer = request.get("optimizer")
        self.sgd = optimizer["config"] if optimizer else None  # Nesterov's; otherwise Adam with Keras's defaults
        self.model, self.names = build(request["config"])
        self.model.to(dtype)
        self.weights = read_safetensors(os.path.join(folder, request["weights"]))
        self.batches = [(x.to(dtype), y) for x, y in read_batches(os.path.join(folder, "pictures.bin"), request["batch"])]
        self.reset()

    def reset(self):
        with torch.no_grad():
            for parameter, name in self.names:
                value = torch.from_numpy(self.weights[name].copy())
                value = value.permute(3, 2, 0, 1) if value.dim() == 4 else value.T if value.dim() == 2 else value
                parameter.copy_(value)
        parameters = [p for p in self.model.parameters() if p.requires_grad]
        if self.sgd:
            self.optimizer = torch.optim.SGD(parameters, self.sgd["learning_rate"], self.sgd["momentum"], nesterov=True)
        else:
            self.optimizer = torch.optim.Adam(parameters, lr=0.001, betas=(0.9, 0.999), eps=1e-7)
        self.step = 0

    def train(self):
        """Runs one step; returns the loss."""
        x, y = self.batches[self.step % KEPT_BATCHES]
        self.step += 1
        # Keras's epsilon stands outside the correction of the second moment, PyTorch's inside.
        if not self.sgd:
            self.optimizer.param_groups[0]["eps"] = 1e-7 / (1 - 0.999**self.step) ** 0.5
        self.optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(self.model(x), y)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def forward(self):
        with torch.inference_mode():
            x, _ = self.batches[self.step % KEPT_BATCHES]
            self.step += 1
            return F.softmax(self.model(x), 1)[0, 0].item()

    def losses(self):
        self.reset()
        self.model.train()
        drops = [m for m in self.model if isinstance(m, torch.nn.Dropout)]
        rates = [m.p for m in drops]
        for m in drops:
            m.p = 0.0
        losses = [self.train() for _ in range(KEPT_BATCHES)]
        for m, rate in zip(drops, rates):
            m.p = rate
        return losses

    def slice(self, mode, seconds, settle):
        self.reset()
        self.model.train(mode == "train")
        one = self.train if mode == "train" else self.forward
        for _ in range(settle):
            one()
        start, steps = time.perf_counter(), 0
        while True:
            value = one()
            steps += 1
            now = time.perf_counter()
            if now - start >= seconds:
                break
        if not np.isfinite(value):
            raise FloatingPointError(f"ended with {value}")
        return {"images": steps * len(self.batches[0][1]), "seconds": now - start}


def blas():
    """The BLAS in use: the library mapped into the process after a product."""
    torch.mm(torch.ones(64, 64), torch.ones(64, 64))
    with open("/proc/self/maps") as maps:
        files = {os.path.basename(line.split()[-1]) for line in maps if "blas" in line.rsplit("/", 1)[-1].lower()}
    real = sorted(f for f in files if "openblas" in f or "mkl" in f or "blis" in f)
    return (real or sorted(files) or ["built in"])[0]


def main():
    folder, threads = sys.argv[1], int(sys.argv[2])
    torch.set_num_threads(threads)
    made = {}

    def answer(request):
        if request["do"] == "open":
            return {"versions": {"PyTorch": torch.__version__, "BLAS": blas(), "oneDNN": torch.backends.mkldnn.is_available()}}
        if request["do"] == "reference":
            return {"losses": Network(request, folder, torch.float64).losses()}
        key = (request["weights"], request["batch"])
        if key not in made:
            made.clear()
            made[key] = Network(request, folder)
        if request["do"] == "losses":
            return {"losses": made[key].losses()}
        return made[key].slice(request["mode"], request["seconds"], request.get("settle", SETTLING_STEPS))

    for line in sys.stdin:
        try:
            result = {"result": answer(json.loads(line))}
        except Exception as error:  # reported; the bench continues without it
            result = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(result), flush=True)


main()
