import { describe, expect, it } from 'vitest'
import { isRejection } from '../domain/decider.ts'
import { RetryableError } from '../domain/errors.ts'
import type { EventLog } from '../domain/event-log/event-log.ts'
import type { Felt } from '../domain/felt.ts'
import { packHex } from '../domain/hex.ts'
import { infiniteHexAdventurers } from '../domain/worlds/infinite-hex-adventurers/definition.ts'
import { createMemoryEventLog } from '../infra/memory/event-log.testing.ts'
import type { CommandGate, CommandView } from './command-gate.ts'
import { createFakeChain, type FakeChain, WORLD_STREAM } from './fake-chain.testing.ts'
import { createPendingCommands, type PendingCommands } from './pending.ts'
import { runCommands } from './runner.ts'
import { readSettledMark } from './settled-mark.ts'
import { createCommandGate } from './submit.ts'
import type { TransactionSender } from './transaction-sender.ts'

const ACCOUNTS: readonly Felt[] = ['0xa', '0xb']
const ROUNDS_MAX = 400

type System = Readonly<{
  log: EventLog
  chain: FakeChain
  gate: CommandGate
  pending: PendingCommands
}>

const createSystem = (perAccountMax = 100): System => {
  const log = createMemoryEventLog()
  const pending = createPendingCommands(perAccountMax)
  const chain = createFakeChain(log, ACCOUNTS)
  let ids = 0
  const newId = (): string => `00000000-0000-4000-8000-${(++ids).toString().padStart(12, '0')}`
  const definition = infiniteHexAdventurers
  const gate = createCommandGate({
    log,
    definition,
    accounts: ACCOUNTS,
    places: pending.places,
    newId,
  })
  return { log, chain, gate, pending }
}

const hexAt = (x: number): Felt => packHex({ x, y: -x, z: 0 }) as Felt

const SCRIPT = [
  'move_adventurer',
  'discover_hex',
  'pay_hex_maintenance',
  'move_adventurer',
  'discover_area',
] as const

const argsOf = (entrypoint: string, at: number): Record<string, string | number> => {
  const hex = hexAt(at + 1)
  if (entrypoint === 'move_adventurer') return { adventurer_id: '0x1', to_hex_coordinate: hex }
  if (entrypoint === 'discover_area')
    return { adventurer_id: '0x1', hex_coordinate: hex, area_index: 1 }
  const args = { adventurer_id: '0x1', hex_coordinate: hex }
  return entrypoint === 'discover_hex' ? args : { ...args, amount: 5 }
}

const accepted = async (
  gate: CommandGate,
  entrypoint: string,
  at: number,
  account: Felt,
): Promise<CommandView> => {
  const answer = await gate.submit({ entrypoint, args: argsOf(entrypoint, at), account })
  if (isRejection(answer)) throw new Error(`${answer.rejected}: ${answer.reason}`)
  return answer
}

const submitScript = async ({ gate }: System): Promise<readonly string[]> => {
  const ids: string[] = []
  for (const [at, entrypoint] of SCRIPT.entries()) {
    for (const [which, account] of ACCOUNTS.entries()) {
      ids.push((await accepted(gate, entrypoint, at * 2 + which, account)).id)
    }
  }
  return ids
}

const statesOf = async (
  { gate }: System,
  ids: readonly string[],
): Promise<readonly (CommandView | null)[]> => Promise.all(ids.map((id) => gate.find(id)))

class Crash extends Error {
  override name = 'Crash'
}

/**
 * A process that dies at its k-th touch of the world outside, before or after the touch takes
 * effect.
 */
const mortal = (system: System, diesAt: number) => {
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
    ...system.chain.sender,
    nonce: around(system.chain.sender.nonce),
    send: around(system.chain.sender.send),
    status: around(system.chain.sender.status),
  }
  const log: EventLog = { ...system.log, append: around(system.log.append) }
  return { sender, log, touches: () => touches }
}

type Process = Readonly<{ sender: TransactionSender; log: EventLog; pending?: PendingCommands }>

/**
 * Runs a process until `isDone`, with a block after each turn of the event loop; returns whether it
 * crashed.
 */
