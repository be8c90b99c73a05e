// Decodes pictures of any size (PNG, JPEG, ...) to 32 x 32 RGB with the browser's decoder. Many share one canvas, because
// reading a canvas back costs about the same for one picture as for hundreds.

export const SIDE = 32;
export const PICTURE_BYTES = SIDE * SIDE * 3;
const COLUMNS = 16;
/** The number of pictures decoded together. */
export const SHEET = COLUMNS * COLUMNS;

const SMALL_FILE = 4096;  // bytes
const PNG_SIGNATURE = 0x89504e47;
const MOST_PIXELS = 1 << 27;

// The pixels as stored: with color management, the same file would give other numbers on another screen.
const EXACT = /** @type {const} */ ({premultiplyAlpha: 'none', colorSpaceConversion: 'none'});

/**
 * @param {Blob[]} blobs at most SHEET
 * @param {string[]} names for errors
 * @returns {Promise<{pictures: Uint8Array<ArrayBuffer>, broken: string[]}>} [n, 32, 32, 3]; broken: names of files that are not pictures; their pixels stay black
 */
export async function decodePictures(blobs, names) {
  const canvas = new OffscreenCanvas(COLUMNS * SIDE, COLUMNS * SIDE);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d', {willReadFrequently: true}));
  const bitmaps = await Promise.all(blobs.map((blob) => decode(blob).catch(() => null)));
  const broken = names.filter((_, i) => bitmaps[i] === null);
  bitmaps.forEach((bitmap, i) => {
    if (!bitmap) return;
    context.drawImage(bitmap, (i % COLUMNS) * SIDE, Math.floor(i / COLUMNS) * SIDE);
    bitmap.close();
  });
  const sheet = context.getImageData(0, 0, canvas.width, canvas.height).data;
  const pictures = new Uint8Array(blobs.length * PICTURE_BYTES);
  for (let i = 0, at = 0; i < blobs.length; ++i) {
    for (let y = 0; y < SIDE; ++y) {
      let from = ((Math.floor(i / COLUMNS) * SIDE + y) * canvas.width + (i % COLUMNS) * SIDE) * 4;
      for (let x = 0; x < SIDE; ++x, from += 4) {
        pictures[at++] = sheet[from];
        pictures[at++] = sheet[from + 1];
        pictures[at++] = sheet[from + 2];
      }
    }
  }
  return {pictures, broken};
}

/**
 * PNG compresses up to a thousand to one: a small file may decode to gigabytes, and decoding cannot be stopped. The file's first
 * bytes state its size. CIFAR-10's 60,000 files are too small to need this check.
 * @param {Blob} blob
 */
async function isBomb(blob) {
  if (blob.size <= SMALL_FILE) return false;
  const head = new DataView(await blob.slice(0, 24).arrayBuffer());
  return head.getUint32(0) === PNG_SIGNATURE && head.getUint32(16) * head.getUint32(20) > MOST_PIXELS;
}

/** @param {Blob} blob @returns {Promise<ImageBitmap>} the middle square, scaled to 32 x 32 */
async function decode(blob) {
  if (await isBomb(blob)) throw new RangeError('more pixels than any camera\'s picture');
  const whole = await createImageBitmap(blob, EXACT);
  const {width, height} = whole;
  if (width === SIDE && height === SIDE) return whole;
  const side = Math.min(width, height);
  const square = await createImageBitmap(whole, Math.floor((width - side) / 2), Math.floor((height - side) / 2), side, side,
      {resizeWidth: SIDE, resizeHeight: SIDE, resizeQuality: 'high', ...EXACT});
  whole.close();
  return square;
}
