/**
 * The worker thread of world-thread.ts: plays a batch of blocks whenever it is asked for
 * one.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { FatalError } from '../../../domain/errors.ts'
import { createPlayedWorld, type WorldOptions } from './world.ts'

const port = parentPort
if (port === null)
  throw new FatalError('world-worker.ts runs as a worker thread of world-thread.ts')
// `playedBlocks` alone starts this file.
const nextBatch = createPlayedWorld(workerData as WorldOptions)
port.on('message', () => port.postMessage(nextBatch()))
