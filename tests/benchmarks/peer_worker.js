// A browser worker that runs one peer. peer.html starts it as peer_worker.js?peer=NAME; requests arrive as messages.
import {readSafetensors, runner} from './steps.js';

const name = new URL(location.href).searchParams.get('peer');
const file = async (path) => (await fetch(path)).arrayBuffer();
const ready = (async () => runner(await import(`./peers/${name}.js`), {
  pictures: await file('/data/pictures.bin'),
  weights: readSafetensors(await file('/data/tutorial.safetensors')),
}))();

onmessage = async ({data}) => {
  try {
    postMessage({result: await (await ready)({...data, modules: '/node_modules'})});
  } catch (error) {
    postMessage({error: error?.stack ?? String(error)});
  }
};