const runUntil = async (
  system: System,
  process: Process,
  isDone: () => Promise<boolean>,
): Promise<boolean> => {
  const stop = new AbortController()
  const { chain } = system
  const options = {
    definition: infiniteHexAdventurers,
    worldStream: WORLD_STREAM,
    heads: chain.heads,
    random: () => 0,
    backoff: { firstMs: 0, maxMs: 0 },
    report: () => {},
  }
  let crashed: unknown = null
  const running = runCommands(
    { ...options, pending: createPendingCommands(100), ...process },
    stop.signal,
  ).catch((error: unknown) => {
    crashed = error
  })
  for (let round = 0; round < ROUNDS_MAX && crashed === null && !(await isDone()); round += 1) {
    await new Promise(setImmediate)
    await chain.produceBlock()
  }
  stop.abort()
  await running
  if (crashed !== null && !(crashed instanceof Crash)) throw crashed
  return crashed !== null
}

const allEnded = (system: System, ids: readonly string[]) => async (): Promise<boolean> =>
  (await statesOf(system, ids)).every((view) => view?.isFinal)

const outline = (views: readonly (CommandView | null)[]) =>
  views.map((view) => ({ ...view, requestedAt: null, block: null }))

describe('commands', () => {
  it('become transactions in order and end by what the world shows', async () => {
    const system = createSystem()
    const ids = await submitScript(system)
    await runUntil(system, { sender: system.chain.sender, log: system.log }, allEnded(system, ids))
    const views = await statesOf(system, ids)
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
    const whole = createSystem()
    const ids = await submitScript(whole)
    const immortal = mortal(whole, Number.POSITIVE_INFINITY)
    await runUntil(whole, immortal, allEnded(whole, ids))
    const expected = outline(await statesOf(whole, ids))
    expect(immortal.touches()).toBeGreaterThan(50)
    for (let diesAt = 0; diesAt < immortal.touches(); diesAt += 1) {
      const system = createSystem()
      await submitScript(system)
      const ended = allEnded(system, ids)
      const crashed = await runUntil(system, mortal(system, diesAt), ended)
      if (diesAt % 2 === 1) system.chain.losePool()
      if (crashed) await runUntil(system, { sender: system.chain.sender, log: system.log }, ended)
      const calls = system.chain.executed().map((call) => JSON.stringify(call))
      expect(calls.length, `dies at touch ${diesAt}`).toBe(ids.length)
      expect(new Set(calls).size, `dies at touch ${diesAt}`).toBe(ids.length)
      expect(outline(await statesOf(system, ids)), `dies at touch ${diesAt}`).toEqual(expected)
    }
  })

  it('are sent again when the node has lost them, and only then', async () => {
    const system = createSystem()
    const { id } = await accepted(system.gate, 'move_adventurer', 1, '0xa')
    let sends = 0
    const sender: TransactionSender = {
      ...system.chain.sender,
      send: async (transaction) => {
        const outcome = await system.chain.sender.send(transaction)
        if (++sends <= 3) system.chain.losePool()
        return outcome
      },
    }
    await runUntil(system, { sender, log: system.log }, allEnded(system, [id]))
    expect(sends).toBe(4)
    expect((await system.gate.find(id))?.state).toBe('CONFIRMED')
    expect(system.chain.executed()).toHaveLength(1)
  })

  it('are signed anew when another tool spends the nonce of the account', async () => {
    const system = createSystem()
    const first = await accepted(system.gate, 'move_adventurer', 1, '0xa')
    let meddled = 0
    const sender: TransactionSender = {
      ...system.chain.sender,
      send: async (transaction) => {
        if (meddled++ === 0) system.chain.addForeign('0xa')
        return system.chain.sender.send(transaction)
      },
    }
    const second = await accepted(system.gate, 'move_adventurer', 2, '0xa')
    await runUntil(system, { sender, log: system.log }, allEnded(system, [first.id, second.id]))
    const views = await statesOf(system, [first.id, second.id])
    expect(views.map((view) => [view?.state, view?.nonce])).toEqual([
      ['CONFIRMED', '1'],
      ['CONFIRMED', '2'],
    ])
    expect(system.chain.executed().map(({ entrypoint }) => entrypoint)).toEqual([
      'foreign',
      'move_adventurer',
      'move_adventurer',
    ])
  })

  it('survive lost answers: what was sent without an answer is looked up before it is sent again', async () => {
    const system = createSystem()
    const ids = await submitScript(system)
    let calls = 0
    const flaky =
      <Args extends unknown[], T>(method: (...args: Args) => Promise<T>) =>
      async (...args: Args): Promise<T> => {
        calls += 1
        if (calls % 5 === 1) throw new RetryableError('no connection')
        const answer = await method(...args)
        if (calls % 5 === 3) throw new RetryableError('the answer was lost')
        return answer
      }
    const { chain } = system
    const sender: TransactionSender = {
      ...chain.sender,
      nonce: flaky(chain.sender.nonce),
      send: flaky(chain.sender.send),
      status: flaky(chain.sender.status),
    }
    await runUntil(system, { sender, log: system.log }, allEnded(system, ids))
    expect((await statesOf(system, ids)).every((view) => view?.isFinal)).toBe(true)
    expect(new Set(chain.executed().map((call) => JSON.stringify(call))).size).toBe(ids.length)
    expect(chain.executed()).toHaveLength(ids.length)
  })

  it('that the node refuses for good expire, and the account goes on with the same nonce', async () => {
    const system = createSystem()
    const bad = await accepted(system.gate, 'move_adventurer', 1, '0xa')
    const good = await accepted(system.gate, 'move_adventurer', 2, '0xa')
    let sends = 0
    const sender: TransactionSender = {
      ...system.chain.sender,
      send: async (transaction) =>
        sends++ === 0
          ? { kind: 'refused', code: 55, message: 'invalid signature' }
          : system.chain.sender.send(transaction),
    }
    await runUntil(system, { sender, log: system.log }, allEnded(system, [bad.id, good.id]))
    const [refused, confirmed] = await statesOf(system, [bad.id, good.id])
    expect([refused?.state, refused?.reason]).toEqual([
      'EXPIRED',
      'NODE_REFUSED_55: invalid signature',
    ])
    expect([confirmed?.state, confirmed?.nonce]).toEqual(['CONFIRMED', '0'])
  })
})

