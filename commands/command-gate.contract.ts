/** What every CommandGate does, whatever keeps the commands and carries them out. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isRejection, type Rejection } from '../domain/decider.ts'
import type { Felt } from '../domain/felt.ts'
import { NEVER } from '../domain/waiting/pause.ts'
import type {
  CommandChange,
  CommandGate,
  CommandRefusalCode,
  CommandStateName,
  CommandView,
  SubmitCommand,
} from './command-gate.ts'

/** A gate, and the write side behind it at work on a chain that makes blocks when told. */
export type GateStage = Readonly<{
  gate: CommandGate
  /** Accounts for which commands are taken, the default one first. */
  accounts: readonly [Felt, Felt]
  /** A command that the game accepts, of other content for each number; without account or key. */
  accepted: (number: number) => SubmitCommand
  /** The same content in another spelling. */
  respelt: (number: number) => SubmitCommand
  /** A command that the game refuses, and its reason. */
  refusedByGame: Readonly<{ command: SubmitCommand; reason: string }>
  /** Commands that are refused for what they say. */
  refused: readonly (readonly [CommandRefusalCode, SubmitCommand])[]
  /** Commands of one account that may be under way. */
  placesMax: number
  /** Makes a block of everything that was sent. */
  makeBlock: () => Promise<unknown>
  /** How many commands have been recorded so far. */
  recorded: () => Promise<number>
  close: () => Promise<void>
}>

let keys = 0
/** A key that no other test uses. */
const freshKey = (): string => `contract-${++keys}`

const UNKNOWN_ID = 'ffffffff-ffff-4fff-bfff-ffffffffffff'

type Answer = CommandView | Rejection<CommandRefusalCode>

const codeOf = (answer: Answer): string => (isRejection(answer) ? answer.rejected : 'taken')

/** The command, which the gate must have taken. */
const taken = (answer: Answer): CommandView => {
  if (isRejection(answer)) throw new Error(`${answer.rejected}: ${answer.reason}`)
  return answer
}

/** Runs the suite. */
export const describeCommandGate = (name: string, open: () => Promise<GateStage>): void => {
  describe(`${name} as a command gate`, () => {
    let stage: GateStage
    beforeAll(async () => {
      stage = await open()
    })
    afterAll(() => stage.close())
    const opened = (): GateStage => stage

    describe('submits', () => describeSubmitting(opened))
    describe('knows a repeated request by its key', () => describeKeys(opened))
    describe('follows', () => describeFollowing(opened))
    describe('bounds what is under way', () => describePlaces(opened))
  })
}

/** Every step of a command from now on. Makes a block each time that it was sent. */
const toItsEnd = async (
  { gate, makeBlock }: GateStage,
  id: string,
): Promise<readonly CommandChange[]> => {
  const changes: CommandChange[] = []
  for await (const change of gate.follow(id, NEVER)) {
    changes.push(change)
    if (change.command.state === 'SUBMITTED') await makeBlock()
  }
  return changes
}

/** A new command of this content, carried out. */
const carriedOut = async (stage: GateStage, command: SubmitCommand): Promise<CommandView> => {
  const { id } = taken(await stage.gate.submit({ idempotencyKey: freshKey(), ...command }))
  const changes = await toItsEnd(stage, id)
  return taken(changes.at(-1)?.command ?? { rejected: 'BAD_ARGUMENT', reason: 'never followed' })
}

