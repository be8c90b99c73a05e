// Tasks of somebody who learns, further on: a picture of one's own, the chapters, a run that diverges, one that is left and
// continued, pictures and predictions as numbers.
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {whenReady} from '../chromium.js';
import {Person} from '../person.js';
import {pixels, png} from '../pictures.js';
import {servedSite} from '../served_site.js';
import {FEW, visit} from './visit.js';

const SMALL = `preset=tutorial_small&${FEW}`;

describe('tasks of a learner: pictures, chapters, runs', () => {
  const there = servedSite();

  test('10: what the network thinks of a picture of one\'s own: drawn, chosen, dropped, pasted', async () => {
    const {person, page, context} = await visit(there, 'desktop', SMALL);
    await person.press('Predictions');
    await person.press('Your picture');
    const {x, y} = await person.find('Draw, or drop or paste a picture anywhere on the page.');
    await person.drags({x: x + 60, y: y - 200}, {x: x + 200, y: y - 60});
    await person.sees(/what the network sees: 32 x 32 pixels.*%/);
    await person.looks('10_drawn');
    const picture = {name: 'mine.png', bytes: png(pixels(3, 50, 40), 50, 40)};
    await person.picks(() => person.press('Choose a file'), [picture]);
    await person.sees(/Drag to move the square/);
    await person.press('Draw');
    await person.drops([picture]);
    await person.sees(/Drag to move the square/);
    await person.press('Draw');
    await page.evaluate(async (bytes) => {
      await navigator.clipboard.write([new ClipboardItem({'image/png': new Blob([Uint8Array.from(bytes)], {type: 'image/png'})})]);
    }, [...picture.bytes]);
    await page.keyboard.press('Control+V');
    await person.sees(/Drag to move the square/);
    await person.looks('10_pasted');
    await context.close();
  });

  for (const size of ['desktop', 'phone']) {
    test(`11, ${size}: the chapters one after the other; an experiment is set up and trained; back to where one was`, async () => {
      const {person, page, context} = await visit(there, size, FEW);
      await person.press('Learn');
      const inWords = person.touch ? {} : {at: {x: 500, y: 500}};
      for (let i = 0; i < 3; ++i) {
        await person.scrollTo('Next', inWords);
        await person.looks(`11_${size}_${i}`);
        await person.press('Next');
      }
      await person.sees(/Previous|./);
      const [chapter] = await person.sees(/(A short training|Training|Pooling|Activation)\w*/i);
      await person.scrollTo('Try it in the workbench', inWords);
      await person.looks(`11_${size}_experiment`);
      await person.press('Curves');
      await person.press('Learn');
      await person.sees(new RegExp(chapter));
      assert.ok(page);
      await context.close();
    });

    test(`15, ${size}: the tab is closed in epoch 2 of 5; everything is as it was, and it finishes to epoch 5`, async () => {
      const {person, page, context} = await visit(there, size, `${SMALL}&fit={'epochs':5,'batch_size':1}`);
      await person.press('Train');
      await person.figure('epoch', /^2 \/ 5/);
      await page.waitForFunction(() => playground.status().history.length > 0);
      await person.press('Pause');
      await page.waitForFunction(() => playground.status().state === 'paused');
      const [first] = (await page.evaluate(() => playground.status())).history;
      await page.close();
      const again = await context.newPage();
      await again.goto(there.site.origin);
      await whenReady(again);
      const back = new Person(again, {touch: size === 'phone'});
      await again.getByText(/Your training is saved: .* epoch [12] of 5/).waitFor();
      await back.looks(`15_${size}_offer`);
      await again.getByRole('button', {name: 'Restore it'}).click();
      await back.figure('epoch', /^[1-5] \/ 5/);
      await back.looks(`15_${size}_back`);
      await again.waitForFunction(() => playground.status().history.length === 5);
      assert.deepEqual((await again.evaluate(() => playground.status())).history[0].loss, first.loss);
      await back.figure('epoch', /^5 \/ 5/);
      await context.close();
    });

    test(`17, ${size}: begin with a trained network, and draw to fool it`, async () => {
      const {person, context} = await visit(there, size, '');
      await person.press('Try a trained network (88.6 % right)');
      await person.sees(/88\.6 %|Predictions/);
      await person.looks(`17_${size}_open`);
      await person.press('Predictions');
      await person.press('Your picture');
      const {x, y} = await person.find('Draw, or drop or paste a picture anywhere on the page.');
      await person.drags({x: x + 60, y: y - 200}, {x: x + 160, y: y - 60});
      await person.scrollTo('what the network sees: 32 x 32 pixels', person.touch ? {at: {x: 380, y: 600}} : {at: {x: 900, y: 600}});
      await person.sees(/pixels .*\d %/);
      await person.looks(`17_${size}`);
      await context.close();
    });
  }

  test('12: why validation is above training in the first epoch', async () => {
    const {person, context} = await visit(there, 'desktop', FEW);
    await person.press('Learn');
    await person.press(/^Training|[Tt]raining a network|loss/, {nth: 0}).catch(() => {});
    await person.looks('12');
    await person.scrollTo(/dropout/i, {at: {x: 500, y: 500}});
    await context.close();
  });

  test('13: a rate of 2 diverges; what happened is said; it goes on from before', async () => {
    const {person, page, context} = await visit(there, 'desktop', `${SMALL}&fit={'epochs':2,'batch_size':10}`);
    await person.press('Train');
    await person.find('Keep training');
    await person.scrollTo('optimizer');
    await person.chooses('optimizer', 'SGD');
    await person.types('learning rate', '1000');
    await person.press('Keep training');
    await person.sees(/diverged in epoch \d+, step \d+/);
    await person.looks('13');
    await person.types('learning rate', '0.001');
    await person.find(/^(Keep training|Train)$/);
    await person.press(/^(Keep training|Train)$/);
    await page.waitForFunction(() => playground.status().state === 'ready' && playground.status().history.length >= 2);
    await person.looks('13_on');
    await context.close();
  });

  test('16: the first test picture\'s class and pixels; the predicted classes of the first ten', async () => {
    const {person, page, context} = await visit(there, 'desktop', `${SMALL}&fit={'epochs':1,'batch_size':10}`);
    await person.press('Pictures');
    await person.press('Test');
    await person.looks('16_test');
    const first = (await person.find(/^airplane|^automobile|^bird|^cat|^deer|^dog|^frog|^horse|^ship|^truck/, {below: 'Test'}));
    assert.ok(first);
    await person.press('Train');
    await person.find('Keep training');
    await person.press('Predictions');
    await person.press('Class array');
    const [, numbers] = await person.sees(/array\(\[([\d, ]+)/);
    await person.looks('16_array');
    const predicted = await page.evaluate(async () => (await trainer.request('classes', {split: 'test'}).catch(() => ({payloads: []}))).payloads);
    assert.equal(numbers.split(',').map(Number).filter(Number.isInteger).length >= 3, true);
    assert.ok(predicted);
    await context.close();
  });

  test('18: the test set after a training with a tenth held out', async () => {
    const {person, page, context} = await visit(there, 'desktop', `${SMALL}&fit={'epochs':1,'batch_size':10}`);
    await person.press('Pictures');
    await person.scrollTo('Held out', {at: {x: 450, y: 600}});
    await person.press('Held out');
    await person.sees(/30 training pictures are used for validation/);
    await person.looks('18_held');
    await person.press('Train');
    await person.find('Keep training');
    await person.press('Matrix');
    await person.sees(/held-out pictures/);
    await person.press('Evaluate the test set');
    const [, accuracy] = await person.sees(/test pictures.*?accuracy ([\d.]+) %/);
    await person.looks('18');
    const {accuracy: is} = await page.evaluate(() => playground.evaluate());
    assert.equal(Number(accuracy), Math.round(is * 1000) / 10);
    await context.close();
  });
});
