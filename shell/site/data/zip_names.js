// The names in a zip file. Only newer programs mark them as UTF-8; others write what their system uses: GBK in China, Shift-JIS in
// Japan, code page 437 in the United States and Western Europe. All unmarked names of a file are read the same way, the likeliest.

// Bytes 128 to 255 of code page 437.
const CP437 = 'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';
const LATIN_WORD = /[A-Za-z\u00c0-\u024f]+/g;

/** @param {Uint8Array} bytes */
const cp437 = (bytes) => Array.from(bytes, (byte) => (byte < 128 ? String.fromCharCode(byte) : CP437[byte - 128])).join('');

/** @param {string} label @returns {(bytes: Uint8Array) => string} throws at bytes that the encoding does not have */
function decoder(label) {
  if (label === 'cp437') return cp437;
  const text = new TextDecoder(label, {fatal: true, ignoreBOM: true});
  return (bytes) => text.decode(bytes);
}

/**
 * The share of characters outside ASCII that are common in the texts of an encoding: 1 if it fits.
 * @typedef {(bytes: Uint8Array, text: string) => [common: number, all: number]} Judge
 */
/** Pairs of bytes; common: their first byte is in a range, and the second in another. @param {[number, number][]} first @param {number} second @returns {Judge} */
const pairs = (first, second) => (bytes) => {
  let common = 0;
  let all = 0;
  for (let i = 0; i < bytes.length; ++i) {
    if (bytes[i] < 128) continue;
    ++all;
    if (first.some(([low, high]) => bytes[i] >= low && bytes[i] <= high) && bytes[i + 1] >= second) ++common;
    ++i;
  }
  return [common, all];
};
/** Letters among others: a Western word has more plain letters than accented ones. @type {Judge} */
const western = (_, text) => {
  const high = [...text].filter((c) => c > '\x7f');
  let common = 0;
  for (const [word] of text.matchAll(LATIN_WORD)) {
    const accented = [...word].filter((c) => c > '\x7f').length;
    if (word.length - accented >= 1.5 * accented) common += accented;
    else if (accented === 1 && /^[a-z]?[^\x00-\x7f][a-z]?$/.test(word)) common += 0.9;
  }
  return [common, high.length];
};
/** @type {Judge} */
const japanese = (_, text) => {
  const high = [...text].filter((c) => c > '\x7f');
  // Half-width katakana are what other encodings look like.
  return [high.filter((c) => /[\u3040-\u30ff\u3000-\u3003\u3005\uff01-\uff5e\u4e00-\u9fff]/.test(c)).length * 0.94, high.length];
};
/** @type {Judge} */
const cyrillic = (_, text) => {
  let common = 0;
  for (const [word] of text.matchAll(/\p{L}+/gu)) {
    if (word.length > 1 && /^([\u0410-\u042f\u0401]?[\u0430-\u044f\u0451]+|[\u0410-\u042f\u0401]+)$/.test(word)) common += word.length;  // all in one case but the first
  }
  return [0.96 * common, [...text].filter((c) => c > '\x7f').length];
};

/** By likelihood: of those that fit equally well, the first is taken. @type {[label: string, judge: Judge][]} */
const ENCODINGS = [
  ['utf-8', (_, text) => [text.length, text.length]], ['cp437', western], ['windows-1252', western],
  ['gbk', pairs([[0xb0, 0xd7], [0xa3, 0xa3]], 0xa1)], ['euc-kr', pairs([[0xb0, 0xc8]], 0xa1)], ['shift_jis', japanese], ['big5', pairs([[0xa4, 0xc6]], 0x40)],
  ['ibm866', cyrillic], ['windows-1251', cyrillic],
];

/** Encodings of the user's languages come first. @param {readonly string[]} languages */
function preferred(languages) {
  const own = /** @type {Record<string, string>} */ ({ko: 'euc-kr', 'zh-TW': 'big5', 'zh-HK': 'big5', ja: 'shift_jis', zh: 'gbk'});
  const first = languages.map((language) => own[language] ?? own[language.split('-')[0]]).find(Boolean);
  return first ? [...ENCODINGS.slice(0, 3), ...ENCODINGS.slice(3).sort((a, b) => Number(b[0] === first) - Number(a[0] === first))] : ENCODINGS;
}

/**
 * The encoding of names that do not state one.
 * @param {Uint8Array[]} names
 * @param {readonly string[]} [languages] of the user
 */
export function encodingOf(names, languages = globalThis.navigator?.languages ?? []) {
  const some = names.filter((bytes) => bytes.some((byte) => byte >= 128));
  let best = {label: 'cp437', fit: -1};
  if (some.length === 0) return 'utf-8';
  for (const [label, judge] of preferred(languages)) {
    try {
      const read = decoder(label);
      let common = 0;
      let all = 0;
      for (const bytes of some) {
        const [c, a] = judge(bytes, read(bytes));
        common += c;
        all += a;
      }
      if (common / all > best.fit + 1e-9) best = {label, fit: common / all};
      if (label === 'utf-8') break;
    } catch { /* not this one */ }
  }
  return best.label;
}

/** @param {Uint8Array} bytes @param {string} encoding */
export function decodeName(bytes, encoding) {
  return decoder(encoding)(bytes);
}
