import { describe, expect, it } from 'vitest'
import { FatalError, RetryableError } from '../domain/errors.ts'
import type { EventLog } from '../domain/event-log/event-log.ts'
import type { Outage } from '../domain/waiting/outage.ts'
import { uuidV5 } from '../schemas/crypto/uuid.ts'
import { commandStream } from './command/stream.ts'
import { WORLD_STREAM } from './fake-chain.testing.ts'
import { handle } from './handle.ts'
import { readSettledMark } from './settled-mark.ts'
import type { TransactionSender } from './transaction-sender.ts'
import {
  ACCOUNTS,
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

/** The chain's sender, whose `send` is told its turn, counted from 1. */
/** Collects what is said of failures. */
const reporting = (reported: string[]): Outage => ({
  onRetry: ({ error }) => void reported.push(error.message),
  onRecovered: () => {},
})

const sendingBy = (
  { chain }: WriteSide,
  send: (
    turn: number,
    ...question: Parameters<TransactionSender['send']>
  ) => ReturnType<TransactionSender['send']>,
) => {
  let turns = 0
  const sender: TransactionSender = {
    ...chain.sender,
    send: (...question) => send(++turns, ...question),
  }
  return { sender, turns: () => turns }
}

describe('commands', () => {
  it('are sent again when the node has lost them, and only then', async () => {
    const side = createWriteSide()
    const ids = await submittedMoves(side, 1)
    const { sender, turns } = sendingBy(side, async (turn, transaction) => {
      const outcome = await side.chain.sender.send(transaction)
      if (turn <= 3) side.chain.losePool()
      return outcome
    })
    await runUntil(side, haveEnded(side, ids), { sender })
    expect(turns()).toBe(4)
    expect((await viewsOf(side, ids))[0]?.state).toBe('CONFIRMED')
    expect(side.chain.executed()).toHaveLength(1)
  })

  it('are signed anew when another tool spends the nonce of the account', async () => {
    const side = createWriteSide()
    const ids = await submittedMoves(side, 2)
    const { sender } = sendingBy(side, async (turn, transaction) => {
      if (turn === 1) side.chain.addForeign('0xa')
      return side.chain.sender.send(transaction)
    })
    await runUntil(side, haveEnded(side, ids), { sender })
    expect((await viewsOf(side, ids)).map((view) => [view?.state, view?.nonce])).toEqual([
      ['CONFIRMED', '1'],
      ['CONFIRMED', '2'],
    ])
    expect(side.chain.executed().map(({ entrypoint }) => entrypoint)).toEqual([
      'foreign',
      'move_adventurer',
      'move_adventurer',
    ])
  })

  it('that the node refuses for good expire, and the account goes on with the same nonce', async () => {
    const side = createWriteSide()
    const ids = await submittedMoves(side, 2)
    const { sender } = sendingBy(side, async (turn, transaction) =>
      turn === 1
        ? { kind: 'refused', code: 55, message: 'invalid signature' }
        : side.chain.sender.send(transaction),
    )
    await runUntil(side, haveEnded(side, ids), { sender })
    const [refused, confirmed] = await viewsOf(side, ids)
    expect([refused?.state, refused?.reason]).toEqual([
      'EXPIRED',
      'NODE_REFUSED_55: invalid signature',
    ])
    expect([confirmed?.state, confirmed?.nonce]).toEqual(['CONFIRMED', '0'])
  })

  it('that the node holds are not ended by its refusal to take them once more', async () => {
    const side = createWriteSide()
    const ids = await submittedMoves(side, 1)
    const { sender } = sendingBy(side, async (_, transaction) => {
      await side.chain.sender.send(transaction)
      return { kind: 'refused', code: 63, message: 'already in the pool' }
    })
    await runUntil(side, haveEnded(side, ids), { sender })
    expect((await viewsOf(side, ids))[0]).toMatchObject({ state: 'CONFIRMED', nonce: '0' })
  })

  it('wait for an earlier one that the node holds, and ask no more often than they try again', async () => {
    const side = createWriteSide()
    const ids = await submittedMoves(side, 2)
    const reported: string[] = []
    const { sender, turns } = sendingBy(side, async (turn, transaction) => {
      const outcome = await side.chain.sender.send(transaction)
      return turn === 2 ? { kind: 'wrong-nonce' } : outcome
    })
    // The second was not taken, and the first is not counted yet.
    const nonce: TransactionSender['nonce'] = async () => 0n
    const status: TransactionSender['status'] = async (hash) => {
      const second = (await side.gate.find(ids[1] ?? ''))?.transaction
      return hash === second && turns() === 2 ? { kind: 'unknown' } : side.chain.sender.status(hash)
    }
    const runner = startRunner(side, {
      sender: { ...sender, nonce, status },
      outage: reporting(reported),
    })
    await reached(side, ids[1] ?? '', 'SUBMITTED')
    await runner.stop()
    expect(turns()).toBe(3)
    expect(reported).toEqual(['account 0xa: the node waits for transactions that it says to have'])
  })

  it('whose call the world no longer has expire, and hold up nothing', async () => {
    const side = createWriteSide()
    const id = uuidV5('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'of an older world')
    const intent = { entrypoint: 'dig_for_coal', args: { adventurer_id: '0x1' }, account: '0xa' }
    await handle(commandStream(side.log, id), {
      step: 'request',
      intent: { ...intent, account: ACCOUNTS[0] },
    })
    const ids = [id, ...(await submittedMoves(side, 1))]
    await runUntil(side, haveEnded(side, ids))
    const [unknown, known] = await viewsOf(side, ids)
    expect(unknown).toMatchObject({ state: 'EXPIRED', reason: 'UNKNOWN_ENTRYPOINT', nonce: null })
    expect(known).toMatchObject({ state: 'CONFIRMED', nonce: '0' })
  })

  it('are taken up where another process has left them, who may still be at work', async () => {
    const side = createWriteSide()
    const ids = await submittedMoves(side, 6)
    const [one, other] = [startRunner(side), startRunner(side)]
    await runUntil(side, haveEnded(side, ids))
    await Promise.all([one.stop(), other.stop()])
    const views = await viewsOf(side, ids)
    expect(views.map((view) => view?.state)).toEqual(ids.map(() => 'CONFIRMED'))
    const calls = side.chain.executed().map((call) => JSON.stringify(call))
    expect(new Set(calls).size).toBe(ids.length)
    expect(calls).toHaveLength(ids.length)
  })
})

describe('a process that carries commands out', () => {
  it('waits for a log that fails when it begins', async () => {
    const side = createWriteSide()
    const ids = await submittedMoves(side, 1)
    const reported: string[] = []
    let failures = 0
    const head: EventLog['head'] = async (stream) => {
      if (stream === WORLD_STREAM && failures++ < 3) throw new RetryableError('no database')
      return side.log.head(stream)
    }
    const log = { ...side.log, head }
    const outage = reporting(reported)
    expect(await runUntil(side, haveEnded(side, ids), { log, outage })).toBeNull()
    expect(reported.slice(0, 3)).toEqual(Array(3).fill('no database'))
    expect((await viewsOf(side, ids))[0]?.state).toBe('CONFIRMED')
  })

  it('ends at once when it is told to, although the node owes an answer, and the next one goes on', async () => {
    const side = createWriteSide()
    const [id = ''] = await submittedMoves(side, 1)
    const sending = Promise.withResolvers<void>()
    const { sender } = sendingBy(side, (_, transaction, signal) => {
      side.chain.line.hold()
      sending.resolve()
      return side.chain.sender.send(transaction, signal)
    })
    const runner = startRunner(side, { sender })
    await sending.promise
    await runner.stop()
    expect((await side.gate.find(id))?.state).toBe('SIGNED')
    side.chain.line.hold()()
    await runUntil(side, haveEnded(side, [id]))
    expect((await side.gate.find(id))?.state).toBe('CONFIRMED')
    expect(side.chain.executed()).toHaveLength(1)
  })

  it('has ended altogether before it says what one of its accounts died of', async () => {
    const side = createWriteSide()
    const [id = ''] = await submittedMoves(side, 1)
    const { id: other } = await accepted(side.gate, {
      ...commandOf('move_adventurer', 7),
      account: ACCOUNTS[1],
    })
    const [sending, mayAnswer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const { sender } = sendingBy(side, async (_, transaction) => {
      sending.resolve()
      await mayAnswer.promise
      return side.chain.sender.send(transaction)
    })
    const signing = Promise.withResolvers<void>()
    const sign: TransactionSender['sign'] = async (transaction) => {
      if (transaction.account === ACCOUNTS[1]) return side.chain.sender.sign(transaction)
      await sending.promise
      signing.resolve()
      throw new FatalError('the key is gone')
    }
    const { ended } = startRunner(side, { sender: { ...sender, sign } })
    let hasEnded = false
    void ended.then(() => {
      hasEnded = true
    })
    await signing.promise
    for (let turns = 0; turns < 20; turns += 1) await new Promise(setImmediate)
    expect(hasEnded).toBe(false)
    mayAnswer.resolve()
    expect(await ended).toEqual(new FatalError('the key is gone'))
    const [first, second] = await viewsOf(side, [id, other])
    expect([first?.state, second?.state]).toEqual(['REQUESTED', 'SUBMITTED'])
  })

  it('does not read a long history again: a mark in the log says from where', async () => {
    const side = createWriteSide(400)
    const ids: string[] = []
    for (let at = 0; at < 600; at += 1) {
      const command = { ...commandOf('move_adventurer', at), account: ACCOUNTS[at % 2 ? 1 : 0] }
      ids.push((await accepted(side.gate, command)).id)
    }
    await runUntil(side, haveEnded(side, ids))
    expect(await side.log.head('settled-commands')).not.toBeNull()
    const afterAll = await readSettledMark(side.log)
    expect(afterAll).toBeGreaterThan(0)
    const read: number[] = []
    const log: EventLog = {
      ...side.log,
      subscribeCategory: (category, after, signal) => {
        read.push(after)
        return side.log.subscribeCategory(category, after, signal)
      },
    }
    const late = await accepted(side.gate, commandOf('move_adventurer', 700))
    const runner = startRunner(side, { log })
    await reached(side, late.id, 'SUBMITTED')
    await side.chain.produceBlock()
    await reached(side, late.id, 'CONFIRMED')
    await runner.stop()
    expect(read).toEqual([afterAll])
  })
})
