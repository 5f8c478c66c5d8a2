import { describe, expect, it } from 'vitest'
import { isRejection } from '../domain/decider.ts'
import type { Felt } from '../domain/felt.ts'
import { infiniteHexAdventurers } from '../domain/worlds/infinite-hex-adventurers/definition.ts'
import { createMemoryEventLog } from '../infra/memory/event-log.testing.ts'
import type { CommandGate, SubmitCommand } from './command-gate.ts'
import { createCommandGate, offeredEntrypoints } from './submit.ts'

const ACCOUNTS: readonly Felt[] = ['0xa', '0xb']

const createGate = (): {
  gate: CommandGate
  placesTaken: Set<string>
  recorded: () => Promise<number>
} => {
  const log = createMemoryEventLog()
  const placesTaken = new Set<string>()
  let ids = 0
  const gate = createCommandGate({
    log,
    definition: infiniteHexAdventurers,
    accounts: ACCOUNTS,
    places: {
      take: (_, id) => {
        placesTaken.add(id)
        return () => void placesTaken.delete(id)
      },
    },
    newId: () => `00000000-0000-4000-8000-${(++ids).toString().padStart(12, '0')}`,
  })
  const recorded = async () =>
    (await log.readCategory('command', { afterLogPosition: -1, limit: 100 })).length
  return { gate, placesTaken, recorded }
}

const move = (x: number): SubmitCommand => ({
  entrypoint: 'move_adventurer',
  args: { adventurer_id: '0x01', to_hex_coordinate: { q: x, r: 0 } },
})

const answerOf = async (gate: CommandGate, command: SubmitCommand): Promise<string> => {
  const answer = await gate.submit(command)
  return isRejection(answer) ? answer.rejected : answer.id
}

describe('the gate', () => {
  it('records what it accepts in canonical spelling, for the first account when none is named', async () => {
    const { gate } = createGate()
    const answer = await gate.submit(move(1))
    expect(answer).toMatchObject({
      account: '0xa',
      args: { adventurer_id: '0x1', to_hex_coordinate: '0x400005fffff00000' },
      state: 'REQUESTED',
      isFinal: false,
      transaction: null,
    })
    expect(await gate.find('00000000-0000-4000-8000-000000000001')).toEqual(answer)
    expect(await gate.find('00000000-0000-4000-8000-000000000009')).toBeNull()
  })

  it.each<[string, SubmitCommand]>([
    ['UNKNOWN_ENTRYPOINT', { ...move(1), entrypoint: 'upgrade' }],
    ['UNKNOWN_ENTRYPOINT', { ...move(1), entrypoint: '__proto__' }],
    ['BAD_ARGUMENT', { ...move(1), args: { adventurer_id: '0x1' } }],
    [
      'BAD_ARGUMENT',
      { ...move(1), args: { adventurer_id: '0x1', to_hex_coordinate: { x: 1, y: 1, z: 1 } } },
    ],
    ['BAD_ARGUMENT', { ...move(1), idempotencyKey: 'with space' }],
    ['BAD_ARGUMENT', { ...move(1), idempotencyKey: '' }],
    ['BAD_ARGUMENT', { ...move(1), idempotencyKey: 'k'.repeat(65) }],
    ['UNKNOWN_ACCOUNT', { ...move(1), account: '0xc' }],
    [
      'FORBIDDEN_ENTRYPOINT',
      { entrypoint: 'kill_adventurer', args: { adventurer_id: '0x1', cause: '0x2' } },
    ],
    [
      'FORBIDDEN_ENTRYPOINT',
      { entrypoint: 'transfer_ownership', args: { area_id: '0x1', to_adventurer_id: '0x2' } },
    ],
  ])('answers %s and leaves no trace', async (code, command) => {
    const { gate, placesTaken, recorded } = createGate()
    expect(await answerOf(gate, command)).toBe(code)
    expect(await recorded()).toBe(0)
    expect(placesTaken.size).toBe(0)
  })

  it('offers no call that gives away, kills or configures', () => {
    const offered = offeredEntrypoints(infiniteHexAdventurers)
    expect(offered.has('move_adventurer')).toBe(true)
    for (const name of [
      'kill_adventurer',
      'transfer_ownership',
      'grant_mine_access',
      'grant_resource_access',
    ]) {
      expect(offered.has(name)).toBe(false)
    }
    expect(offered.has('initialize_active_world_gen_config')).toBe(false)
  })

  it('makes a repeated key the same command, also at the same moment, and refuses it for other content', async () => {
    const { gate, recorded } = createGate()
    const keyed = { ...move(1), idempotencyKey: 'tick-7' }
    const [first, second] = await Promise.all([answerOf(gate, keyed), answerOf(gate, keyed)])
    expect(second).toBe(first)
    expect(await answerOf(gate, keyed)).toBe(first)
    expect(await answerOf(gate, { ...move(2), idempotencyKey: 'tick-7' })).toBe('CONFLICTING_KEY')
    expect(await answerOf(gate, { ...keyed, account: '0xb' })).not.toBe(first)
    expect(await recorded()).toBe(2)
  })

  it('gives commands without a key ids of their own', async () => {
    const { gate } = createGate()
    expect(await answerOf(gate, move(1))).not.toBe(await answerOf(gate, move(1)))
  })

  it('ends a following of an unknown command at once', async () => {
    const { gate } = createGate()
    const steps = gate.follow('00000000-0000-4000-8000-00000000000f', new AbortController().signal)
    const seen: unknown[] = []
    for await (const step of steps) seen.push(step)
    expect(seen).toEqual([])
  })
})
