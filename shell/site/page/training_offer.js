// Offers to restore a training of an earlier visit, until another network is trained or opened.
import {PlaygroundError, percent} from '../errors.js';

const WHEN = new Intl.DateTimeFormat('en', {dateStyle: 'medium', timeStyle: 'short'});

/** @typedef {import('../storage/kept_training.js').KeptTraining} KeptTraining */

/**
 * @param {object} parts
 * @param {import('./question_bar.js').QuestionBar} parts.bar
 * @param {import('../trainer/trainer_service.js').TrainerService['observe']} parts.observe
 * @param {() => Promise<KeptTraining[]>} parts.offered what may be restored by now, the one to offer first first
 * @param {(kept: Promise<KeptTraining>) => Promise<void>} parts.restore called at once, so that it knows what happens from then on
 * @param {(kept: KeptTraining) => Promise<void>} parts.forget
 * @param {(error: any) => void} parts.tell
 */
export async function offerTrainings({bar, observe, offered, restore, forget, tell}) {
  let open = true;
  let withdraw = () => {};
  const stop = observe(({type, args}) => {
    if (type !== 'run' && !(type === 'model' && args.history !== undefined)) return;
    open = false;
    withdraw();
  });

  /** One question; a training that was not restored is offered again. @param {KeptTraining[]} list */
  async function ask(list) {
    const several = list.length > 1;
    const question = bar.ask({
      text: several ? `${list.length} trainings are saved.` : `Your training is saved: ${described(list[0])}.`,
      options: several ? list.map(described) : [],
      choices: {restore: 'Restore it', later: 'Not now', forget: 'Delete it'},
    });
    withdraw = question.withdraw;
    const {choice, option} = await question.answer;
    const {run} = list[option];
    try {
      if (choice === 'restore') await restore(find(run));
      if (choice === 'forget') await forget(await find(run));
    } catch (error) {
      tell(error);
      return true;
    }
    return choice === 'forget';
  }

  /** A training as it is now: since it was offered, another tab may have taken it. @param {string} run */
  async function find(run) {
    const found = (await offered()).find((kept) => kept.run === run);
    if (!found) throw new PlaygroundError('not_found', 'This training was deleted, or it was restored in another tab and is continued there.');
    return found;
  }

  try {
    for (let list = await offered(); open && list.length > 0 && await ask(list);) list = await offered();
  } finally {
    stop();
  }
}

/** @param {KeptTraining} kept */
function described({epoch, epochs, name, history, saved, data}) {
  const row = history.at(-1);
  const reached = row?.val_accuracy ?? row?.accuracy;
  return `${name}${data.label && ` on ${data.label}`}, ${WHEN.format(new Date(saved))}${epochs > 0 ? `, epoch ${epoch} of ${epochs}` : ''}` +
      (typeof reached === 'number' ? `, accuracy ${percent(reached)}` : '');
}
