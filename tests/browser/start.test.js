// Faults while the page starts: a part that does not arrive, a trainer that never answers or ends. faults.md lists them.
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {whenReady} from './chromium.js';
import {servedSite, train} from './served_site.js';

describe('start', () => {
  const there = servedSite();

  for (const [part, pattern, sentence] of [
    ['trainer', /\/trainer\.[\w-]+\.wasm$/, /The trainer does not start/],
    ['workbench', /\/app\.wasm$/, /workbench did not start .* text version/],
  ]) {
    test(`the network is lost before the ${part} is there: an error message; after a reload it starts`, async () => {
      const context = await there.browser.newContext({serviceWorkers: 'block'});
      const page = await context.newPage();
      await context.route(pattern, (route) => route.abort());
      await page.goto(there.site.origin);
      await page.getByText(sentence).first().waitFor();
      await context.unroute(pattern);
      await page.reload();
      await whenReady(page);
      assert.equal(await page.evaluate(() => document.querySelector('#lacks').textContent), '');
      await context.close();
    });
  }

  test('the browser never starts the trainer: another one is started beside it, without a message', async () => {
    const {page, context, complaints} = await there.open({
      prepare: (page) => page.addInitScript(() => {
        const Original = Worker;
        globalThis.trainers = 0;
        globalThis.Worker = function(url, options) {
          const silent = options.name === 'trainer' && ++globalThis.trainers === 1;
          return new Original(silent ? new URL('errors.js', url) : url, options);
        };
      }),
    });
    assert.equal(await page.evaluate(() => trainers), 2);
    assert.equal(await train(page), 1);
    assert.equal(await page.evaluate(() => document.querySelector('#plain-message').textContent), '');
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test('a module of the page does not arrive: a sentence says so', async () => {
    const context = await there.browser.newContext({serviceWorkers: 'block'});
    const page = await context.newPage();
    await context.route(/\/errors\.js$/, (route) => route.fulfill({status: 404}));
    await page.goto(there.site.origin);
    await page.getByText('Part of this page failed to load').waitFor();
    await context.close();
  });

  test('the trainer ends during its first build: the next one builds, without a message', async () => {
    const {page, context, complaints} = await there.open({
      prepare: (page) => page.addInitScript(() => {
        let trainer;
        Object.defineProperty(window, 'trainer', {get: () => trainer, set: (value) => {
          trainer = value;
          const stop = trainer.observe(({type}) => {
            if (type !== 'trainer_ready') return;
            stop();
            queueMicrotask(() => trainer.kill());  // the build has been sent
          });
        }});
      }),
    });
    assert.ok((await page.evaluate(() => playground.summary())).rows.length > 0);
    assert.equal(await train(page), 1);
    assert.equal(await page.evaluate(() => document.querySelector('#plain-message').textContent), '');
    assert.deepEqual(complaints, []);
    await context.close();
  });
});
