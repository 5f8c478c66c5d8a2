/** Logs full of whatever may be stored, for tests of copies and exports. */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { allEvents, asGiven } from '../../../domain/event-log/event-log.testing.ts'
import type { EventLog, JsonObject, NewEvent } from '../../../domain/event-log/event-log.ts'

/** Appends in the order of a log: to which of a few streams, and what. */
export type Script = readonly Readonly<{ stream: number; events: readonly NewEvent[] }>[]

// PostgreSQL cannot hold U+0000, and -0 is 0 in JSON.
const text = fc
  .string({ unit: 'binary' })
  .filter((value) => !value.includes('\0') && value.isWellFormed())
const anyJson = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value)),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc
    .dictionary(
      text.filter((name) => name !== '__proto__'),
      tie('value'),
      { maxKeys: 4 },
    )
    .map((found) => ({ ...found })),
})).object as fc.Arbitrary<JsonObject>

const anyEvent: fc.Arbitrary<NewEvent> = fc.record({
  id: fc.uuid(),
  type: text.filter((value) => value !== '' && !value.startsWith('$')),
  data: anyJson,
  meta: anyJson,
})

export const anyScript: fc.Arbitrary<Script> = fc.array(
  fc.record({
    stream: fc.integer({ min: 0, max: 3 }),
    events: fc.array(anyEvent, { minLength: 1, maxLength: 4 }),
  }),
  { minLength: 1, maxLength: 12 },
)

/** Plays a script on fresh streams; returns their names in log order of their first events. */
export const play = async (
  log: EventLog,
  script: Script,
  prefix: string = randomUUID(),
): Promise<readonly string[]> => {
  const heads = new Map<string, number>()
  for (const { stream, events } of script) {
    const name = `script${stream}-${prefix}`
    const head = heads.get(name)
    await log.append(name, head ?? 'no-stream', events)
    heads.set(name, (head ?? -1) + events.length)
  }
  return [...heads.keys()]
}

/** Everything that a log says of some streams, in log order, without what is the log's own. */
export const factsOf = async (
  log: EventLog,
  streams: readonly string[],
): Promise<readonly unknown[]> => {
  const events = await log.readAll({ afterLogPosition: -1, limit: 1_000_000 })
  return events
    .filter(({ stream }) => streams.includes(stream))
    .map(({ stream, revision, id, type, data, meta }) => ({
      stream,
      revision,
      id,
      type,
      data,
      meta,
    }))
}

export const streamFacts = async (log: EventLog, stream: string): Promise<readonly NewEvent[]> =>
  asGiven(await allEvents(log.readStream(stream)))

/** A folder for a test's files; remove it when done. */
export const testFolder = (): Readonly<{ file: (name: string) => string; remove: () => void }> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'chronohex-archive-'))
  return {
    file: (name) => path.join(folder, name),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
