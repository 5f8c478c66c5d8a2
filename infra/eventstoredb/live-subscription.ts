/** The live subscription to the whole log: it tells of appends and hands on no event. */
import { type AllStreamResolvedEvent, END } from '@eventstore/db-client'
import { RetryableError } from '../../domain/errors.ts'
import type { IsolatedClient } from './isolated-client.ts'
import { readingOf } from './reading.ts'
import { safeInteger } from './recorded-event.ts'

export type LogWatcher = Readonly<{
  /** Every append from now on is told. */
  began: () => void
  saw: (stream: string, logPosition: number) => void
}>

/** Ends without an error only when the signal aborts. */
export const watch = async (
  client: IsolatedClient,
  watcher: LogWatcher,
  signal: AbortSignal,
): Promise<void> => {
  const subscription = client.subscribeToAll({ fromPosition: END })
  const stop = (): void => {
    subscription.destroy()
  }
  subscription.on('confirmation', watcher.began)
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    const reading = readingOf<AllStreamResolvedEvent>(
      subscription,
      () => subscription.unsubscribe(),
      null,
    )
    for await (const { event } of reading.items()) {
      if (event !== undefined) watcher.saw(event.streamId, safeInteger(event.position.commit))
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    signal.removeEventListener('abort', stop)
  }
  if (!signal.aborted) throw new RetryableError('The live subscription ended')
}
