// The Learn tab in Chromium: a link opens a chapter, widgets change it, its experiment reaches the trainer, and its text is
// in the text version.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';

import {launch, openPage, serve, until} from './chromium.js';
import {press} from './widgets.js';

/** Waits until the page looks different: the frame that shows an input's effect comes after the input. */
async function redrawn(page, before) {
  for (const end = performance.now() + 60_000; before.equals(await page.screenshot());) {
    assert.ok(performance.now() < end, 'nothing is drawn again');
  }
}

describe('learn: chapters in the canvas and in words', () => {
  let browser, site, page, complaints;
  before(async () => {
    browser = await launch();
    site = await serve();
    ({page, complaints} = await openPage(browser, `${site.origin}/#learn=softmax`, {painted: true}));
    await page.evaluate(() => playground.load({source: 'sample', limit: 300}));
  });
  after(async () => {
    await browser.close();
    site.close();
  });

  test('a link opens its chapter; pressing its widgets changes what is drawn', async () => {
    await press(page, 'classes/name/2');
    const before = await page.screenshot();
    await press(page, 'classes/logit/9');
    await press(page, 'classes/name/5');
    await redrawn(page, before);
  });

  test('the list of chapters leads to another, the arrow keys move its window', async () => {
    await press(page, 'learn/convolution');
    await press(page, 'kernels/3');
    await press(page, 'convolution/output');
    const before = await page.screenshot();
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowRight');
    await redrawn(page, before);
  });

  test('an experiment builds its network in the trainer', async () => {
    await page.setViewportSize({width: 1280, height: 2400});  // the button is below the text
    await press(page, 'experiment/one_convolution');
    await until(page, () => playground.summary().then(({rows}) => rows.length === 4));
    const {rows} = await page.evaluate(() => playground.summary());
    assert.deepEqual(rows.map(({class_name}) => class_name), ['Conv2D', 'MaxPooling2D', 'Flatten', 'Dense']);
  });

  test('every chapter can be read without the canvas', async () => {
    const articles = await page.evaluate(async () => {
      const section = document.querySelector('#plain-learn');
      section.open = true;
      while (!section.querySelector('article')) await new Promise((resolve) => setTimeout(resolve, 20));
      return [...section.querySelectorAll('article')].map((article) => article.textContent);
    });
    assert.ok(articles.length >= 7, `${articles.length} chapters`);
    for (const text of articles) assert.ok(text.length > 500, text);
    assert.match(articles[0], /kernel is a small grid of numbers/);
  });

  test('an experiment can be set up without the canvas, too', async () => {
    await page.evaluate(() => /** @type {any} */ (document.querySelector('#plain-experiment-one_dense')).click());
    await until(page, () => playground.summary().then(({rows}) => rows.length === 2));
    assert.equal(await page.inputValue('#plain-epochs'), '5');
    assert.match(await page.textContent('#plain-message') ?? '', /One dense layer, no convolution.* is set up/);
  });

  test('no errors or warnings in the meantime', () => assert.deepEqual(complaints, []));
});
