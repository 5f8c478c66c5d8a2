/** The whole write side over a log and the fake chain, for tests. */
import { expect } from 'vitest'
import { isRejection } from '../domain/decider.ts'
import { FatalError } from '../domain/errors.ts'
import type { EventLog } from '../domain/event-log/event-log.ts'
import type { Felt } from '../domain/felt.ts'
import { packHex } from '../domain/hex.ts'
import { NEVER } from '../domain/waiting/pause.ts'
import { infiniteHexAdventurers } from '../domain/worlds/infinite-hex-adventurers/definition.ts'
import { createMemoryEventLog } from '../infra/memory/event-log.testing.ts'
import type { CommandGate, CommandStateName, CommandView, SubmitCommand } from './command-gate.ts'
import { createFakeChain, type FakeChain, WORLD_STREAM } from './fake-chain.testing.ts'
import { createPendingCommands, type PendingCommands } from './pending.ts'
import { type CommandRunnerOptions, runCommands } from './runner.ts'
import { createCommandGate } from './submit.ts'

/** The default one first. */
export const ACCOUNTS: readonly [Felt, Felt] = ['0xa', '0xb']

/** A gate, and a chain to which nothing is carried by itself. */
export type WriteSide = Readonly<{
  log: EventLog
  chain: FakeChain
  gate: CommandGate
  /** What the gate takes its places from. */
  pending: PendingCommands
}>

/** Without any command. Nothing is carried out before `startRunner` or `runUntil`. */
export const createWriteSide = (
  perAccountMax = 100,
  log: EventLog = createMemoryEventLog(),
): WriteSide => {
  const pending = createPendingCommands(perAccountMax)
  const chain = createFakeChain(log, ACCOUNTS)
  let ids = 0
  const gate = createCommandGate({
    log,
    definition: infiniteHexAdventurers,
    accounts: ACCOUNTS,
    places: pending.places,
    newId: () => `00000000-0000-4000-8000-${(++ids).toString().padStart(12, '0')}`,
  })
  return { log, chain, gate, pending }
}

/** Calls that end in different ways; fake-chain.testing.ts says in which. */
export type Entrypoint =
  | 'move_adventurer'
  | 'discover_hex'
  | 'pay_hex_maintenance'
  | 'discover_area'

/** A call that says something else for each number. */
export const commandOf = (entrypoint: Entrypoint, number: number): SubmitCommand => {
  const hex = packHex({ x: number, y: -number, z: 0 })
  if (hex === null) throw new FatalError(`there is no hex ${number}`)
  const args = { adventurer_id: '0x1', hex_coordinate: hex }
  switch (entrypoint) {
    case 'move_adventurer':
      return { entrypoint, args: { adventurer_id: '0x1', to_hex_coordinate: hex } }
    case 'discover_hex':
      return { entrypoint, args }
    case 'pay_hex_maintenance':
      return { entrypoint, args: { ...args, amount: 5 } }
    case 'discover_area':
      return { entrypoint, args: { ...args, area_index: 1 } }
    default:
      return entrypoint satisfies never
  }
}

/** A command that the gate must take. */
export const accepted = async (gate: CommandGate, command: SubmitCommand): Promise<CommandView> => {
  const answer = await gate.submit(command)
  if (isRejection(answer)) throw new FatalError(`${answer.rejected}: ${answer.reason}`)
  return answer
}

/** One move after the other for the first account; the commands' ids. */
export const submittedMoves = async (
  { gate }: WriteSide,
  count: number,
): Promise<readonly string[]> => {
  const ids: string[] = []
  for (let number = 0; number < count; number += 1)
    ids.push((await accepted(gate, commandOf('move_adventurer', number))).id)
  return ids
}

/** The commands as they are now. */
export const viewsOf = (
  { gate }: WriteSide,
  ids: readonly string[],
): Promise<readonly (CommandView | null)[]> => Promise.all(ids.map((id) => gate.find(id)))

/** Whether all of these have ended. */
export const haveEnded = (side: WriteSide, ids: readonly string[]) => async (): Promise<boolean> =>
  (await viewsOf(side, ids)).every((view) => view?.isFinal)

/** The command as soon as it is in this state. */
export const reached = async (
  { gate }: WriteSide,
  id: string,
  state: CommandStateName,
): Promise<CommandView> => {
  let last: CommandView | null = null
  for await (const { command } of gate.follow(id, NEVER)) {
    if (command.state === state) return command
    last = command
  }
  throw new FatalError(`command ${id} ended as ${last?.state} ${last?.reason}, not as ${state}`)
}

/** What a test gives a process instead of its own. */
export type RunnerChanges = Partial<CommandRunnerOptions>

/** What a process that carries commands out is given. It begins without a view of its own. */
const runnerOptions = (
  { log, chain }: WriteSide,
  changes: RunnerChanges = {},
): CommandRunnerOptions => ({
  log,
  definition: infiniteHexAdventurers,
  worldStream: WORLD_STREAM,
  sender: chain.sender,
  heads: chain.heads,
  pending: createPendingCommands(100),
  random: () => 0,
  backoff: { firstMs: 0, maxMs: 0 },
  outage: { onRetry: () => {}, onRecovered: () => {} },
  ...changes,
})

/** A process at work. */
export type Runner = Readonly<{
  /** Resolves with null once it was stopped, or with what it has died of. */
  ended: Promise<unknown>
  stop: () => Promise<void>
}>

/** A process that carries commands out. */
export const startRunner = (side: WriteSide, changes: RunnerChanges = {}): Runner => {
  const stopping = new AbortController()
  const ended = runCommands(runnerOptions(side, changes), stopping.signal).then(
    () => null,
    (error: unknown) => error,
  )
  return {
    ended,
    stop: async () => {
      stopping.abort()
      expect(await ended).toBeNull()
    },
  }
}

const ROUNDS_MAX = 400

/**
 * Runs a process until `isDone`, with a block after each turn of the event loop; resolves with what
 * it has died of, or null.
 */
export const runUntil = async (
  side: WriteSide,
  isDone: () => Promise<boolean>,
  changes: RunnerChanges = {},
): Promise<unknown> => {
  const stopping = new AbortController()
  let death: unknown = null
  const running = runCommands(runnerOptions(side, changes), stopping.signal).catch(
    (error: unknown) => {
      death = error
    },
  )
  for (let round = 0; round < ROUNDS_MAX && death === null && !(await isDone()); round += 1) {
    await new Promise(setImmediate)
    await side.chain.produceBlock()
  }
  stopping.abort()
  await running
  return death
}
