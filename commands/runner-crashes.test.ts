import { describe, expect, it } from 'vitest'
import type { EventLog } from '../domain/event-log/event-log.ts'
import type { CommandView } from './command-gate.ts'
import type { TransactionSender } from './transaction-sender.ts'
import {
  ACCOUNTS,
  accepted,
  commandOf,
  createWriteSide,
  haveEnded,
  runUntil,
  viewsOf,
  type WriteSide,
} from './write-side.testing.ts'

const SCRIPT = [
  'move_adventurer',
  'discover_hex',
  'pay_hex_maintenance',
  'move_adventurer',
  'discover_area',
] as const

/** For each account, the same script; the commands' ids. */
const submitScript = async ({ gate }: WriteSide): Promise<readonly string[]> => {
  const ids: string[] = []
  for (const [at, entrypoint] of SCRIPT.entries()) {
    for (const [which, account] of ACCOUNTS.entries()) {
      const command = commandOf(entrypoint, at * 2 + which + 1)
      ids.push((await accepted(gate, { ...command, account })).id)
    }
  }
  return ids
}

class Crash extends Error {
  override name = 'Crash'
}

/**
 * A process that dies at its k-th touch of the world outside, before or after the touch takes
 * effect.
 */
const mortal = ({ chain, log }: WriteSide, diesAt: number) => {
  let touches = 0
  const touch = (): void => {
    touches += 1
    if (touches > diesAt) throw new Crash(`at touch ${diesAt}`)
  }
  const around =
    <Args extends unknown[], T>(method: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      touch()
      const answer = await method(...args)
      touch()
      return answer
    }
  const sender: TransactionSender = {
    ...chain.sender,
    nonce: around(chain.sender.nonce),
    send: around(chain.sender.send),
    status: around(chain.sender.status),
    blockHash: around(chain.sender.blockHash),
  }
  const dying: EventLog = { ...log, append: around(log.append), head: around(log.head) }
  return { sender, log: dying, touches: () => touches }
}

/** Runs a process until all have ended or it has died; whether it has. */
const dies = async (
  side: WriteSide,
  ids: readonly string[],
  changes: Pick<ReturnType<typeof mortal>, 'sender' | 'log'>,
): Promise<boolean> => {
  const { sender, log } = changes
  const death = await runUntil(side, haveEnded(side, ids), { sender, log })
  if (death !== null && !(death instanceof Crash)) throw death
  return death !== null
}

const outline = (views: readonly (CommandView | null)[]) =>
  views.map((view) => ({ ...view, requestedAt: null, block: null }))

describe('commands', () => {
  it('become transactions in order and end by what the world shows', async () => {
    const side = createWriteSide()
    const ids = await submitScript(side)
    await runUntil(side, haveEnded(side, ids))
    const views = await viewsOf(side, ids)
    expect(views.map((view) => [view?.state, view?.reason, view?.nonce])).toEqual(
      [
        ['CONFIRMED', null],
        ['REFUSED', 'LOW_ENERGY'],
        ['REFUSED', 'NO_EFFECT'],
        ['CONFIRMED', null],
        ['REVERTED', 'Option::unwrap failed'],
      ].flatMap(([state, reason], nonce) => ACCOUNTS.map(() => [state, reason, `${nonce}`])),
    )
    expect(views[0]?.confirmation).toEqual({
      type: 'AdventurerMoved',
      data: { adventurer_id: '0x1' },
    })
    expect(views[0]?.block).toBeGreaterThan(0)
  })

  it('take effect exactly once, and end the same, wherever the process dies', async () => {
    const whole = createWriteSide()
    const ids = await submitScript(whole)
    const immortal = mortal(whole, Number.POSITIVE_INFINITY)
    expect(await dies(whole, ids, immortal)).toBe(false)
    const expected = outline(await viewsOf(whole, ids))
    expect(immortal.touches()).toBeGreaterThan(50)
    for (let diesAt = 0; diesAt < immortal.touches(); diesAt += 1) {
      const side = createWriteSide()
      await submitScript(side)
      const crashed = await dies(side, ids, mortal(side, diesAt))
      if (diesAt % 2 === 1) side.chain.losePool()
      if (crashed) await runUntil(side, haveEnded(side, ids))
      const calls = side.chain.executed().map((call) => JSON.stringify(call))
      expect(calls.length, `dies at touch ${diesAt}`).toBe(ids.length)
      expect(new Set(calls).size, `dies at touch ${diesAt}`).toBe(ids.length)
      expect(outline(await viewsOf(side, ids)), `dies at touch ${diesAt}`).toEqual(expected)
    }
  })

  it('survive lost answers: what was sent without an answer is looked up before it is sent again', async () => {
    const side = createWriteSide()
    const ids = await submitScript(side)
    const { chain } = side
    let calls = 0
    const flaky =
      <Args extends unknown[], T>(method: (...args: Args) => Promise<T>) =>
      (...args: Args): Promise<T> => {
        calls += 1
        if (calls % 5 === 1) chain.line.loseRequests(1)
        if (calls % 5 === 3) chain.line.loseAnswers(1)
        return method(...args)
      }
    const sender: TransactionSender = {
      ...chain.sender,
      nonce: flaky(chain.sender.nonce),
      send: flaky(chain.sender.send),
      status: flaky(chain.sender.status),
      blockHash: flaky(chain.sender.blockHash),
    }
    await runUntil(side, haveEnded(side, ids), { sender })
    expect((await viewsOf(side, ids)).every((view) => view?.isFinal)).toBe(true)
    expect(new Set(chain.executed().map((call) => JSON.stringify(call))).size).toBe(ids.length)
    expect(chain.executed()).toHaveLength(ids.length)
  })
})
