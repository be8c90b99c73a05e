// Reduces a TrueType font to the characters the app can show and writes it as a C array: all of Roboto is 300 kB, and
// a page needs 30 of them.
//   node subset.mjs IN.ttf OUT.inc
// Keeps outlines, metrics and one character map. Drops kerning, hinting and layout tables, which ImGui does not read.
import {readFileSync, writeFileSync} from 'node:fs';

const RANGES = [
  // Ascending, for the binary search in the character map. Latin letters: class names may be in any European language.
  [0x20, 0x7e], [0xa0, 0x17f], [0x3a3, 0x3a3], [0x3b1, 0x3c9], [0x2010, 0x2026], [0x2032, 0x2033], [0x2070, 0x2070], [0x2074, 0x2079], [0x207b, 0x207b], [0x20ac, 0x20ac], [0x2122, 0x2122],
  [0x2190, 0x2193], [0x2212, 0x2212], [0x221a, 0x221a], [0x221e, 0x221e], [0x2248, 0x2248], [0x2260, 0x2265],
];

const [source, target] = process.argv.slice(2);
const font = readFileSync(source);
const tables = new Map();
for (let i = 0; i < font.readUInt16BE(4); ++i) {
  const at = 12 + 16 * i;
  const offset = font.readUInt32BE(at + 8);
  tables.set(font.toString('latin1', at, at + 4), font.subarray(offset, offset + font.readUInt32BE(at + 12)));
}
for (const tag of ['cmap', 'glyf', 'head', 'hhea', 'hmtx', 'loca', 'maxp'])
  if (!tables.has(tag)) throw new Error(`${source}: no ${tag} table; a TrueType font with outlines is needed`);

/** Glyph number of a code point, from the format 4 map every TrueType font has; 0: not in the font. */
function glyphOf(code) {
  const cmap = tables.get('cmap');
  for (let i = 0; i < cmap.readUInt16BE(2); ++i) {
    const map = cmap.subarray(cmap.readUInt32BE(4 + 8 * i + 4));
    if (map.readUInt16BE(0) !== 4) continue;
    const segments = map.readUInt16BE(6) / 2;
    const field = (row, segment) => 14 + 2 * segments * row + (row ? 2 : 0) + 2 * segment;
    for (let s = 0; s < segments; ++s) {
      const end = map.readUInt16BE(field(0, s)), start = map.readUInt16BE(field(1, s));
      if (code < start || code > end) continue;
      const delta = map.readUInt16BE(field(2, s)), range = map.readUInt16BE(field(3, s));
      if (range === 0) return (code + delta) & 0xffff;
      const glyph = map.readUInt16BE(field(3, s) + range + 2 * (code - start));
      return glyph ? (glyph + delta) & 0xffff : 0;
    }
  }
  return 0;
}

const longOffsets = tables.get('head').readInt16BE(50) === 1;
function outline(glyph) {
  const loca = tables.get('loca');
  const offset = (g) => (longOffsets ? loca.readUInt32BE(4 * g) : 2 * loca.readUInt16BE(2 * g));
  return Buffer.from(tables.get('glyf').subarray(offset(glyph), offset(glyph + 1)));
}

const kept = [0];  // old glyph numbers in their new order
const renumbered = new Map([[0, 0]]);
function keep(glyph) {
  if (!renumbered.has(glyph)) {
    renumbered.set(glyph, kept.length);
    kept.push(glyph);
  }
  return renumbered.get(glyph);
}

const characters = [];  // [code, new glyph]
for (const [first, last] of RANGES)
  for (let code = first; code <= last; ++code) {
    const glyph = glyphOf(code);
    if (glyph) characters.push([code, keep(glyph)]);
  }

const outlines = [];
for (let i = 0; i < kept.length; ++i) {  // grows while composite glyphs add their parts
  const data = outline(kept[i]);
  if (data.length && data.readInt16BE(0) < 0) {
    for (let at = 10, more = true; more;) {
      const flags = data.readUInt16BE(at);
      data.writeUInt16BE(keep(data.readUInt16BE(at + 2)), at + 2);
      const scale = flags & 0x8 ? 2 : flags & 0x40 ? 4 : flags & 0x80 ? 8 : 0;
      at += 4 + (flags & 1 ? 4 : 2) + scale;
      more = (flags & 0x20) !== 0;
    }
  }
  outlines.push(Buffer.concat([data, Buffer.alloc(-data.length & 3)]));
}

const glyf = Buffer.concat(outlines);
const loca = Buffer.alloc(4 * (kept.length + 1));
outlines.reduce((offset, data, i) => loca.writeUInt32BE(offset + data.length, 4 * (i + 1)) && offset + data.length, 0);

const metrics = tables.get('hhea').readUInt16BE(34);
const hmtx = Buffer.alloc(4 * kept.length);
kept.forEach((glyph, i) => {
  const old = tables.get('hmtx');
  old.copy(hmtx, 4 * i, 4 * Math.min(glyph, metrics - 1), 4 * Math.min(glyph, metrics - 1) + 2);
  if (glyph < metrics) old.copy(hmtx, 4 * i + 2, 4 * glyph + 2, 4 * glyph + 4);
  else old.copy(hmtx, 4 * i + 2, 4 * metrics + 2 * (glyph - metrics), 4 * metrics + 2 * (glyph - metrics) + 2);
});

const cmap = Buffer.alloc(12 + 16 + 12 * characters.length);  // one Unicode map in format 12, one group per character
cmap.writeUInt16BE(1, 2);
cmap.writeUInt16BE(3, 4);
cmap.writeUInt16BE(10, 6);
cmap.writeUInt32BE(12, 8);
cmap.writeUInt16BE(12, 12);
cmap.writeUInt32BE(16 + 12 * characters.length, 16);
cmap.writeUInt32BE(characters.length, 24);
characters.forEach(([code, glyph], i) => {
  cmap.writeUInt32BE(code, 28 + 12 * i);
  cmap.writeUInt32BE(code, 32 + 12 * i);
  cmap.writeUInt32BE(glyph, 36 + 12 * i);
});

const changed = (tag, edit) => {
  const copy = Buffer.from(tables.get(tag));
  edit(copy);
  return copy;
};
const output = new Map([
  ['cmap', cmap], ['glyf', glyf], ['head', changed('head', (t) => t.writeInt16BE(1, 50))],
  ['hhea', changed('hhea', (t) => t.writeUInt16BE(kept.length, 34))], ['hmtx', hmtx], ['loca', loca],
  ['maxp', changed('maxp', (t) => t.writeUInt16BE(kept.length, 4))],
]);

const header = Buffer.alloc(12 + 16 * output.size);
header.writeUInt32BE(0x00010000, 0);
header.writeUInt16BE(output.size, 4);
const parts = [header];
let offset = header.length, entry = 12;
for (const [tag, data] of output) {
  header.write(tag, entry, 'latin1');
  header.writeUInt32BE(offset, entry + 8);
  header.writeUInt32BE(data.length, entry + 12);
  parts.push(data, Buffer.alloc(-data.length & 3));
  offset += data.length + (-data.length & 3);
  entry += 16;
}
writeFileSync(target, Buffer.concat(parts).join(',') + '\n');
