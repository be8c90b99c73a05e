// Pixels of drawn pictures. A browser that protects against fingerprinting (Firefox's privacy.resistFingerprinting: Tor Browser,
// LibreWolf, Mullvad) returns noise from a canvas. A known picture detects that at first use; then the pixels are read in another
// way, if there is one.
import {PlaygroundError} from '../errors.js';

const KNOWN_SIDE = 16;

/** Colors that no blank or random answer has. */
function knownPicture() {
  const pixels = new Uint8ClampedArray(KNOWN_SIDE * KNOWN_SIDE * 4);
  for (let i = 0; i < KNOWN_SIDE * KNOWN_SIDE; ++i) pixels.set([i, (i * 37) & 255, 255 - i, 255], i * 4);
  return new ImageData(pixels, KNOWN_SIDE, KNOWN_SIDE);
}

/** @typedef {(canvas: OffscreenCanvas, context: OffscreenCanvasRenderingContext2D) => Promise<Uint8ClampedArray> | Uint8ClampedArray} Read */
/** @type {Read} */
const fromCanvas = (canvas, context) => context.getImageData(0, 0, canvas.width, canvas.height).data;
/** @type {Read} */
async function fromVideoFrame(canvas) {
  const frame = new VideoFrame(canvas, {timestamp: 0});
  try {
    const options = /** @type {any} */ ({format: 'RGBA', colorSpace: 'srgb'});
    const bytes = new Uint8ClampedArray(frame.allocationSize(options));
    await frame.copyTo(bytes, options);
    return bytes;
  } finally {
    frame.close();
  }
}

/** @type {Promise<Read> | undefined} */
let way;

/** The first way that returns a known picture as it is. @returns {Promise<Read>} */
async function findWay() {
  const failures = [];
  let changed = false;
  for (const read of [fromCanvas, fromVideoFrame]) {
    try {
      const canvas = new OffscreenCanvas(KNOWN_SIDE, KNOWN_SIDE);
      const context = contextOf(canvas);
      const known = knownPicture();
      context.drawImage(await createImageBitmap(known), 0, 0);
      const got = await read(canvas, context);
      if (got.length === known.data.length && got.every((byte, i) => byte === known.data[i])) return read;
      changed = true;
    } catch (error) {
      failures.push(error);  // not in this browser
    }
  }
  if (!changed) throw failures[0];
  throw new PlaygroundError('unsupported', 'This browser changes the pixels of pictures to prevent fingerprinting (Firefox: privacy.resistFingerprinting, ' +
      'as in Tor Browser, LibreWolf and Mullvad Browser): a training on them would learn noise. Allow this page to read canvas data (the icon in the address bar), ' +
      'or use CIFAR-10\'s binary files, which need no decoding.');
}

/** @param {OffscreenCanvas} canvas */
const contextOf = (canvas) => /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d', {willReadFrequently: true}));

/**
 * A canvas to draw on and to read. Rejects with `unsupported` if this browser changes pixels.
 * @param {number} width @param {number} height
 */
export async function openCanvas(width, height) {
  way ??= findWay();
  way.catch(() => way = undefined);  // memory may be missing now and free later
  const read = await way;
  const canvas = new OffscreenCanvas(width, height);
  const context = contextOf(canvas);
  context.imageSmoothingQuality = 'high';
  return {
    /** @param {ImageBitmap | HTMLVideoElement} picture @param {number} x @param {number} y @param {number} [w] @param {number} [h] */
    draw: (picture, x, y, w, h) => (w === undefined || h === undefined ? context.drawImage(picture, x, y) : context.drawImage(picture, x, y, w, h)),
    /** RGBA of all. */
    read: async () => read(canvas, context),
  };
}
