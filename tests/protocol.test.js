// What is made from web/protocol.json is current, and every field in it is explained.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';

import {files} from '../shell/protocol.js';

for (const [path, text] of Object.entries(await files())) {
  test(`${path} is current; node shell/protocol.js makes it`, () => {
    assert.equal(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8'), text);
  });
}

test('every field has a help text', () => {
  let fields = 0;
  /** @param {any} value @param {string} path */
  const walk = (value, path) => {
    if (value === null || typeof value !== 'object') return;
    if (typeof value.type === 'string') {
      ++fields;
      assert.ok(value.help, path);
    }
    for (const [key, entry] of Object.entries(value)) walk(entry, `${path}/${key}`);
  };
  const {types, requests, events, page_events, page_requests} = JSON.parse(readFileSync(new URL('../web/protocol.json', import.meta.url), 'utf8'));
  walk({types, requests, events, page_events, page_requests}, '');
  assert.ok(fields > 300, `${fields} fields`);
});
