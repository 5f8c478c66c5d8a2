import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isRejection } from '../domain/decider.ts'
import { RetryableError } from '../domain/errors.ts'
import type { EventLog } from '../domain/event-log/event-log.ts'
import { infiniteHexAdventurers } from '../domain/worlds/infinite-hex-adventurers/definition.ts'
import { createMemoryEventLog } from '../infra/memory/event-log.testing.ts'
import {
  describeOnEachDatabase,
  type TestDatabase,
  testDatabase,
} from '../infra/postgres/database.testing.ts'
import { createPostgresEventLog } from '../infra/postgres/event-log/event-log.ts'
import { migrateEventLog } from '../infra/postgres/event-log/schema.ts'
import { describeCommandGate, type GateStage } from './command-gate.contract.ts'
import { createPendingCommands } from './pending.ts'
import { createCommandGate } from './submit.ts'
import { ACCOUNTS, commandOf, createWriteSide, startRunner } from './write-side.testing.ts'

const PLACES_MAX = 3

/** The gate with the whole write side behind it, on this log. */
const stageOn = async (log: EventLog): Promise<GateStage> => {
  const side = createWriteSide(PLACES_MAX, log)
  const { chain, gate, pending } = side
  const runner = startRunner(side, { pending })
  const accepted = (number: number) => commandOf('move_adventurer', number)
  const base = accepted(1)
  return {
    gate,
    accounts: ACCOUNTS,
    accepted,
    respelt: (number) => ({
      ...accepted(number),
      args: { adventurer_id: '0X0001', to_hex_coordinate: { x: number, y: -number, z: 0 } },
    }),
    refusedByGame: { command: commandOf('discover_hex', 1), reason: 'LOW_ENERGY' },
    refused: [
      ['UNKNOWN_ENTRYPOINT', { ...base, entrypoint: 'upgrade' }],
      ['BAD_ARGUMENT', { ...base, args: { adventurer_id: '0x1' } }],
      ['BAD_ARGUMENT', { ...base, idempotencyKey: 'with space' }],
      ['UNKNOWN_ACCOUNT', { ...base, account: '0xc' }],
      [
        'FORBIDDEN_ENTRYPOINT',
        { entrypoint: 'kill_adventurer', args: { adventurer_id: '0x1', cause: '0x2' } },
      ],
    ],
    placesMax: PLACES_MAX,
    makeBlock: chain.produceBlock,
    recorded: async () => {
      const page = await log.readCategory('command', { afterLogPosition: -1, limit: 1_000 })
      return page.filter(({ revision }) => revision === 0).length
    },
    close: async () => {
      await runner.stop()
      await log.close()
    },
  }
}

describeCommandGate('the gate on the log in memory', () => stageOn(createMemoryEventLog()))

describeOnEachDatabase('the gate on the Postgres log', (kind) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await testDatabase(kind)
    await migrateEventLog(database.pool)
  })
  afterAll(() => database.close())
  describeCommandGate('it', () => stageOn(createPostgresEventLog(database.pool)))
})

describe('the gate on a log that others write, too', () => {
  /** A gate whose next append finds that a rival gate was first with this command. */
  const racedGate = (rival: ReturnType<typeof commandOf>) => {
    const log = createMemoryEventLog()
    const { gate: otherGate } = createWriteSide(PLACES_MAX, log)
    let isRaced = false
    const append: EventLog['append'] = async (...args) => {
      if (!isRaced) {
        isRaced = true
        await otherGate.submit(rival)
      }
      return log.append(...args)
    }
    const pending = createPendingCommands(PLACES_MAX)
    const options = { definition: infiniteHexAdventurers, accounts: ACCOUNTS }
    const gate = createCommandGate({
      ...options,
      log: { ...log, append },
      places: pending.places,
      newId: () => crypto.randomUUID(),
    })
    return { log, gate, pending }
  }

  it('sees at the second look that the key was used for another content, and holds no place for it', async () => {
    const idempotencyKey = 'tick-7'
    const { log, gate, pending } = racedGate({ ...commandOf('move_adventurer', 2), idempotencyKey })
    const answer = await gate.submit({ ...commandOf('move_adventurer', 1), idempotencyKey })
    expect(isRejection(answer) && answer.rejected).toBe('CONFLICTING_KEY')
    expect(await log.readCategory('command', { afterLogPosition: -1, limit: 9 })).toHaveLength(1)
    const ids = ['a', 'b', 'c']
    expect(ids.map((id) => pending.places.take('0xa', id))).not.toContain(null)
  })

  it('gives the command of the rival when it asked for the same', async () => {
    const command = { ...commandOf('move_adventurer', 1), idempotencyKey: 'tick-7' }
    const { log, gate } = racedGate(command)
    const answer = await gate.submit(command)
    expect(answer).toMatchObject({ state: 'REQUESTED', account: '0xa' })
    expect(await log.readCategory('command', { afterLogPosition: -1, limit: 9 })).toHaveLength(1)
  })

  it('gives its place back when the log fails', async () => {
    const { log, pending } = createWriteSide(1)
    const failing: EventLog = {
      ...log,
      append: () => Promise.reject(new RetryableError('no database')),
    }
    const gate = createCommandGate({
      log: failing,
      definition: infiniteHexAdventurers,
      accounts: ACCOUNTS,
      places: pending.places,
      newId: () => crypto.randomUUID(),
    })
    for (let times = 0; times < 3; times += 1)
      await expect(gate.submit(commandOf('move_adventurer', 1))).rejects.toThrow('no database')
  })
})
