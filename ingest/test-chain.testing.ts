/**
 * A chain in memory that tests write, branch and break; its source is the model of the ChainSource
 * port.
 */
import { type Felt, feltOfNumber } from '../domain/felt.ts'
import type { WorldEventFelts } from '../schemas/worlds/decode.ts'
import type {
  BlockHeader,
  ChainSource,
  RawWorldEvent,
  SourceBlock,
} from './sources/chain-source.ts'

export const TEST_WORLD: Felt = '0xf3d3b78a41b212442a64218a7f7dbde331813ea09a07067c7ad12f93620c11'

export type TestEvent = WorldEventFelts & Readonly<{ from: Felt }>
export type TestTransaction = Readonly<{ hash: Felt; events: readonly TestEvent[] }>
export type TestBlock = Readonly<{ header: BlockHeader; transactions: readonly TestTransaction[] }>

/**
 * A block as a source has to yield it: the world's events with their places; null when it has none.
 */
export const sourceBlockOf = (
  { header, transactions }: TestBlock,
  world: Felt,
): SourceBlock | null => {
  const events = transactions.flatMap(({ hash, events: ofAll }, transactionIndex) =>
    ofAll.flatMap(({ from, keys, data }, eventIndex): RawWorldEvent[] =>
      from === world ? [{ keys, data, transaction: hash, transactionIndex, eventIndex }] : [],
    ),
  )
  return events.length === 0 ? null : { header, events }
}

export type TestChain = Readonly<{
  chainId: Felt
  blocks: TestBlock[]
  source: ChainSource
  /** Adds a block; each inner list is a transaction's events, all of the world. */
  mine: (...transactions: readonly (readonly WorldEventFelts[])[]) => BlockHeader
  /** Drops all blocks from `number` on; what is mined then is another branch. */
  dropFrom: (number: number) => void
  /** Called before each request to the source; what it throws, the request throws. */
  onRequest: (hook: (request: string) => void) => void
}>

/** `branch` tells apart chains that are otherwise mined alike: other blocks get other hashes. */
export const createTestChain = (chainId: Felt = '0x54455354', branch = 1): TestChain => {
  const blocks: TestBlock[] = []
  let branches = branch
  let hook: (request: string) => void = () => {}

  const mine: TestChain['mine'] = (...transactions) => {
    const number = blocks.length
    const hash: Felt = `0x${branches}b10c${number.toString(16).padStart(8, '0')}`
    const header: BlockHeader = {
      number,
      hash,
      parentHash: blocks.at(-1)?.header.hash ?? '0x0',
      timestamp: 1_700_000_000 + number,
      finality: 'ACCEPTED_ON_L2',
    }
    blocks.push({
      header,
      transactions: transactions.map((events, index) => ({
        hash: `${hash}${feltOfNumber(index + 1).slice(2)}`,
        events: events.map((event) => ({ ...event, from: TEST_WORLD })),
      })),
    })
    return header
  }

  const source: ChainSource = {
    chainId: async () => {
      hook('chainId')
      return chainId
    },
    head: async () => {
      hook('head')
      return blocks.at(-1)?.header ?? null
    },
    header: async (number) => {
      hook(`header ${number}`)
      return blocks[number]?.header ?? null
    },
    blocksWithEvents: async function* (from, to, signal) {
      hook(`blocks ${from}-${to}`)
      for (const block of blocks.slice(from, to + 1)) {
        signal.throwIfAborted()
        const withEvents = sourceBlockOf(block, TEST_WORLD)
        if (withEvents === null) continue
        hook(`block ${withEvents.header.number}`)
        yield withEvents
      }
    },
  }

  return {
    chainId,
    blocks,
    source,
    mine,
    dropFrom: (number) => {
      blocks.length = number
      branches += 1
    },
    onRequest: (next) => {
      hook = next
    },
  }
}
