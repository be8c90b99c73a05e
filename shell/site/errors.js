// Errors with a code.

/** An error with a `code` for programs, which never changes, and a message for people. */
export class PlaygroundError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {{cause?: unknown, layer?: number}} [options] layer: index of the faulty layer in the configuration's list
   */
  constructor(code, message, options) {
    super(message, options);
    this.name = code === 'cancelled' ? 'AbortError' : 'PlaygroundError';
    this.code = code;
    this.layer = options?.layer;
  }
}

/**
 * Converts anything thrown to an error with a code. An abort becomes `cancelled`, with the thrown value as its cause.
 * @param {any} error
 * @param {AbortSignal} [signal]
 */
export function withCode(error, signal) {
  if (error instanceof PlaygroundError) return error;
  if (signal?.aborted || error?.name === 'AbortError') {
    return new PlaygroundError('cancelled', 'Canceled.', {cause: error});
  }
  if (error?.name === 'QuotaExceededError') {
    return new PlaygroundError('storage_full', 'The browser has no storage left for this site; delete kept data or free space on the disk.', {cause: error});
  }
  return new PlaygroundError('failed', String(error?.message ?? error), {cause: error});
}

/** A size as text, in three digits as in the workbench. @param {number} bytes */
export const megabytes = (bytes) => `${Number((bytes / 1e6).toPrecision(3))} MB`;

/** A share as text, as in the workbench. @param {number} share */
export const percent = (share) => `${(100 * share).toFixed(1)} %`;

/** A value that a caller gave, as a short text for a message. @param {any} value */
export function named(value) {
  if (value === null || ['undefined', 'boolean', 'number'].includes(typeof value)) return String(value);
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
