#include "core/formats/pytorch_script.h"

#include "core/formats/python_pictures.h"
#include "core/formats/python_text.h"
#include "core/formats/python_training.h"
#include "core/formats/pytorch_training.h"
#include "core/formats/safetensors.h"
#include "core/training/augmented.h"

namespace cnn {
namespace {

constexpr std::string_view kBegin = R"("""A network of the CNN playground and its training, in PyTorch.

pip install torch torchvision safetensors

python cnn_pytorch.py            evaluates the weights that lie beside it; without them it trains
python cnn_pytorch.py --train    trains new weights and saves them as trained.safetensors
torchrun --nproc-per-node=2 cnn_pytorch.py --train    trains with several processes, which share each batch
)";

constexpr std::string_view kProcesses =
    R"(WEIGHTS = os.path.join(os.path.dirname(__file__), "cnn_pytorch.safetensors")
RANK, WORLD_SIZE = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))  # of torchrun
device = torch.device("cpu")
if torch.cuda.is_available():
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0)))

)";

constexpr std::string_view kCifar10 = R"(

def load_data(train):
    """Pictures, bytes [N, 3, 32, 32], and their labels."""
    data = torchvision.datasets.CIFAR10("data", train=train, download=True)
    return torch.from_numpy(data.data).permute(0, 3, 1, 2).contiguous(), torch.tensor(data.targets)
)";

constexpr std::string_view kCifar100Groups = R"(

def load_data(train):
    """Pictures, bytes [N, 3, 32, 32], and the labels of their groups, which torchvision leaves out."""
    data = torchvision.datasets.CIFAR100("data", train=train, download=True)
    with open(f"data/cifar-100-python/{'train' if train else 'test'}", "rb") as file:
        labels = pickle.load(file, encoding="latin1")["coarse_labels"]
    return torch.from_numpy(data.data).permute(0, 3, 1, 2).contiguous(), torch.tensor(labels)
)";

constexpr std::string_view kFolder = R"(

def load_data(train):
    """The pictures in @PLACE@, bytes [N, 3, @H@, @W@], and their labels."""
    fit = [transforms.Resize(@SIDE@), transforms.CenterCrop((@H@, @W@)), transforms.PILToTensor()]
    data = torchvision.datasets.ImageFolder("data/train" if train else "data/test", transforms.Compose(fit))
    images, labels = zip(*data)
    return torch.stack(images), torch.tensor([@FOLDERS@.index(data.classes[label]) for label in labels])
)";

constexpr std::string_view kMain = R"(

def main():
    if torch.cuda.is_available():
        torch.cuda.set_device(device)
    if WORLD_SIZE > 1:
        torch.distributed.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
@ONCE@    torch.manual_seed(SEED + RANK)
    test = load_data(train=False)
    network = Network().to(device)
    if "--train" in sys.argv or not os.path.exists(WEIGHTS):
@FROZEN@        network = train(network, *load_data(train=True)@TEST@)
        if RANK == 0:
            save_file(network.state_dict(), "trained.safetensors")
    else:
        network.load_state_dict(load_file(WEIGHTS, device=str(device)))
    if RANK == 0:
        loss, accuracy, matrix = evaluate(network, *test)
        print(f"test loss {loss:.4f}, accuracy {accuracy:.4f}")
        print("confusion matrix: a row for each true class, a column for each predicted one")
        for name, row in zip(CLASSES, matrix.tolist()):
            print("".join(f"{count:6}" for count in row), name)
    if WORLD_SIZE > 1:
        torch.distributed.destroy_process_group()


if __name__ == "__main__":
    main()
)";

constexpr std::string_view kFrozen =
    R"(        if os.path.exists(WEIGHTS):  # layers that are frozen keep their weights
            frozen = {name: array for name, array in load_file(WEIGHTS, device=str(device)).items()
                      if name.split(".")[0] in FROZEN}
            network.load_state_dict(frozen, strict=False)
)";

/// Several processes that unpack one download at once destroy it.
constexpr std::string_view kOnce = R"(        if os.environ["LOCAL_RANK"] == "0":
            load_data(train=True)  # downloads, before the other processes look for it
        torch.distributed.barrier()
)";

std::string load_function(const ScriptPictures& pictures, const Shape& picture) {
  const ScriptData data = pictures.data;
  if (data == ScriptData::cifar10) return std::string(kCifar10);
  if (data == ScriptData::cifar100) return replaced(std::string(kCifar10), "CIFAR10", "CIFAR100");
  if (data == ScriptData::cifar100_groups) return std::string(kCifar100Groups);
  std::string text = replaced(std::string(kFolder), "@PLACE@", pictures.place);
  text = replaced(text, "@FOLDERS@", pictures.folders);
  text = replaced(text, "@H@", std::to_string(picture[0]));
  text = replaced(text, "@W@", std::to_string(picture[1]));
  return replaced(text, "@SIDE@", std::to_string(std::max(picture[0], picture[1])));
}

