/**
 * Folds entries of the world's stream into row versions. Pure: the same rows and entries give the
 * same versions, however the entries are cut into batches.
 */
import type { RecordedEvent } from '../../domain/event-log/event-log.ts'
import type { BlockEntry } from '../../domain/world-stream/entries.ts'
import { chainMetaOf, UNDECODED_WORLD_EVENT } from '../../domain/world-stream/facts.ts'
import { isBeyondThisProgram } from '../../schemas/events/upcast.ts'
import type { FoldedRows } from './folded-rows.ts'
import type { Handler } from './handler.ts'
import type { Projection } from './projection.ts'
import type { VersionedTable } from './table.ts'
import { createUnitOfWork, type DrivenUnitOfWork, type LoadedRows } from './unit-of-work.ts'

/** Entity ids by table: the rows that must be loaded before the fold. */
export type TouchedRows = ReadonlyMap<VersionedTable, ReadonlySet<string>>

/** The rows that the facts of these blocks may read or write. */
export const touchedRows = (projection: Projection, blocks: readonly BlockEntry[]): TouchedRows => {
  const touched = new Map<VersionedTable, Set<string>>()
  for (const fact of blocks.flatMap(({ facts }) => facts)) {
    for (const handler of handlersOf(projection, fact)) {
      for (const { table, entityId } of handler.touches(fact)) {
        const ids = touched.get(table)
        if (ids === undefined) touched.set(table, new Set([entityId]))
        else ids.add(entityId)
      }
    }
  }
  return touched
}

/** What blocks make of the loaded rows. */
export const foldBlocks = (
  projection: Projection,
  loaded: LoadedRows,
  blocks: readonly BlockEntry[],
): FoldedRows => {
  const unit = createUnitOfWork(loaded)
  for (const { position, facts } of blocks) {
    unit.openPoint(position)
    for (const fact of facts) foldFact(projection, unit, fact)
    unit.closePoint()
  }
  return unit.finish()
}

/** A retracted block, seen by one projection. */
export type RowsToRestore = Readonly<{
  /** Of the retraction. */
  position: number
  /** The rows that the block may have changed, as they were before it. */
  before: LoadedRows
}>

/**
 * What retractions, newest block first, make of the loaded rows: each row that the block changed
 * gets a further version that is equal to what it was before.
 */
export const foldRetractions = (
  loaded: LoadedRows,
  retractions: readonly RowsToRestore[],
): FoldedRows => {
  const unit = createUnitOfWork(loaded)
  for (const { position, before } of retractions) {
    unit.openPoint(position)
    for (const [table, { touched, rows }] of before)
      for (const entityId of touched) unit.write(table, entityId, rows.get(entityId) ?? null)
    unit.closePoint()
  }
  return unit.finish()
}

/** Facts that change nothing because nobody here can read them; they stay in the log. */
export const unreadFacts = (blocks: readonly BlockEntry[]): number =>
  blocks.reduce((sum, { facts }) => sum + facts.filter((fact) => !isReadable(fact)).length, 0)

const foldFact = (projection: Projection, unit: DrivenUnitOfWork, fact: RecordedEvent): void => {
  const handlers = handlersOf(projection, fact)
  if (handlers.length === 0) return
  unit.enterTransaction(chainMetaOf(fact).transactionIndex)
  for (const handler of handlers) handler.apply(fact, unit)
}

const NONE: readonly Handler[] = []

const handlersOf = (projection: Projection, fact: RecordedEvent): readonly Handler[] =>
  isReadable(fact) ? (projection.handlers.get(fact.type) ?? NONE) : NONE

/**
 * Ingest could not read it, or a newer program stored it in a shape of its own: it says nothing to
 * read models.
 */
const isReadable = (fact: RecordedEvent): boolean =>
  fact.type !== UNDECODED_WORLD_EVENT && !isBeyondThisProgram(fact)
