// Every action that the app can carry out has a control: some panel returns it.
import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {test} from 'node:test';
import {fileURLToPath} from 'node:url';

const APP = fileURLToPath(new URL('../web/app/', import.meta.url));
// What App itself offers as the answer to its own questions is drawn by panels/question.cpp.
const OFFERS = ['panels', 'learn', 'workbench.cpp', 'app_network.cpp'];

test('every action is asked for by a control', () => {
  const declared = [...readFileSync(`${APP}state/actions.h`, 'utf8').matchAll(/^struct (\w+)/gm)].map(([, name]) => name);
  assert.ok(declared.length > 30);
  const files = OFFERS.flatMap((place) => place.endsWith('.cpp') ? [place] : readdirSync(APP + place).map((file) => `${place}/${file}`));
  const texts = files.filter((file) => file.endsWith('.cpp')).map((file) => readFileSync(APP + file, 'utf8')).join('\n');
  const code = texts.replace(/\/\/.*$/gm, '');
  // A value of the type or a variable, not only a mention.
  assert.deepEqual(declared.filter((name) => !new RegExp(`action::${name}( \\w+)?[{(;]`).test(code)), []);
});
