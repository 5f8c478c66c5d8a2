/**
 * Resolves in a later turn of the event loop, after what came in meanwhile: long work on a thread
 * that others share stops for it every few milliseconds.
 */
export const giveWay = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
