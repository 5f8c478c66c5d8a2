import { describe, expect, it } from 'vitest'
import type { EventLog, NewEvent } from '../domain/event-log/event-log.ts'
import type { Felt } from '../domain/felt.ts'
import { BLOCK_INGESTED } from '../domain/world-stream/world-facts.ts'
import { createMemoryEventLog } from '../infra/memory/event-log.testing.ts'
import { uuidV5 } from '../schemas/crypto/uuid.ts'
import { createFactsFold, readFacts } from './transaction-facts.ts'

const WORLD = 'world-TEST-0x1'
const NAMESPACE = '6ba7b810-9dad-11d1-80b4-00c04fd430c8'

let made = 0
const event = (type: string, data: NewEvent['data'], meta: NewEvent['meta']): NewEvent => ({
  id: uuidV5(NAMESPACE, `${made++}`),
  type,
  data,
  meta,
})
const header = (number: number, eventCount: number): NewEvent =>
  event(BLOCK_INGESTED, { number, eventCount }, {})
const fact = (type: string, transaction: Felt): NewEvent => event(type, {}, { transaction })

const logOf = async (...appends: readonly (readonly NewEvent[])[]): Promise<EventLog> => {
  const log = createMemoryEventLog()
  for (const events of appends)
    await log.append(WORLD, (await log.head(WORLD)) ?? 'no-stream', events)
  return log
}

const typesOf = async (
  log: EventLog,
  transaction: Felt,
  block: number,
  after: number,
): Promise<readonly string[]> =>
  (await readFacts(log, WORLD, transaction, block, after)).map(({ type }) => type)

describe('the facts of a transaction', () => {
  it('are told when their block is complete, also when it came in two appends', async () => {
    const log = await logOf(
      [header(4, 3), fact('A', '0x1'), fact('B', '0x2')],
      [fact('C', '0x1'), header(5, 1), fact('D', '0x1')],
    )
    const fold = createFactsFold((transaction) => transaction === '0x1')
    const told: (readonly [number, number, readonly string[]])[] = []
    const between: number[] = []
    for await (const page of log.readStream(WORLD)) {
      for (const recorded of page) {
        for (const { block, facts } of fold.take(recorded)) {
          told.push([recorded.revision, block, facts.map(({ type }) => type)])
        }
        if (fold.isBetweenBlocks()) between.push(recorded.revision)
      }
    }
    expect(told).toEqual([
      [3, 4, ['A', 'C']],
      [5, 5, ['D']],
    ])
    expect(between).toEqual([3, 5])
  })

  it('are read back after a position, and are none when the transaction left none', async () => {
    const log = await logOf(
      [header(4, 1), fact('A', '0x9')],
      [header(6, 2), fact('B', '0x1'), fact('C', '0x1')],
      [header(9, 1), fact('D', '0x9')],
    )
    expect(await typesOf(log, '0x1', 6, 1)).toEqual(['B', 'C'])
    expect(await typesOf(log, '0x1', 6, -1)).toEqual(['B', 'C'])
    expect(await typesOf(log, '0x3', 7, -1)).toEqual([])
    expect(await typesOf(log, '0x3', 20, -1)).toEqual([])
  })

  it('before the first header belong to an older block', async () => {
    const log = await logOf([header(4, 2), fact('A', '0x1'), fact('B', '0x1')])
    expect(await typesOf(log, '0x1', 4, 1)).toEqual([])
  })
})