const describeSubmitting = (stage: () => GateStage): void => {
  it('what is asked for, at once, for the default account when none is named', async () => {
    const { gate, accounts, accepted } = stage()
    const command = accepted(1)
    const answer = taken(await gate.submit(command))
    expect(answer).toMatchObject({
      id: expect.stringMatching(/./),
      entrypoint: command.entrypoint,
      args: expect.any(Object),
      account: accounts[0],
      isFinal: false,
      requestedAt: expect.any(Date),
      block: null,
      confirmation: null,
      reason: null,
    })
    // It may be taken up before the answer is read.
    expect(['REQUESTED', 'SIGNED', 'SUBMITTED']).toContain(answer.state)
    await toItsEnd(stage(), answer.id)
  })

  it('for the account that is named, in canonical spelling', async () => {
    const { gate, accounts, accepted, respelt } = stage()
    const one = taken(await gate.submit({ ...accepted(2), account: accounts[1] }))
    const other = taken(await gate.submit({ ...respelt(2), account: accounts[1] }))
    expect([one.account, other.account]).toEqual([accounts[1], accounts[1]])
    expect(other.args).toEqual(one.args)
    expect(other.id).not.toBe(one.id)
    for (const { id } of [one, other]) await toItsEnd(stage(), id)
  })

  it('what can be found by its id from then on, as it is', async () => {
    const { gate, accepted } = stage()
    const answer = taken(await gate.submit(accepted(3)))
    const found = await gate.find(answer.id)
    expect(found).toMatchObject({ id: answer.id, args: answer.args, account: answer.account })
    expect(found?.requestedAt).toEqual(answer.requestedAt)
    const changes = await toItsEnd(stage(), answer.id)
    expect(await gate.find(answer.id)).toEqual(changes.at(-1)?.command)
    expect(await gate.find(UNKNOWN_ID)).toBeNull()
  })

  it('nothing that it refuses, and leaves no trace of it', async () => {
    const { gate, refused, recorded } = stage()
    const before = await recorded()
    for (const [code, command] of refused) {
      const answer = await gate.submit(command)
      expect([command, codeOf(answer)]).toEqual([command, code])
      expect(isRejection(answer) && answer.reason).toMatch(/./)
    }
    expect(await recorded()).toBe(before)
  })

  it('to the end that the world shows', async () => {
    const { accepted, refusedByGame } = stage()
    const confirmed = await carriedOut(stage(), accepted(4))
    expect(confirmed).toMatchObject({ state: 'CONFIRMED', isFinal: true, reason: null })
    expect(confirmed.block).toBeGreaterThan(0)
    expect(confirmed.confirmation).not.toBeNull()
    const refused = await carriedOut(stage(), refusedByGame.command)
    expect(refused).toMatchObject({
      state: 'REFUSED',
      isFinal: true,
      reason: refusedByGame.reason,
      confirmation: null,
    })
    expect(refused.block).toBeGreaterThan(confirmed.block ?? 0)
  })
}

const describeKeys = (stage: () => GateStage): void => {
  it('and gives the same command for it, at the same moment, later, and after its end', async () => {
    const { gate, accepted, respelt, recorded } = stage()
    const before = await recorded()
    const idempotencyKey = freshKey()
    const keyed = { ...accepted(1), idempotencyKey }
    const [first, second] = await Promise.all([gate.submit(keyed), gate.submit(keyed)])
    const { id } = taken(first)
    expect(taken(second).id).toBe(id)
    expect(taken(await gate.submit({ ...respelt(1), idempotencyKey })).id).toBe(id)
    const changes = await toItsEnd(stage(), id)
    expect(await gate.submit(keyed)).toEqual(changes.at(-1)?.command)
    expect(await recorded()).toBe(before + 1)
  })

  it('and refuses the key for another content, at the same moment, later, and after its end', async () => {
    const { gate, accounts, accepted, recorded } = stage()
    const before = await recorded()
    const idempotencyKey = freshKey()
    const answers = await Promise.all(
      [1, 2, 3].map((number) => gate.submit({ ...accepted(number), idempotencyKey })),
    )
    const codes = answers.map(codeOf)
    expect(codes.toSorted()).toEqual(['CONFLICTING_KEY', 'CONFLICTING_KEY', 'taken'])
    const won = answers[codes.indexOf('taken')]
    const { id } = taken(won ?? { rejected: 'CONFLICTING_KEY', reason: 'nobody won' })
    const other = { ...accepted(9), idempotencyKey }
    expect(codeOf(await gate.submit(other))).toBe('CONFLICTING_KEY')
    await toItsEnd(stage(), id)
    expect(codeOf(await gate.submit(other))).toBe('CONFLICTING_KEY')
    const elsewhere = taken(await gate.submit({ ...other, account: accounts[1] }))
    expect(elsewhere.id).not.toBe(id)
    await toItsEnd(stage(), elsewhere.id)
    expect(await recorded()).toBe(before + 2)
  })

  it('and takes requests without one for commands of their own', async () => {
    const { gate, accepted } = stage()
    const answers = await Promise.all([gate.submit(accepted(1)), gate.submit(accepted(1))])
    const ids = answers.map((answer) => taken(answer).id)
    expect(new Set(ids).size).toBe(2)
    for (const id of ids) await toItsEnd(stage(), id)
  })
}

const ACCEPTED_STATES: readonly CommandStateName[] = [
  'REQUESTED',
  'SIGNED',
  'SUBMITTED',
  'CONFIRMED',
]

