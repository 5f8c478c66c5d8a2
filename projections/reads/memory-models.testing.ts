/**
 * Read models in memory, for tests: real projections fold the entries of a world's stream, and every
 * version of every row is kept in plain lists. A state is a value that never changes, so its
 * holder reads of one state.
 */

import type { RecordedEvent } from '../../domain/event-log/event-log.ts'
import { refOf } from '../../domain/world-stream/branches.testing.ts'
import { type BlockEntry, createEntryReader } from '../../domain/world-stream/entries.ts'
import type { BlockRef, Finality } from '../../domain/world-stream/facts.ts'
import type { Head } from '../../domain/world-stream/head.ts'
import { createEntryCutter, type EntryBatch, headAfter } from '../engine/entry-batch.ts'
import { foldBlocks, foldRetractions, type TouchedRows, touchedRows } from '../engine/fold.ts'
import type { ChangedKey, FoldedRows } from '../engine/folded-rows.ts'
import type { Projection } from '../engine/projection.ts'
import type {
  AppendedTable,
  ColumnValue,
  RowValues,
  Table,
  VersionedTable,
} from '../engine/table.ts'
import type { LoadedRows } from '../engine/unit-of-work.ts'
import type { HeadRow } from './points.ts'
import type { RowsAt } from './read-database.ts'
import type { RowReader } from './row-reader.ts'

/** A point of history: the end of a block, or a retraction with the block that remains. */
export type MemoryPoint = Readonly<{
  kind: 'block' | 'retraction'
  position: number
  block: BlockRef | null
  /** Position of the retraction of the point's block; null while it stands. */
  retractedAt: number | null
}>

/** A row as it is from a position on; null when there is none any more. */
type Version = Readonly<{
  table: VersionedTable
  entityId: string
  position: number
  row: RowValues | null
}>

/** A fact of an appended table. */
export type MemoryFact = Readonly<{
  table: AppendedTable
  position: number
  blockPosition: number
  values: readonly ColumnValue[]
  retractedAt: number | null
}>

export type MemoryState = Readonly<{
  /** Position of the last event taken in; -1 for none. */
  position: number
  head: Head | null
  /** Number of the newest block that is accepted on L1. */
  finalNumber: number | null
  /** Whether they stand or not. */
  blocks: readonly BlockEntry[]
  /** These four are in the order of their positions. */
  points: readonly MemoryPoint[]
  versions: readonly Version[]
  facts: readonly MemoryFact[]
  changes: readonly ChangedKey[]
}>

const NOTHING: MemoryState = {
  position: -1,
  head: null,
  finalNumber: null,
  blocks: [],
  points: [],
  versions: [],
  facts: [],
  changes: [],
}

export type MemoryModels = Readonly<{
  state: () => MemoryState
  /** Takes in the events that follow. */
  take: (events: readonly RecordedEvent[]) => void
  /** Moves the head alone, if everything up to its position was taken in. */
  cover: (head: Head) => void
}>

/** Read models that have taken in nothing yet. */
export const createMemoryModels = (projections: readonly Projection[]): MemoryModels => {
  const reader = createEntryReader({ after: -1 })
  const cutter = createEntryCutter(1)
  let state = NOTHING
  return {
    state: () => state,
    take: (events) => {
      for (const entry of reader.take(events))
        for (const batch of cutter.add(entry)) state = stateAfter(projections, state, batch)
    },
    cover: (head) => {
      if (head.position === state.position) state = { ...state, head }
    },
  }
}

/** The state after one entry, which is a batch of its own. */
const stateAfter = (
  projections: readonly Projection[],
  before: MemoryState,
  batch: EntryBatch,
): MemoryState => {
  const { position, finalNumber } = batch
  const state = {
    ...before,
    position,
    head: headAfter(before.head, batch),
    finalNumber: finalNumber ?? before.finalNumber,
  }
  const [block] = batch.blocks
  if (block !== undefined) return withBlock(projections, state, block)
  const [retraction] = batch.retractions
  if (retraction === undefined) return state
  const { remaining, retracted } = retraction
  const point = { kind: 'retraction', position, block: remaining, retractedAt: null } as const
  const dropped = state.blocks.find((each) => each.headerPosition === retracted.position)
  const all = { ...state, points: [...state.points, point] }
  return dropped === undefined ? all : withoutBlock(projections, all, dropped)
}

const withBlock = (
  projections: readonly Projection[],
  state: MemoryState,
  block: BlockEntry,
): MemoryState => {
  const { position } = block
  const point = { kind: 'block', position, block: refOf(block), retractedAt: null } as const
  const folded = projections.map((projection) =>
    foldBlocks(projection, loadedBefore(state, touchedRows(projection, [block]), position), [
      block,
    ]),
  )
  const { blocks, points } = state
  return withRows({ ...state, blocks: [...blocks, block], points: [...points, point] }, folded)
}