it('a long history is not read again: a mark in the log says from where', async () => {
  const system = createSystem(400)
  const ids: string[] = []
  for (let at = 0; at < 600; at += 1) {
    ids.push((await accepted(system.gate, 'move_adventurer', at, ACCOUNTS[at % 2] as Felt)).id)
  }
  await runUntil(system, { sender: system.chain.sender, log: system.log }, allEnded(system, ids))
  expect(await system.log.head('settled-commands')).not.toBeNull()
  const afterAll = await readSettledMark(system.log)
  expect(afterAll).toBeGreaterThan(0)
  const read: number[] = []
  const log: EventLog = {
    ...system.log,
    subscribeCategory: (category, after, signal) => {
      read.push(after)
      return system.log.subscribeCategory(category, after, signal)
    },
  }
  const late = await accepted(system.gate, 'move_adventurer', 700, '0xa')
  await runUntil(system, { sender: system.chain.sender, log }, allEnded(system, [late.id]))
  expect(read).toEqual([afterAll])
  expect((await system.gate.find(late.id))?.state).toBe('CONFIRMED')
})

describe('the gate', () => {
  it('holds an account to its places, also against submissions at the same moment', async () => {
    const system = createSystem(3)
    const submissions = Array.from({ length: 8 }, (_, at) =>
      system.gate.submit({
        entrypoint: 'move_adventurer',
        args: argsOf('move_adventurer', at),
        account: '0xa',
      }),
    )
    const answers = await Promise.all(submissions)
    const codes = answers.map((answer) => (isRejection(answer) ? answer.rejected : 'accepted'))
    expect(codes.toSorted()).toEqual([
      ...Array(5).fill('TOO_MANY_PENDING'),
      ...Array(3).fill('accepted'),
    ])
    const elsewhere = {
      entrypoint: 'move_adventurer',
      args: argsOf('move_adventurer', 9),
      account: '0xb' as const,
    }
    expect(isRejection(await system.gate.submit(elsewhere))).toBe(false)
  })

  it('gives places back as commands end', async () => {
    const system = createSystem(2)
    const first = await accepted(system.gate, 'move_adventurer', 1, '0xa')
    const second = await accepted(system.gate, 'move_adventurer', 2, '0xa')
    const process = { sender: system.chain.sender, log: system.log, pending: system.pending }
    await runUntil(system, process, allEnded(system, [first.id, second.id]))
    expect((await accepted(system.gate, 'move_adventurer', 3, '0xa')).state).toBe('REQUESTED')
  })

  it('follows a command to its end', async () => {
    const system = createSystem()
    const { id } = await accepted(system.gate, 'discover_hex', 1, '0xa')
    const seen: string[] = []
    const following = (async () => {
      for await (const { revision, command } of system.gate.follow(
        id,
        new AbortController().signal,
      )) {
        seen.push(`${revision} ${command.state}`)
      }
    })()
    await runUntil(system, { sender: system.chain.sender, log: system.log }, allEnded(system, [id]))
    await following
    expect(seen).toEqual(['0 REQUESTED', '1 SIGNED', '2 SUBMITTED', '3 REFUSED'])
  })
})
