// Shrinks a failing list of steps to a short one that still fails: drops steps, then simplifies those that are left.

/**
 * @template Step
 * @param {Step[]} steps
 * @param {(steps: Step[]) => Promise<boolean>} fails whether these steps still fail; may cost seconds
 * @param {{simpler?: (step: Step) => Step[], most?: number}} [options] simpler: simpler forms of a step, the simplest first;
 *   most: tries at most
 * @returns {Promise<Step[]>} the shortest that was found to fail
 */
export async function shrink(steps, fails, {simpler = () => [], most = 60} = {}) {
  let tries = 0;
  const still = async (/** @type {Step[]} */ fewer) => tries++ < most && await fails(fewer);
  let best = steps;
  // Drops pieces of half of the steps, of a quarter, ..., of one.
  for (let size = Math.ceil(best.length / 2); size >= 1 && tries < most; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < best.length && tries < most;) {
      const fewer = [...best.slice(0, at), ...best.slice(at + size)];
      if (fewer.length < best.length && await still(fewer)) best = fewer;
      else at += size;
    }
  }
  for (let i = 0; i < best.length && tries < most; ++i) {
    for (let again = true; again && tries < most;) {
      again = false;
      for (const one of simpler(best[i])) {
        const other = best.with ? best.with(i, one) : Object.assign([...best], {[i]: one});
        if (!await still(other)) continue;
        best = other;
        again = true;
        break;
      }
    }
  }
  return best;
}