const describeFollowing = (stage: () => GateStage): void => {
  it('a command through each of its steps to its end, for everybody who asks', async () => {
    const { gate, accepted } = stage()
    const { id } = taken(await gate.submit(accepted(1)))
    const [driver, watcher] = await Promise.all([toItsEnd(stage(), id), watched(gate, id)])
    expect(driver.map(({ command }) => command.state)).toEqual(
      ACCEPTED_STATES.slice(ACCEPTED_STATES.length - driver.length),
    )
    const last = ACCEPTED_STATES.length - 1
    expect(driver.map(({ revision }) => revision)).toEqual(
      [0, 1, 2, last].slice(ACCEPTED_STATES.length - driver.length),
    )
    const common = Math.min(driver.length, watcher.length)
    expect(watcher.slice(-common)).toEqual(driver.slice(-common))
    expect(driver.map(({ command }) => command.isFinal)).toEqual(
      driver.map((_, at) => at === driver.length - 1),
    )
  })

  it('with what each step adds', async () => {
    const { gate, accepted } = stage()
    const { id } = taken(await gate.submit(accepted(2)))
    const byState = new Map(
      (await toItsEnd(stage(), id)).map(({ command }) => [command.state, command]),
    )
    const { transaction, nonce } = byState.get('SUBMITTED') ?? {}
    expect(transaction).toMatch(/^0x[0-9a-f]+$/)
    expect(nonce).toMatch(/^[0-9]+$/)
    expect(byState.get('SUBMITTED')).toMatchObject({ block: null, confirmation: null })
    expect(byState.get('CONFIRMED')).toMatchObject({ transaction, nonce })
  })

  it('one that has ended: its last state, and no more', async () => {
    const { gate, accepted } = stage()
    const ended = await carriedOut(stage(), accepted(3))
    const revision = ACCEPTED_STATES.length - 1
    expect(await watched(gate, ended.id)).toEqual([{ revision, command: ended }])
  })

  it('nothing under an id that no command has', async () => {
    expect(await watched(stage().gate, UNKNOWN_ID)).toEqual([])
  })

  it('nothing for an aborted signal, and nothing more after it aborts', async () => {
    const { gate, accepted, makeBlock } = stage()
    const { id } = taken(await gate.submit(accepted(4)))
    expect(await watched(gate, id, AbortSignal.abort())).toEqual([])
    const stop = new AbortController()
    const seen: CommandStateName[] = []
    for await (const { command } of gate.follow(id, stop.signal)) {
      seen.push(command.state)
      if (command.state === 'SUBMITTED') stop.abort()
    }
    expect(seen.at(-1)).toBe('SUBMITTED')
    await makeBlock()
    await toItsEnd(stage(), id)
  })

  it('no longer when its reader leaves', async () => {
    const { gate, accepted } = stage()
    const { id } = taken(await gate.submit(accepted(5)))
    for await (const _ of gate.follow(id, NEVER)) break
    await toItsEnd(stage(), id)
  })
}

/** Every step of a command from now on. */
const watched = async (
  gate: CommandGate,
  id: string,
  signal = NEVER,
): Promise<readonly CommandChange[]> => {
  const changes: CommandChange[] = []
  for await (const change of gate.follow(id, signal)) changes.push(change)
  return changes
}

const describePlaces = (stage: () => GateStage): void => {
  it('of an account, also against requests at the same moment, and by account', async () => {
    const { gate, accounts, accepted, placesMax, recorded } = stage()
    const before = await recorded()
    const requests = Array.from({ length: placesMax + 3 }, (_, at) => gate.submit(accepted(at + 1)))
    const answers = await Promise.all(requests)
    expect(answers.map(codeOf).toSorted()).toEqual([
      ...Array(3).fill('TOO_MANY_PENDING'),
      ...Array(placesMax).fill('taken'),
    ])
    expect(codeOf(await gate.submit(accepted(1)))).toBe('TOO_MANY_PENDING')
    const elsewhere = taken(await gate.submit({ ...accepted(1), account: accounts[1] }))
    expect(await recorded()).toBe(before + placesMax + 1)
    const under = answers.filter((answer) => codeOf(answer) === 'taken')
    for (const { id } of [...under.map(taken), elsewhere]) await toItsEnd(stage(), id)
  })

  it('and gives a place to a repeated request that has one, and back when the command has ended', async () => {
    const { gate, accepted, placesMax } = stage()
    const keyed = { ...accepted(1), idempotencyKey: freshKey() }
    const first = taken(await gate.submit(keyed))
    const others: CommandView[] = []
    for (let at = 1; at < placesMax; at += 1)
      others.push(taken(await gate.submit(accepted(at + 1))))
    expect(codeOf(await gate.submit(accepted(99)))).toBe('TOO_MANY_PENDING')
    expect(taken(await gate.submit(keyed)).id).toBe(first.id)
    const other = { ...accepted(2), idempotencyKey: keyed.idempotencyKey }
    expect(codeOf(await gate.submit(other))).toBe('CONFLICTING_KEY')
    expect(codeOf(await gate.submit(accepted(99)))).toBe('TOO_MANY_PENDING')
    for (const { id } of [first, ...others]) await toItsEnd(stage(), id)
    await carriedOut(stage(), accepted(99))
  })
}
