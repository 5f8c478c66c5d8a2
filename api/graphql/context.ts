/**
 * What resolvers get besides their arguments: the ports, who is asking, and what the operation may
 * still spend.
 */
import type { GraphQLResolveInfo } from 'graphql'
import type { CommandGate } from '../../commands/command-gate.ts'
import { isRejection } from '../../domain/decider.ts'
import type { HistoryReads } from '../../projections/reads/history-reads.ts'
import type { AtInput, ReadPoint } from '../../projections/reads/points.ts'
import { codedError, rejectionError } from '../errors.ts'
import type { Transport } from '../http/metrics.ts'
import type { ChangeStreams } from '../subscriptions/change-streams.ts'
import { createWarnings, type Warnings } from './fitting.ts'
import { FIELDS_MAX } from './limits.ts'
import { rowWeight } from './selection.ts'

export type Services<Reads extends HistoryReads = HistoryReads> = Readonly<{
  reads: Reads
  gate: CommandGate
  streams: ChangeStreams<Reads>
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

export type ApiContext<Reads extends HistoryReads = HistoryReads> = Services<Reads> &
  Asker &
  Readonly<{
    /**
     * The point that `at` names; fields of one operation that name the same point share it. Throws
     * coded errors.
     */
    pointAt: (at: AtInput | null | undefined) => Promise<ReadPoint>
    /**
     * Takes the price of reading that many rows from the operation's budget. Throws
     * QUERY_TOO_COSTLY.
     */
    spend: (rows: number, info: GraphQLResolveInfo) => void
    /** Values of this execution that did not fit. */
    warnings: Warnings
  }>

/** The context of one operation. */
export const createContext = <Reads extends HistoryReads>(
  services: Services<Reads>,
  asker: Asker,
): ApiContext<Reads> => {
  const points = new Map<string, Promise<ReadPoint>>()
  let fieldsLeft = FIELDS_MAX
  return {
    ...services,
    ...asker,
    warnings: createWarnings(),
    pointAt: (at) => {
      const key = JSON.stringify(at ?? null)
      const known = points.get(key)
      if (known !== undefined) return known
      const point = readPoint(services.reads, at ?? null)
      points.set(key, point)
      return point
    },
    spend: (rows, info) => {
      fieldsLeft -= rows * rowWeight(info, services.innerLists)
      if (fieldsLeft >= 0) return
      const limit = `the limit is ${FIELDS_MAX.toLocaleString('en')} fields over all rows`
      throw codedError(
        'QUERY_TOO_COSTLY',
        `This asks for too much at once (${limit}): ask for fewer rows or fields`,
      )
    },
  }
}

const readPoint = async (reads: HistoryReads, at: AtInput | null): Promise<ReadPoint> => {
  const point = await reads.resolve(at)
  if (isRejection(point)) throw rejectionError(point)
  return point as ReadPoint // not a rejection
}
