// Files that are neither pictures nor data sets: what they are, by name or first bytes, and how to convert them.

/** How many of the first bytes are compared. */
export const BEGIN_BYTES = 300;

const MAKE_FOLDERS = 'Unpack it, and choose the folder with one folder of pictures for each class, or a .zip of that';
const AGAIN = 'download the file from a direct link';
const ONE_PICTURE = 'A single picture is not a data set. Choose a folder with one subfolder of pictures per class.';

/** @type {[RegExp, string][]} a sentence after the file's name */
const BY_NAME = [
  [/\.rar$/i, `is a RAR archive, which browsers cannot unpack. ${MAKE_FOLDERS}.`],
  [/\.7z$/i, `is a 7-Zip archive, which browsers cannot unpack. ${MAKE_FOLDERS}.`],
  [/\.(xz|txz|bz2|tbz2?|zst|lz4|lzma)$/i, `is compressed in a way that browsers cannot unpack. ${MAKE_FOLDERS}, or pack CIFAR-10's batches as .tar.gz.`],
  [/\.(z\d\d|\d{3}|part\d+\.rar)$/i, `is one part of a split archive. Put all parts in one folder. ${MAKE_FOLDERS}.`],
  [/\.mat$/i, 'is a MATLAB file, which this page cannot read. In Python: import scipy.io; m = scipy.io.loadmat(file); save each picture with PIL.Image.fromarray(...).save("class/number.png"), and choose that folder.'],
  [/\.(npy|npz)$/i, 'is a NumPy array, which this page cannot read. In Python: for i, (x, y) in enumerate(zip(pictures, labels)): PIL.Image.fromarray(x).save(f"{y}/{i}.png"), and choose that folder.'],
  [/\.(pt|pth|pth\.tar|ckpt)$/i, 'is a PyTorch file, which this page does not read because it can contain any program. If it is a model, save it as ONNX, and choose Open a file under Model. If it holds pictures, save them as files, one folder for each class, and choose that folder.'],
  [/\.(pkl|pickle|joblib)$/i, 'is a Python pickle, which this page does not read because it can contain any program. Save the pictures as files, one folder for each class, and choose that folder.'],
  [/\.(h5|hdf5)$/i, 'is an HDF5 file, which this page cannot read as a data set. In Python: f = h5py.File(file); save each picture with PIL.Image.fromarray(...).save("class/number.png"), and choose that folder.'],
  [/\.(tfrecords?)([-.].*)?$/i, 'is a TFRecord file, which this page cannot read. In Python, with tensorflow_datasets, save each picture as "class/number.png", and choose that folder.'],
  [/\.(arrow|feather)$/i, 'is an Arrow file, which this page cannot read. In Python: datasets.Dataset.from_file(file).to_parquet("data.parquet"), and choose that.'],
  [/(idx[13]-ubyte|\.idx)(\.gz)?$/i, 'is a file of MNIST (IDX), which this page cannot read. Take a version of MNIST in parquet, or save each picture as "class/number.png" and choose that folder.'],
  [/\.(csv|tsv|json|jsonl|ndjson|xml)$/i, 'is a table or text; expected the pictures themselves, in one folder for each class.'],
  [/\.(pdf|docx?|pptx?|xlsx?)$/i, 'is a document; expected pictures, in one folder for each class: save its pictures as PNG or JPEG files.'],
  [/\.(mp4|mov|avi|mkv|webm)$/i, 'is a video; expected pictures, in one folder for each class: save single frames as PNG or JPEG files.'],
  [/\.(hei[cf])$/i, `is a HEIC picture. ${ONE_PICTURE}`],
  [/\.svg$/i, 'is a drawing (SVG), which this page cannot read: save it as PNG.'],
  [/\.(psd|cr2|cr3|nef|arw|dng|orf|rw2|raf|jp2|j2k|tga|pcx|p[bgpn]m|exr|hdr|xcf|dcm)$/i, 'is a picture in a format that browsers do not decode: save it as PNG or JPEG.'],
  [/\.(keras|onnx|tflite|safetensors|mlmodel|pb|pt2|ort|caffemodel|msgpack|gguf)$/i, 'is a model, not a data set: choose Open a file under Model.'],
];

/** @type {[begin: string | RegExp, name: string][]} an extension whose sentence in BY_NAME applies, or the sentence */
const BY_BEGIN = [
  ['Rar!', '.rar'], ['7z\xbc\xaf\x27\x1c', '.7z'], ['\xfd7zXZ', '.xz'], ['BZh', '.bz2'], ['\x28\xb5\x2f\xfd', '.zst'], ['MATLAB', '.mat'],
  ['\x93NUMPY', '.npy'], ['\x89HDF', '.h5'], ['%PDF', '.pdf'], ['ARROW1', '.arrow'],
  ['PK\x03\x04\0\0\b\b', '.pt'], ['\x80\x02\x8a\nl\xfc\x9cF\xf9', '.pt'],  // torch.save, today and before 2020
  [/^\s*<(!doctype html|html|head|body)/i, `is an HTML page, not a data file; ${AGAIN}.`], [/^version https:\/\/git-lfs/, `is a Git LFS pointer, not the file itself; ${AGAIN}.`],
];

/** As a sentence without its subject, "is a RAR archive, ..."; empty for anything else. @param {string} name */
export const aboutName = (name) => BY_NAME.find(([pattern]) => pattern.test(name))?.[1] ?? '';

/** @param {Uint8Array} head the first bytes */
export function aboutBegin(head) {
  const text = String.fromCharCode(...head.subarray(0, BEGIN_BYTES));
  const [, found = ''] = BY_BEGIN.find(([begin]) => (typeof begin === 'string' ? text.startsWith(begin) : begin.test(text))) ?? [];
  return found.startsWith('.') ? aboutName(found) : found;
}
