/**
 * What one type of fact does to the rows. Handlers are pure: all that they read and write goes
 * through the unit of work.
 */
import type { RecordedEvent } from '../../domain/event-log/event-log.ts'
import type { Felt } from '../../domain/felt.ts'
import type { WorldTable } from './table.ts'
import type { UnitOfWork } from './unit-of-work.ts'

/** A row that a fact reads and writes, so that it can be loaded before the fold. */
export type TouchedRow = Readonly<{ table: WorldTable; entityId: Felt }>

export type Handler = Readonly<{
  /** Null when the fact touches no versioned row. */
  touches: (fact: RecordedEvent) => TouchedRow | null
  apply: (fact: RecordedEvent, unit: UnitOfWork) => void
}>
