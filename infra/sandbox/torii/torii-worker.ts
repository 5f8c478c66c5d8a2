/**
 * The worker thread of torii-thread.ts: runs the sandbox's Torii, which asks the other side for its
 * blocks.
 */
import { once } from 'node:events'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { FatalError, messageOf } from '../../../domain/errors.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import type { BlockFeed } from './block-feed.ts'
import type { ToriiOptions } from './options.ts'
import { startTorii } from './torii.ts'
import type { ToriiOrder, ToriiReport } from './torii-thread.ts'

const report = (port: MessagePort, message: ToriiReport): void => port.postMessage(message)

const reportFailure =
  (port: MessagePort) =>
  (error: unknown): void =>
    report(port, { kind: 'failed', message: messageOf(error) })

/**
 * One request, one answer: the indexer asks for the next thing after it has written the last one.
 */
const feedOf = (port: MessagePort): BlockFeed => {
  type Answer<K extends ToriiOrder['kind']> = Extract<ToriiOrder, { kind: K }>
  const isAnswer = <K extends ToriiOrder['kind']>(order: ToriiOrder, kind: K): order is Answer<K> =>
    order.kind === kind
  const ask = async <K extends ToriiOrder['kind']>(
    wish: ToriiReport,
    kind: K,
    signal: AbortSignal,
  ) => {
    signal.throwIfAborted()
    report(port, wish)
    for (;;) {
      // torii-thread.ts posts nothing else.
      const [order] = (await once(port, 'message', { signal })) as [ToriiOrder]
      if (isAnswer(order, kind)) return order
    }
  }
  return {
    next: async (wanted, signal) =>
      (await ask({ kind: 'wants-blocks', wanted }, 'blocks', signal)).blocks,
    schemaOf: async (address, signal) =>
      (await ask({ kind: 'wants-schema', address }, 'schema', signal)).schema,
  }
}

const start = async (port: MessagePort): Promise<void> => {
  // torii-thread.ts alone starts this file, with its options.
  const torii = await startTorii(workerData as ToriiOptions, {
    definition: infiniteHexAdventurers,
    feed: feedOf(port),
    clock: { nowMs: Date.now },
    onFailure: reportFailure(port),
  })
  port.on('message', (order: ToriiOrder) => {
    if (order.kind === 'close') torii.close().then(() => port.close(), reportFailure(port))
  })
  report(port, { kind: 'ready', url: torii.url, port: torii.port })
}

if (parentPort === null)
  throw new FatalError('torii-worker.ts runs as a worker thread of torii-thread.ts')
start(parentPort).catch(reportFailure(parentPort))
