// Opens the sides, checks that they compute the same, and times them in turn.
import {disagreement, rotated} from './statistics.js';

/**
 * The largest relative difference allowed between a side's losses over six steps and those in double precision.
 * tutorial: ten times the rounding differences between correct sides (at most 3e-6, with fast exponentials), and a tenth of
 * the smallest mistakes tried in PyTorch: a frozen bias in the last layer gives 3e-4, Adam's epsilon inside the correction
 * 7e-4, a frozen bias in the first layer 2e-3.
 * vgg_bn: with batch normalization many gradients are almost zero, and Adam's first steps turn their rounding into full
 * steps. PyTorch's own float32 is off by 2.4e-3 after six steps; the tolerance is twice that.
 * speedrun: the largest values in a pooling window are close to each other, and the last bit decides which one gets the
 * gradient: 1e-3 after three steps, 1e-7 before the first.
 */
export const tolerances = {tutorial: 3e-5, vgg_bn: 5e-3, speedrun: 5e-3};
export const checkedSteps = 6;

const firstLine = (error) => String(error?.message ?? error).split('\n')[0].replace(/^Error: /, '');

/** Runs a request about a network. A side that fails is excluded for that network; the reason is recorded. */
async function attempt(entrant, request, seconds = 180) {
  let timer;
  const late = new Promise((_, reject) => timer = setTimeout(() => reject(new Error(`no answer in ${seconds} s`)), 1000 * seconds));
  try {
    return await Promise.race([entrant.host.ask(request), late]);
  } catch (error) {
    entrant.failures[request.network] = firstLine(error);
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/** One {side, threads, host?, versions?, failure?: why it did not start, failures: {network: why}} per side and thread count. */
export async function openAll(sides, context, log) {
  const entrants = [];
  for (const side of sides)
    for (const threads of side.threads) {
      const entrant = {side, threads, failures: {}};
      entrants.push(entrant);
      try {
        entrant.host = await side.open(side, threads, context);
        entrant.versions = entrant.host.versions;
      } catch (error) {
        entrant.failure = firstLine(error);
        log(`${side.label} does not start: ${entrant.failure}`);
        break;  // it would not start with more threads either
      }
    }
  return entrants;
}

export const named = ({side, threads}) => side.threads.length > 1 ? `${side.label}, ${threads} thread${threads > 1 ? 's' : ''}` : side.label;
const takesPart = (entrant, network) => entrant.host && !entrant.failures[network] && (entrant.side.networks ?? ['tutorial']).includes(network);

/**
 * Compares each side's losses over six steps with the reference in double precision, or, without it, with the first side.
 * Returns {network, tolerance, expected, by, rows: [{name, difference, agrees}]}. A side that does not agree is excluded.
 */
export async function checkLosses(entrants, network, {batch, slowBatch}, log) {
  const rows = [], expected = {};
  let by;
  const doubles = entrants.find((entrant) => entrant.side.inDoubles && takesPart(entrant, network));
  for (const entrant of entrants.filter((e) => takesPart(e, network))) {
    const size = entrant.side.slow ? slowBatch : batch;
    if (!expected[size] && doubles) {
      expected[size] = (await attempt(doubles, {do: 'reference', network, batch: size}))?.losses;
      by = `${doubles.side.label} in doubles`;
    }
    const losses = (await attempt(entrant, {do: 'losses', network, batch: size}))?.losses;
    if (!losses) {
      log(`${named(entrant)} failed: ${entrant.failures[network]}`);
      continue;
    }
    expected[size] ??= losses;
    by ??= named(entrant);
    const difference = disagreement(losses, expected[size]);
    if (!(difference <= tolerances[network])) entrant.failures[network] = `different losses: ${losses.map((l) => l.toFixed(5)).join(', ')}`;
    rows.push({name: named(entrant), difference, agrees: !entrant.failures[network]});
  }
  return {network, tolerance: tolerances[network], expected, by, rows};
}

/** Times `repetitions` rounds of slices; appends {network, mode, batch, entrant, rates: [images/s, ...]} to `samples`. */
export async function timeAll(entrants, {network, batch, repetitions, seconds, settle, threads = [1, 2], modes = ['train', 'forward']}, samples, log) {
  const taking = entrants.filter((entrant) => takesPart(entrant, network) && threads.includes(entrant.threads));
  for (const mode of modes) {
    const cells = new Map(taking.map((entrant) => [entrant, {network, mode, batch, entrant, rates: []}]));
    for (let repetition = 0; repetition < repetitions; ++repetition)
      for (const entrant of rotated(taking, repetition * 3)) {
        if (entrant.failures[network]) continue;
        const slice = await attempt(entrant, {do: 'slice', network, mode, batch, seconds, ...(settle !== undefined && {settle})});
        if (slice) cells.get(entrant).rates.push(slice.images / slice.seconds);
        else log(`${named(entrant)} failed: ${entrant.failures[network]}`);
      }
    samples.push(...[...cells.values()].filter(({rates}) => rates.length > 0));
  }
}
