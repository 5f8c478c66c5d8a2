/**
 * A small projection for tests of stores, with a table of each kind, and worlds of blocks that it
 * is folded from. Each fact says by itself what becomes of the rows.
 */
import { expect } from 'vitest'
import type { JsonObject, RecordedEvent } from '../../domain/event-log/event-log.ts'
import { feltOfNumber } from '../../domain/felt.ts'
import type { BlockEntry, RetractionEntry } from '../../domain/world-stream/entries.ts'
import type { BlockRef } from '../../domain/world-stream/facts.ts'
import type { Head } from '../../domain/world-stream/head.ts'
import type { Handler } from './handler.ts'
import { type Projection, projectionOf } from './projection.ts'
import type { Batch, ProjectionStore, Retraction } from './projection-store.ts'
import { foldBatch } from './store-batch.ts'
import { type AppendedTable, type ConstantTable, type RowValues, versionedTable } from './table.ts'

/** Its versioned table, looked up by place. */
export const things = versionedTable('things', {
  columns: [
    { name: 'place', storage: 'text' },
    { name: 'level', storage: 'bigint' },
    { name: 'weight', storage: 'numeric(39)' },
    { name: 'is_open', storage: 'boolean' },
  ],
  lookup: 'place',
  subjects: { place: 'place' },
})

/** What was said. */
const notes: AppendedTable = {
  kind: 'appended',
  name: 'notes',
  columns: [
    { name: 'about', storage: 'text' },
    { name: 'said', storage: 'json' },
  ],
  indexes: [],
}

/** Where things are; a place keeps its first size. */
const places: ConstantTable = {
  kind: 'constant',
  name: 'places',
  columns: [
    { name: 'place', storage: 'text' },
    { name: 'size', storage: 'integer' },
  ],
  geometry: null,
}

/** The same rows in a projection of its own. */
const copies = versionedTable('copies', { columns: things.columns, lookup: 'place' })

/** What one fact does. */
export type TestChange = Readonly<{
  /** Rows by entity id; null erases. */
  things?: Readonly<Record<string, RowValues | null>>
  note?: string
  /** Size of the place that has this name. */
  place?: Readonly<Record<string, number>>
}>

const CHANGED = 'ThingsChanged'
const changeOf = ({ data }: RecordedEvent): TestChange => data as TestChange // as `factAt` makes it

const writing = (table: typeof things): Handler => ({
  touches: (fact) =>
    Object.keys(changeOf(fact).things ?? {}).map((entityId) => ({ table, entityId })),
  apply: (fact, unit) => {
    for (const [entityId, row] of Object.entries(changeOf(fact).things ?? {}))
      unit.write(table, entityId, row)
  },
})

const telling: Handler = {
  touches: () => [],
  apply: (fact, unit) => {
    const { note, place = {} } = changeOf(fact)
    if (note !== undefined) unit.append(notes, fact.revision, ['a thing', { said: note }])
    for (const values of Object.entries(place)) unit.keep(places, values)
  },
}

/** With all three kinds of tables. */
export const village: Projection = projectionOf('village', 1, [
  {
    tables: [things, notes, places],
    handlers: [
      [CHANGED, writing(things)],
      [CHANGED, telling],
    ],
  },
])

/** Another one over the same facts. */
export const mirror: Projection = projectionOf('mirror', 1, [
  { tables: [copies], handlers: [[CHANGED, writing(copies)]] },
])
/** The table of `mirror`, in the columns of `things`. */
export const mirrored = copies

/** In the order in which stores are given them. */
export const BOTH: readonly Projection[] = [village, mirror]

const factAt = (revision: number, change: TestChange): RecordedEvent => ({
  id: `00000000-0000-5000-8000-${revision.toString(16).padStart(12, '0')}`,
  type: CHANGED,
  data: change as JsonObject, // plain values
  meta: { schemaVersion: 1, transaction: '0x1', transactionIndex: 0 },
  stream: 'world-TEST-0x1',
  revision,
  logPosition: revision,
  recordedAt: new Date(0),
})

/** A block after a position, with one fact for each change. Its number is its header's and 100. */
export const oneBlock = (after: number, ...changes: readonly TestChange[]): BlockEntry => {
  const headerPosition = after + 1
  const number = headerPosition + 100
  return {
    kind: 'block',
    header: {
      number,
      hash: feltOfNumber(number),
      parentHash: feltOfNumber(number - 1),
      timestamp: 1_700_000_000 + number,
      finality: 'ACCEPTED_ON_L2',
      eventCount: changes.length,
    },
    headerPosition,
    position: headerPosition + changes.length,
    facts: changes.map((change, at) => factAt(headerPosition + 1 + at, change)),
  }
}

