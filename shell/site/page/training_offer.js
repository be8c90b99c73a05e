// Offers to restore a training of an earlier visit.

const PERCENT = new Intl.NumberFormat('en', {style: 'percent', maximumFractionDigits: 1});
const WHEN = new Intl.DateTimeFormat('en', {dateStyle: 'medium', timeStyle: 'short'});

/** @typedef {import('../storage/kept_training.js').KeptTraining} KeptTraining */

/**
 * @param {object} parts
 * @param {import('./question_bar.js').QuestionBar} parts.bar
 * @param {KeptTraining[]} parts.kept the one to offer first is the first
 * @param {(kept: KeptTraining) => Promise<void>} parts.restore
 * @param {(kept: KeptTraining) => Promise<void>} parts.forget
 * @param {(error: any) => void} parts.tell
 */
export function offerTrainings({bar, kept, restore, forget, tell}) {
  let withdraw = () => {};

  /** @param {KeptTraining[]} list */
  async function offer(list) {
    if (list.length === 0) return;
    const several = list.length > 1;
    const question = bar.ask({
      text: several ? `${list.length} trainings are saved.` : `Your training is saved: ${described(list[0])}.`,
      options: several ? list.map(described) : [],
      choices: {restore: 'Restore it', later: 'Not now', forget: 'Delete it'},
    });
    withdraw = question.withdraw;
    const {choice, option} = await question.answer;
    const chosen = list[option];
    if (choice === 'restore') await restore(chosen);
    if (choice !== 'forget') return;
    await forget(chosen);
    await offer(list.filter((one) => one !== chosen));
  }

  offer(kept).catch(tell);
  return {close: () => withdraw()};
}

/** @param {KeptTraining} kept */
function described({epoch, epochs, name, history, saved, data}) {
  const row = history.at(-1);
  const reached = row?.val_accuracy ?? row?.accuracy;
  return `${name}${data.label && ` on ${data.label}`}, ${WHEN.format(new Date(saved))}${epochs > 0 ? `, epoch ${epoch} of ${epochs}` : ''}` +
      (typeof reached === 'number' ? `, accuracy ${PERCENT.format(reached)}` : '');
}
