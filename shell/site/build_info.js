// What this build contains. shell/build writes its own in the folder it makes; this one serves a plain checkout.
export const build = {
  version: 'development',
  /** @type {string[]} trainer.<variant>.js that exist, best first */
  variants: ['simd-threads', 'simd'],
};
