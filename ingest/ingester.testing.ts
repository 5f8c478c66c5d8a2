/** Runs ingesters to a goal, and breaks their ports at chosen calls. */
import type { EventLog, NewEvent } from '../domain/event-log/event-log.ts'
import { type WorldId, worldStream } from '../domain/world-stream/facts.ts'
import type { Head } from '../domain/world-stream/head.ts'
import { infiniteHexAdventurers } from '../domain/worlds/infinite-hex-adventurers/definition.ts'
import { createWorldDecoder, type WorldEventFelts } from '../schemas/worlds/decode.ts'
import { selectorsOf, WORLD_EVENT_SELECTORS } from '../schemas/worlds/selectors.ts'
import { createIngester, type IngesterOptions } from './ingester.ts'
import { createTestChain, TEST_WORLD, type TestChain } from './test-chain.testing.ts'

const decode = createWorldDecoder(infiniteHexAdventurers)

export const worldOf = ({ chainId }: TestChain): WorldId => ({ chainId, address: TEST_WORLD })

export type RunOptions = Partial<IngesterOptions> & Readonly<{ log: EventLog }>

/**
 * Ingests until the chain's newest block is covered; gives the heads that were told. Rejects as the
 * ingester does.
 */
export const ingest = async (chain: TestChain, options: RunOptions): Promise<Head[]> => {
  const stopping = new AbortController()
  const heads: Head[] = []
  const ingester = createIngester({
    source: chain.source,
    world: worldOf(chain),
    decode,
    pollMs: 1,
    retryDelayMs: 1,
    retryDelayMsMax: 1,
    ...options,
    onHead: async (head) => {
      await options.onHead?.(head)
      heads.push(head)
      if (head.hash === chain.blocks.at(-1)?.header.hash) stopping.abort()
    },
  })
  await ingester.run(stopping.signal)
  return heads
}

/** The world's stream as it was appended: what must be equal whatever happened on the way. */
export const logged = async (chain: TestChain, log: EventLog): Promise<NewEvent[]> => {
  const events: NewEvent[] = []
  for await (const page of log.readStream(worldStream(worldOf(chain))))
    events.push(...page.map(({ id, type, data, meta }) => ({ id, type, data, meta })))
  return events
}

/**
 * Ports of which every call, and every return from one, counts as a step; `onStep` may throw at any
 * of them.
 */
export const stepwise = (chain: TestChain, log: EventLog, onStep: (step: string) => void) => {
  const step =
    <Args extends unknown[], Result>(name: string, call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      onStep(`before ${name}`)
      const result = await call(...args)
      onStep(`after ${name}`)
      return result
    }
  const { source } = chain
  return {
    source: {
      chainId: step('chainId', source.chainId),
      head: step('head', source.head),
      header: step('header', source.header),
      blocksWithEvents: async function* (...range: Parameters<typeof source.blocksWithEvents>) {
        onStep('before blocks')
        for await (const block of source.blocksWithEvents(...range)) {
          onStep('a block')
          yield block
        }
      },
    },
    log: {
      ...log,
      append: step('append', log.append),
      readStream: async function* (...query: Parameters<EventLog['readStream']>) {
        onStep('before reading the log')
        for await (const page of log.readStream(...query)) {
          onStep('a page of the log')
          yield page
        }
      },
    },
    onHead: step('onHead', async () => {}),
  }
}

/** A game event of the regulator. */
export const ticked = (epoch: number): WorldEventFelts => ({
  keys: [
    WORLD_EVENT_SELECTORS.EventEmitted,
    selectorsOf(infiniteHexAdventurers).events.RegulatorTicked ?? '0x0',
    '0x77',
  ],
  data: ['0x1', `0x${epoch.toString(16)}`, '0x3', '0xcafe', '0x0', '0x2'],
})
const MALFORMED: WorldEventFelts = {
  keys: [WORLD_EVENT_SELECTORS.EventEmitted],
  data: ['0x99'],
}

/** Seven blocks: events in 1, 3, 4 and 6, one of them malformed, several transactions in 4. */
export const chainOfSeven = (branch?: number): TestChain => {
  const chain = createTestChain('0x54455354', branch)
  chain.mine()
  chain.mine([ticked(1)])
  chain.mine()
  chain.mine([ticked(2), MALFORMED])
  chain.mine([], [ticked(3)], [ticked(4), ticked(5)])
  chain.mine()
  chain.mine(Array.from({ length: 12 }, (_, epoch) => ticked(epoch)))
  return chain
}

/** Types of the events in the world's stream. */
export const typesOf = async (chain: TestChain, log: EventLog): Promise<string[]> =>
  (await logged(chain, log)).map(({ type }) => type)

/** What the log of the seven blocks holds. */
export const TYPES_OF_SEVEN = [
  ['BlockIngested', 'RegulatorTicked'],
  ['BlockIngested', 'RegulatorTicked', 'UndecodedWorldEvent'],
  ['BlockIngested', 'RegulatorTicked', 'RegulatorTicked', 'RegulatorTicked'],
  ['BlockIngested', ...Array.from({ length: 12 }, () => 'RegulatorTicked')],
].flat()
