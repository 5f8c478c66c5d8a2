/**
 * The one reader of the world's stream: events become entries, each of which can be understood by
 * itself. A block is an entry only when all of it is there; what was written of a block that was
 * retracted before it was complete is dropped. Nothing rests on numbers, hashes or times: only the
 * order of the stream counts.
 */
import { FatalError } from '../errors.ts'
import type { RecordedEvent } from '../event-log/event-log.ts'
import {
  BLOCK_INGESTED,
  BLOCK_RETRACTED,
  type BlockIngested,
  type BlockRetracted,
  FINALITY_ADVANCED,
  type FinalityAdvanced,
  HEAD_REACHED,
  type HeadReached,
} from './facts.ts'

/** A complete block with its facts in chain order. */
export type BlockEntry = Readonly<{
  kind: 'block'
  header: BlockIngested
  /** Of the header: the block's identity. */
  headerPosition: number
  /** Of the last fact; of the header when there is none. */
  position: number
  facts: readonly RecordedEvent[]
}>

/** A block that no longer stands, and the newest one that does. */
export type RetractionEntry = Readonly<{ kind: 'retraction'; position: number }> & BlockRetracted

/** Acceptance on L1 has come so far. */
export type FinalityEntry = Readonly<{ kind: 'finality'; position: number }> & FinalityAdvanced

/** The chain was covered so far, without further events of the world. */
export type HeadEntry = Readonly<{ kind: 'head'; position: number }> & HeadReached

export type WorldEntry = BlockEntry | RetractionEntry | FinalityEntry | HeadEntry

/** Newest known shapes of the events between which facts stand (`meta.schemaVersion`). */
export const FRAMING_VERSIONS: Readonly<Record<string, number>> = {
  [BLOCK_INGESTED]: 1,
  [BLOCK_RETRACTED]: 1,
  [FINALITY_ADVANCED]: 1,
  [HEAD_REACHED]: 1,
}

/** An event that frames the stream; null for a fact of a block. */
export type Framing =
  | Readonly<{ kind: 'block'; position: number; header: BlockIngested }>
  | RetractionEntry
  | FinalityEntry
  | HeadEntry

/** Reads one event. Throws FatalError for framing in a shape that only a newer program knows. */
export const framingOf = (event: RecordedEvent): Framing | null => {
  const known = FRAMING_VERSIONS[event.type]
  if (known === undefined) return null
  const { revision: position, meta } = event
  if (typeof meta.schemaVersion === 'number' && meta.schemaVersion > known) {
    throw new FatalError(
      `${placeOf(event)}: ${event.type} was written by a newer Chronohex, which has to go on`,
    )
  }
  switch (event.type) {
    case BLOCK_INGESTED:
      return { kind: 'block', position, header: dataOf<BlockIngested>(event) }
    case BLOCK_RETRACTED:
      return { kind: 'retraction', position, ...dataOf<BlockRetracted>(event) }
    case FINALITY_ADVANCED:
      return { kind: 'finality', position, ...dataOf<FinalityAdvanced>(event) }
    default:
      return { kind: 'head', position, ...dataOf<HeadReached>(event) }
  }
}

/** Only ingest writes these types, in these shapes, to which golden files of schemas/events hold it. */
const dataOf = <Data>({ data }: RecordedEvent): Data => data as unknown as Data

const placeOf = ({ revision, stream }: RecordedEvent): string => `Position ${revision} of ${stream}`

export type EntryReader = Readonly<{
  /**
   * Takes the events that follow, in order, and returns the entries that they complete. Events that
   * were taken before are passed over. Throws FatalError where one is missing or cannot stand.
   */
  take: (events: readonly RecordedEvent[]) => readonly WorldEntry[]
  /** End of the last complete entry: another reader can go on from after it. */
  boundary: () => number
}>

export type EntryReaderOptions = Readonly<{
  /** Position of the last event that is not to be read; -1 reads from the start. */
  after: number
  /**
   * Whether an entry ends at `after`. If not, the rest of the block in whose middle it may lie is
   * passed over. Default true.
   */
  isBoundary?: boolean
}>

type OpenBlock = Readonly<{
  header: BlockIngested
  headerPosition: number
  facts: RecordedEvent[]
}>

/** A reader that has read nothing yet. */
export const createEntryReader = ({
  after,
  isBoundary = true,
}: EntryReaderOptions): EntryReader => {
  let next = after + 1
  let boundary = after
  let open: OpenBlock | null = null
  let isLost = !isBoundary

  const closeIfWhole = (entries: WorldEntry[]): void => {
    if (open === null || open.facts.length < open.header.eventCount) return
    boundary = open.headerPosition + open.facts.length
    entries.push({ kind: 'block', ...open, position: boundary })
    open = null
  }

  const takeFact = (event: RecordedEvent): void => {
    if (open !== null) open.facts.push(event)
    else if (!isLost)
      throw new FatalError(`${placeOf(event)} is ${event.type} where a block must begin`)
  }

  const takeFraming = (event: RecordedEvent, framing: Framing, entries: WorldEntry[]): void => {
    isLost = false
    const dropsPart =
      framing.kind === 'retraction' && framing.retracted.position === open?.headerPosition
    if (open !== null && !dropsPart) {
      const { eventCount } = open.header
      throw new FatalError(
        `${placeOf(event)} is ${event.type} within the ${eventCount} facts of the block at position ${open.headerPosition}`,
      )
    }
    open = null
    if (framing.kind === 'block') {
      open = { header: framing.header, headerPosition: framing.position, facts: [] }
      return
    }
    boundary = framing.position
    entries.push(framing)
  }

  return {
    take: (events) => {
      const entries: WorldEntry[] = []
      for (const event of events) {
        if (event.revision < next) continue
        if (event.revision > next) {
          throw new FatalError(
            `Position ${next} of ${event.stream} is missing: ${event.revision} came`,
          )
        }
        next += 1
        const framing = framingOf(event)
        if (framing === null) takeFact(event)
        else takeFraming(event, framing, entries)
        closeIfWhole(entries)
      }
      return entries
    },
    boundary: () => boundary,
  }
}
