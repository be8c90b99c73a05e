// When the trainer ends unexpectedly, its successor gets the data back, and the training as of its last checkpoint, or else the
// model. Recovery never overwrites what the user or a script requests from the new trainer meanwhile: a load replaces the data, and a
// build, an import or a training the network.
import {PlaygroundError, withCode} from '../errors.js';

const RESTARTED = {
  worker_gone: 'The trainer ended unexpectedly and was restarted.',
  out_of_memory: 'The browser gave the trainer no more memory, so it was restarted. A smaller batch, model or data set needs less.',
};
const GAVE_WAY = 'Another network was built, opened or trained in the meantime, so the previous one was not restored.';

/** @typedef {import('../trainer/trainer_service.js').TrainerService} TrainerService */

/**
 * The trainer as the stored training uses it. An import during recovery is rejected once another request has overtaken it; an import
 * at any other time is the user's.
 * @param {TrainerService} trainer
 */
export function createRestoringTrainer(trainer) {
  /** @type {(() => boolean) | undefined} whether the running recovery was overtaken; undefined while there is none */
  let overtaken;
  return {
    ...trainer,
    /** @type {TrainerService['request']} */
    request(type, args, options) {
      if (!overtaken) return trainer.request(type, args, options);
      // Nothing else can run between this check and the request.
      if (overtaken()) return Promise.reject(new PlaygroundError('cancelled', GAVE_WAY));
      return trainer.request(type, args, {...options, restores: true});
    },
    /** @template T @param {() => boolean} until @param {() => Promise<T>} work @returns {Promise<T>} */
    async giveWay(until, work) {
      overtaken = until;
      try {
        return await work();
      } finally {
        if (overtaken === until) overtaken = undefined;
      }
    },
  };
}

/**
 * @param {object} parts
 * @param {ReturnType<typeof createRestoringTrainer>} parts.trainer the same that keptTraining has
 * @param {import('../data/data_loader.js').Loader} parts.loader
 * @param {ReturnType<typeof import('../storage/kept_training.js').createKeptTraining>} parts.keptTraining
 */
export function recoverTrainer({trainer, loader, keptTraining}) {
  /** @type {any} */
  let config = null;
  let trained = false;  // there is a checkpoint of the present model
  /** @type {import('../trainer/trainer_client.js').End | null} */
  let gone = null;
  let trainers = 0;  // that have ended
  let runs = 0;

  trainer.observe(({type, args}) => {
    if (type === 'model') [config, trained] = [args.config, false];
    if (type === 'checkpoint') trained = true;
    if (type === 'run') ++runs;
    if (type === 'trainer_gone') [gone, trainers] = [args, trainers + 1];
    if (type === 'trainer_ready' && gone) {
      const {code} = gone;
      const mine = trainers;
      gone = null;
      recover().catch((error) => sentence('Its data and model could not be restored', error)).then((outcome) => {
        if (outcome && mine === trainers) tell(code, outcome);  // otherwise the next recovery reports
      });
    }
  });

  /** The outcome in sentences; undefined if there was nothing to restore. @returns {Promise<string | undefined>} */
  async function recover() {
    const [before, wasConfig, wasTrained, runsBefore] = [trainers, config, trained, runs];
    let failed = 0;  // requests that were to replace the network
    const overtaken = () => trainer.replacedModels() > failed || runs > runsBefore || trainers > before;
    if (!wasConfig && !loader.loaded()) return undefined;
    await keptTraining.written();
    if (trainers > before) return undefined;
    const loading = restoreData(() => trainers > before);
    let network = await restore(overtaken, wasConfig, wasTrained);
    while (network === GAVE_WAY && trainers === before) {
      const asked = trainer.replacedModels();
      if (!await hasNoModel()) break;
      failed = asked;
      network = await restore(overtaken, wasConfig, wasTrained);
    }
    return [network, await loading].filter(Boolean).join(' ');
  }

  /** The data, unless a load that the user began has replaced them. @param {() => boolean} over */
  async function restoreData(over) {
    if (loader.loading()) await loader.settled();
    if (over() || loader.present()) return '';
    return loader.again().then(
        (waited) => (waited ? `${waited}, which waited for the end of the training, is now the data set.` : ''),
        (error) => sentence('Its data could not be loaded again', error));
  }

  /** Whether there is still no model; requests are answered in order, so all earlier builds and imports have failed. */
  const hasNoModel = () => trainer.request('summary').then(() => false, ({code}) => code === 'no_model');

  /**
   * Restores the network.
   * @param {() => boolean} overtaken whether another request replaces it
   * @param {any} wasConfig @param {boolean} wasTrained
   */
  async function restore(overtaken, wasConfig, wasTrained) {
    try {
      if (overtaken()) return GAVE_WAY;
      let lost = 'There was no checkpoint to restore';
      if (wasTrained) {
        const restored = await trainer.giveWay(overtaken, () => keptTraining.restoreOwn()).catch((error) => {
          if (overtaken()) throw error;
          lost = sentence('Its training could not be restored', error);
        });
        if (overtaken()) return GAVE_WAY;  // by a request after this import
        trained = true;
        if (restored) {
          const epoch = restored.history?.at(-1)?.epoch;
          return epoch ? `The training is as it was after epoch ${epoch}.` : 'The model has the weights it was opened with.';
        }
      }
      if (wasConfig) await trainer.request('build', {config: wasConfig}, {restores: true});
      return overtaken() ? GAVE_WAY : `${lost.replace(/\.$/, '')}: the model has new weights.`;
    } catch (error) {
      return overtaken() ? GAVE_WAY : sentence('Its model could not be restored', error);
    }
  }

  /** @param {import('../trainer/trainer_client.js').End['code']} code @param {string} outcome */
  function tell(code, outcome) {
    trainer.emit({type: 'failure', args: {code, message: `${RESTARTED[code]} ${outcome}`}, payloads: []});
  }
}

/** A failure as a sentence; empty for a cancellation. @param {string} what @param {any} error */
function sentence(what, error) {
  const {code, message} = withCode(error);
  return code === 'cancelled' ? '' : `${what}: ${message}`;
}
