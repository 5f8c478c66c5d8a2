/**
 * Messages between a socket, which pushes, and a reader, which pulls. It is bounded: a reader that
 * falls too far behind gets an error after what is queued, and can resume from the last message
 * that it saw.
 */
import { RetryableError } from '../../domain/errors.ts'

/** For one reader. */
export type MessageQueue<T> = Readonly<{
  push: (message: T) => void
  /**
   * No more messages. With an error, the reader gets it after the queued messages. Later calls
   * change nothing.
   */
  end: (error?: unknown) => void
  /** The messages in order, once. */
  messages: () => AsyncGenerator<T, void, undefined>
}>

/** An empty queue that holds at most `pendingMessagesMax` messages that nobody has read yet. */
export const createMessageQueue = <T>(pendingMessagesMax: number): MessageQueue<T> => {
  let pending: T[] = []
  let ended: Readonly<{ error: unknown }> | null = null
  let wake = (): void => {}

  const end = (error?: unknown): void => {
    ended ??= { error }
    wake()
  }
  const push = (message: T): void => {
    if (ended !== null) return
    if (pending.length >= pendingMessagesMax) {
      end(new RetryableError(`The reader fell more than ${pendingMessagesMax} messages behind`))
      return
    }
    pending.push(message)
    wake()
  }
  async function* messages(): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const page = pending
      pending = []
      yield* page
      if (pending.length > 0) continue
      if (ended !== null) {
        if (ended.error !== undefined) throw ended.error
        return
      }
      const { promise, resolve } = Promise.withResolvers<void>()
      wake = resolve
      await promise
    }
  }
  return { push, end, messages }
}
