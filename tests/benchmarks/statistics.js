// Statistics of repeated measurements, and the options of ./tests/bench.

/** @param {number[]} values at least one */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  const place = share * (sorted.length - 1), below = Math.floor(place);
  return sorted[below] + (place - below) * ((sorted[below + 1] ?? sorted[below]) - sorted[below]);
}
export const median = (values) => quantile(values, 0.5);
/** The width of the middle half as a share of the median. */
export const spread = (values) => (quantile(values, 0.75) - quantile(values, 0.25)) / median(values);

/** The order of repetition `by`: every side once, each time starting with another one. */
export function rotated(list, by) {
  const start = list.length ? by % list.length : 0;
  return [...list.slice(start), ...list.slice(0, start)];
}

/** The largest relative difference between two lists of losses; Infinity if they cannot be compared. */
export function disagreement(losses, expected) {
  if (losses.length !== expected.length) return Infinity;
  const differences = losses.map((loss, i) => Math.abs(loss - expected[i]) / Math.abs(expected[i]));
  return differences.every(Number.isFinite) ? Math.max(...differences) : Infinity;
}

const usage = `usage: tests/bench [--json FILE] [--quick] [--only NAME,...] [--batch N,...] [--network NAME,...]`;

/** @param {string[]} args @param {{sides: string[], networks: string[]}} known */
export function parseOptions(args, known) {
  const options = {json: undefined, quick: false, only: undefined, batch: undefined, network: undefined};
  const names = (text, allowed, what) => {
    const list = text.split(',');
    const unknown = list.find((name) => !allowed.includes(name));
    if (unknown !== undefined) throw new Error(`there is no ${what} "${unknown}"; there are ${allowed.join(', ')}`);
    return list;
  };
  for (let i = 0; i < args.length; ++i) {
    const value = () => {
      if (args[i + 1] === undefined) throw new Error(`${args[i]} needs a value\n${usage}`);
      return args[++i];
    };
    switch (args[i]) {
      case '--json': options.json = value(); break;
      case '--quick': options.quick = true; break;
      case '--only': options.only = names(value(), known.sides, 'side'); break;
      case '--network': options.network = names(value(), known.networks, 'network'); break;
      case '--batch': {
        const text = value();
        options.batch = text.split(',').map(Number);
        if (!options.batch.every((n) => Number.isInteger(n) && n >= 1 && n <= 1024))
          throw new Error(`--batch: "${text}" is not a list of whole numbers from 1 to 1024`);
        break;
      }
      default: throw new Error(`"${args[i]}" is not an option\n${usage}`);
    }
  }
  return options;
}
