// Kept trainings in a browser: two tabs, reloads, and what the page shows of what it restores.
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {openPage, until, whenReady} from './chromium.js';
import {servedSite} from './served_site.js';
import {drawn, press} from './widgets.js';

/** Runs in the page: trains on sample pictures of a seed. */
const TRAIN = async ({seed, epochs}) => {
  await playground.load({source: 'sample', limit: 100, seed});
  await playground.build('tutorial_small');
  await playground.fit({epochs, batch_size: 25, seed});
  await keptTraining.written();
  return playground.evaluate();
};
const restore = (page) => page.getByRole('button', {name: 'Restore it'}).click();
/** Waits until the page has restored a training of that many epochs, and evaluates it. */
async function evaluated(page, epochs) {
  await until(page, async (epochs) => playground.status().history.length === epochs && playground.status().state === 'ready', epochs);
  return page.evaluate(() => playground.evaluate());
}

describe('kept trainings', () => {
  const there = servedSite();

  test('two tabs train different networks: each gets its own back after a reload, and after the end of its trainer', async () => {
    const {page, context, complaints} = await there.open();
    const other = await context.newPage();
    await other.goto(there.site.origin);
    await whenReady(other);
    const first = await page.evaluate(TRAIN, {seed: 3, epochs: 2});
    const second = await other.evaluate(TRAIN, {seed: 5, epochs: 3});
    assert.notEqual(first.loss, second.loss);
    const told = page.evaluate(() => new Promise((resolve) => {
      trainer.observe(({type, args}) => type === 'failure' && args.code === 'worker_gone' && resolve(args.message));
      trainer.kill();
    }));
    assert.match(await told, /as it was after epoch 2/);
    assert.equal((await page.evaluate(() => playground.evaluate())).loss, first.loss);
    for (const [tab, epochs, before] of [[page, 2, first], [other, 3, second]]) {
      await tab.reload();
      await restore(tab);
      assert.deepEqual(await evaluated(tab, epochs), before);
    }
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test('restored after a reload: its own data is loaded, the evaluation is the same to the bit, and the page shows it all', async () => {
    const {page, context, complaints} = await there.open({viewport: {width: 1280, height: 1200}});  // the settings are in it
    const before = await page.evaluate(TRAIN, {seed: 7, epochs: 2});
    await page.reload();
    await restore(page);
    assert.deepEqual(await evaluated(page, 2), before);
    const dataset = await page.evaluate(async () => (await trainer.request('dataset')).args);
    assert.deepEqual([dataset.source.seed, dataset.train.count], [7, 100]);
    await drawn(page, 'batch_size/value', /^25$/);
    await drawn(page, 'epochs/value', /^2$/);
    const text = await page.evaluate(() => Object.fromEntries(['history', 'fit', 'data'].map((part) => [part, document.querySelector(`#plain-${part}`).textContent])));
    assert.match(text.fit, /"batch_size": 25/);
    assert.match(text.data, /100 training pictures/);
    assert.equal(await page.evaluate(() => document.querySelectorAll('#plain-history tr').length), 1 + 2);
    await press(page, 'train');  // continues
    await until(page, async () => playground.status().history.length > 2);
    await page.evaluate(() => playground.stop());
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test('the training of a closed tab is offered to the next one, that of an open tab is not', async () => {
    const {page, context} = await there.open();
    const before = await page.evaluate(TRAIN, {seed: 3, epochs: 2});
    const other = await context.newPage();
    await other.goto(there.site.origin);
    await whenReady(other);
    assert.deepEqual(await other.evaluate(() => keptTraining.offered()), []);
    await page.close();
    await until(other, async () => (await keptTraining.offered()).length === 1);
    await other.reload();
    await restore(other);
    assert.deepEqual(await evaluated(other, 2), before);
    await context.close();
  });

  test('a shared link brings data, network and settings to another page', async () => {
    const {page, context} = await there.open();
    await page.evaluate(TRAIN, {seed: 9, epochs: 1});
    const fingerprint = (tab) => tab.evaluate(async () => (await trainer.request('dataset')).args.fingerprint);
    await press(page, 'share');
    const hash = await page.waitForFunction(() => location.hash.length > 1 && location.hash).then((value) => value.jsonValue());
    assert.match(hash, /data=\{'kind':'sample'/);
    const other = await openPage(there.browser, `${there.site.origin}/${hash}`);
    await until(other.page, async (wanted) => (await trainer.request('dataset').catch(() => ({args: {}}))).args.fingerprint === wanted, await fingerprint(page));
    await until(other.page, async (total) => (await playground.summary()).total === total, await page.evaluate(async () => (await playground.summary()).total));
    await drawn(other.page, 'batch_size/value', /^25$/);
    await other.context.close();
    await context.close();
  });

  test('a link to data elsewhere asks before it downloads', async () => {
    const asked = [];
    const {page, context} = await openPage(there.browser, `${there.site.origin}/#v=1&preset=tutorial_small&data=https://pictures.example/cats.zip`, {
      prepare: (page) => page.route('https://pictures.example/**', (route) => {
        asked.push(route.request().method());
        return route.fulfill({status: 200, headers: {'content-length': '12300000', 'access-control-allow-origin': '*'}, body: ''});
      }),
    });
    await page.getByText(/pictures\.example\/cats\.zip/).waitFor();
    await page.getByRole('button', {name: 'Not now'}).click();
    assert.deepEqual(asked.filter((method) => method !== 'HEAD'), []);
    await context.close();
  });
});
