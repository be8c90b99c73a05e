// The examples of assets/docs/scripting.md, run in the page one after another as a reader would paste them.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {after, before, describe, test} from 'node:test';

import {launch, openPage, serve} from './chromium.js';

const DOCUMENT = readFileSync(new URL('../../assets/docs/scripting.md', import.meta.url), 'utf8');
const examples = [...DOCUMENT.matchAll(/```js\n([^]*?)```/g)].map(([, code]) => code);

describe('scripting.md', () => {
  let browser, site, page, complaints;
  before(async () => {
    browser = await launch();
    site = await serve();
    ({page, complaints} = await openPage(browser, site.origin));
  });
  after(async () => {
    await browser.close();
    site.close();
  });

  test('its examples run', async () => {
    // One script, so that a later example sees the names of an earlier one.
    const seen = await page.evaluate(`(async () => {
      ${examples.join('\n')}
      return {rows, total, history, seen, state, accuracy, probabilities: probabilities.length, shape: arrays.after.shape, files: Object.keys(files)};
    })()`);
    assert.equal(seen.rows.length, 4);
    assert.equal(seen.history.length, 2);
    assert.deepEqual(seen.seen, seen.history.map((row) => row.val_accuracy));
    assert.equal(seen.state, 'ready');
    assert.ok(seen.accuracy > 0);
    assert.equal(seen.probabilities, 20);
    assert.deepEqual(seen.shape, [30, 30, 8]);
    assert.equal(seen.files.length, 1);
    assert.deepEqual(complaints, []);
  });
});
