// What this browser supports, and sentences about what it lacks.

// The smallest modules that use one instruction of each proposal.
const MODULES = {
  simd: [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
  relaxedSimd: [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0, 65, 1, 253, 15, 65, 2,
                253, 15, 253, 128, 2, 11],
};
const MOST_THREADS = 16;

/**
 * @typedef {{webassembly: boolean, simd: boolean, relaxedSimd: boolean, worker: boolean, threads: number, webgl2: boolean,
 *            isolated: boolean}} Features
 */

/**
 * @param {any} scope the window, or a stand-in
 * @returns {Features}
 */
export function probe(scope) {
  /** @param {number[]} bytes */
  const validates = (bytes) => Boolean(scope.WebAssembly?.validate?.(new Uint8Array(bytes)));
  const isolated = scope.crossOriginIsolated === true && typeof scope.SharedArrayBuffer === 'function';
  const cores = scope.navigator?.hardwareConcurrency || 1;
  return {
    webassembly: typeof scope.WebAssembly === 'object',
    simd: validates(MODULES.simd),
    relaxedSimd: validates(MODULES.relaxedSimd),
    worker: typeof scope.Worker === 'function',
    threads: isolated ? Math.min(cores, MOST_THREADS) : 1,
    webgl2: hasWebGL2(scope),
    isolated,
  };
}

/** @param {any} scope */
function hasWebGL2(scope) {
  try {
    const context = scope.document?.createElement('canvas').getContext('webgl2');
    context?.getExtension('WEBGL_lose_context')?.loseContext();
    return Boolean(context);
  } catch {
    return false;
  }
}

/**
 * What is missing, each as a sentence; `fatal`: training is impossible.
 * @param {Features} features
 * @param {string[]} variants the trainers that were built
 * @returns {{lack: string, fatal: boolean, text: string}[]}
 */
export function lacks(features, variants) {
  const list = [];
  if (!features.webassembly) {
    list.push({lack: 'webassembly', fatal: true,
               text: 'This browser has no WebAssembly, which training needs. Every current browser has it; a setting may have switched it off.'});
  } else if (!features.simd) {
    const slow = variants.includes('scalar');
    list.push({lack: 'simd', fatal: !slow,
               text: 'This browser has no WebAssembly SIMD. Chrome 91, Firefox 89, Safari 16.4 and later have it. ' +
                     (slow ? 'Training works without it, but several times slower.' : 'Training needs it.')});
  }
  if (!features.worker) {
    list.push({lack: 'worker', fatal: true,
               text: 'This browser allows no web workers here, and training runs in one. A normal, unrestricted tab allows them.'});
  }
  if (!features.webgl2) {
    list.push({lack: 'webgl2', fatal: false,
               text: 'This browser has no WebGL2, which the workbench needs. The text version with the main controls is shown instead.'});
  }
  return list;
}

/**
 * The best trainer this browser runs among those that were built.
 * @param {Features} features
 * @param {string[]} variants best first
 */
export function chooseVariant(features, variants) {
  const usable = variants.find((variant) => (features.relaxedSimd || !variant.startsWith('relaxed')) &&
                                            (features.simd || variant.startsWith('scalar')) &&
                                            (features.isolated || !variant.endsWith('threads')));
  return {
    module: `./trainer.${usable ?? 'simd'}.js`,
    threads: usable?.endsWith('threads') ? features.threads : 1,
  };
}
