// Tasks of somebody who learns: train, type a rate, build, break and mend a network, change it while it trains.
import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {servedSite} from '../served_site.js';
import {FEW, visit} from './visit.js';

const status = (page) => page.evaluate(() => playground.status());
const layers = (page) => page.evaluate(async () => (await playground.summary()).rows.map(({class_name}) => class_name));
/** A desktop has the settings beside the curves, a smaller page has them under tabs. */
const settings = (person, tab) => (person.touch ? person.press(tab) : undefined);

describe('tasks of a learner: train and build', () => {
  const there = servedSite();

  for (const size of ['desktop', 'phone']) {
    test(`1, ${size}: a first visit; one press, and a network is seen to learn`, async () => {
      const {person, context, complaints} = await visit(there, size);
      await person.looks(`1_${size}_start`);
      await person.press('Train a network now');
      const first = await person.figure('loss', /^\d/);
      await person.figure('loss', new RegExp(`^(?!${first.replace('.', '\\.')}$)\\d`));
      await person.figure('epoch', /^1 \/ /);
      await person.sees(/Accuracy.*Loss/);
      await person.looks(`1_${size}`);
      await context.close();
      assert.deepEqual(complaints, []);
    });
  }

  test('2: three epochs of the tutorial\'s network in batches of 10; the figures of each epoch as numbers', async () => {
    const {person, page, context} = await visit(there, 'desktop', FEW);
    await person.scrollTo('batch size');
    await person.types('epochs', '3');
    await person.types('batch size', '10');
    await person.press('Train');
    await person.press('Learn');
    await person.press('The tutorial');
    await person.sees(/time left done/);
    const shown = [];
    for (const epoch of [1, 2, 3]) {
      await person.scrollTo(new RegExp(`^Epoch ${epoch}/3 - .*val_loss`), {at: {x: 1000, y: 500}});
      shown.push(await person.sees(new RegExp(`Epoch ${epoch}/3 - \\d+s - loss: ([\\d.]+) - accuracy: ([\\d.]+) - val_loss: ([\\d.]+) - val_accuracy: ([\\d.]+)`)));
    }
    await person.looks('2');
    const {history} = await status(page);
    assert.deepEqual(shown.map((match) => match.slice(1, 5)),
                     history.map((row) => [row.loss, row.accuracy, row.val_loss, row.val_accuracy].map((value) => value.toFixed(4))));
    assert.equal(history.length, 3);
    await context.close();
  });

  test('3, phone: a rate with point, comma, exponent or without a zero', async () => {
    const {person, page, context} = await visit(there, 'phone', FEW);
    await settings(person, 'Training');
    for (const [typed, shown, rate] of [['0.02', /^0\.02$/, 0.02], ['0,0005', /^0\.0005$/, 0.0005], ['1e-3', /^0\.001$/, 0.001], ['.5', /^0\.5$/, 0.5]]) {
      await person.types('learning rate', typed);
      await person.reads('learning rate', shown);
      const trained = page.evaluate(() => new Promise((resolve) => {
        let heard = false;
        const stop = trainer.observe(({type, args}) => heard && type === 'run' && (stop(), resolve(args.learning_rate)));
        heard = true;
      }));
      await person.press('Train one mini-batch, then pause (S)');
      assert.equal(await trained, rate, typed);
      await person.press('End this training; the weights are kept');
      await page.waitForFunction(() => playground.status().state === 'ready');
    }
    await context.close();
  });

  test('4: layers are added and set, the network trains; undo takes the last one out again', async () => {
    const {person, page, context} = await visit(there, 'desktop', `preset=tutorial_small&${FEW}&fit={'epochs':1}`);
    await settings(person, 'Model');
    const add = async (after, layer, fields) => {
      await person.scrollTo(after, {by: -400}).catch(() => person.scrollTo(after));
      await person.press(after);
      await person.scrollTo('Add a layer');
      await person.press('Add a layer');
      await person.press(layer);
      for (const [label, value] of fields) {
        await person.scrollTo(label, {by: 120});
        await person.types(label, value);
      }
    };
    const before = await layers(page);
    await add('conv2d', 'Conv2D', [['filters', '64'], ['kernel size', '5']]);
    await add('max_pooling2d', 'Dropout', [['rate', '0.25']]);
    await add('flatten', 'Dense', [['units', '256']]);
    await person.looks('4');
    const built = async (wanted) => {
      await page.waitForFunction(async (wanted) => (await playground.summary()).rows.map(({class_name}) => class_name).join() === wanted.join(), wanted);
    };
    const at = (type) => before.indexOf(type);
    const wanted = [...before];
    wanted.splice(at('Flatten') + 1, 0, 'Dense');
    wanted.splice(at('MaxPooling2D') + 1, 0, 'Dropout');
    wanted.splice(at('Conv2D') + 1, 0, 'Conv2D');
    await built(wanted);
    await person.press('Train');
    await person.find('Keep training');
    await person.scrollTo('Undo (Ctrl+Z)', {by: -400});
    for (let i = 0; i < 2; ++i) await person.press('Undo (Ctrl+Z)');  // its units, and the layer
    await person.press('Use it');
    wanted.splice(wanted.indexOf('Flatten') + 1, 1);
    await built(wanted);
    await context.close();
  });

  test('5: pooling until nothing is left: what is wrong, and where; Train says the same; mended, it trains', async () => {
    const {person, page, context} = await visit(there, 'desktop', `preset=tutorial_small&${FEW}&fit={'epochs':1}`);
    await person.press('max_pooling2d');
    for (let i = 0; i < 6 && !await person.canRead(/Show the layer/); ++i) {
      await person.scrollTo('Duplicate', {by: 120});
      await person.press('Duplicate');
      await person.sees(new RegExp(`max_pooling2d_${i + 1}`));
    }
    const [problem] = await person.sees(/max_pooling2d_\d[^.]*\./);
    await person.looks('5_problem');
    await person.press('Train');
    await person.sees(/The changed network cannot be trained/);
    await person.sees(new RegExp(problem.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
    await person.looks('5_question');
    await person.press('Show me');
    await person.scrollTo('Remove', {by: 120});
    await person.press('Remove');
    await person.seesNoLonger(/Show the layer/);
    await person.press('Train');
    await person.find('Keep training');
    await context.close();
  });

  for (const size of ['desktop', 'phone']) {
    test(`8, ${size}: pause, take one step, look at the matrix as it is, go on`, async () => {
      const {person, page, context} = await visit(there, size, `preset=tutorial_small&${FEW}&fit={'epochs':100,'batch_size':10}`);
      await person.press('Train');
      await person.figure('epoch', /^[2-9]|^\d\d/);
      await person.press('Pause');
      await person.find('Resume');
      const steps = () => page.evaluate(() => playground.status().global_step);
      const before = await steps();
      await person.press('Train one mini-batch, then pause (S)');
      await page.waitForFunction((before) => playground.status().global_step > before && playground.status().state === 'paused', before);
      assert.equal(await steps(), before + 1);
      await person.press('Matrix');
      await person.press('Evaluate the test set');
      await person.sees(/test pictures/);
      await person.looks(`8_${size}`);
      await person.press('Resume');
      await page.waitForFunction((before) => playground.status().global_step > before + 1, before);
      await context.close();
    });
  }

  test('7: a tenth of the learning rate while it trains, seen in the curve', async () => {
    const {person, page, context} = await visit(there, 'desktop', `preset=tutorial_small&${FEW}&fit={'epochs':1000,'batch_size':10,'learning_rate':0.001}`);
    await person.press('Train');
    await person.press('Speed and rate');
    await person.figure('epoch', /^[2-9]|^\d\d/);
    await person.scrollTo('learning rate');
    await person.types('learning rate', '0.0001');
    await person.reads('learning rate', /^0\.0001$/);
    const {global_step: from} = await status(page);
    await page.waitForFunction((from) => playground.status().global_step > from + 60, from);
    await person.sees(/Learning rate/);
    await person.looks('7');
    await context.close();
  });

  test('9: the class most often predicted as which; its pictures; one of them inside', async () => {
    const {person, context} = await visit(there, 'desktop', `preset=tutorial_small&${FEW}&fit={'epochs':2,'batch_size':10}`);
    await person.press('Train');
    await person.find('Keep training');
    await person.press('Matrix');
    const [, actual, predicted, count] = await person.sees(/Most confused (\w+) predicted as (\w+): (\d+)/);
    await person.looks('9_matrix');
    await person.press(`${actual} predicted as ${predicted}: ${count}`);
    await person.sees(new RegExp(`${count} pictures?`));
    await person.looks('9_pictures');
    await person.press(`is ${actual}`);
    await person.sees(new RegExp(`${actual}, predicted as ${predicted}`));
    await person.press('Look inside the network');
    await person.sees(new RegExp(`${actual}, predicted as ${predicted}`));
    await person.looks('9_inside');
    await context.close();
  });
});
