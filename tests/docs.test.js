// What the documents say agrees with the tree: links and named files exist, the README stays short, shown code is the code
// that the tests run.
import assert from 'node:assert/strict';
import {existsSync, readFileSync, readdirSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {describe, test} from 'node:test';
import {fileURLToPath} from 'node:url';

import {createPlayground} from '../shell/site/playground.js';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const text = (path) => readFileSync(join(ROOT, path), 'utf8');
/** Paths of the project's files, without what is installed or built. @param {string} folder @returns {string[]} */
const filesIn = (folder) => readdirSync(join(ROOT, folder), {withFileTypes: true}).flatMap((entry) => {
  const path = folder + entry.name;
  if (entry.isDirectory()) return /^(node_modules|build|dist|\.git|\.cache)$/.test(entry.name) ? [] : filesIn(`${path}/`);
  return [path];
});
const files = filesIn('');
const documents = files.filter((path) => path.endsWith('.md'));

describe('documents', () => {
  test('the README has at most 110 lines', () => {
    assert.ok(text('README.md').trimEnd().split('\n').length <= 110);
  });

  for (const path of documents) {
    test(`${path}: every link and every file it names exists`, () => {
      const missing = [];
      const prose = text(path).replace(/^```[^]*?^```/gm, '');
      for (const [, target] of prose.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)) {
        if (!existsSync(join(ROOT, dirname(path), target))) missing.push(target);
      }
      // Words in `code`: paths from the root or the document's folder, and names of source files, which may lie anywhere. NAME.h
      // stands for any name; build/ is made.
      for (const [, code] of prose.matchAll(/`([^`\n]+)`/g)) {
        for (const word of code.split(/[\s"',;=()]+/).map((word) => word.replace(/^\.\//, '').replace(/[.:/]$/, ''))) {
          if (existsSync(join(ROOT, word)) || existsSync(join(ROOT, dirname(path), word)) || /\bNAME\b|^build\//.test(word)) continue;
          const inFull = /^(core|web|shell|tests|assets|\.github|\.ci)\/[\w./-]+$/.test(word);
          const isSource = /^[\w./-]*\w\.(js|mjs|h|cpp|py)$/.test(word);
          if (inFull || (isSource && !files.some((file) => file.endsWith(`/${word}`)))) missing.push(word);
        }
      }
      assert.deepEqual(missing, []);
    });
  }

  test('the PyTorch class in formats.md is the one that the tests run', () => {
    const [, shown] = /```python\n([^]*?)\n```/.exec(text('assets/docs/formats.md'));
    const program = text('tests/formats/pytorch_model.py');
    assert.ok(program.includes(shown.slice(shown.indexOf('class Net'))));
    for (const line of shown.slice(0, shown.indexOf('class Net')).trim().split('\n').filter((line) => line.startsWith('from'))) {
      assert.ok(program.includes(`${line}\n`), line);
    }
  });

  test('scripting.md has a section with an example for each call of playground, and no other', () => {
    const parts = {trainer: {observe() {}, request() {}, status() {}}, loader: {load() {}}, ready: Promise.resolve()};
    const calls = Object.keys(createPlayground(/** @type {any} */ (parts)));
    const sections = text('assets/docs/scripting.md').split(/^## /m).slice(1);
    assert.deepEqual(sections.map((section) => section.split('\n', 1)[0]).sort(), calls.sort());
    for (const section of sections) assert.match(section, /```js\n[^]+```/, section.split('\n', 1)[0]);
  });
});
