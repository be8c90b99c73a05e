// A tab's id: the same after a reload, another one in a duplicate. No browser needed.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {createTab} from '../../shell/site/storage/tab.js';
import {fakeLocks, fakeSession} from './fake_storage.js';

let ids = 0;
/** @param {object} locks @param {object} session */
const tabOf = (locks, session, patience = new AbortController().signal) =>
  createTab({sessionStorage: () => session, locks, newId: () => `tab${++ids}`, patience: () => patience});

test('a reload keeps the id, also if the browser releases the old document a little later', async () => {
  const origin = fakeLocks();
  const before = origin.client(), session = fakeSession();
  const id = await tabOf(before, session).id;
  const reloaded = tabOf(origin.client(), session);
  before.die();
  assert.equal(await reloaded.id, id);
});

test('a duplicated tab gets its own id, and the original keeps its', async () => {
  const origin = fakeLocks();
  const session = fakeSession();
  const original = tabOf(origin.client(), session);
  const id = await original.id;
  const patience = new AbortController();
  const other = tabOf(origin.client(), fakeSession(new Map(session.items)), patience.signal);
  patience.abort(new Error('too long'));
  assert.notEqual(await other.id, id);
  assert.ok((await original.living()).has(id));
  assert.ok((await original.living()).has(await other.id));
});

test('a tab that is closed is not among the living', async () => {
  const origin = fakeLocks();
  const closing = origin.client();
  const closed = await tabOf(closing, fakeSession()).id;
  const tab = tabOf(origin.client(), fakeSession());
  assert.ok((await tab.living()).has(closed));
  closing.die();
  assert.deepEqual([...await tab.living()], [await tab.id]);
});

test('without locks and without sessionStorage there is still an id', async () => {
  const tab = createTab({sessionStorage: () => { throw new Error('blocked'); }, locks: undefined, newId: () => 'mine'});
  assert.equal(await tab.id, 'mine');
  assert.deepEqual([...await tab.living()], ['mine']);
});
