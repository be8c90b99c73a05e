// Asks before a file that was dropped replaces a trained network. A script that imports one is not asked.

/**
 * @param {object} parts
 * @param {Pick<import('../trainer/trainer_service.js').TrainerService, 'observe'>} parts.trainer
 * @param {import('./question_bar.js').QuestionBar} parts.bar
 */
export function createReplaceQuestion({trainer, bar}) {
  let trained = false;
  let training = false;
  trainer.observe(({type, args}) => {
    if (type === 'model') trained = args.history !== undefined;  // with weights from a file
    if (type === 'run') trained = true;
    if (type === 'trainer_gone') trained = training = false;
    if (type === 'state') training = ['training', 'paused'].includes(args.state);
  });

  /** Whether the network may be replaced. @param {string} by the name of what was dropped @returns {Promise<boolean>} */
  return async function mayReplace(by) {
    if (!trained) return true;
    const {answer} = bar.ask({
      text: `Replace the trained network? What it has learned is replaced${training ? ', and its training ends' : ''}.`,
      choices: {replace: `Open ${by}`, keep: 'Keep the trained network'},
    });
    return (await answer).choice === 'replace';
  };
}
