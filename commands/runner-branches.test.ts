import { describe, expect, it } from 'vitest'
import { WORLD_STREAM } from './fake-chain.testing.ts'
import type { TransactionSender } from './transaction-sender.ts'
import {
  accepted,
  commandOf,
  createWriteSide,
  haveEnded,
  reached,
  runUntil,
  startRunner,
  submittedMoves,
  viewsOf,
  type WriteSide,
} from './write-side.testing.ts'

/** The chain's sender, and a way to have all that waits asked after, twice over. */
const watchedSender = ({ chain }: WriteSide) => {
  let answered = Promise.withResolvers<void>()
  const sender: TransactionSender = {
    ...chain.sender,
    status: async (...question) => {
      const answer = await chain.sender.status(...question)
      answered.resolve()
      return answer
    },
  }
  const askedAfter = async (): Promise<void> => {
    // A second answer comes only after the first has had its consequences.
    for (let times = 0; times < 2; times += 1) {
      answered = Promise.withResolvers()
      chain.nudge()
      await answered.promise
    }
  }
  return { sender, askedAfter }
}

describe('commands on a chain that goes back', () => {
  it('end by nothing that the log holds of another branch: a block of the same number is not the same block', async () => {
    const side = createWriteSide()
    const { chain } = side
    const { sender, askedAfter } = watchedSender(side)
    for (let blocks = 0; blocks < 3; blocks += 1) await chain.produceBlock()
    const [id = ''] = await submittedMoves(side, 1)
    const runner = startRunner(side, { sender })
    await reached(side, id, 'SUBMITTED')
    chain.reorg(2, true)
    chain.mine()
    expect(await chain.sender.status((await side.gate.find(id))?.transaction ?? '0x0')).toEqual({
      kind: 'included',
      block: 2,
      revertReason: null,
    })
    await askedAfter() // the log still covers block 3 of the branch before
    expect((await side.gate.find(id))?.state).toBe('SUBMITTED')
    await chain.ingest()
    expect(await reached(side, id, 'CONFIRMED')).toMatchObject({ block: 2 })
    await runner.stop()
  })

  it('that had no effect end without one once the log is on their branch', async () => {
    const side = createWriteSide()
    const { chain } = side
    const { sender, askedAfter } = watchedSender(side)
    for (let blocks = 0; blocks < 3; blocks += 1) await chain.produceBlock()
    const { id } = await accepted(side.gate, commandOf('pay_hex_maintenance', 1))
    const runner = startRunner(side, { sender })
    await reached(side, id, 'SUBMITTED')
    chain.reorg(2, true)
    chain.mine()
    await askedAfter()
    expect((await side.gate.find(id))?.state).toBe('SUBMITTED')
    await chain.ingest()
    expect(await reached(side, id, 'REFUSED')).toMatchObject({ block: 2, reason: 'NO_EFFECT' })
    await runner.stop()
  })

  it('wait again with their transaction, which is sent once more when the chain has lost it', async () => {
    const side = createWriteSide()
    const { chain } = side
    await chain.produceBlock()
    const ids = await submittedMoves(side, 1)
    const runner = startRunner(side)
    const { transaction } = await reached(side, ids[0] ?? '', 'SUBMITTED')
    chain.mine()
    chain.reorg(1, false)
    await runner.stop()
    await runUntil(side, haveEnded(side, ids))
    expect((await viewsOf(side, ids))[0]).toMatchObject({
      state: 'CONFIRMED',
      transaction,
      nonce: '0',
    })
    expect(chain.executed()).toHaveLength(1)
  })

  it('end by the block that stands, when they find that an earlier one was retracted', async () => {
    const side = createWriteSide()
    const { chain } = side
    const [id = ''] = await submittedMoves(side, 1)
    const runner = startRunner(side)
    await reached(side, id, 'SUBMITTED')
    await runner.stop()
    await chain.produceBlock()
    chain.reorg(1, true)
    await chain.ingest()
    const retracted = (await side.log.head(WORLD_STREAM)) ?? 0
    await chain.produceBlock()
    await runUntil(side, haveEnded(side, [id]))
    expect((await side.gate.find(id))?.state).toBe('CONFIRMED')
    for await (const [last] of side.log.readStream(`command-${id}`, { direction: 'backwards' }))
      expect(Number(last?.data.position)).toBeGreaterThan(retracted)
  })

  it('keep their first ending, wherever their transaction goes afterwards', async () => {
    const side = createWriteSide()
    const { chain } = side
    const ids = await submittedMoves(side, 1)
    const runner = startRunner(side)
    await reached(side, ids[0] ?? '', 'SUBMITTED')
    await chain.produceBlock()
    const ended = await reached(side, ids[0] ?? '', 'CONFIRMED')
    chain.reorg(1, true)
    await chain.produceBlock()
    const more = await submittedMoves(side, 1)
    await reached(side, more[0] ?? '', 'SUBMITTED')
    await chain.produceBlock()
    await reached(side, more[0] ?? '', 'CONFIRMED')
    await runner.stop()
    expect((await viewsOf(side, ids))[0]).toEqual(ended)
    expect(chain.executed()).toHaveLength(2)
  })

  it('go on with the nonces that the chain has gone back to', async () => {
    const side = createWriteSide()
    const { chain } = side
    const ended = await submittedMoves(side, 2)
    await runUntil(side, haveEnded(side, ended))
    const runner = startRunner(side)
    const [before = ''] = await submittedMoves(side, 1)
    expect(await reached(side, before, 'SUBMITTED')).toMatchObject({ nonce: '2' })
    // Everything is gone, what waited included.
    const { block } = (await chain.heads.latest()) ?? { block: 0 }
    chain.reorg(block, false)
    await chain.ingest()
    await chain.produceBlock()
    await reached(side, before, 'SUBMITTED')
    const more = await submittedMoves(side, 1)
    await runner.stop()
    await runUntil(side, haveEnded(side, [before, ...more]))
    const views = await viewsOf(side, [before, ...more])
    expect(views.map((view) => [view?.state, view?.nonce])).toEqual([
      ['CONFIRMED', '0'],
      ['CONFIRMED', '1'],
    ])
    expect(chain.executed()).toHaveLength(2)
  })
})
