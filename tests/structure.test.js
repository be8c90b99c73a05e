// Dependencies point one way: reads the includes of C++ and the imports of the page, those of types in JSDoc too, and fails when one
// points up. C++ comments have one form.
//   node tests/structure.test.js --table     folders, edges and upward edges of each part
import assert from 'node:assert/strict';
import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs';
import {dirname, join, normalize} from 'node:path';
import {test} from 'node:test';
import {fileURLToPath} from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * A part's levels, lowest first. Folders of a level know those of lower levels only, not each other. '.' is the files in the part's
 * own folder; a file's name takes that file out of them.
 * @type {{part: string, levels: string[][]}[]}
 */
const PARTS = [
  {part: '.', levels: [['core'], ['web'], ['shell']]},
  {part: 'core', levels: [
    ['base'], ['run'], ['kernels'], ['onnx'], ['layers'], ['model'], ['archives'], ['datasets'], ['training'], ['formats'], ['inspect'],
    ['cli'],
  ]},
  {part: 'web', levels: [['protocol_table.h'], ['protocol.h', 'protocol_table.cpp'], ['app', 'trainer']]},
  {part: 'web/app', levels: [['state'], ['controls', 'requests'], ['panels', 'learn', 'platform'], ['.']]},
  {part: 'shell/site', levels: [
    ['protocol.d.ts', 'errors.js', 'features.js', 'worker_end.js', 'build_info.js'], ['trainer'], ['data'], ['storage'], ['playground.js'], ['page'],
    ['main.js', 'service_worker.js'],
  ]},
];
/**
 * Narrower than the order of levels: all of the repository that these folders may know, as their READMEs say.
 * @type {{[folder: string]: string[]}}
 */
const ONLY = {
  'core/base': [],
  'core/run': [],
  'core/onnx': ['core/base/'],
  'core/layers': ['core/base/', 'core/run/', 'core/kernels/', 'core/onnx/'],
  'core/archives': ['core/base/'],
  'core/datasets': ['core/base/', 'core/archives/'],
  'core/training': ['core/base/', 'core/run/', 'core/kernels/', 'core/layers/', 'core/model/', 'core/datasets/'],
  'core/inspect': ['core/base/', 'core/run/', 'core/kernels/', 'core/model/', 'core/training/'],
  'core/cli': ['core/'],
  'core/kernels': ['core/base/', 'core/run/'],
  'core/model': ['core/base/', 'core/run/', 'core/kernels/', 'core/layers/'],
  'core/formats': ['core/base/', 'core/layers/', 'core/onnx/', 'core/model/', 'core/datasets/dataset.h', 'core/training/'],
  'web/app/state': ['core/base/', 'core/datasets/samples.h', 'web/protocol.h'],
  'web/app/controls': ['web/app/state/'],
  'web/app/requests': ['web/app/state/'],
  'web/app/panels': ['core/base/json.h', 'web/app/state/', 'web/app/controls/'],
  'web/app/learn': ['core/', 'web/app/state/', 'web/app/controls/'],
  'web/app/platform': ['web/protocol.h', 'web/app/state/', 'web/app/controls/'],
  'web/trainer': ['core/', 'web/protocol.h', 'web/protocol_table.h'],
  'shell/site/trainer': ['shell/site/errors.js', 'shell/site/worker_end.js', 'shell/site/protocol.d.ts'],
  'shell/site/data': ['shell/site/errors.js', 'shell/site/worker_end.js', 'shell/site/protocol.d.ts', 'shell/site/trainer/'],
  'shell/site/storage': ['shell/site/errors.js', 'shell/site/worker_end.js', 'shell/site/trainer/', 'shell/site/data/'],
};

/** Paths below the folder, from the root. @param {string} folder @returns {string[]} */
function filesOf(folder) {
  return readdirSync(join(ROOT, folder), {withFileTypes: true}).flatMap((entry) => {
    const path = normalize(`${folder}/${entry.name}`);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesOf(path);
    return /\.(cpp|h|js)$/.test(entry.name) ? [path] : [];
  });
}

