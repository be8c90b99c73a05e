// When the trainer ends unexpectedly, its successor gets the data back, and the training as of its last checkpoint, or else the
// model. Nothing happens if a script or the app has already sent a request to the new trainer.
import {withCode} from '../errors.js';

const RESTARTED = {
  worker_gone: 'The trainer ended unexpectedly and was restarted.',
  out_of_memory: 'The browser gave the trainer no more memory, so it was restarted. A smaller batch, model or data set needs less.',
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
  let trained = false;  // there is a checkpoint of the present model
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
                     (error) => tell(code, `Its data and model could not be restored: ${withCode(error).message}`));
    }
  });

  /** The outcome as a sentence; undefined if another request came first. */
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
    if (!restored) return 'There was no checkpoint to restore: the model has new weights.';
    return `The training is as it was after epoch ${restored.history.at(-1)?.epoch}.`;
  }

  /** @param {import('../trainer/trainer_client.js').End['code']} code @param {string} outcome */
  function tell(code, outcome) {
    trainer.emit({type: 'failure', args: {code, message: `${RESTARTED[code]} ${outcome}`}, payloads: []});
  }
}
