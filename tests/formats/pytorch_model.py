"""The tutorial's network in PyTorch, with weights from a .safetensors file.

usage: pytorch_model.py MODEL.safetensors PICTURES     prints the probabilities as JSON
       pytorch_model.py --onnx MODEL.onnx PICTURES     exports a network made in PyTorch and prints its probabilities
"""
import json
import sys

import torch

# assets/docs/formats.md shows these lines, up to the end of Net.
import struct
from torch.nn import Conv2d, Linear
from torch.nn.functional import max_pool2d, relu, softmax


class Net(torch.nn.Module):
    def __init__(self, path):
        super().__init__()
        self.conv2d, self.conv2d_1 = Conv2d(3, 32, 3, padding=1), Conv2d(32, 32, 3, padding=1)
        self.dense, self.dense_1 = Linear(8192, 128), Linear(128, 10)
        data = bytearray(open(path, "rb").read())  # the header's length, the header as JSON, the numbers
        start = 8 + struct.unpack("<Q", data[:8])[0]
        for name, array in json.loads(data[8:start]).items():
            if name != "__metadata__" and not name.startswith("optimizer/"):
                layer, kind = name.split("/")  # "conv2d/kernel"
                begin, end = array["data_offsets"]
                value = torch.frombuffer(data[start + begin:start + end], dtype=torch.float32).reshape(array["shape"])
                order = {4: (3, 2, 0, 1), 2: (1, 0), 1: (0,)}[value.dim()]  # [kh, kw, in, out], [in, out], [out]
                getattr(getattr(self, layer), "weight" if kind == "kernel" else "bias").data = value.permute(order).contiguous()

    def forward(self, pixels):  # bytes [N, 32, 32, 3]
        x = pixels.permute(0, 3, 1, 2) / 255
        x = max_pool2d(relu(self.conv2d_1(relu(self.conv2d(x)))), 2)
        x = x.permute(0, 2, 3, 1).flatten(1)  # rows in the order of Keras
        return softmax(self.dense_1(relu(self.dense(x))), 1)


def own_network():
    """A typical PyTorch network, with moving averages that are not just zeros and ones."""
    torch.manual_seed(1)
    layers = torch.nn.Sequential(
        Conv2d(3, 8, 3, padding=1), torch.nn.BatchNorm2d(8), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
        Conv2d(8, 8, 3, padding=1, groups=8, bias=False), torch.nn.LeakyReLU(0.1), torch.nn.AvgPool2d(2), torch.nn.Dropout(),
        torch.nn.Flatten(), Linear(512, 16), torch.nn.Sigmoid(), Linear(16, 6), torch.nn.Softmax(1))
    layers.train()(torch.rand(64, 3, 32, 32))
    return layers.eval()


def main():
    pictures = torch.frombuffer(bytearray(open(sys.argv[-1], "rb").read()), dtype=torch.uint8).reshape(-1, 32, 32, 3)
    with torch.no_grad():
        if sys.argv[1] == "--onnx":
            net = own_network()
            inputs = pictures.permute(0, 3, 1, 2).float() / 255
            torch.onnx.export(net, inputs[:1], sys.argv[2], opset_version=13, dynamic_axes={"input": {0: "n"}}, input_names=["input"])
            print(json.dumps(net(inputs).tolist()))
        else:
            print(json.dumps(Net(sys.argv[1]).eval()(pictures).tolist()))


main()
