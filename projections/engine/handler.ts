/**
 * What one type of fact does to the rows. Handlers are pure: all that they read and write goes
 * through the unit of work.
 */
import type { RecordedEvent } from '../../domain/event-log/event-log.ts'
import type { VersionedTable } from './table.ts'
import type { UnitOfWork } from './unit-of-work.ts'

/** A row that a fact may read or write. */
export type TouchedRow = Readonly<{ table: VersionedTable; entityId: string }>

export type Handler = Readonly<{
  /**
   * All versioned rows that `apply` may read or write for this fact: they are loaded before the
   * fold, and no others can be reached.
   */
  touches: (fact: RecordedEvent) => readonly TouchedRow[]
  apply: (fact: RecordedEvent, unit: UnitOfWork) => void
}>

/** For handlers that only append. */
export const touchesNothing = (): readonly TouchedRow[] => []
