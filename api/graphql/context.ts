/**
 * What resolvers get besides their arguments: the ports, who is asking, and what the operation may
 * still spend.
 */
import type { GraphQLResolveInfo } from 'graphql'
import type { CommandGate } from '../../commands/command-gate.ts'
import { isRejection } from '../../domain/decider.ts'
import type { AtInput, ReadPoint, WorldReads } from '../../projections/world-reads.ts'
import { codedError, rejectionError } from '../errors.ts'
import type { Transport } from '../http/metrics.ts'
import type { ChangeStreams } from '../subscriptions/change-streams.ts'
import { FIELDS_MAX } from './limits.ts'
import { rowWeight } from './selection.ts'

export type Services = Readonly<{
  reads: WorldReads
  gate: CommandGate
  streams: ChangeStreams
  /** Names of the world's game events. */
  eventNames: ReadonlySet<string>
}>

/** Who asks, and how. */
export type Asker = Readonly<{
  /** Whether the operator's token came with the request or the connection. */
  isOperator: boolean
  /** Aborts when the asker has gone. */
  signal: AbortSignal
  transport: Transport
}>

export type ApiContext = Services &
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
  }>

/** The context of one operation. */
export const createContext = (services: Services, asker: Asker): ApiContext => {
  const points = new Map<string, Promise<ReadPoint>>()
  let fieldsLeft = FIELDS_MAX
  return {
    ...services,
    ...asker,
    pointAt: (at) => {
      const key = JSON.stringify(at ?? null)
      const known = points.get(key)
      if (known !== undefined) return known
      const point = readPoint(services.reads, at ?? null)
      points.set(key, point)
      return point
    },
    spend: (rows, info) => {
      fieldsLeft -= rows * rowWeight(info)
      if (fieldsLeft >= 0) return
      const limit = `the limit is ${FIELDS_MAX.toLocaleString('en')} fields over all rows`
      throw codedError(
        'QUERY_TOO_COSTLY',
        `This asks for too much at once (${limit}): ask for fewer rows or fields`,
      )
    },
  }
}

const readPoint = async (reads: WorldReads, at: AtInput | null): Promise<ReadPoint> => {
  const point = await reads.resolve(at)
  if (isRejection(point)) throw rejectionError(point)
  return point
}
