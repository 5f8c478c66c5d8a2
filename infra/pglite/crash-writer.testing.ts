/**
 * A process to be killed: `node crash-writer.testing.ts <data folder>` opens the embedded database
 * and appends batch after batch to one stream, from wherever it stands, printing the last revision
 * of each acknowledged batch.
 */
import { messageOf } from '../../domain/errors.ts'
import type { NewEvent } from '../../domain/event-log/event-log.ts'
import { createPostgresEventLog } from '../postgres/event-log/event-log.ts'
import { migrateEventLog } from '../postgres/event-log/schema.ts'
import { createPool } from '../postgres/pool.ts'
import { startPglite } from './pglite.ts'

export const CRASH_STREAM = 'crash-test'
export const CRASH_BATCH_EVENTS = 20

/** The batch that follows `lastRevision`: always the same events for the same place. */
export const crashBatch = (lastRevision: number): readonly NewEvent[] =>
  Array.from({ length: CRASH_BATCH_EVENTS }, (_, index) => {
    const number = lastRevision + 1 + index
    const id = `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`
    return { id, type: 'Counted', data: { number, filler: 'x'.repeat(200) }, meta: {} }
  })

const appendForEver = async (dataFolder: string): Promise<void> => {
  const pglite = await startPglite({ dataFolder })
  const pool = createPool(pglite.connection)
  await migrateEventLog(pool)
  const log = createPostgresEventLog(pool)
  for (let last = (await log.head(CRASH_STREAM)) ?? -1; ; ) {
    const outcome = await log.append(CRASH_STREAM, last < 0 ? 'no-stream' : last, crashBatch(last))
    if (outcome.kind !== 'appended') throw new Error(`Unexpected outcome ${outcome.kind}`)
    last = outcome.lastRevision
    process.stdout.write(`${last}\n`)
  }
}

const [, script, folder] = process.argv
if (script?.endsWith('crash-writer.testing.ts') && folder !== undefined) {
  appendForEver(folder).catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`)
    process.exitCode = 1
  })
}
