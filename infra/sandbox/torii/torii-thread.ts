/**
 * The sandbox's Torii in a thread of its own beside the node, so that neither its writes nor a
 * client's large page ever hold up a block. The thread asks for blocks and schemas, one thing at a
 * time, and this side answers, so that the thread never gets more than it can take.
 */
import { Worker } from 'node:worker_threads'
import { FatalError, messageOf } from '../../../domain/errors.ts'
import type { Felt } from '../../../domain/felt.ts'
import type { BlockFeed, FedBlock, Wanted } from './block-feed.ts'
import type { ToriiOptions } from './options.ts'

/** What the worker says. */
export type ToriiReport =
  | Readonly<{ kind: 'ready'; url: string; port: number }>
  | Readonly<{ kind: 'wants-blocks'; wanted: Wanted }>
  | Readonly<{ kind: 'wants-schema'; address: Felt }>
  | Readonly<{ kind: 'failed'; message: string }>

/** What the worker is told. */
export type ToriiOrder =
  | Readonly<{ kind: 'blocks'; blocks: readonly FedBlock[] }>
  | Readonly<{ kind: 'schema'; schema: readonly Felt[] | null }>
  | Readonly<{ kind: 'close' }>

export type ToriiThread = Readonly<{
  url: string
  port: number
  /** Stops serving; resolves when the thread has ended. May be called again. */
  close: () => Promise<void>
}>

/** Longest wait for the worker to close before it is terminated. */
const CLOSE_MS_MAX = 3_000

const closeWorker = async (
  worker: Worker,
  exited: Promise<void>,
  stop: AbortController,
): Promise<void> => {
  stop.abort()
  worker.postMessage({ kind: 'close' } satisfies ToriiOrder)
  const deadline = setTimeout(() => worker.terminate(), CLOSE_MS_MAX)
  await exited
  clearTimeout(deadline)
}

type Wish = Extract<ToriiReport, { kind: `wants-${string}` }>

/** Sends the worker what it asked for, as soon as there is any. */
const deliver = async (
  worker: Worker,
  feed: BlockFeed,
  wish: Wish,
  signal: AbortSignal,
): Promise<void> => {
  const order: ToriiOrder =
    wish.kind === 'wants-blocks'
      ? { kind: 'blocks', blocks: await feed.next(wish.wanted, signal) }
      : { kind: 'schema', schema: await feed.schemaOf(wish.address, signal) }
  worker.postMessage(order)
}

/**
 * Starts a Torii on the blocks of `feed`. Rejects with FatalError, for the user, when its port is
 * taken; what fails later is told to `onFailure`, once.
 */
export const startToriiThread = (
  options: ToriiOptions,
  feed: BlockFeed,
  onFailure: (error: FatalError) => void,
): Promise<ToriiThread> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./torii-worker.ts', import.meta.url), {
      workerData: options,
    })
    const stop = new AbortController()
    const exited = new Promise<void>((done) => worker.once('exit', () => done()))
    let state: 'starting' | 'running' | 'ended' = 'starting'
    const fail = (message: string, cause?: unknown): void => {
      const error = new FatalError(message, { cause })
      const before = state
      state = 'ended'
      if (before === 'starting') closeWorker(worker, exited, stop).then(() => reject(error), reject)
      if (before === 'running') onFailure(error)
    }
    worker.on('error', (error) => fail(`The sandbox's Torii failed: ${messageOf(error)}`, error))
    worker.once('exit', () => fail("The sandbox's Torii ended by itself."))
    worker.on('message', (report: ToriiReport) => {
      if (report.kind === 'failed') return fail(report.message)
      if (report.kind !== 'ready') {
        return deliver(worker, feed, report, stop.signal).catch((error: unknown) => {
          if (!stop.signal.aborted)
            fail(`The sandbox's Torii got no blocks: ${messageOf(error)}`, error)
        })
      }
      state = 'running'
      resolve({
        url: report.url,
        port: report.port,
        close: () => {
          state = 'ended'
          return closeWorker(worker, exited, stop)
        },
      })
    })
  })
