// Offers CIFAR-10 that lies beside the page, as a part or whole: it is too large to be downloaded unasked.
import {megabytes} from '../errors.js';

const COUNT = new Intl.NumberFormat('en');

/**
 * @param {object} parts
 * @param {import('../protocol.js').Sources} parts.here
 * @param {import('./question_bar.js').QuestionBar} parts.bar
 * @param {import('../trainer/trainer_service.js').TrainerService['observe']} parts.observe
 * @param {(options: import('../data/data_loader.js').LoadOptions) => Promise<any>} parts.load
 */
export async function offerData({here, bar, observe, load}) {
  if (!here.beside_page || here.unasked !== 'sample') return;
  const {part} = here;
  const all = `Load all${here.beside_bytes ? ` (${megabytes(here.beside_bytes)})` : ''}`;
  const question = bar.ask({
    text: 'CIFAR-10, photos of ten classes, is available on this server. Without it, the playground trains on synthetic pictures.',
    choices: {...part && {part: `Load ${COUNT.format(part.pictures)} pictures (${megabytes(part.bytes)})`}, all, later: 'Not now'},
  });
  let replayed = true;
  const stop = observe(({type, args}) => {
    // The user has chosen data in another way.
    if (!replayed && (type === 'load_progress' || (type === 'dataset' && !args.synthetic))) question.withdraw();
  });
  replayed = false;
  const {choice} = await question.answer;
  stop();
  if (choice === 'part') await load({source: 'cifar10', limit: part?.pictures});
  if (choice === 'all') await load({source: 'cifar10'});
}
