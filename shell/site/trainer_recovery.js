// When the trainer ends unexpectedly, its successor is given what can be had again: the data, and the training as of its last
// checkpoint, or else the model. Nothing is done where a script or the app has already asked the new trainer for something.
import {withCode} from './errors.js';

/**
 * @param {object} parts
 * @param {import('./trainer_service.js').TrainerService} parts.trainer
 * @param {import('./data_loader.js').Loader} parts.loader
 * @param {ReturnType<typeof import('./session_keeper.js').createSessionKeeper>} parts.session
 */
export function recoverTrainer({trainer, loader, session}) {
  /** @type {any} */
  let config = null;
  let trained = false;  // there is a checkpoint of the model this page has
  let gone = false;

  trainer.observe(({type, args}) => {
    if (type === 'model') [config, trained] = [args.config, false];
    if (type === 'checkpoint') trained = true;
    if (type === 'trainer_gone') gone = true;
    if (type === 'trainer_ready' && gone) {
      gone = false;
      recover().catch((error) => tell(`It could not be given back what it held: ${withCode(error).message}`));
    }
  });

  async function recover() {
    const wasTrained = trained;
    const wasConfig = config;
    if (trainer.requests() > 0) return;
    await session.written();
    if (trainer.requests() > 0) return;
    const loading = loader.again();
    if (wasTrained) trained = Boolean(await session.restore());
    else if (wasConfig) await trainer.request('build', {config: wasConfig});
    await loading;
    if (!wasTrained) return tell('Nothing had been trained since the last checkpoint.');
    const {epoch} = await session.newest() ?? {};
    tell(`The training is as it was after epoch ${epoch}.`);
  }

  /** @param {string} outcome */
  function tell(outcome) {
    trainer.emit({type: 'failure', args: {code: 'worker_gone', message: `The trainer ended unexpectedly and was started anew. ${outcome}`}, payloads: []});
  }
}
