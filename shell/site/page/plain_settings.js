// The text version's settings: network, optimizer, learning rate and batch size. The fields show what is in effect until the user
// changes them; only what was changed replaces the options of a training.
import {PlaygroundError} from '../errors.js';

/**
 * @typedef {import('../protocol.js').Preset} Preset
 * @param {object} parts
 * @param {(selector: string) => any} parts.part
 * @param {Document} parts.document
 * @param {(preset: string) => Promise<any>} parts.build
 */
export function createPlainSettings({part, document, build}) {
  /** Of the next training with new weights: a preset's or an experiment's, or those of the last training. @type {any} */
  let options = {};
  /** The fields as they were last filled. @type {{[field: string]: string}} */
  let shown = {};
  /** @type {Preset[]} */
  let presets = [];
  /** @type {{[field: string]: any}} the trainer's default for each option */
  let defaults = {};
  const inputs = {optimizer: part('#plain-optimizer'), learning_rate: part('#plain-rate'), batch_size: part('#plain-batch')};

  /** The options of the next training. @param {any} chosen */
  function use(chosen) {
    options = chosen;
    const {optimizer = defaults.optimizer, batch_size = defaults.batch_size} = options;
    const rate = options.learning_rate ?? optimizer?.config?.learning_rate;
    shown = {optimizer: optimizer?.class_name ?? String(optimizer ?? ''), learning_rate: rate === undefined ? '' : String(rate), batch_size: String(batch_size ?? '')};
    for (const [field, input] of Object.entries(inputs)) input.value = shown[field];
    part('#plain-fit').textContent = JSON.stringify(options, null, 2);
  }

  /** What the user changed. Throws a sentence that names the field if a value does not fit. */
  function changed() {
    /** @type {{[option: string]: any}} */
    const values = {
      optimizer: () => inputs.optimizer.value,
      learning_rate: () => inputs.learning_rate.value.trim() === '' ? null : numberIn('Learning rate', inputs.learning_rate, 0, 1e6),
      batch_size: () => numberIn('Batch size', inputs.batch_size, 1, 100_000, true),
    };
    const fields = Object.keys(shown).filter((field) => /** @type {any} */ (inputs)[field].value !== shown[field]);
    return Object.fromEntries(fields.map((field) => [field, values[field]()]));
  }

  function showPreset() {
    part('#plain-preset-help').textContent = presets.find(({name}) => name === part('#plain-preset').value)?.help ?? '';
  }

  part('#plain-preset').addEventListener('change', showPreset);

  return {
    use,
    /** Of a training with new weights. */
    fresh: () => ({...options, ...changed()}),
    changed,
    /** Builds the chosen network; its recommended options are those of the next training. @returns {Promise<string>} its title */
    async build() {
      const preset = presets.find(({name}) => name === part('#plain-preset').value);
      if (!preset) throw new PlaygroundError('bad_argument', 'Choose a network first.');
      await build(preset.name);
      const {epochs, ...others} = preset.fit;
      use(others);
      if (epochs) part('#plain-epochs').value = epochs;
      return preset.title;
    },
    /** Fills the lists. @param {import('../protocol.js').Trainer} trainer */
    offer({presets: offered, optimizers, fit_fields}) {
      presets = offered;
      defaults = Object.fromEntries(fit_fields.map((field) => [field.name, field.default]));
      fill(document, part('#plain-preset'), presets.map(({name, title}) => [name, title]));
      fill(document, inputs.optimizer, optimizers.map(({class_name}) => [class_name, class_name]));
      showPreset();
      use(options);
    },
  };
}

/** @param {Document} document @param {any} select @param {string[][]} choices [value, text] */
function fill(document, select, choices) {
  const chosen = select.value;
  select.replaceChildren(...choices.map(([value, text]) => {
    const option = document.createElement('option');
    option.value = value;
    option.textContent = text;
    return option;
  }));
  select.value = choices.some(([value]) => value === chosen) ? chosen : choices[0]?.[0] ?? '';
}

/**
 * The number in a field, with a point or a comma; the field is marked if it does not fit.
 * @param {string} name @param {any} input @param {number} least @param {number} most @param {boolean} [whole]
 */
export function numberIn(name, input, least, most, whole = false) {
  const text = input.value.trim();
  const value = Number(text.replace(',', '.'));
  const fits = text !== '' && value >= least && value <= most && (!whole || Number.isInteger(value));
  input.setAttribute('aria-invalid', String(!fits));
  if (fits) return value;
  const what = whole ? 'a whole number' : 'a number';
  throw new PlaygroundError('bad_argument', `${name} is ${text === '' ? 'empty' : `"${text}"`}; enter ${what} from ${least} to ${most.toLocaleString('en')}.`);
}