/** What a file includes or imports, as paths from the root. @param {string} file @returns {string[]} */
function usedBy(file) {
  const text = readFileSync(join(ROOT, file), 'utf8');
  if (!file.endsWith('.js')) return [...text.matchAll(/^\s*#\s*include\s+"([^"]+)"/gm)].map(([, path]) => path);
  const imports = /(?:\bfrom\s*|\bimport\s*\(?\s*|new URL\(\s*)'(\.{1,2}\/[^']+\.js)'/g;
  return [...text.matchAll(imports)].map(([, target]) => {
    const path = join(dirname(file), target), types = path.replace(/\.js$/, '.d.ts');
    return !existsSync(join(ROOT, path)) && existsSync(join(ROOT, types)) ? types : path;
  });
}

/** The folder of the part that a path is in, a file's own name, or '.'; nothing outside the part. */
function placeOf(/** @type {string} */ part, /** @type {string[]} */ known, /** @type {string} */ path) {
  const inside = part === '.' ? path : path.startsWith(`${part}/`) ? path.slice(part.length + 1) : undefined;
  if (inside === undefined) return undefined;
  const first = inside.split('/')[0];
  return known.includes(first) || inside.includes('/') ? first : '.';
}

const files = ['core', 'web', 'shell'].flatMap(filesOf);
const uses = files.map((file) => ({file, used: usedBy(file)}));

/** @param {typeof PARTS[number]} part */
function examine({part, levels}) {
  const known = levels.flat();
  const levelOf = (/** @type {string} */ place) => levels.findIndex((level) => level.includes(place));
  const edges = new Set(), up = /** @type {string[]} */ ([]), unknown = new Set();
  for (const {file, used} of uses) {
    const from = placeOf(part, known, file);
    if (from === undefined) continue;
    if (levelOf(from) < 0) unknown.add(from);
    for (const path of used) {
      const to = placeOf(part, known, path);
      if (to === undefined || to === from || levelOf(to) < 0 || levelOf(from) < 0) continue;
      edges.add(`${from} -> ${to}`);
      if (levelOf(to) >= levelOf(from)) up.push(`${file} -> ${path}`);
    }
  }
  return {known, edges, up, unknown: [...unknown]};
}

if (process.argv.includes('--table')) {
  console.table(Object.fromEntries(PARTS.map((part) => {
    const {known, edges, up} = examine(part);
    return [part.part, {folders: known.length, edges: edges.size, upward: up.length}];
  })));
  for (const part of PARTS) for (const edge of examine(part).up) console.log(`upward: ${edge}`);
} else {
  for (const part of PARTS) {
    test(`${part.part}: dependencies point down`, () => {
      const {known, edges, up, unknown} = examine(part);
      for (const place of known) assert.ok(existsSync(join(ROOT, part.part, place)), `${part.part}/${place} is not there`);
      assert.deepEqual(unknown, [], 'folders that have no level yet: add them to PARTS');
      assert.deepEqual(up, []);
      assert.ok(edges.size > 0, 'no dependency was found at all: the patterns match nothing');
    });
  }

  for (const [folder, allowed] of Object.entries(ONLY)) {
    test(`${folder}: knows only ${allowed.join(', ') || 'itself'}`, () => {
      const known = uses.filter(({file}) => file.startsWith(`${folder}/`))
        .flatMap(({file, used}) => used.map((path) => ({path, line: `${file} -> ${path}`})))
        .filter(({path}) => /^(core|web|shell)\//.test(path) && !path.startsWith(`${folder}/`));
      assert.deepEqual(known.filter(({path}) => !allowed.some((start) => path.startsWith(start))).map(({line}) => line), []);
      assert.deepEqual(allowed.filter((start) => !known.some(({path}) => path.startsWith(start))), [], 'nothing here uses these any more');
    });
  }

  test('every include and import leads to a file', () => {
    const lost = uses.flatMap(({file, used}) => used
      .filter((path) => !/^(doctest|imgui|misc|backends)/.test(path) && !/\.inc$/.test(path))
      .filter((path) => !existsSync(join(ROOT, path)) || !statSync(join(ROOT, path)).isFile())
      .map((path) => `${file} -> ${path}`));
    assert.deepEqual(lost, []);
  });

  const cpp = [...files, ...filesOf('tests')].filter((file) => /\.(h|cpp)$/.test(file))
    .map((file) => ({file, lines: readFileSync(join(ROOT, file), 'utf8').split('\n')}));

  test('a header begins with #pragma once and a /// sentence on what it is for; that of a layer may be its class\'s', () => {
    const headers = cpp.filter(({file}) => file.endsWith('.h'));
    assert.ok(headers.length > 200);
    const wrong = headers.filter(({lines: [first, second, ...rest]}) => {
      const layer = rest.findIndex((line) => line.endsWith(' final : public Layer {'));
      return first !== '#pragma once' || !(second.startsWith('/// ') || rest[layer - 1]?.startsWith('/// '));
    });
    assert.deepEqual(wrong.map(({file}) => file), []);
  });

  test('comments stay within 110 columns, which clang-format leaves as they are', () => {
    const wide = cpp.flatMap(({file, lines}) => lines.flatMap((line, at) => (line.length > 110 && /(^|\s)\/\//.test(line) ? [`${file}:${at + 1}`] : [])));
    assert.deepEqual(wide, []);
  });

  test('the app breaks text into lines by its own rule (controls/wrapping.h), which keeps numbers whole', () => {
    const wrong = cpp.filter(({file, lines}) => file.startsWith('web/app/') &&
      lines.some((line) => /\b(PushTextWrapPos|TextWrapped|CalcWordWrap\w*)\b/.test(line)));
    assert.deepEqual(wrong.map(({file}) => file), []);
  });

  test('the app keeps no reference into ImGui\'s storage, which moves when another item adds to it', () => {
    const kept = cpp.filter(({file, lines}) => file.startsWith('web/app/') &&
      lines.some((line) => /\bGet(Bool|Int|Float|VoidPtr)Ref\(/.test(line)));
    assert.deepEqual(kept.map(({file}) => file), []);
  });

  test('a comment above a declaration is ///', () => {
    const wrong = cpp.flatMap(({file, lines}) => {
      const start = file.endsWith('.cpp') ? lines.findIndex((line) => !line.startsWith('//')) : 1;  // a .cpp may begin with a //
      return lines.flatMap((line, at) => {
        const above = /^\/\/(?!\/| clang-format)/.test(line) && at >= start;
        return above && /^[^#/]/.test(lines[at + 1]) ? [`${file}:${at + 1}`] : [];
      });
    });
    assert.deepEqual(wrong, []);
  });
}
