/**
 * Folds complete blocks into row versions. Pure: the same rows and blocks give the same batch,
 * however they are cut.
 */
import type { RecordedEvent } from '../../domain/event-log/event-log.ts'
import { chainMetaOf, UNDECODED_WORLD_EVENT } from '../../domain/world-stream/facts.ts'
import { isBeyondThisProgram } from '../../schemas/events/upcast.ts'
import type { CompleteBlock } from './blocks.ts'
import type { FoldedBatch } from './folded-batch.ts'
import type { Handler } from './handler.ts'
import type { Projection } from './projection.ts'
import type { WorldTable } from './table.ts'
import { createUnitOfWork, type DrivenUnitOfWork, type LoadedRows } from './unit-of-work.ts'

/** Entity ids by table: the rows that must be loaded before the fold. */
export type TouchedRows = ReadonlyMap<WorldTable, ReadonlySet<string>>

/** The rows that these blocks read or write. */
export const touchedRows = (
  projection: Projection,
  blocks: readonly CompleteBlock[],
): TouchedRows => {
  const touched = new Map<WorldTable, Set<string>>()
  for (const { facts } of blocks) {
    for (const fact of facts) {
      const row = handlerOf(projection, fact)?.touches(fact)
      if (row === undefined || row === null) continue
      const ids = touched.get(row.table)
      if (ids === undefined) touched.set(row.table, new Set([row.entityId]))
      else ids.add(row.entityId)
    }
  }
  return touched
}

/** What the blocks, at least one, make of the loaded rows. */
export const foldBlocks = (
  projection: Projection,
  loaded: LoadedRows,
  blocks: readonly CompleteBlock[],
): FoldedBatch => {
  const unit = createUnitOfWork(loaded)
  for (const { header, position, facts } of blocks) {
    unit.openBlock(header, position)
    for (const fact of facts) {
      if (isReadable(fact)) foldFact(projection, unit, fact)
      else unit.countUnread()
    }
    unit.closeBlock()
  }
  return unit.finish()
}

const foldFact = (projection: Projection, unit: DrivenUnitOfWork, fact: RecordedEvent): void => {
  unit.enterTransaction(chainMetaOf(fact).transactionIndex)
  projection.handlers.get(fact.type)?.apply(fact, unit)
}

const handlerOf = (projection: Projection, fact: RecordedEvent): Handler | undefined =>
  isReadable(fact) ? projection.handlers.get(fact.type) : undefined

/**
 * Ingest could not read it, or a newer program stored it in a shape of its own: it says nothing to
 * read models.
 */
const isReadable = (fact: RecordedEvent): boolean =>
  fact.type !== UNDECODED_WORLD_EVENT && !isBeyondThisProgram(fact)
