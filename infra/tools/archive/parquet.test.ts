import { readFileSync, writeFileSync } from 'node:fs'
import { type FileMetaData, parquetMetadata, parquetReadObjects } from 'hyparquet'
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { someEvents } from '../../../domain/event-log/event-log.testing.ts'
import { createMemoryEventLog } from '../../memory/event-log.testing.ts'
import { streamFacts, testFolder } from './archive.testing.ts'
import { DamagedFile } from './damaged-file.ts'
import { exportLog } from './export-log.ts'
import { importLog } from './import-log.ts'
import { openArchive } from './open-archive.ts'
import { COLUMNS } from './parquet-columns.ts'

const EVENTS = someEvents(6)
const STREAM = 'thing-1'

let folder: ReturnType<typeof testFolder>
let exported: ArrayBuffer
let metadata: FileMetaData
beforeAll(async () => {
  folder = testFolder()
  const log = createMemoryEventLog()
  await log.append(STREAM, 'no-stream', EVENTS)
  const path = folder.file('export.parquet')
  await exportLog(log, { streams: { kind: 'all' } }, { path, format: 'parquet' })
  exported = new Uint8Array(readFileSync(path)).buffer
  metadata = parquetMetadata(exported)
})
afterAll(() => folder.remove())

type Change = Readonly<{
  columns?: (columns: readonly ColumnSource[]) => ColumnSource[]
  metadata?: FileMetaData['key_value_metadata']
}>

/** The export as another tool might write it again; imports that. */
const importRewritten = async (change: Change) => {
  const rows = await parquetReadObjects({ file: exported, metadata })
  const columns: ColumnSource[] = COLUMNS.map(({ name, type }) => ({
    name,
    type,
    data: rows.map((row) => row[name]),
  }))
  const path = folder.file('rewritten.parquet')
  const kvMetadata = change.metadata ?? metadata.key_value_metadata ?? []
  const columnData = change.columns?.(columns) ?? columns
  writeFileSync(path, Buffer.from(parquetWriteBuffer({ columnData, kvMetadata })))
  const log = createMemoryEventLog()
  await importLog(await openArchive(path), log)
  return log
}

const withColumn =
  (name: string, column: Partial<ColumnSource>) => (columns: readonly ColumnSource[]) =>
    columns.map((given) => (given.name === name ? { ...given, ...column } : given))

describe('a Parquet file', () => {
  it('says that its times are UTC', () => {
    expect(metadata.schema.find(({ name }) => name === 'recorded_at')?.logical_type).toEqual({
      type: 'TIMESTAMP',
      isAdjustedToUTC: true,
      unit: 'MILLIS',
    })
  })

  it('is imported also with its columns in another order, and more of them', async () => {
    const log = await importRewritten({
      columns: (columns) => [
        ...columns.toReversed(),
        { name: 'mine', type: 'INT64', data: EVENTS.map(() => 1n) },
      ],
    })
    expect(await streamFacts(log, STREAM)).toEqual(EVENTS)
  })

  it('is imported also where whole numbers are narrow ones', async () => {
    const data = EVENTS.map((_, at) => at)
    const log = await importRewritten({ columns: withColumn('revision', { type: 'INT32', data }) })
    expect(await streamFacts(log, STREAM)).toEqual(EVENTS)
  })

  it.each<[string, Change, string]>([
    [
      'has lost its end, as when another tool writes it again',
      { metadata: [] },
      'its end does not say',
    ],
    [
      'lacks a column',
      { columns: (columns) => columns.filter(({ name }) => name !== 'type') },
      'cannot be decoded',
    ],
    [
      'has no revision',
      { columns: withColumn('revision', { data: EVENTS.map(() => null) }) },
      'row 1: revision is not a whole number',
    ],
    [
      'has revisions as text',
      {
        columns: withColumn('revision', {
          type: 'STRING',
          data: EVENTS.map((_, at) => String(at)),
        }),
      },
      'row 1: revision is not a whole number',
    ],
    [
      'has data that is no JSON',
      { columns: withColumn('data', { data: EVENTS.map(() => '{') }) },
      'row 1: data is not a JSON object',
    ],
    [
      'has other data',
      { columns: withColumn('data', { data: EVENTS.map(() => '{}') }) },
      'rows 1 to 6: they are not what was written',
    ],
  ])('is refused when it %s', async (_, change, message) => {
    const outcome = importRewritten(change)
    await expect(outcome).rejects.toThrow(DamagedFile)
    await expect(outcome).rejects.toThrow(message)
  })
})
