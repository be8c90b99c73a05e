// The only decoder of picture files, for training, evaluation and the user's own picture: the same file gives the same 3,072 numbers
// everywhere. The browser decodes. EXIF orientation is applied; color management is not (the numbers must not depend on the screen).
// Transparent areas become white, 16-bit channels are reduced to 8 bits, and an animation gives its first frame.
import {PlaygroundError} from '../errors.js';
import {formatOf, sizeInHeader} from './picture_formats.js';
import {openCanvas} from './canvas_pixels.js';

const SIDE = 32;
export const PICTURE_BYTES = SIDE * SIDE * 3;
const COLUMNS = 16;
/** The most pictures that are decoded in one call. Many share one canvas: reading it costs about the same for one picture as for hundreds. */
export const SHEET = COLUMNS * COLUMNS;

const HEAD_BYTES = 64 << 10;
const MOST_PIXELS = 1 << 27;
const PIXELS_AT_ONCE = 1 << 24;  // 64 MB while they are decoded; a larger picture is decoded alone
const PIXELS_PER_BYTE = 16;      // of a file whose size in pixels is unknown

// EXIF orientation is applied by default; the option for it is an error in older browsers.
const EXACT = /** @type {const} */ ({premultiplyAlpha: 'premultiply', colorSpaceConversion: 'none'});

/**
 * The whole picture. Rejects with a PlaygroundError whose message, without the file's name, says what is wrong.
 * @param {Blob} blob
 */
export async function openBitmap(blob) {
  const head = await headOf(blob);
  if (head.length === 0) throw new PlaygroundError('bad_data', 'the file is empty');
  const size = sizeInHeader(head);
  if (size && size.width * size.height > MOST_PIXELS) {
    throw new PlaygroundError('bad_data', `it has ${size.width} x ${size.height} pixels; at most ${MOST_PIXELS / 1e6 | 0} million are decoded`);
  }
  return decodeWith(blob, head);
}

/** @param {Blob} blob */
const headOf = async (blob) => new Uint8Array(await blob.slice(0, HEAD_BYTES).arrayBuffer());

/** @param {Blob} blob @param {Uint8Array} head */
async function decodeWith(blob, head) {
  try {
    return await createImageBitmap(blob, EXACT);
  } catch (error) {
    const {name, supported} = formatOf(head);
    throw new PlaygroundError('bad_data', supported ? `the browser cannot decode it: this ${name} file is damaged or of an unsupported variant`
        : name ? `it is ${name}, which this browser does not decode; save it as PNG or JPEG` : 'the browser cannot decode it: it is not a picture', {cause: error});
  }
}

/** The middle square, scaled to 32 x 32. @param {ImageBitmap} whole */
async function squareOf(whole) {
  const {width, height} = whole;
  if (width === SIDE && height === SIDE) return whole;
  const side = Math.min(width, height);
  try {
    return await createImageBitmap(whole, Math.floor((width - side) / 2), Math.floor((height - side) / 2), side, side,
        {resizeWidth: SIDE, resizeHeight: SIDE, resizeQuality: 'high', premultiplyAlpha: 'premultiply', colorSpaceConversion: 'none'});
  } finally {
    whole.close();
  }
}

/**
 * Colors over white. @param {Uint8ClampedArray} rgba @param {number} from @param {Uint8Array} rgb @param {number} to @param {number} pixels
 * @returns {boolean} whether something was transparent
 */
export function overWhite(rgba, from, rgb, to, pixels) {
  let transparent = false;
  for (let i = 0; i < pixels; ++i, from += 4, to += 3) {
    const alpha = rgba[from + 3];
    for (let c = 0; c < 3; ++c) rgb[to + c] = alpha === 255 ? rgba[from + c] : Math.round((rgba[from + c] * alpha + 255 * (255 - alpha)) / 255);
    transparent ||= alpha !== 255;
  }
  return transparent;
}

/** Runs work of different weights, a few at a time. @param {number} most */
function createGate(most) {
  let busy = 0;
  /** @type {{weight: number, begin: () => void}[]} */
  const waiting = [];
  function admit() {
    while (waiting.length > 0 && (busy === 0 || busy + waiting[0].weight <= most)) {
      const {weight, begin} = /** @type {typeof waiting[0]} */ (waiting.shift());
      busy += weight;
      begin();
    }
  }
  /** @template T @param {number} weight @param {() => Promise<T>} work @returns {Promise<T>} */
  return async (weight, work) => {
    await new Promise((begin) => {
      waiting.push({weight, begin: () => begin(undefined)});
      admit();
    });
    try {
      return await work();
    } finally {
      busy -= weight;
      admit();
    }
  };
}

/**
 * @param {Blob[]} blobs at most SHEET
 * @returns {Promise<{pictures: Uint8Array<ArrayBuffer>, broken: Map<number, string>, transparent: number}>} pictures [n, 32, 32, 3];
 *   broken: why the picture of that index cannot be decoded; its pixels stay white. transparent: how many are, in places
 */
export async function decodePictures(blobs) {
  if (blobs.length === 0) return {pictures: new Uint8Array(0), broken: new Map(), transparent: 0};
  const canvas = await openCanvas(COLUMNS * SIDE, Math.ceil(blobs.length / COLUMNS) * SIDE);
  const gate = createGate(PIXELS_AT_ONCE);
  /** @type {Map<number, string>} */
  const broken = new Map();
  await Promise.all(blobs.map(async (blob, i) => {
    try {
      const head = await headOf(blob);
      const size = sizeInHeader(head);
      const square = await gate(size ? size.width * size.height : blob.size * PIXELS_PER_BYTE, async () => squareOf(await openBitmap(blob)));
      canvas.draw(square, (i % COLUMNS) * SIDE, Math.floor(i / COLUMNS) * SIDE);
      square.close();
    } catch (error) {
      broken.set(i, error instanceof Error ? error.message : String(error));
    }
  }));
  const sheet = await canvas.read();
  const pictures = new Uint8Array(blobs.length * PICTURE_BYTES);
  let transparent = 0;
  for (let i = 0; i < blobs.length; ++i) {
    let any = false;
    for (let y = 0; y < SIDE; ++y) {
      const from = ((Math.floor(i / COLUMNS) * SIDE + y) * COLUMNS * SIDE + (i % COLUMNS) * SIDE) * 4;
      any = overWhite(sheet, from, pictures, i * PICTURE_BYTES + y * SIDE * 3, SIDE) || any;
    }
    if (any && !broken.has(i)) ++transparent;
  }
  return {pictures, broken, transparent};
}
