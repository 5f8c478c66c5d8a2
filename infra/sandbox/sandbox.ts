/**
 * The sandbox as the rest of the system sees it: a development chain that plays the game, served as
 * JSON-RPC on this machine from a worker thread, so that signature checks and the disk never stall
 * the caller's event loop.
 */
import { Worker } from 'node:worker_threads'
import { FatalError, messageOf } from '../../domain/errors.ts'
import type { Felt } from '../../domain/felt.ts'
import type { SandboxAccount } from './chain/accounts.ts'
import type { SandboxOptions } from './sandbox-node.ts'
import type { ToriiOptions } from './torii/options.ts'

export type SandboxServerOptions = SandboxOptions &
  Readonly<{
    /** 0 picks a free one. */
    rpcPort: number
    /** A Torii beside the node, on its own port; absent: none. */
    torii?: ToriiOptions
    /**
     * Told when a running sandbox fails (a full disk, a damaged file); it is of no more use then.
     */
    onFailure?: (error: FatalError) => void
  }>

export type RunningSandbox = Readonly<{
  rpcUrl: string
  port: number
  /** Base of Torii's paths: /graphql, /graphql/ws, /sql. Null when none was asked for. */
  toriiUrl: string | null
  chainId: Felt
  worldAddress: Felt
  /** Katana's six default accounts, the operator first, then the bots'. */
  accounts: readonly SandboxAccount[]
  /** Stops serving and closes the file; resolves when the thread has ended. May be called again. */
  close: () => Promise<void>
}>

/** What the worker says. */
export type SandboxReport =
  | (Readonly<{ kind: 'ready' }> & Omit<RunningSandbox, 'close'>)
  | Readonly<{ kind: 'failed'; message: string }>

/** What the worker is told. */
export type SandboxOrder = 'close'

/**
 * Longest wait for the worker to close before it is terminated. A committed block survives that
 * too.
 */
const CLOSE_MS_MAX = 3_000

/** Asks the worker to end, and terminates it when it does not. */
const closeWorker = async (worker: Worker, exited: Promise<void>): Promise<void> => {
  const order: SandboxOrder = 'close'
  worker.postMessage(order)
  const deadline = setTimeout(() => worker.terminate(), CLOSE_MS_MAX)
  await exited
  clearTimeout(deadline)
}

/**
 * Starts a sandbox, at genesis when its file is new, else where it stopped. Rejects with one
 * FatalError, for the user, when the file, the port or an option is wrong.
 */
export const startSandbox = ({
  onFailure,
  ...options
}: SandboxServerOptions): Promise<RunningSandbox> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./sandbox-worker.ts', import.meta.url), {
      workerData: options,
    })
    const exited = new Promise<void>((done) => worker.once('exit', () => done()))
    let state: 'starting' | 'running' | 'ended' = 'starting'
    const fail = (message: string, cause?: unknown): void => {
      const error = new FatalError(message, { cause })
      const before = state
      state = 'ended'
      if (before === 'starting') closeWorker(worker, exited).then(() => reject(error), reject)
      if (before === 'running') onFailure?.(error)
    }
    worker.on('error', (error) => fail(`The sandbox failed: ${messageOf(error)}`, error))
    worker.once('exit', () => fail('The sandbox ended by itself.'))
    worker.on('message', (message: SandboxReport) => {
      if (message.kind === 'failed') return fail(message.message)
      state = 'running'
      const { kind: _, ...served } = message
      resolve({
        ...served,
        close: () => {
          state = 'ended'
          return closeWorker(worker, exited)
        },
      })
    })
  })
