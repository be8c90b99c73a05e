// Tasks of a teacher: set up and send, embed, enlarge, print, compare.
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {servedSite} from '../served_site.js';
import {FEW, visit} from './visit.js';

const SMALL = `preset=tutorial_small&${FEW}`;

describe('tasks of a teacher', () => {
  const there = servedSite();

  test('19: three epochs, sigmoid everywhere, sample pictures, seed 7, as a link; opened elsewhere, it is the same', async () => {
    const {person, page, context} = await visit(there, 'desktop', SMALL);
    for (const name of ['conv2d', 'dense']) {
      await person.scrollTo(name, {by: -200}).catch(() => person.scrollTo(name));
      await person.press(name);
      await person.scrollTo('activation', {by: 120});
      await person.chooses('activation', 'sigmoid');
      await person.press(name);
    }
    await person.scrollTo('epochs');
    await person.types('epochs', '3');
    await person.scrollTo('More settings');
    await person.press('More settings');
    await person.scrollTo('seed');
    await person.types('seed', '7');
    await person.press('Copy a link to this network and its settings');
    await person.sees(/The link is in the address bar and on the clipboard/);
    await person.looks('19');
    const link = await page.evaluate(() => navigator.clipboard.readText());
    const asked = [];
    const other = await visit(there, 'desktop', link.split('#v=1&')[1], {prepare: (page) => page.on('request', (request) => asked.push(request.url()))});
    await other.person.sees(/300 training pictures/);
    await other.person.scrollTo('epochs');
    await other.person.reads('epochs', /^3$/);
    const activations = await other.page.evaluate(async () => (await trainer.request('model')).args.config.config.layers.map(({config}) => config.activation).filter(Boolean));
    assert.ok(activations.filter((one) => one === 'sigmoid').length >= 2, activations.join());
    assert.ok(asked.every((url) => url.startsWith(there.site.origin) && !/data_batch|test_batch|models\//.test(url)), asked.join('\n'));
    await other.context.close();
    await context.close();
  });

  test('23: runs with names of pupils: renamed, sorted, exported all at once', async () => {
    const {person, page, context} = await visit(there, 'desktop', `${SMALL}&fit={'epochs':1,'batch_size':50}`);
    const names = ['Ada', 'Bo', 'Cy'];
    for (const name of names) {
      await person.press('Curves');
      if (name !== names[0]) {
        await person.press('Start again with new weights (R)');
        await person.press('New weights');
      }
      await person.press('Train');
      await person.find('Keep training');
      await person.press('Runs');
      await person.press('Rename');
      await person.editing();
      await page.keyboard.press('Control+A');
      await page.keyboard.type(name);
      await page.keyboard.press('Enter');
      await person.find(name);
    }
    await person.press('Best val. accuracy');
    await person.looks('23');
    const saved = page.waitForEvent('download');
    await person.press('Save the table as CSV');
    const text = await (await import('node:fs/promises')).readFile(await (await saved).path(), 'utf8');
    for (const name of names) assert.match(text, new RegExp(`^"?${name}`, 'm'));
    await context.close();
  });

  test('26: what a download costs is said before it, and where it is kept; the stored data can be deleted', async () => {
    const {person, context} = await visit(there, 'desktop', SMALL);
    await person.press('Change');
    await person.scrollTo('CIFAR-10 from Hugging Face');
    await person.sees(/CIFAR-10 from Hugging Face All pictures, 144 MB/);
    await person.looks('26');
    await context.close();
  });
});
