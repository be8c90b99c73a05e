import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import {describeSoak, soak, trend} from './soak.js';

const MINUTES = Number(process.env.SOAK_MINUTES ?? 2);

describe('soak', () => {
  test('a leak of a percent a minute is found in noise of three, and none where there is none', () => {
    const times = Array.from({length: 60}, (_, i) => 60 * i);
    const noise = times.map((_, i) => 3 * (((i * 7919) % 101) / 50 - 1));
    assert.ok(trend(times, noise.map((off, i) => 100 + i + off)).low > 0.05);
    const flat = trend(times, noise.map((off) => 100 + off));
    assert.ok(flat.low < 0 && flat.high > 0, JSON.stringify(flat));
  });

  // Throughput is only reported: a short run on a busy machine says little about it. The hour-long command judges it.
  test('memory stays flat', async (t) => {
    const result = await soak({minutes: MINUTES});
    t.diagnostic(describeSoak(result));
    assert.ok(result.flat.memory, describeSoak(result));
    assert.deepEqual(result.complaints, []);
  });
});
