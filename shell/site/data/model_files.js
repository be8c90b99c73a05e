// Which of several files are a model: other files beside it (hidden files, a README, pictures) are skipped.
import {isPicture} from './folder_classes.js';
import {baseName, isSystemFile} from './paths.js';

// Recognized as a model, whatever is beside it; for files of other programs the trainer says how to convert them.
const ALONE = /\.(onnx|safetensors|keras|h5|hdf5|pth?|pth\.tar|pt2|ckpt|ort|tflite|pb|mlmodel|gguf)$/i;
const JSON_MODEL = /(^|\/)model\.json$/i;
const PART = /\.(json|weights\.bin|safetensors|onnx)$|group\d+-shard\d+of\d+(\.bin)?$/i;
const NOTHING = /\.(md|html?|pdf|ipynb|py|csv|log)$|(^|\/)(README|LICENSE)[^/]*$/i;

/** Whether files with these names are a model. @param {string[]} paths */
export function isModel(paths) {
  const known = paths.filter((path) => !isSystemFile(path));
  return known.some((path) => ALONE.test(path) || JSON_MODEL.test(path)) || (known.length > 0 && known.every((path) => PART.test(path)));
}

/**
 * The files of the model, its own first; class names (metadata.json, labels.txt) stay with it.
 * @template F @param {F[]} files @param {(file: F) => string} pathOf
 */
export function modelFiles(files, pathOf) {
  if (files.length < 2) return files;
  const rank = (/** @type {F} */ file) => (ALONE.test(pathOf(file)) || JSON_MODEL.test(pathOf(file)) ? 0 : /\.json$/i.test(pathOf(file)) && !/^metadata/i.test(baseName(pathOf(file))) ? 1 : 2);
  const own = files.filter((file) => !isSystemFile(pathOf(file)) && !isPicture(pathOf(file)) && !NOTHING.test(pathOf(file)));
  return own.sort((a, b) => rank(a) - rank(b));
}
