/** The worker thread of sandbox.ts: a sandbox node behind an HTTP server, on its own event loop. */
import { parentPort, workerData } from 'node:worker_threads'
import { FatalError, messageOf } from '../../domain/errors.ts'
import { createGame } from './game/create-game.ts'
import { startRpcServer } from './rpc/server.ts'
import type { SandboxOrder, SandboxReport } from './sandbox.ts'
import { createSandbox, type SandboxOptions } from './sandbox-node.ts'
import { blockFeedOf } from './torii/block-feed.ts'
import type { ToriiOptions } from './torii/options.ts'
import { startToriiThread } from './torii/torii-thread.ts'

type WorkerOptions = SandboxOptions & Readonly<{ rpcPort: number; torii?: ToriiOptions }>

const report = (message: SandboxReport): void => parentPort?.postMessage(message)

const reportFailure = (error: unknown): void =>
  report({ kind: 'failed', message: messageOf(error) })

const serve = async (options: WorkerOptions): Promise<() => Promise<void>> => {
  const stack = new AsyncDisposableStack()
  try {
    const node = createSandbox(options, {
      createGame,
      clock: { nowMs: Date.now },
      onFailure: reportFailure,
    })
    stack.defer(node.close)
    const server = await startRpcServer(options.rpcPort, node, reportFailure)
    stack.defer(server.close)
    const torii = options.torii
      ? await startToriiThread(options.torii, blockFeedOf(node), reportFailure)
      : null
    if (torii !== null) stack.defer(torii.close)
    const { chainId, worldAddress } = node.chain
    const toriiUrl = torii?.url ?? null
    const { port, url: rpcUrl } = server
    report({
      kind: 'ready',
      port,
      rpcUrl,
      toriiUrl,
      chainId,
      worldAddress,
      accounts: node.accounts,
    })
    return () => stack.disposeAsync()
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

const start = async (): Promise<void> => {
  if (parentPort === null)
    throw new FatalError('sandbox-worker.ts runs as a worker thread of sandbox.ts')
  // `startSandbox` alone starts this file.
  const stop = await serve(workerData as WorkerOptions)
  parentPort.on('message', (order: SandboxOrder) => {
    if (order === 'close') stop().then(() => parentPort?.close(), reportFailure)
  })
}

start().catch(reportFailure)
