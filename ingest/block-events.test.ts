import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { NewEvent } from '../domain/event-log/event-log.ts'
import type { WorldId } from '../domain/world-stream/facts.ts'
import { cutByBytes, eventsOfBlock } from './block-events.ts'
import type { SourceBlock } from './sources/chain-source.ts'

const WORLD: WorldId = { chainId: '0x54455354', address: '0xf3d3' }

const BLOCK: SourceBlock = {
  header: {
    number: 7,
    hash: '0xb7',
    parentHash: '0xb6',
    timestamp: 1_700_000_007,
    finality: 'ACCEPTED_ON_L2',
  },
  events: [
    { keys: ['0x1'], data: ['0x2'], transaction: '0xf0', transactionIndex: 0, eventIndex: 3 },
    { keys: ['0x1'], data: ['0x2'], transaction: '0xf1', transactionIndex: 1, eventIndex: 3 },
  ],
}

const decode = ({ transactionIndex }: SourceBlock['events'][number]) =>
  transactionIndex === 0
    ? ({ type: 'HexErased', data: { entityId: '0x5' }, system: null } as const)
    : ({ type: 'RegulatorTicked', data: { epoch: 1 }, system: '0x77' } as const)

// The ids were computed with Python's uuid.uuid5, not with this code.
describe('events of a block', () => {
  test('its header comes first and counts the facts; each fact knows its place on the chain', () => {
    expect(eventsOfBlock(WORLD, BLOCK, decode)).toEqual([
      {
        id: '18634df9-9826-5af0-a1cb-1afcad5a9d15',
        type: 'BlockIngested',
        data: { ...BLOCK.header, eventCount: 2 },
        meta: { schemaVersion: 1, block: 7 },
      },
      {
        id: '01734501-5f98-5273-87a8-f3c132aa4ea9',
        type: 'HexErased',
        data: { entityId: '0x5' },
        meta: {
          schemaVersion: 1,
          block: 7,
          transaction: '0xf0',
          transactionIndex: 0,
          eventIndex: 3,
        },
      },
      {
        id: '8a00188e-6618-5658-94d0-c465b1c9f54e',
        type: 'RegulatorTicked',
        data: { epoch: 1 },
        meta: {
          schemaVersion: 1,
          block: 7,
          transaction: '0xf1',
          transactionIndex: 1,
          eventIndex: 3,
          system: '0x77',
        },
      },
    ])
  })

  test('ids differ by event, block, chain and world, and by nothing else', () => {
    const ids = (world: WorldId, block: SourceBlock) =>
      eventsOfBlock(world, block, decode).map(({ id }) => id)
    const here = ids(WORLD, BLOCK)
    expect(ids(WORLD, structuredClone(BLOCK))).toEqual(here)
    const elsewhere = [
      ids({ ...WORLD, chainId: '0x1' }, BLOCK),
      ids({ ...WORLD, address: '0x1' }, BLOCK),
      ids(WORLD, { ...BLOCK, header: { ...BLOCK.header, hash: '0xb8' } }),
    ]
    expect(new Set([here, ...elsewhere].flat()).size).toBe(12)
  })
})

describe('cutting by bytes', () => {
  const sized = (bytes: number, at: number): NewEvent => ({
    id: `event ${at}`,
    type: 'Sized',
    data: { filling: 'x'.repeat(bytes) },
    meta: {},
  })
  const anyEvents = fc
    .array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 40 })
    .map((sizes) => sizes.map((bytes, at) => sized(bytes, at)))

  test('the parts are the events, in order; none is empty, and only a lone event exceeds the limit', () => {
    fc.assert(
      fc.property(anyEvents, fc.integer({ min: 1, max: 10_000 }), (events, bytesMax) => {
        const parts = cutByBytes(events, bytesMax)
        expect(parts.flat()).toEqual(events)
        for (const part of parts) {
          expect(part.length).toBeGreaterThan(0)
          if (part.length > 1)
            expect(JSON.stringify(part.map(({ data }) => data)).length).toBeLessThanOrEqual(
              bytesMax,
            )
        }
      }),
    )
  })

  test('no two neighbouring parts would have fitted into one', () => {
    const parts = cutByBytes([sized(400, 0), sized(400, 1), sized(400, 2), sized(400, 3)], 1_200)
    expect(parts.map((part) => part.length)).toEqual([2, 2])
  })

  test('bytes are counted, not characters', () => {
    const wide = { ...sized(0, 0), data: { filling: 'é'.repeat(400) } }
    expect(cutByBytes([wide, wide], 1_500)).toHaveLength(2)
    expect(cutByBytes([sized(400, 0), sized(400, 1)], 1_500)).toHaveLength(1)
  })
})
