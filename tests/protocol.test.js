// What is made from web/protocol.json is current.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';

import {files} from '../shell/protocol.js';

for (const [path, text] of Object.entries(await files())) {
  test(`${path} is current; node shell/protocol.js makes it`, () => {
    assert.equal(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8'), text);
  });
}
