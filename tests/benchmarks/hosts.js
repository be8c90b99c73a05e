// Where peers run: a browser's worker, a Node process or a program. Each has ask(request) -> result and close().
import {fork, spawn} from 'node:child_process';
import {once} from 'node:events';
import {readdirSync} from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import {fileURLToPath} from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const settingsOfMath = /^(OPENBLAS|GOTO|BLIS|MKL|OMP|GOMP|KMP|DNNL|ONEDNN|NPY|ATEN|TORCH|ORT)_/;

/** The environment without settings that slow a peer down or speed it up. */
export function plainEnvironment(extra = {}) {
  const kept = Object.entries(process.env).filter(([name]) => !settingsOfMath.test(name));
  return {...Object.fromEntries(kept), ...extra};
}

function unwrap({result, error}) {
  if (error !== undefined) throw new Error(error);
  return result;
}

/** A peer in a worker, in a page of its own. */
export async function openWorker({peer, backend}, threads, {browser, peerSite}) {
  const page = await browser.newPage();
  await page.goto(`${peerSite}/peer.html?peer=${peer}`);
  const ask = async (request) => unwrap(await page.evaluate((r) => window.ask(r), request));
  const {versions} = await ask({do: 'open', threads, backend});
  return {versions, ask, close: () => page.close()};
}

/** A peer in a Node process. */
export async function openProcess({peer}, threads, {fixture}) {
  const child = fork(path.join(here, 'peer_process.js'), [peer, fixture], {env: plainEnvironment(), stdio: ['ignore', 'ignore', 'pipe', 'ipc']});
  const ended = once(child, 'exit').then(([code]) => { throw new Error(`${peer}: the process ended with ${code}`); });
  ended.catch(() => {});
  const answer = () => Promise.race([once(child, 'message').then(([message]) => unwrap(message)), ended]);
  await answer();
  const ask = (request) => {
    child.send(request);
    return answer();
  };
  const {versions} = await ask({do: 'open', threads});
  return {versions, ask, close: () => child.disconnect()};
}

/** The folder of Debian's OpenBLAS if it is installed, even if the system uses another BLAS. */
function openBlasFolder() {
  const base = '/usr/lib';
  try {
    return readdirSync(base).map((machine) => path.join(base, machine, 'openblas-pthread'))
        .find((folder) => { try { return readdirSync(folder).length > 0; } catch { return false; } });
  } catch {
    return undefined;
  }
}

/**
 * Settings that make PyTorch fast. Otherwise OpenBLAS's and OpenMP's threads spin on the same cores (two threads: 40 % slower
 * forward), and glibc returns every large tensor to the system and requests it again (training a quarter slower).
 */
const forPyTorch = {OMP_WAIT_POLICY: 'PASSIVE', MALLOC_MMAP_THRESHOLD_: String(2 ** 30), MALLOC_TRIM_THRESHOLD_: String(2 ** 31 - 1)};

/** A program that answers lines of JSON. `networks`: from writeNetworks(); a request about a network includes its entry. */
export async function openProgram(program, args, env, networks = {}) {
  const child = spawn(program, args, {env, stdio: ['pipe', 'pipe', 'pipe']});
  let complaint = '';
  child.on('error', (error) => complaint = error.message);
  child.stderr.on('data', (text) => complaint = (complaint + text).slice(-2000));
  child.stdin.on('error', () => {});
  const lines = readline.createInterface({input: child.stdout})[Symbol.asyncIterator]();
  const ask = async ({network, ...request}) => {
    child.stdin.write(`${JSON.stringify({...request, ...(network && networks[network])})}\n`);
    const {value, done} = await lines.next();
    if (done) throw new Error(complaint.trim().split('\n').at(-1) || `${program} ended`);
    return unwrap(JSON.parse(value));
  };
  const {versions} = await ask({do: 'open'});
  return {versions, ask, close: () => child.stdin.end()};
}

/** PyTorch; one process per number of threads. */
export function openPyTorch(_, threads, {fixture, networks}) {
  const folder = openBlasFolder();
  const env = plainEnvironment({OMP_NUM_THREADS: String(threads), OPENBLAS_NUM_THREADS: String(threads), ...forPyTorch,
                                ...(folder && {LD_LIBRARY_PATH: folder})});
  return openProgram('/usr/bin/python3', [path.join(here, 'peers/pytorch.py'), fixture, String(threads)], env, networks);
}

/** Our core, natively. */
export function openNative(_, threads, {fixture, networks, programs}) {
  return openProgram(path.join(programs, 'bench_native'), [fixture, String(threads)], plainEnvironment(), networks);
}
