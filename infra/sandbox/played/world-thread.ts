/**
 * A played world (world.ts) on a thread of its own, so that one core plays while another
 * hashes and writes.
 */
import { on } from 'node:events'
import { Worker } from 'node:worker_threads'
import { FatalError } from '../../../domain/errors.ts'
import type { PlayedBlock, WorldOptions } from './world.ts'

/**
 * Batches that are played ahead of the one that is being written: some 10 MB, and a reserve for a
 * slow disk.
 */
const BATCHES_AHEAD_MAX = 16
/**
 * Most of what a block allocates is sent away and forgotten; in a large nursery it is collected
 * early.
 */
const NURSERY_MEGABYTES = 64

/**
 * All blocks after genesis in batches, in order; the thread ends with the iteration. Rejects with
 * FatalError when the thread ends early, or with what the thread threw.
 */
export async function* playedBlocks(
  options: WorldOptions,
): AsyncGenerator<readonly PlayedBlock[], void, void> {
  const worker = new Worker(new URL('./world-worker.ts', import.meta.url), {
    workerData: options,
    resourceLimits: { maxYoungGenerationSizeMb: NURSERY_MEGABYTES },
  })
  const batches = on(worker, 'message', { close: ['exit'] })
  try {
    for (let ahead = 0; ahead < BATCHES_AHEAD_MAX; ahead += 1) worker.postMessage('next')
    for await (const [batch] of batches) {
      const blocks = batch as readonly PlayedBlock[] // the worker sends nothing else
      if (blocks.length === 0) return
      worker.postMessage('next')
      yield blocks
    }
    throw new FatalError('The thread that plays the world has ended before the world was played')
  } finally {
    await worker.terminate()
  }
}
