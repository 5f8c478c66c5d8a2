/**
 * What resolvers get besides their arguments: the ports, who is asking, and what the operation may
 * still spend.
 */
import type { GraphQLResolveInfo } from 'graphql'
import type { CommandGate } from '../../commands/command-gate.ts'
import { isRejection } from '../../domain/decider.ts'
import type { SourceState } from '../../domain/world-stream/source-state.ts'
import type { HistoryReads } from '../../projections/reads/history-reads.ts'
import type { AtInput, ReadPoint } from '../../projections/reads/points.ts'
import { codedError, rejectionError } from '../errors.ts'
import type { Transport } from '../http/metrics.ts'
import type { ChangeStreams } from '../subscriptions/change-streams.ts'
import { createWarnings, type Warnings } from './fitting.ts'
import { FIELDS_MAX, LOOK_UPS_MAX } from './limits.ts'
import { rowWeight } from './selection.ts'

export type Services<Reads extends HistoryReads = HistoryReads> = Readonly<{
  reads: Reads & Readonly<{ until: (signal: AbortSignal) => Reads }>
  gate: CommandGate
  streams: ChangeStreams<Reads>
  /** How the source of blocks stands; null where the process follows none. */
  source: (() => SourceState) | null
  /** Names of fields that are lists within a row. */
  innerLists: ReadonlySet<string>
}>

/** Who asks, and how. */
export type Asker = Readonly<{
  /** Whether the operator's token came with the request or the connection. */
  isOperator: boolean
  /** Aborts when the asker has gone. */
  signal: AbortSignal
  transport: Transport
}>

/** What one field costs: rows that it may yield, and look-ups of a key in a table that it takes. */
export type Price = Readonly<{ rows: number; lookUps: number }>

export type ApiContext<Reads extends HistoryReads = HistoryReads> = Omit<Services<Reads>, 'reads'> &
  Asker &
  Readonly<{
    /** They end with the operation, and when its asker goes. */
    reads: Reads
    /**
     * The point that `at` names; fields of one operation that name the same point share it. Throws
     * coded errors.
     */
    pointAt: (at: AtInput | null | undefined) => Promise<ReadPoint>
    /**
     * Takes the price of a field from the operation's budget, before anything is read. Throws
     * QUERY_TOO_COSTLY.
     */
    spend: (price: Price, info: GraphQLResolveInfo) => void
    /** Ends what is read for the operation: from now on its reads throw the reason. */
    end: (reason: Error) => void
    /** Values of this execution that did not fit. */
    warnings: Warnings
  }>

/** The context of one operation. */
export const createContext = <Reads extends HistoryReads>(
  services: Services<Reads>,
  asker: Asker,
): ApiContext<Reads> => {
  const points = new Map<string, Promise<ReadPoint>>()
  const ending = new AbortController()
  const signal = AbortSignal.any([asker.signal, ending.signal])
  const reads = services.reads.until(signal)
  let fieldsLeft = FIELDS_MAX
  let lookUpsLeft = LOOK_UPS_MAX
  return {
    ...services,
    ...asker,
    reads,
    signal,
    end: (reason) => ending.abort(reason),
    warnings: createWarnings(),
    pointAt: (at) => {
      const key = JSON.stringify(at ?? null)
      const known = points.get(key)
      if (known !== undefined) return known
      const point = readPoint(reads, at ?? null)
      points.set(key, point)
      return point
    },
    spend: ({ rows, lookUps }, info) => {
      fieldsLeft -= rows * rowWeight(info, services.innerLists)
      lookUpsLeft -= lookUps
      if (fieldsLeft < 0) throw tooCostly(`${FIELDS_MAX.toLocaleString('en')} fields over all rows`)
      if (lookUpsLeft < 0) throw tooCostly(`${LOOK_UPS_MAX.toLocaleString('en')} look-ups`)
    },
  }
}

const tooCostly = (limit: string): Error =>
  codedError(
    'QUERY_TOO_COSTLY',
    `This asks for too much at once (the limit is ${limit}): ask for fewer rows or fields`,
  )

const readPoint = async (reads: HistoryReads, at: AtInput | null): Promise<ReadPoint> => {
  const point = await reads.resolve(at)
  if (isRejection(point)) throw rejectionError(point)
  return point as ReadPoint // not a rejection
}
