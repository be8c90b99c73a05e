// Tasks of somebody in trouble: files that are no data, and values that cannot be.
import assert from 'node:assert/strict';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, test} from 'node:test';

import {dropPaths} from '../photos.js';
import {pixels, png} from '../pictures.js';
import {servedSite} from '../served_site.js';
import {FEW, visit} from './visit.js';

describe('tasks of somebody in trouble', () => {
  const there = servedSite();

  test('41: what is no data is said to be none, by name and with what helps; the pictures in use stay', async () => {
    const {person, page, context} = await visit(there, 'desktop', FEW);
    await person.sees(/300 training pictures, 100 test pictures/);
    for (const [name, bytes, says] of [
      ['essay.pdf', Buffer.from('%PDF-1.7 '), /essay\.pdf is a document; expected pictures, in one folder for each class/],
      ['net.keras', Buffer.from('PK\x03\x04 no zip'), /net\.keras/],
      ['notes.txt', Buffer.from('remember the milk'), /notes\.txt/],
      ['nothing.png', Buffer.alloc(0), /nothing\.png.* is empty/],
      ['nothing.zip', Buffer.alloc(0), /nothing\.zip.* is empty/],
    ]) {
      await person.drops([{name, bytes}]);
      await person.sees(says);
      await person.looks(`41_${name}`);
      assert.ok(await person.canRead(/300 training pictures, 100 test pictures/), name);
      await person.press('Close');
    }
    await person.press('Train');
    await person.figure('loss', /^\d/);
    await context.close();
    assert.ok(page);
  });

  test('41: 300 photos without folders: a sentence says how to sort them; in two folders they are two classes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'photos-'));
    for (const name of ['mixed', 'pets/cat', 'pets/dog']) mkdirSync(join(folder, name), {recursive: true});
    for (let i = 0; i < 300; ++i) {
      const bytes = png(pixels(i, 20, 16), 20, 16);
      writeFileSync(join(folder, 'mixed', `IMG_${i}.png`), bytes);
      writeFileSync(join(folder, 'pets', i % 2 ? 'cat' : 'dog', `IMG_${i}.png`), bytes);
    }
    const {person, page, context} = await visit(there, 'desktop', FEW);
    await person.sees(/300 training pictures, 100 test pictures/);
    await dropPaths(page, Array.from({length: 300}, (_, i) => join(folder, 'mixed', `IMG_${i}.png`)));
    await person.sees(/folder/);
    await person.looks('41_photos');
    await person.press('Close');
    await dropPaths(page, [join(folder, 'pets')]);
    await person.sees(/2\d\d training pictures, \d\d test pictures, 2 classes/);
    rmSync(folder, {recursive: true});
    await context.close();
  });

  test('42: a batch size that cannot be is marked and said; nothing trains until it is right', async () => {
    const {person, page, context} = await visit(there, 'desktop', `${FEW}&fit={'epochs':1}`);
    await person.scrollTo('batch size');
    for (const [typed, says] of [
      ['100000', /Batch size 100,000 is larger than the 300 training pictures; choose 300 or less/],
      ['0', /Batch size is 0; it must be whole, 1 to 100,000/], ['-5', /Batch size is -5; it must be whole, 1 to 100,000/],
    ]) {
      await person.types('batch size', typed);
      await person.press('Train');
      await person.sees(says);
      await person.looks(`42_${typed}`);
      assert.equal((await page.evaluate(() => playground.status())).state, 'ready', typed);
    }
    await person.types('batch size', '50');
    await person.press('Train');
    await person.press('Keep training');
    assert.equal((await page.evaluate(() => playground.status())).history.length, 1);
    await context.close();
  });
});
