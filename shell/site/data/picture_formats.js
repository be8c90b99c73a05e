// What a picture file is, by its first bytes.

const text = (/** @type {Uint8Array} */ bytes, /** @type {number} */ at, /** @type {number} */ length) => String.fromCharCode(...bytes.subarray(at, at + length));

/**
 * The format, and whether every browser decodes it.
 * @param {Uint8Array} head
 * @returns {{name: string, supported: boolean}} name '': not a picture that is known here
 */
export function formatOf(head) {
  const yes = (/** @type {string} */ name) => ({name, supported: true});
  const no = (/** @type {string} */ name) => ({name, supported: false});
  const start = text(head, 0, 4);
  if (start === '\x89PNG') return yes('PNG');
  if (head[0] === 0xff && head[1] === 0xd8) return yes('JPEG');
  if (start === 'GIF8') return yes('GIF');
  if (start === 'RIFF' && text(head, 8, 4) === 'WEBP') return yes('WebP');
  if (start.startsWith('BM')) return yes('BMP');
  if (start === 'II*\0' || start === 'MM\0*') return no('a TIFF file');
  if (text(head, 4, 4) === 'ftyp') {
    const brand = text(head, 8, 4);
    if (/^avi[fs]$/.test(brand)) return no('an AVIF picture');
    if (/^(hei[cxms]|hev[cxms]|mif1|msf1)$/.test(brand)) return no('a HEIC picture');
    return no('a video or picture in an MP4 container');
  }
  if ((head[0] === 0xff && head[1] === 0x0a) || text(head, 4, 4) === 'JXL ') return no('a JPEG XL picture');
  if (text(head, 4, 4) === 'jP  ') return no('a JPEG 2000 picture');
  if (start === '8BPS') return no('a Photoshop file');
  if (/^P[1-6]\s/.test(start)) return no('a PNM picture');
  if (/^\s*<(\?xml|svg)/.test(text(head, 0, 64))) return no('an SVG drawing');
  return no('');
}

/**
 * The size in the header, known before decoding: PNG and GIF compress up to a thousand to one, and decoding cannot be stopped.
 * @param {Uint8Array} head the first bytes of the file
 * @returns {{width: number, height: number} | undefined}
 */
export function sizeInHeader(head) {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.length >= 24 && view.getUint32(0) === 0x89504e47) return {width: view.getUint32(16), height: view.getUint32(20)};
  if (head.length >= 10 && text(head, 0, 4) === 'GIF8') return {width: view.getUint16(6, true), height: view.getUint16(8, true)};
  if (head.length >= 26 && text(head, 0, 2) === 'BM') return {width: Math.abs(view.getInt32(18, true)), height: Math.abs(view.getInt32(22, true))};
  if (head.length >= 30 && text(head, 8, 4) === 'WEBP') return sizeOfWebp(view, text(head, 12, 4));
  if (head[0] === 0xff && head[1] === 0xd8) return sizeOfJpeg(view);
  return undefined;
}

/** @param {DataView} view @param {string} chunk */
function sizeOfWebp(view, chunk) {
  const three = (/** @type {number} */ at) => view.getUint16(at, true) | view.getUint8(at + 2) << 16;
  if (chunk === 'VP8X') return {width: three(24) + 1, height: three(27) + 1};
  if (chunk === 'VP8 ') return {width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff};
  if (chunk === 'VP8L') {
    const bits = view.getUint32(21, true);
    return {width: (bits & 0x3fff) + 1, height: (bits >>> 14 & 0x3fff) + 1};
  }
  return undefined;
}

/** The frame header comes after segments of any length. @param {DataView} view */
function sizeOfJpeg(view) {
  for (let at = 2; at + 9 <= view.byteLength;) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      ++at;
      continue;
    }
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) return {width: view.getUint16(at + 7), height: view.getUint16(at + 5)};
    if (marker === 0xda) return undefined;
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}
