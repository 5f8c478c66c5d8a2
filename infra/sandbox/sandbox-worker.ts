/** The worker thread of sandbox.ts: a sandbox node behind an HTTP server, on its own event loop. */
import { parentPort, workerData } from 'node:worker_threads'
import { FatalError, messageOf } from '../../domain/errors.ts'
import { createGame } from './game/create-game.ts'
import { startRpcServer } from './rpc-server.ts'
import type { SandboxOrder, SandboxReport } from './sandbox.ts'
import { createSandbox, type SandboxOptions } from './sandbox-node.ts'

type WorkerOptions = SandboxOptions & Readonly<{ rpcPort: number }>

const report = (message: SandboxReport): void => parentPort?.postMessage(message)

const reportFailure = (error: unknown): void => report({ kind: 'failed', message: messageOf(error) })

const serve = async (options: WorkerOptions): Promise<() => Promise<void>> => {
  const node = createSandbox(options, { createGame, clock: { nowMs: Date.now }, onFailure: reportFailure })
  try {
    const server = await startRpcServer(options.rpcPort, node, reportFailure)
    const { chainId, worldAddress } = node.chain
    report({ kind: 'ready', port: server.port, rpcUrl: server.url, chainId, worldAddress, accounts: node.accounts })
    return async () => {
      await server.close()
      node.close()
    }
  } catch (error) {
    node.close()
    throw error
  }
}

const start = async (): Promise<void> => {
  if (parentPort === null) throw new FatalError('sandbox-worker.ts runs as a worker thread of sandbox.ts')
  const stop = await serve(workerData as WorkerOptions) // startSandbox is the only one who starts this file
  parentPort.on('message', (order: SandboxOrder) => {
    if (order === 'close') stop().then(() => parentPort?.close(), reportFailure)
  })
}

start().catch(reportFailure)
