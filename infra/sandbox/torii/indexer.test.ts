import { afterEach, describe, expect, it } from 'vitest'
import type { Felt } from '../../../domain/felt.ts'
import {
  chainEvent,
  modelWritten,
  startOn,
  startTestTorii,
  type TestTorii,
} from './torii.testing.ts'

const running: TestTorii[] = []
const start = async (options: Parameters<typeof startTestTorii>[0] = {}): Promise<TestTorii> => {
  const torii = await startTestTorii(options)
  running.push(torii)
  return torii
}
afterEach(async () => {
  await Promise.all(running.splice(0).map(({ close }) => close()))
})

const adventurer = (values: Record<string, number>, adventurer_id: Felt = '0x2a') =>
  modelWritten('Adventurer', { adventurer_id }, values)

describe('the index', () => {
  it('backfills the chain that was there before it, and follows', async () => {
    const torii = await start()
    for (let energy = 1; energy <= 600; energy++) {
      torii.node.chain.inject([adventurer({ energy })])
      torii.node.mine()
    }
    await torii.torii.indexed(600)
    expect(await torii.rows('SELECT head FROM contracts')).toEqual([{ head: 600 }])
    expect(await torii.rows('SELECT energy FROM [dojo_starter-Adventurer]')).toEqual([
      { energy: 600 },
    ])
  })

  it('does not look back: what a reorganisation took away stays, and blocks in its place are not read', async () => {
    const torii = await start()
    await torii.blocks([adventurer({ energy: 1 })], [adventurer({ energy: 2 })])
    torii.node.chain.reorg(1, false)
    torii.node.chain.inject([adventurer({ energy: 3 }, '0x2b')])
    torii.node.mine()
    torii.node.chain.inject([adventurer({ energy: 4 }, '0x2c')])
    torii.node.mine()
    await torii.torii.indexed(3)
    expect(
      await torii.rows('SELECT energy FROM [dojo_starter-Adventurer] ORDER BY energy'),
    ).toEqual([{ energy: 2 }, { energy: 4 }])
  })

  it('sees no block that its node withholds', async () => {
    const torii = await start()
    torii.node.faults.withhold(1)
    torii.node.chain.inject([adventurer({ energy: 1 })])
    torii.node.mine()
    torii.node.mine()
    await torii.torii.indexed(1)
    expect(await torii.rows('SELECT head FROM contracts')).toEqual([{ head: 1 }])
    torii.node.faults.withhold(0)
    await torii.torii.indexed(2)
    expect(await torii.rows('SELECT head FROM contracts')).toEqual([{ head: 2 }])
  })

  it('passes over malformed events, and reads rows of an upgraded model as far as it knows it', async () => {
    const torii = await start({ rawEvents: true })
    const good = adventurer({ energy: 9 })
    const keys = good.keys
    const upgraded = [...good.data.slice(0, 2), '0x8', ...good.data.slice(3), '0x63'] as Felt[]
    await torii.blocks([
      chainEvent(keys, []),
      chainEvent(keys, ['0xffffffffffffffff']),
      chainEvent([keys[0] as Felt], ['0x1']),
      chainEvent([], []),
      chainEvent(['0x5'], ['0x1']),
      adventurer({ energy: 8 }, '0x1'),
      chainEvent(keys, upgraded),
    ])
    expect(
      await torii.rows('SELECT energy FROM [dojo_starter-Adventurer] ORDER BY energy'),
    ).toEqual([{ energy: 8 }, { energy: 9 }])
    expect(
      await torii.rows(`SELECT count(*) AS n FROM events WHERE id > '0x${'0'.repeat(61)}1'`),
    ).toEqual([{ n: 7 }])
  })

  it('stops at a malformed event under the defect, and serves what it had', async () => {
    const torii = await start({ defects: { stuckOnMalformedEvents: true } })
    await torii.blocks([adventurer({ energy: 1 })])
    torii.node.chain.inject([chainEvent(adventurer({}).keys, [])])
    torii.node.mine()
    torii.node.chain.inject([adventurer({ energy: 2 })])
    torii.node.mine()
    const healthy = await startOn(torii.node)
    await healthy.indexed(3)
    await healthy.close()
    expect(await torii.rows('SELECT energy FROM [dojo_starter-Adventurer]')).toEqual([
      { energy: 1 },
    ])
    expect(await torii.rows('SELECT head FROM contracts')).toEqual([{ head: 1 }])
  })
})
