import { describe, expect, it } from 'vitest'
import type { EventLog, JsonObject, NewEvent } from '../domain/event-log/event-log.ts'
import type { Felt } from '../domain/felt.ts'
import { createEntryReader, type WorldEntry } from '../domain/world-stream/entries.ts'
import { BLOCK_INGESTED, BLOCK_RETRACTED, type BlockRef } from '../domain/world-stream/facts.ts'
import { createMemoryEventLog } from '../infra/memory/event-log.testing.ts'
import { uuidV5 } from '../schemas/crypto/uuid.ts'
import { readFacts, type TransactionFacts, transactionsOf } from './transaction-facts.ts'

const WORLD = 'world-TEST-0x1'
const NAMESPACE = '6ba7b810-9dad-11d1-80b4-00c04fd430c8'

let made = 0
const event = (type: string, data: object, meta: NewEvent['meta']): NewEvent => ({
  id: uuidV5(NAMESPACE, `${made++}`),
  type,
  data: data as JsonObject, // written out below
  meta,
})
const header = (number: number, eventCount: number): NewEvent =>
  event(BLOCK_INGESTED, { number, eventCount }, {})
const fact = (type: string, transaction: Felt): NewEvent => event(type, {}, { transaction })
const retraction = (position: number, number: number): NewEvent => {
  const retracted: BlockRef = {
    position,
    number,
    hash: '0xb',
    timestamp: 0,
    finality: 'ACCEPTED_ON_L2',
  }
  return event(BLOCK_RETRACTED, { retracted, remaining: null }, {})
}

const logOf = async (...appends: readonly (readonly NewEvent[])[]): Promise<EventLog> => {
  const log = createMemoryEventLog()
  for (const events of appends)
    await log.append(WORLD, (await log.head(WORLD)) ?? 'no-stream', events)
  return log
}

const entriesOf = async (log: EventLog): Promise<readonly WorldEntry[]> => {
  const reader = createEntryReader({ after: -1 })
  const entries: WorldEntry[] = []
  for await (const page of log.readStream(WORLD)) entries.push(...reader.take(page))
  return entries
}

const typesOf = ({ facts }: TransactionFacts): readonly string[] => facts.map(({ type }) => type)

describe('the facts of a transaction', () => {
  it('are told with their block, in the order of the block', async () => {
    const log = await logOf(
      [header(4, 3), fact('A', '0x1'), fact('B', '0x2')],
      [fact('C', '0x1'), header(5, 1), fact('D', '0x1')],
    )
    const told = (await entriesOf(log)).flatMap((entry) =>
      entry.kind === 'block' ? transactionsOf(entry, (transaction) => transaction === '0x1') : [],
    )
    expect(told.map((found) => [found.block, typesOf(found)])).toEqual([
      [4, ['A', 'C']],
      [5, ['D']],
    ])
  })

  it('are read back after a position, and are none when the transaction left none', async () => {
    const log = await logOf(
      [header(4, 1), fact('A', '0x9')],
      [header(6, 2), fact('B', '0x1'), fact('C', '0x1')],
      [header(9, 1), fact('D', '0x9')],
    )
    const read = async (transaction: Felt, afterPosition: number, upToPosition = 6) =>
      typesOf(await readFacts(log, WORLD, { transaction, block: 6, afterPosition, upToPosition }))
    expect(await read('0x1', 1)).toEqual(['B', 'C'])
    expect(await read('0x1', -1)).toEqual(['B', 'C'])
    expect(await read('0x3', -1)).toEqual([])
    expect(await read('0x1', -1, 1)).toEqual([])
    expect(await read('0x1', 6)).toEqual([])
  })

  it('before the first header belong to an older block', async () => {
    const log = await logOf([header(4, 2), fact('A', '0x1'), fact('B', '0x1')])
    const place = { transaction: '0x1', block: 4, afterPosition: 1, upToPosition: 2 } as const
    expect(typesOf(await readFacts(log, WORLD, place))).toEqual([])
  })

  it('are those of the block that stands, whatever the chain did before', async () => {
    const log = await logOf(
      [header(4, 1), fact('Refused', '0x1')],
      [retraction(0, 4)],
      [header(4, 1), fact('Moved', '0x1'), header(5, 1), fact('Else', '0x2')],
    )
    const place = { transaction: '0x1', block: 4, afterPosition: -1 } as const
    expect(typesOf(await readFacts(log, WORLD, { ...place, upToPosition: 1 }))).toEqual(['Refused'])
    expect(typesOf(await readFacts(log, WORLD, { ...place, upToPosition: 2 }))).toEqual([])
    expect(typesOf(await readFacts(log, WORLD, { ...place, upToPosition: 6 }))).toEqual(['Moved'])
  })
})
