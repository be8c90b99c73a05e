// The text version's answer to: what does the network predict for this picture?
import {percent} from '../errors.js';
import {numberIn} from './plain_settings.js';

const MOST_NAMED = 3;

/**
 * @param {object} parts
 * @param {(selector: string) => any} parts.part
 * @param {Pick<import('../playground.js').Playground, 'inspect'>} parts.playground
 */
export function createPlainPrediction({part, playground}) {
  /** The data set in use. @type {any} */
  let data = null;

  return {
    /** @param {any} dataset */
    use(dataset) {
      data = dataset;
      part('#plain-prediction').textContent = '';
    },
    async predict() {
      const split = part('#plain-picture-split').value;
      const count = data?.[split]?.count ?? 0;
      if (count === 0) throw new Error('There are no pictures in this split; load data first.');
      const index = numberIn('Picture', part('#plain-picture'), 0, count - 1, true);
      const {label, probabilities} = await playground.inspect({what: 'maps', layer: 0, image: {split, index}});
      part('#plain-prediction').textContent = predictionSentence({split, index, label, probabilities, names: data.class_names});
    },
  };
}

/** @param {{split: string, index: number, label?: number, probabilities: number[], names: string[]}} answer */
export function predictionSentence({split, index, label, probabilities, names}) {
  const name = (/** @type {number} */ i) => names[i] ?? `class ${i}`;
  const order = probabilities.map((_, i) => i).sort((a, b) => probabilities[b] - probabilities[a]).slice(0, MOST_NAMED);
  const [first, ...others] = order.map((i) => `${name(i)}, ${percent(probabilities[i])}`);
  const truth = label === undefined ? '' : ` Its true class is ${name(label)}${label === order[0] ? ': right.' : `, ${percent(probabilities[label])}: wrong.`}`;
  return `${split === 'test' ? 'Test' : 'Training'} picture ${index} is predicted as ${first}.${truth} Next: ${others.join('; ')}.`;
}
