// The way from a file to pixels, with a browser's parts replaced: how many pictures are decoded at once, and a browser that changes
// what is read from a canvas. No browser needed.
import assert from 'node:assert/strict';
import {afterEach, test} from 'node:test';

import {png} from './pictures.js';

const KEYS = ['OffscreenCanvas', 'ImageData', 'createImageBitmap', 'VideoFrame'];
afterEach(() => KEYS.forEach((key) => delete globalThis[key]));

/** A browser whose pictures are [width, height, first pixel]. `noise`: added to what is read from a canvas. */
function browser({noise = 0, frames = false, onDecode = async () => {}} = {}) {
  globalThis.ImageData = class { constructor(data, width, height) { Object.assign(this, {data, width, height}); } };
  globalThis.createImageBitmap = async (from, ...rest) => {
    if (from instanceof ImageData) return {width: from.width, height: from.height, data: from.data, close() {}};
    if (from instanceof Blob) {
      await onDecode(1);
      return {width: 4000, height: 3000, close: () => onDecode(-1)};
    }
    return {width: 32, height: 32, close() {}, rest};
  };
  globalThis.OffscreenCanvas = class {
    constructor(width, height) { Object.assign(this, {width, height, pixels: new Uint8ClampedArray(width * height * 4)}); }
    getContext() {
      return {drawImage: (image) => image.data && this.pixels.set(image.data), getImageData: () => ({data: this.pixels.map((byte) => byte + noise)})};
    }
  };
  if (frames) {
    globalThis.VideoFrame = class {
      constructor(canvas) { this.canvas = canvas; }
      allocationSize() { return this.canvas.pixels.length; }
      async copyTo(bytes) { bytes.set(this.canvas.pixels); }
      close() {}
    };
  }
}

/** The head of a PNG file of 12 megapixels. */
function photo() {
  const bytes = png(new Uint8Array(3072));
  bytes.writeUInt32BE(4000, 16);
  bytes.writeUInt32BE(3000, 20);
  return new Blob([bytes]);
}

test('photos of 12 megapixels are decoded one at a time, each closed before the next', async () => {
  let open = 0, most = 0, decoded = 0;
  browser({onDecode: async (change) => {
    open += change;
    most = Math.max(most, open);
    decoded += change > 0 ? 1 : 0;
    await new Promise((resolve) => setImmediate(resolve));
  }});
  const {decodePictures} = await import('../../shell/site/data/picture_decoder.js');
  const {broken, pictures} = await decodePictures(Array.from({length: 40}, photo));
  assert.deepEqual([most, decoded, open, broken.size, pictures.length], [1, 40, 0, 0, 40 * 3072]);
});

test('transparency is over white, and reported', async () => {
  const {overWhite} = await import('../../shell/site/data/picture_decoder.js');
  const rgb = new Uint8Array(9);
  const opaque = Uint8ClampedArray.of(1, 2, 3, 255);
  assert.equal(overWhite(opaque, 0, rgb, 0, 1), false);
  assert.deepEqual([...rgb.subarray(0, 3)], [1, 2, 3]);
  assert.equal(overWhite(Uint8ClampedArray.of(9, 9, 9, 0, 100, 0, 255, 51), 0, rgb, 3, 2), true);
  assert.deepEqual([...rgb.subarray(3)], [255, 255, 255, 224, 204, 255]);
});

test('a browser that adds noise to a canvas is reported, or read in another way', async () => {
  const {openCanvas} = await import('../../shell/site/data/canvas_pixels.js?noise');  // with nothing known yet
  browser({noise: 1});
  await assert.rejects(openCanvas(4, 4), ({code, message}) => {
    assert.equal(code, 'unsupported');
    assert.match(message, /changes the pixels of pictures.*privacy\.resistFingerprinting.*Allow this page/);
    return true;
  });
  browser({noise: 1, frames: true});
  assert.deepEqual([...await (await openCanvas(2, 1)).read()], [0, 0, 0, 0, 0, 0, 0, 0]);
});
