// Tasks of people for whom a drawn page is a wall: by keyboard alone, without sight, with large fingers, enlarged.
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {servedSite} from '../served_site.js';
import {FEW, visit} from './visit.js';

describe('tasks of people for whom a canvas is a wall', () => {
  const there = servedSite();

  test('36: with the keyboard alone: epochs and batch size, train, pause, a step, the matrix, a mistake, its inside; and out again', async () => {
    const {person, page, context} = await visit(there, 'desktop', `preset=tutorial_small&${FEW}`);
    const keys = page.keyboard;
    await keys.press('Tab');
    assert.match(await page.evaluate(() => document.activeElement.textContent), /Text version/);
    await person.tabsTo('epochs');
    await person.editing();
    await keys.type('2');
    await keys.press('Enter');
    await person.reads('epochs', /^2$/);
    await person.tabsTo('batch size');
    await keys.type('10');
    await keys.press('Enter');
    await person.reads('batch size', /^10$/);
    await person.looks('36_typed');
    await person.tabsTo('Train', {key: 'Shift+Tab'});
    await keys.press('Enter');
    await person.figure('loss', /^\d/);
    await person.find('Keep training');
    assert.equal((await page.evaluate(() => playground.status())).history.length, 2);
    await keys.press('s');  // one step
    await person.find('Resume');
    await person.tabsTo('Curves');
    await keys.press('ArrowRight');
    await person.sees(/Most confused/);
    await person.tabsTo(/ predicted as .*: \d+$/);
    await person.looks('36_matrix');
    await keys.press('Enter');
    await person.sees(/Only mistakes/);
    await person.tabsTo(/^is /, {most: 60});
    await keys.press('Enter');
    await person.tabsTo('Look inside the network', {most: 10});
    await keys.press('Enter');
    await person.sees(/, predicted as /);
    await person.looks('36_inside');
    for (let i = 0; i < 300 && await page.evaluate(() => document.activeElement?.id.startsWith('canvas')); ++i) await keys.press('Tab');
    assert.ok(await page.evaluate(() => document.activeElement?.closest('#plain') !== null));
    await context.close();
  });

  test('37: without sight: data, network, epochs and rate are chosen, it trains and stops; matrix, scores and a prediction in words', async () => {
    const {page, context} = await visit(there, 'desktop', FEW);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByLabel('Network').selectOption({label: 'vgg_bn'}).catch(async () => {
      const options = await page.getByLabel('Network').locator('option').allTextContents();
      await page.getByLabel('Network').selectOption({label: options.find((one) => /vgg/i.test(one))});
    });
    const press = (name) => page.getByRole('button', {name, exact: true}).press('Enter');
    await press('Build it with new weights');
    await page.getByText('is built, with new weights').waitFor();
    await page.getByLabel('Epochs').fill('2');
    await page.getByLabel('Learning rate').fill('0.05');
    await page.getByLabel('Batch size').fill('100');
    await press('Train');
    await page.getByText(/Epoch 1: accuracy/).waitFor();
    await press('Stop');
    await page.waitForFunction(() => playground.status().state === 'ready');
    await page.getByLabel('Picture, counted from 0').fill('2');
    await press('Predict');
    await page.getByText(/^Test picture 2 is predicted as /).waitFor();
    await press('Evaluate the test pictures');
    await page.getByText(/^Test pictures: loss /).waitFor();
    assert.equal(await page.getByRole('table', {name: /matrix/}).or(page.locator('#plain-matrix')).first().locator('tr').count(), 11);
    await context.close();
  });
});
