// Checks the page's structure with axe-core, with the text version closed and open, and what is printed.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';

import axe from 'axe-core';

import {ticks} from '../../shell/site/page/history_plots.js';
import {launch, openPage, serve} from './chromium.js';

/** Violated rules in light and in dark colors, with the elements that violate them. */
async function violations(page) {
  const broken = [];
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({colorScheme});
    const {violations} = await page.evaluate(`${axe.source}; axe.run({resultTypes: ['violations']})`);
    broken.push(...violations.map(({id, nodes}) => `${colorScheme}: ${id}: ${nodes.slice(0, 3).map(({html}) => html).join(' ')}`));
  }
  return broken;
}

/** Where the headings that are not hidden skip a level, as texts. */
const skippedLevels = (page) => page.evaluate(() => {
  const headings = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].filter((one) => one.checkVisibility());
  const level = (heading) => Number(heading?.tagName[1] ?? 0);
  return headings.filter((one, i) => level(one) > level(headings[i - 1]) + 1).map((one) => `${one.tagName} ${one.textContent}`);
});

describe('accessibility', () => {
  let browser, site, page;
  before(async () => {
    browser = await launch();
    site = await serve();
    ({page} = await openPage(browser, site.origin));
    await page.evaluate(async () => {
      await playground.load({source: 'sample', limit: 100});
      await playground.build('tutorial_small');
      await playground.fit({epochs: 1, batch_size: 50});
    });
  });
  after(async () => {
    await browser.close();
    site.close();
  });

  test('the page with the drawn workbench breaks no rule of axe', async () => assert.deepEqual(await violations(page), []));

  test('a link at the top opens the text version; it breaks no rule either', async () => {
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'skip');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'plain');
    assert.ok(await page.locator('#plain-train').isVisible());
    assert.deepEqual(await violations(page), []);
  });

  test('the chapters and all that folds out in the text version break no rule, and no heading skips a level', async () => {
    await page.evaluate(() => {
      for (const details of document.querySelectorAll('#plain details')) details.open = true;
    });
    await page.locator('#plain-learn article').last().waitFor();
    assert.ok(await page.locator('#plain-learn h3').count() > 5);
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(await skippedLevels(page), []);
    await page.evaluate(() => {
      for (const details of document.querySelectorAll('#plain details')) details.open = false;
    });
    assert.deepEqual(await skippedLevels(page), []);
  });

  test('progress is announced, and history, summary, matrix and scores are tables with headings', async () => {
    assert.equal(await page.locator('#plain-news').getAttribute('role'), 'status');
    assert.match(await page.locator('#plain-news').innerText(), /^Epoch 1: accuracy /);
    for (const [table, rows, columns] of [['model', 9, 3], ['history', 2, 6], ['matrix', 11, 11], ['scores', 11, 5]]) {
      assert.equal(await page.locator(`#plain-${table} tr`).count(), rows, table);
      assert.equal(await page.locator(`#plain-${table} tr:first-child th[scope=col]`).count(), columns, table);
      assert.equal(await page.locator(`#plain-${table} th[scope=row]`).count(), rows - 1, table);
    }
    assert.match(await page.locator('#plain-config').textContent(), /"class_name": "Sequential"/);
  });

  test('by keyboard alone: a network is chosen, trained and asked for a picture, and the focus stays in the text version', async () => {
    const press = async (name) => {
      await page.getByRole('button', {name, exact: true}).focus();
      await page.keyboard.press('Enter');
    };
    await page.getByLabel('Network').selectOption({label: 'The tutorial\'s network, small'});
    await press('Build it with new weights');
    await page.waitForFunction(() => document.activeElement.textContent === 'Build the new network');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement.id === 'plain-build');
    await page.getByText('is built, with new weights').waitFor();
    await page.getByLabel('Epochs').fill('2');
    await page.getByLabel('Learning rate').fill('0,002');
    await page.getByLabel('Batch size').fill('20');
    await press('Train');
    await page.getByText('Epoch 2: accuracy').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), 'plain-train');
    assert.ok(await page.locator('#plain-stop').isVisible());
    const run = JSON.parse(await page.locator('#plain-fit').textContent());
    assert.deepEqual([run.epochs, run.learning_rate, run.batch_size], [2, 0.002, 20]);
    await page.getByLabel('Picture, counted from 0').fill('2');
    await press('Predict');
    await page.getByText(/^Test picture 2 is predicted as /).waitFor();
    await press('Evaluate the test pictures');
    await page.getByText(/^Test pictures: loss /).waitFor();
  });

  test('printed, the page is the text version, with the curves of a training of several epochs as pictures', async () => {
    await page.evaluate(() => playground.fit({epochs: 3, batch_size: 50}));
    await page.emulateMedia({media: 'print'});
    assert.equal(await page.locator('#canvas').isVisible(), false);
    assert.equal(await page.locator('#plain-train').isVisible(), false);
    assert.ok((await page.locator('#plain').boundingBox()).height > 800);
    await page.evaluate(() => { document.querySelector('#plain-prediction').textContent = ''; });
    const shown = (name, exact = true) => page.locator('#plain').getByText(name, {exact}).isVisible();
    assert.equal(await shown('Predictions'), false);
    assert.equal(await shown('Configuration as Keras JSON'), false);
    assert.equal(await shown('Confusion matrix of the test pictures'), true);
    await page.setViewportSize({width: 794, height: 1123});  // A4
    assert.deepEqual(await page.locator('#plain table').evaluateAll((tables) => tables.filter((table) => table.scrollWidth > table.parentElement.clientWidth).map(({id}) => id)), []);
    await page.setViewportSize({width: 1280, height: 800});
    const plots = page.locator('#plain-plots svg');
    assert.deepEqual(await plots.evaluateAll((all) => all.map((one) => [one.getAttribute('aria-label').split(';')[0], one.querySelectorAll('polyline').length])),
                     [['Model accuracy, epochs 1 to 3', 2], ['Model loss, epochs 1 to 3', 2]]);
    for (const plot of await plots.all()) {
      const frame = await plot.boundingBox();
      for (const text of await plot.locator('text').all()) {
        const box = await text.boundingBox();
        assert.ok(box.x >= frame.x - 1 && box.x + box.width <= frame.x + frame.width + 1, await text.textContent());
      }
    }
    await page.emulateMedia({media: 'screen'});
    assert.ok(await page.locator('#canvas').isVisible());
  });

  test('a question of the page breaks no rule, with a list of choices or without', async () => {
    await page.evaluate(() => document.querySelector('#plain').focus());
    await page.locator('#plain-build').click();
    await page.getByText('Replace the trained network?').waitFor();
    assert.deepEqual(await violations(page), []);
    await page.getByRole('button', {name: 'Keep the trained network'}).click();
    await page.reload();
    await page.getByText('Your training is saved').waitFor();
    assert.deepEqual(await violations(page), []);
    await page.evaluate(() => {  // as of several trainings
      document.querySelector('#offer-which').append(new Option('one'), new Option('another'));
      document.querySelector('#offer-which').hidden = false;
    });
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(await skippedLevels(page), []);
  });
});

test('the axis of a plot has round numbers that cover what is drawn', () => {
  assert.deepEqual(ticks([0.312, 0.688]), [0.3, 0.4, 0.5, 0.6, 0.7]);
  assert.deepEqual(ticks([1, 1]), [1, 1.5]);
  assert.deepEqual(ticks([0.91, 2.31]), [0.5, 1, 1.5, 2, 2.5]);
  assert.deepEqual(ticks([0, 0]), [0, 0.5]);
  assert.deepEqual(ticks([1, 1 + 1e-15]), [1, 1.5]);  // a loss that only rounding changes
});
