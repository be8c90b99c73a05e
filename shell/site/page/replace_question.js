// Asks before a file that was dropped replaces a trained network. A script that imports one is not asked.

/**
 * @param {object} parts
 * @param {Pick<import('../trainer/trainer_service.js').TrainerService, 'observe' | 'status'>} parts.trainer
 * @param {import('./question_bar.js').QuestionBar} parts.bar
 */
export function createReplaceQuestion({trainer, bar}) {
  let trained = false;
  trainer.observe(({type, args}) => {
    if (type === 'model') trained = args.history !== undefined;  // with weights from a file
    if (type === 'run') trained = true;
    if (type === 'trainer_gone') trained = false;
  });

  /** Whether the network may be replaced. @param {string} by the name of what was dropped @returns {Promise<boolean>} */
  return async function mayReplace(by) {
    if (!trained) return true;
    const training = ['training', 'validating', 'paused'].includes(trainer.status().state);
    const {answer} = bar.ask({
      text: `Replace the trained network? Its weights will be lost${training ? ', and its training will stop' : ''}.`,
      choices: {replace: `Open ${by}`, keep: 'Keep the trained network'},
    });
    return (await answer).choice === 'replace';
  };
}
