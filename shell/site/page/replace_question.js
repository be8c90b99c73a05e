// Asks before a file or the text version replaces a trained network, and ends its training. A script is not asked.
import {isRunning} from '../trainer/trainer_service.js';

/**
 * @param {object} parts
 * @param {Pick<import('../trainer/trainer_service.js').TrainerService, 'observe' | 'request' | 'status'>} parts.trainer
 * @param {import('./question_bar.js').QuestionBar} parts.bar
 */
export function createReplaceQuestion({trainer, bar}) {
  let trained = false;
  let withdraw = () => {};
  trainer.observe(({type, args}) => {
    if (type === 'model') {
      trained = args.history !== undefined;  // with weights from a file
      withdraw();  // what was asked about is gone
    }
    if (type === 'run') trained = true;
    if (type === 'trainer_gone') trained = false;
  });

  /** Whether the network may be replaced; then no training runs. @param {string} choice what is pressed to replace it @returns {Promise<boolean>} */
  return async function mayReplace(choice) {
    if (!trained) return true;
    const question = bar.ask({
      text: () => {
        const training = isRunning(trainer.status().state);
        return `Replace the trained network? Its weights will be lost${training ? ', and its training will stop' : ''}.`;
      },
      choices: {replace: choice, keep: 'Keep the trained network'},
    });
    withdraw = question.withdraw;
    const {choice: given} = await question.answer;
    if (given !== 'replace') return false;
    await trainer.request('stop');  // no matter when it began; without one, it has no effect
    return true;
  };
}
