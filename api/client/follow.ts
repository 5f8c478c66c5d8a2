/**
 * A subscription that outlives its connection: it remembers the cursor of the last message that the
 * reader took, and after a loss subscribes again with it, so that the reader sees every change once
 * and in order.
 */
import { RetryableError } from '../../domain/errors.ts'
import { backoffMs } from '../../domain/waiting/backoff.ts'
import { NEVER } from '../../domain/waiting/pause.ts'
import { RECONNECT_BACKOFF, type Reconnect } from './reconnect.ts'
import type { Variables } from './transport.ts'

/**
 * `live`: connected. `resuming`: the connection was lost, trying again. `offline`: trying again has
 * failed, too.
 */
export type FollowStatus = 'live' | 'resuming' | 'offline'

/** How a subscription is followed. */
export type FollowOptions = Readonly<{
  signal?: AbortSignal
  /** Told at each change of status, with the error behind it where there is one. */
  onStatus?: (status: FollowStatus, error: Error | null) => void
  /** Cursor of an earlier run to go on from. */
  since?: string
}>

/** What the document must select of the union that every world subscription yields. */
export type Followed = Readonly<{ __typename: string; cursor: string }>

type Subscribe<Change> = (
  variables: Variables,
  signal: AbortSignal,
  onOpen: () => void,
) => AsyncIterable<Change>

/**
 * Yields changes until the signal aborts or the server completes the subscription. Losses of the
 * connection are resumed without end, at bounded delays; a refusal by the server is thrown. A
 * Resync is yielded, and then everything starts over without a cursor.
 */
export async function* followChanges<Change extends Followed>(
  subscribe: Subscribe<Change>,
  variablesSince: (since: string | null) => Variables,
  options: FollowOptions & Readonly<{ reconnect: Reconnect }>,
): AsyncGenerator<Change, void, undefined> {
  const signal = options.signal ?? NEVER
  const report = statusReporter(options.onStatus)
  let since = options.since ?? null
  let failures = 0
  while (!signal.aborted) {
    let isResync = false
    try {
      for await (const change of subscribe(variablesSince(since), signal, () =>
        report('live', null),
      )) {
        yield change
        isResync = change.__typename === 'Resync'
        if (isResync) break
        since = change.cursor ?? since // an untyped document may not have asked for it
        failures = 0
      }
      if (!isResync) return
      since = null
    } catch (error) {
      if (signal.aborted) return
      if (!(error instanceof RetryableError)) throw error
      report(failures === 0 ? 'resuming' : 'offline', error)
    }
    failures += 1
    await options.reconnect.pause(backoffMs(failures, Math.random, RECONNECT_BACKOFF), signal)
  }
}

const statusReporter = (
  onStatus: FollowOptions['onStatus'],
): NonNullable<FollowOptions['onStatus']> => {
  let last: FollowStatus | null = null
  return (status, error) => {
    if (status === last) return
    last = status
    onStatus?.(status, error)
  }
}