/** Blocks that follow each other after a position; each of one fact for each of its changes. */
export const blocksAfter = (
  after: number,
  ...blocks: readonly (readonly TestChange[])[]
): readonly BlockEntry[] => {
  const found: BlockEntry[] = []
  for (const changes of blocks) found.push(oneBlock(found.at(-1)?.position ?? after, ...changes))
  return found
}

/** How a retraction names a block. */
const refOf = ({ header, headerPosition }: BlockEntry): BlockRef => {
  const { number, hash, timestamp, finality } = header
  return { position: headerPosition, number, hash, timestamp, finality }
}

/** The head where this block is the newest. */
export const headOf = (block: BlockEntry, position = block.position): Head => ({
  ...refOf(block),
  position,
})

/** The retraction of a block, at a position; `remaining` is the newest block that stands then. */
export const retractionAt = (
  position: number,
  block: BlockEntry,
  remaining: BlockEntry | null,
): Retraction => {
  const entry: RetractionEntry = {
    kind: 'retraction',
    position,
    retracted: refOf(block),
    remaining: remaining && refOf(remaining),
  }
  return { entry, block }
}

/** What these entries add to all projections of a store. */
export const batchOf = async (
  store: ProjectionStore,
  from: number,
  entries: Partial<Pick<Batch, 'blocks' | 'retractions' | 'to' | 'head' | 'finalNumber'>>,
): Promise<Batch> => {
  const { blocks = [], retractions = [], finalNumber = null } = entries
  const last = blocks.at(-1)
  const rows = await Promise.all(
    store.projections.map(
      async (projection) =>
        [projection, await foldBatch(store, projection, blocks, retractions)] as const,
    ),
  )
  return {
    from,
    to: entries.to ?? retractions.at(-1)?.entry.position ?? last?.position ?? from,
    blocks,
    retractions,
    finalNumber,
    head: entries.head !== undefined ? entries.head : last === undefined ? null : headOf(last),
    rows,
  }
}

/** A row of `things`. */
export const row = (place: string, level = 1): RowValues => [
  place,
  level,
  (BigInt(level) * 10n ** 20n).toString(),
  true,
]

/** The rows of `things`, or of its mirror, that there are now, by entity id. */
export const loaded = async (
  store: ProjectionStore,
  ids: readonly string[],
  [projection, table]: readonly [Projection, typeof things] = [village, things],
): Promise<Readonly<Record<string, RowValues>>> => {
  const found = (await store.load(projection, new Map([[table, new Set(ids)]]))).get(table)
  expect([...(found?.touched ?? [])]).toEqual(ids)
  return Object.fromEntries(found?.rows ?? [])
}

/** The same before a position. */
export const loadedBefore = async (
  store: ProjectionStore,
  ids: readonly string[],
  position: number,
): Promise<Readonly<Record<string, RowValues>>> => {
  const touched = new Map([[things, new Set(ids)]])
  const found = (await store.loadBefore(village, touched, position)).get(things)
  expect([...(found?.touched ?? [])]).toEqual(ids)
  return Object.fromEntries(found?.rows ?? [])
}

/** Stores blocks after a position, each in a batch of its own. */
export const stored = async (
  store: ProjectionStore,
  from: number,
  blocks: readonly BlockEntry[],
): Promise<void> => {
  let at = from
  for (const block of blocks) {
    await store.commit(await batchOf(store, at, { blocks: [block] }))
    at = block.position
  }
}

/** A point of history, as it is stored. */
export type StoredPoint = Readonly<{
  position: number
  kind: 'block' | 'retraction'
  /** Position of the header of the block that is the newest from there on. */
  header: number | null
  number: number | null
  hash: string | null
  /** Where the block was retracted; null for one that stands, and for a retraction. */
  retractedAt: number | null
}>

/** What the tables of `village` hold besides its versioned rows, and what all share. */
export type StoredContents = Readonly<{
  finalNumber: number | null
  points: readonly StoredPoint[]
  /** Rows of `notes`, by position. */
  notes: readonly Readonly<{
    position: number
    blockPosition: number
    retractedAt: number | null
    values: readonly unknown[]
  }>[]
  /** Rows of `places`, by key. */
  places: readonly (readonly unknown[])[]
  /** By subject, position and key. */
  changes: readonly Readonly<{ subject: string; position: number; key: string }>[]
}>

/** A world of which nothing has been stored yet. */
export type StoreWorld = Readonly<{
  /** The store of a program that keeps these projections, which are made ready for it. */
  open: (projections: readonly Projection[]) => Promise<ProjectionStore>
  contents: () => Promise<StoredContents>
  /** Everything that is stored of these projections, histories included, to be compared. */
  snapshot: (projections: readonly Projection[]) => Promise<unknown>
}>

/** A database, in which worlds do not meet. */
export type StoreStage = Readonly<{ newWorld: () => StoreWorld; close: () => Promise<void> }>
