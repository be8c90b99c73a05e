// Typing into the fields of the canvas, with what the browser gets from a keyboard: key events of several layouts, dead keys,
// input methods, paste and a phone's keyboard.
import assert from 'node:assert/strict';
import {after, afterEach, before, beforeEach, describe, test} from 'node:test';

import {launch, openPage, serve} from './chromium.js';
import {drawn, fieldOf, press, tap} from './widgets.js';

const FOCUSED = () => document.activeElement?.id === 'canvas-text';

/** Presses a key of some layout. @param {any} keys a CDP session @param {string} key @param {string} code @param {number} [modifiers] */
async function key(keys, key, code, modifiers = 0) {
  const text = [...key].length === 1 && !modifiers ? key : undefined;
  await keys.send('Input.dispatchKeyEvent', {type: 'keyDown', key, code, text, modifiers});
  await keys.send('Input.dispatchKeyEvent', {type: 'keyUp', key, code, modifiers});
  if (modifiers) await keys.send('Input.dispatchKeyEvent', {type: 'keyUp', key: 'Control', code: 'ControlLeft'});
}

/** The code of the key that types this on a German keyboard; it only matters that the app must not need it. */
const CODES = {'.': 'Period', ',': 'Comma', '-': 'Slash', 'z': 'KeyY', 'y': 'KeyZ', '+': 'BracketRight', 'ä': 'Quote', 'ö': 'Semicolon', 'ü': 'BracketLeft',
  'ß': 'Minus', '#': 'Backslash', '^': 'Backquote', '<': 'IntlBackslash', 'é': 'Digit2', '€': 'KeyE', ';': 'Comma', '\'': 'Backslash', '[': 'Digit8'};
const codeOf = (character) => CODES[character] ?? (/\d/.test(character) ? `Digit${character}` : /[a-z]/i.test(character) ? `Key${character.toUpperCase()}` : '');

