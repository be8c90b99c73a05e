// When the trainer ends unexpectedly, its successor is given what can be had again: the data, and the training as of its last
// checkpoint, or else the model. Nothing is done where a script or the app has already asked the new trainer for something.
import {withCode} from '../errors.js';

const STARTED_ANEW = {
  worker_gone: 'The trainer ended unexpectedly and was started anew.',
  out_of_memory: 'The browser gave the trainer no more memory; it was started anew. A smaller batch, model or data set needs less.',
};

/**
 * @param {object} parts
 * @param {import('../trainer/trainer_service.js').TrainerService} parts.trainer
 * @param {import('../data/data_loader.js').Loader} parts.loader
 * @param {ReturnType<typeof import('../storage/kept_training.js').createKeptTraining>} parts.keptTraining
 */
export function recoverTrainer({trainer, loader, keptTraining}) {
  /** @type {any} */
  let config = null;
  let trained = false;  // there is a checkpoint of the model this page has
  /** @type {import('../trainer/trainer_client.js').End | null} */
  let gone = null;

  trainer.observe(({type, args}) => {
    if (type === 'model') [config, trained] = [args.config, false];
    if (type === 'checkpoint') trained = true;
    if (type === 'trainer_gone') gone = args;
    if (type === 'trainer_ready' && gone) {
      const {code} = gone;
      gone = null;
      recover().then((outcome) => outcome && tell(code, outcome),
                     (error) => tell(code, `It could not be given back what it held: ${withCode(error).message}`));
    }
  });

  /** What came of it, as a sentence; none where somebody else was faster. */
  async function recover() {
    const wasTrained = trained;
    const wasConfig = config;
    if (trainer.requests() > 0) return;
    await keptTraining.written();
    if (trainer.requests() > 0) return;
    const loading = loader.again();
    const restored = wasTrained && await keptTraining.restore();
    if (restored) trained = true;
    else if (wasConfig) await trainer.request('build', {config: wasConfig});
    await loading;
    if (!restored) return 'Nothing had been trained since the last checkpoint.';
    return `The training is as it was after epoch ${restored.history.at(-1)?.epoch}.`;
  }

  /** @param {import('../trainer/trainer_client.js').End['code']} code @param {string} outcome */
  function tell(code, outcome) {
    trainer.emit({type: 'failure', args: {code, message: `${STARTED_ANEW[code]} ${outcome}`}, payloads: []});
  }
}
