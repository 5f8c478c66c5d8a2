/**
 * Torii in a thread of its own beside the sandbox node, so that neither its writes nor a client's large page ever hold up
 * a block. The thread asks for blocks, this side answers: it is never given more than it can take.
 */
import { Worker } from 'node:worker_threads'
import { FatalError, messageOf } from '../../../domain/errors.ts'
import type { Block } from '../block.ts'
import type { BlockFeed } from './block-feed.ts'
import type { ToriiOptions } from './options.ts'

/** What the worker says. */
export type ToriiReport =
  | Readonly<{ kind: 'ready'; url: string; port: number }>
  /** It wants blocks from this number on. */
  | Readonly<{ kind: 'wants'; from: number }>
  | Readonly<{ kind: 'failed'; message: string }>

/** What the worker is told. */
export type ToriiOrder = Readonly<{ kind: 'blocks'; blocks: readonly Block[] }> | Readonly<{ kind: 'close' }>

export type ToriiThread = Readonly<{
  url: string
  port: number
  /** Stops serving; resolves when the thread has ended. May be called again. */
  close: () => Promise<void>
}>

/** Longest wait for a worker that was told to close, before it is ended. */
const CLOSE_MS_MAX = 3_000

const closeWorker = async (worker: Worker, exited: Promise<void>, stop: AbortController): Promise<void> => {
  stop.abort()
  worker.postMessage({ kind: 'close' } satisfies ToriiOrder)
  const deadline = setTimeout(() => worker.terminate(), CLOSE_MS_MAX)
  await exited
  clearTimeout(deadline)
}

/** Hands blocks to the worker once there are some. */
const deliver = async (worker: Worker, feed: BlockFeed, from: number, signal: AbortSignal): Promise<void> => {
  const blocks = await feed.next(from, signal)
  worker.postMessage({ kind: 'blocks', blocks } satisfies ToriiOrder)
}

/**
 * Starts a Torii on the blocks of `feed`. Rejects with FatalError, for the user, when its port is taken; what fails later
 * is told to `onFailure`, once.
 */
export const startToriiThread = (
  options: ToriiOptions,
  feed: BlockFeed,
  onFailure: (error: FatalError) => void,
): Promise<ToriiThread> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./torii-worker.ts', import.meta.url), { workerData: options })
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
      if (report.kind === 'wants') {
        return deliver(worker, feed, report.from, stop.signal).catch((error: unknown) => {
          if (!stop.signal.aborted) fail(`The sandbox's Torii got no blocks: ${messageOf(error)}`, error)
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