describe('typing', () => {
  let browser, site, page, context, complaints, keys;
  before(async () => {
    browser = await launch();
    site = await serve();
  });
  beforeEach(async () => {
    ({page, context, complaints} = await openPage(browser, site.origin, {viewport: {width: 1280, height: 1200}, permissions: ['clipboard-read', 'clipboard-write']}));
    keys = await context.newCDPSession(page);
    await page.evaluate(() => playground.load({source: 'sample', limit: 100}));  // the page loads no others, which would move the fields
  });
  afterEach(async () => {
    await context.close();
    assert.deepEqual(complaints, []);
  });
  after(async () => {
    await browser.close();
    site.close();
  });

  const open = async (label) => {
    const {x, y} = await fieldOf(page, label);
    await page.mouse.click(x, y);
    await page.waitForFunction(FOCUSED);
  };
  const type = async (text) => {
    for (const character of text) await key(keys, character, codeOf(character));
  };
  const enter = () => key(keys, 'Enter', 'Enter');

  test('a number with a point, a comma, an exponent: each is what trains', async () => {
    for (const [typed, shown, rate] of [['0.02', /^0\.02$/, 0.02], ['0,0005', /^0\.0005$/, 0.0005], ['1e-3', /^0\.001$/, 0.001], ['.5', /^0\.5$/, 0.5]]) {
      await open('learning rate');
      await type(typed);
      await enter();
      await drawn(page, 'learning_rate/value', shown);
      const run = page.evaluate(() => new Promise((resolve) => {
        let heard = false;
        const stop = trainer.observe(({type, args}) => heard && type === 'run' && (stop(), resolve(args.learning_rate)));
        heard = true;
      }));
      await press(page, 'step');
      assert.equal(await run, rate, typed);
      await press(page, 'stop');
      await page.waitForFunction(() => playground.status().state === 'ready');
    }
  });

  test('the numeric keypad, with its decimal point and Enter', async () => {
    await open('epochs');
    await key(keys, '1', 'Numpad1');
    await key(keys, '2', 'Numpad2');
    await key(keys, 'Enter', 'NumpadEnter');
    await drawn(page, 'epochs/value', /^12$/);
    await open('learning rate');
    for (const [character, code] of [['0', 'Numpad0'], [',', 'NumpadDecimal'], ['3', 'Numpad3']]) await key(keys, character, code);
    await enter();
    await drawn(page, 'learning_rate/value', /^0\.3$/);
  });

  const name = () => page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 0))).then(() => drawn(page, 'run/name', /./));

  test('every character: letters of other layouts, AltGr, dead keys, an input method, an emoji, paste', async () => {
    await page.evaluate(() => playground.fit({epochs: 1, batch_size: 50}));
    await press(page, {says: 'Runs'});
    await press(page, 'run/rename');
    await page.waitForFunction(FOCUSED);
    await key(keys, 'a', 'KeyA', 2);  // Ctrl+A
    const all = `zy äöüß é€ #+-.,;'[<`;
    await type(all);
    await drawn(page, 'run/name', /\[<$/);
    assert.equal(await name(), all);
    await key(keys, 'a', 'KeyQ', 2);  // Ctrl+A where a French keyboard has its A
    await keys.send('Input.imeSetComposition', {text: '´', selectionStart: 1, selectionEnd: 1});  // a dead key
    await drawn(page, 'run/name', /^´$/);
    await keys.send('Input.insertText', {text: 'é'});
    await drawn(page, 'run/name', /^é$/);
    await keys.send('Input.imeSetComposition', {text: 'か', selectionStart: 1, selectionEnd: 1});
    await keys.send('Input.imeSetComposition', {text: 'かん', selectionStart: 2, selectionEnd: 2});
    await drawn(page, 'run/name', /^éかん$/);
    await keys.send('Input.insertText', {text: '漢字'});
    await drawn(page, 'run/name', /^é漢字$/);
    await keys.send('Input.insertText', {text: ' ß'});
    await drawn(page, 'run/name', /^é漢字 ß$/);
    await key(keys, 'Backspace', 'Backspace');
    await drawn(page, 'run/name', /^é漢字 $/);
    await page.evaluate(() => navigator.clipboard.writeText('0,5 größer'));
    await page.keyboard.press('Control+V');
    await drawn(page, 'run/name', /^é漢字 0,5 größer$/);
  });

  test('undo is where the layout has its Z, and the focus returns to the canvas after Enter and Escape', async () => {
    await open('epochs');
    await type('7');
    await enter();
    await page.waitForFunction(() => document.activeElement?.id === 'canvas');
    await drawn(page, 'epochs/value', /^7$/);
    await open('epochs');
    await type('9');
    await key(keys, 'Escape', 'Escape');
    await page.waitForFunction(() => document.activeElement?.id === 'canvas');
    await press(page, {says: 'flatten'});
    await press(page, 'block/remove');
    await drawn(page, 'model/problem', /./);
    await key(keys, 'z', 'KeyY', 2);
    await drawn(page, 'model/problem', /^$/);
  });

  test('a value outside the range stays as typed, says the range, and Train waits for it', async () => {
    await open('epochs');
    await type('-5');
    await press(page, {says: 'Train'});
    await drawn(page, 'notice', /^Epochs is -5; it must be 0\.01 to 100,000\. Correct this value to start training/);
    await drawn(page, 'epochs/value', /^-5$/);
    await drawn(page, 'epochs/accepts', /^0\.01 to 100,000/);
    assert.equal(await page.evaluate(() => playground.status().state), 'ready');
    await open('epochs');
    await type('1');
    await enter();
    await drawn(page, 'notice', /^$/);
    await press(page, {says: 'Train'});
    await page.waitForFunction(() => playground.status().global_step > 0);
  });
});

describe('typing on a phone', () => {
  let browser, site, page, keys;
  before(async () => {
    browser = await launch();
    site = await serve();
    const options = {viewport: {width: 390, height: 844}, hasTouch: true, isMobile: true, deviceScaleFactor: 2};
    const opened = await openPage(browser, site.origin, options);
    page = opened.page;
    keys = await opened.context.newCDPSession(page);
  });
  after(async () => {
    await browser.close();
    site.close();
  });

  test('numbers have a numeric keyboard, a decimal comma is one, names have letters', async () => {
    await tap(page, {says: 'Training'});
    const {x, y} = await fieldOf(page, 'learning rate');
    await page.touchscreen.tap(x, y);
    await page.waitForFunction(FOCUSED);
    assert.equal(await page.evaluate(() => document.activeElement?.inputMode), 'decimal');
    await keys.send('Input.insertText', {text: '0,02'});  // as a phone's keyboard: no key events
    await drawn(page, 'learning_rate/value', /./);
    await key(keys, 'Enter', '');
    await drawn(page, 'learning_rate/value', /^0\.02$/);
    const batch = await fieldOf(page, 'batch size');
    await page.touchscreen.tap(batch.x, batch.y);
    await page.waitForFunction(() => document.activeElement?.inputMode === 'numeric');
    await keys.send('Input.insertText', {text: '3'});
    await page.evaluate(() => document.activeElement?.blur());  // the keyboard is closed
    await drawn(page, 'batch_size/value', /^3$/);
    assert.equal(await page.evaluate(FOCUSED), false);
  });
});
