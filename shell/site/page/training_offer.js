// The bar that offers to restore the training of the last visit.

const PERCENT = new Intl.NumberFormat('en', {style: 'percent', maximumFractionDigits: 1});
const WHEN = new Intl.DateTimeFormat('en', {dateStyle: 'medium', timeStyle: 'short'});

/**
 * @param {object} parts
 * @param {HTMLElement} parts.root
 * @param {import('../storage/kept_training.js').KeptTraining} parts.kept
 * @param {() => Promise<void>} parts.restore
 * @param {() => Promise<void>} parts.forget
 * @param {(error: any) => void} parts.tell
 */
export function offerTraining({root, kept, restore, forget, tell}) {
  /** @param {string} selector @returns {any} */
  const part = (selector) => root.querySelector(selector);
  const {epoch, epochs, row, saved, data} = kept;
  const reached = row?.val_accuracy ?? row?.accuracy;
  part('#offer-text').textContent = `Your training on ${data.label} of ${WHEN.format(new Date(saved))} is saved: epoch ${epoch} of ${epochs}` +
      (typeof reached === 'number' ? `, accuracy ${PERCENT.format(reached)}.` : '.');
  root.hidden = false;
  /** @param {() => Promise<void>} [action] */
  const close = (action) => () => {
    root.hidden = true;
    action?.().catch(tell);
  };
  part('#offer-restore').onclick = close(restore);
  part('#offer-forget').onclick = close(forget);
  part('#offer-later').onclick = close();
  return {close: close()};
}
