/**
 * The order in which GraphQL queries run. A query holds its thread from its first row to its last,
 * so between two of them the thread looks who has left: what nobody waits for any more is not run.
 */
import { setImmediate } from 'node:timers/promises'
import { createTurns } from '../../../domain/waiting/turns.ts'

/** `busy`: too many wait already. `gone`: the client left before its turn came. */
export type QueryTurns = <T>(
  query: () => Promise<T>,
  gone: AbortSignal,
) => Promise<T | 'busy' | 'gone'>

const WAITING_QUERIES_MAX = 64

export const createQueryTurns = (): QueryTurns => {
  const inTurn = createTurns()
  let waiting = 0
  return async (query, gone) => {
    if (waiting >= WAITING_QUERIES_MAX) return 'busy'
    waiting += 1
    return inTurn(async () => {
      // Sockets are read before the first of these, and closed ones told of before the second.
      await setImmediate()
      await setImmediate()
      waiting -= 1
      return gone.aborted ? 'gone' : query()
    })
  }
}