/** What the block changed is as before it, and what it told is gone; `state.position`: since when. */
const withoutBlock = (
  projections: readonly Projection[],
  state: MemoryState,
  { headerPosition, position: end }: BlockEntry,
): MemoryState => {
  const { position, blocks } = state
  const block = blocks.filter((each) => each.headerPosition === headerPosition)
  const folded = projections.map((projection) => {
    const touched = touchedRows(projection, block)
    const before = loadedBefore(state, touched, headerPosition)
    return foldRetractions(loadedBefore(state, touched, position), [{ position, before }])
  })
  const gone = <Told extends Readonly<{ position: number; retractedAt: number | null }>>(
    told: Told,
  ): Told =>
    told.position >= headerPosition && told.position <= end
      ? { ...told, retractedAt: position }
      : told
  return withRows(
    { ...state, points: state.points.map(gone), facts: state.facts.map(gone) },
    folded,
  )
}

const withRows = (state: MemoryState, folded: readonly FoldedRows[]): MemoryState => ({
  ...state,
  versions: [...state.versions, ...folded.flatMap(versionsIn)],
  facts: [...state.facts, ...folded.flatMap(factsIn)],
  changes: [...state.changes, ...folded.flatMap(({ changes }) => changes)],
})

const versionsIn = ({ versions }: FoldedRows): readonly Version[] =>
  versions.flatMap(({ table, entityIds, positions, erased, columns }) =>
    entityIds.map((entityId, at) => ({
      table,
      entityId,
      position: positions[at] ?? -1,
      row: erased[at] === true ? null : columns.map((values) => values[at] ?? null),
    })),
  )

const factsIn = ({ appended }: FoldedRows): readonly MemoryFact[] =>
  appended.flatMap(({ table, positions, blockPositions, columns }) =>
    positions.map((position, at) => ({
      table,
      position,
      blockPosition: blockPositions[at] ?? -1,
      values: columns.map((values) => values[at] ?? null),
      retractedAt: null,
    })),
  )

/** The rows of a table that were there at a position, by entity. */
const rowsUpTo = (
  { versions }: MemoryState,
  table: VersionedTable,
  position: number,
): ReadonlyMap<string, RowValues> => {
  const rows = new Map<string, RowValues>()
  for (const version of versions) {
    if (version.table !== table || version.position > position) continue
    if (version.row === null) rows.delete(version.entityId)
    else rows.set(version.entityId, version.row)
  }
  return rows
}

const loadedBefore = (state: MemoryState, touched: TouchedRows, position: number): LoadedRows =>
  new Map(
    [...touched].map(([table, ids]) => {
      const rows = [...rowsUpTo(state, table, position - 1)].filter(([id]) => ids.has(id))
      return [table, { touched: ids, rows: new Map(rows) }]
    }),
  )

/** Values of a row by the names of their columns. */
export const namedValues = (
  { columns }: Table,
  values: readonly ColumnValue[],
): Readonly<Record<string, ColumnValue>> =>
  Object.fromEntries(columns.map(({ name }, at) => [name, values[at] ?? null]))

/** All rows at a point, also those that are not shown yet. */
export const rowsAtPoint = <Row>(
  state: MemoryState,
  table: VersionedTable<Row>,
  at: RowsAt,
): Row[] =>
  [...rowsUpTo(state, table, at === 'now' ? state.position : at.position).values()].map(
    (row) => namedValues(table, row) as Row, // a table's rows have the type that it names
  )

type EntityRow = readonly [entityId: string, row: RowValues]

/** Look-ups of rows as SQL does them (row-reader.ts). */
export const memoryRows = (state: () => MemoryState): RowReader => {
  const select = <Row>(
    table: VersionedTable<Row>,
    at: RowsAt,
    isWanted: (row: EntityRow) => boolean,
  ): Row[] =>
    [...rowsUpTo(state(), table, at === 'now' ? state().position : at.position)]
      .filter(([, row]) => table.shownBy === null || row[table.shownBy] !== null)
      .filter(isWanted)
      .map(([, row]) => namedValues(table, row) as Row) // of the table's own type
  return {
    byLookup: async (table, values, at) =>
      select(table, at, ([, row]) => values.includes(String(row[table.lookup]))),
    byEntity: async (table, entityIds, at) =>
      select(table, at, ([entityId]) => entityIds.includes(entityId)),
    all: async (table, at, limit) => select(table, at, () => true).slice(0, limit),
  }
}

/** A block that is said to be final is; of any other, what the source told. */
export const finalityIn = (
  { finalNumber }: MemoryState,
  number: number,
  told: Finality = 'ACCEPTED_ON_L2',
): Finality => (finalNumber !== null && number <= finalNumber ? 'ACCEPTED_ON_L1' : told)

/** The head as SQL gives it. */
export const headRow = (state: MemoryState): HeadRow => {
  const { position, head, finalNumber } = state
  return {
    position,
    finalNumber,
    finality: finalityIn(state, head?.number ?? -1, head?.finality),
    block: head && {
      number: head.number,
      hash: head.hash,
      time: new Date(head.timestamp * 1_000),
    },
  }
}