/// What the program does not take over.
std::vector<std::string> notes_of(const TorchTraining& t, const ScriptPictures& pictures) {
  std::vector<std::string> notes;
  notes.push_back(pictures.data == ScriptData::folder
                      ? "the pictures: it reads those in " + pictures.place
                      : "the pictures: it reads those that torchvision downloads");
  if (t.learns()) notes.push_back(std::string(kStateNote) + (t.network.frozen.empty() ? "" : kExceptFrozen));
  notes.push_back(kRandomNote);
  bool normalizes = false;
  for (const TorchArray& array : t.network.arrays) normalizes |= array.name.ends_with(".running_var");
  if (normalizes) {
    notes.push_back(
        "moving variances: nn.BatchNorm averages the unbiased variance of n numbers, n / (n - 1) times the "
        "page's");
  }
  if (!t.network.needs_two.empty() && t.learns())
    notes.push_back("batches of a single picture: nn.BatchNorm takes none, so they are left out");
  return notes;
}

std::string imports(const std::string& body, ScriptData data) {
  std::string text;
  for (const std::string_view module : {"copy", "math", "os", "pickle", "sys"})
    if (body.find(std::string(module) + ".") != std::string::npos)
      text += "import " + std::string(module) + "\n";
  text +=
      "\nimport torch\nimport torch.nn.functional as F\nimport torchvision\nfrom safetensors.torch import "
      "load_file, save_file\n"
      "from torch import nn\n";
  if (data == ScriptData::folder) text += "from torchvision import transforms\n";
  return text;
}

}  // namespace

Result<std::vector<ModelFile>> export_pytorch(const Model& model, const ModelNotes& notes) {
  const Result<FitOptions> fit = script_fit(notes.fit);
  if (!fit) return fit.error();
  const Result<std::optional<Model>> augmentation = augmentation_model(fit->augmentation);
  if (!augmentation) return augmentation.error();
  Result<TorchNetwork> network = write_torch_network(model);
  if (!network) return network.error();
  const Result<ScriptPictures> pictures = script_pictures("PyTorch", model, notes.class_names);
  if (!pictures) return pictures.error();
  FitOptions used = *fit;
  TorchTraining t{model, *network, used, {}, false};
  if (!t.learns()) used = {}, used.seed = fit->seed, used.validate = false;
  if (!network->needs_two.empty() && t.learns() && used.batch_size < 2) {
    return Error{"bad_argument",
                 "PyTorch: " + network->needs_two +
                     ": nn.BatchNorm takes no batch of one picture; choose a batch_size of 2 or more."};
  }
  std::set<TorchHelper> helpers = network->helpers;
  if (*augmentation && t.learns()) {
    auto modules = torch_augmentation(**augmentation, helpers);
    if (!modules) return modules.error();
    t.augmentation = std::move(*modules);
  }
  t.alternates = helpers.count(TorchHelper::alternating_flip) > 0;

  std::string body;
  for (const TorchHelper helper : helpers) body += "\n" + text_of(helper);
  body += "\n" + network->text + load_function(*pictures, model.input_shape()) + torch_functions(t) +
          torch_train(t);
  body += replaced(replaced(std::string(kMain), "@TEST@", used.validate ? ", *test" : ""), "@ONCE@",
                   pictures->data == ScriptData::folder ? "" : kOnce);
  body = replaced(body, "@FROZEN@", network->frozen.empty() ? "" : kFrozen);
  std::string frozen;
  if (!network->frozen.empty()) {
    std::vector<std::string> words;
    for (const std::string& name : network->frozen) words.push_back(python_text(name));
    frozen = python_list("FROZEN = [", words, "]", 4);
  }
  const std::string head = torch_constants(t) + frozen + pictures->constants + std::string(kProcesses);
  std::string text = std::string(kBegin) + script_notes(notes_of(t, *pictures)) + "\"\"\"\n" +
                     imports(head + body, pictures->data) + "\n" + head;
  while (text.ends_with("\n\n")) text.pop_back();
  text += body;

  Safetensors weights;
  weights.metadata = {{"format", "pt"}};
  for (const TorchArray& array : network->arrays) {
    weights.tensors.push_back(
        {array.name,
         array.shape,
         NumberType::float32,
         {reinterpret_cast<const std::uint8_t*>(array.values.data()), array.values.size() * sizeof(float)}});
  }
  std::vector<ModelFile> files;
  files.push_back({"cnn_pytorch.py", {text.begin(), text.end()}});
  files.push_back({"cnn_pytorch.safetensors", write_safetensors(weights)});
  return files;
}

}  // namespace cnn
