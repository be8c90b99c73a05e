// The sentence of the text version after the trainer's events; tests/web/app/shown.cpp compares the bar of the workbench with the same.
// No browser needed.
import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {test} from 'node:test';

import {statusSentence} from '../../shell/site/page/plain_page.js';
import {createTrainerService} from '../../shell/site/trainer/trainer_service.js';

const {cases} = JSON.parse(await readFile(new URL('../fixtures/shown.json', import.meta.url), 'utf8'));

for (const {why, events, bar, sentence} of cases) {
  test(`text version, ${why}: its figures are those of the current network's training`, () => {
    let say = () => {};
    const {status} = createTrainerService((onEvent) => {
      say = (type, args) => onEvent({type, args, payloads: []});
      return {call: () => assert.fail(), hello: new Promise(() => {}), kill: () => {}};
    });
    say('trainer_ready', {backend: {}});
    for (const [type, args] of events) say(type, args);
    const words = statusSentence(status());
    for (const part of sentence) assert.ok(words.includes(part), `${words} has no "${part}"`);
    if (bar === null) assert.doesNotMatch(words, /loss|accuracy/);
    else assert.equal(`${status().epoch} / ${status().epochs}`, bar.epoch);
  });
}
