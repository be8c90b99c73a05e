// Fetches this project's own models from models/ beside the page (assets/models in the repository) on request.
import {PlaygroundError} from '../errors.js';

/**
 * @param {{fetch: typeof globalThis.fetch, base: string | URL}} environment
 * @param {string} name "vgg_bn"
 * @param {AbortSignal} [signal]
 * @returns {Promise<{[name: string]: ArrayBuffer}>} as playground.import takes it
 */
export async function fetchModel({fetch, base}, name, signal) {
  if (!/^[\w-]+$/.test(name)) throw new PlaygroundError('bad_argument', `load_model: "${name}" is not a model's name; expected letters, digits, _ and -.`);
  const file = `${name}.safetensors`;
  const response = await fetch(new URL(`models/${file}`, base), {signal}).catch((error) => {
    throw new PlaygroundError('no_network', `The model ${name} could not be fetched: ${error.message}`, {cause: error});
  });
  if (!response.ok) throw new PlaygroundError('not_found', `The model ${name} is not beside this page (status ${response.status}).`);
  return {[file]: await response.arrayBuffer()};
}
