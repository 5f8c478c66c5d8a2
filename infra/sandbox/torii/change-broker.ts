/**
 * Hands changes to subscribers. As in Torii there is no replay: a subscriber receives what is
 * committed from now on. Torii lets a slow subscriber's queue grow until memory runs out; here the
 * queue has the bound that Torii sets for gRPC, and a subscriber that reaches it is disconnected.
 */
import { RetryableError } from '../../../domain/errors.ts'
import type { Change, Topic } from './block-writer.ts'

export const QUEUED_CHANGES_MAX = 16_384
/** Of all connections together. */
export const SUBSCRIBERS_MAX = 20_000

export type ChangeBroker = Readonly<{
  publish: (changes: readonly Change[]) => void
  isWatched: (topic: Topic) => boolean
  /**
   * Changes of one topic. Ends when the broker closes or the caller returns; throws when the caller
   * cannot keep up. The call itself throws RetryableError when there are too many subscribers.
   */
  subscribe: (topic: Topic) => AsyncGenerator<Change, void, undefined>
  close: () => void
}>

type Subscriber = Readonly<{
  push: (change: Change) => void
  end: (error: RetryableError | null) => void
}>

/**
 * First in, first out, in constant time: pushed to one list, pulled from the reverse of another.
 */
const createQueue = () => {
  let pushed: Change[] = []
  let pulled: Change[] = []
  return {
    size: (): number => pushed.length + pulled.length,
    push: (change: Change): void => void pushed.push(change),
    pull: (): Change | undefined => {
      if (pulled.length === 0) [pushed, pulled] = [[], pushed.reverse()]
      return pulled.pop()
    },
    clear: (): void => {
      pushed = []
      pulled = []
    },
  }
}

/** A queue with one reader: what is pushed is pulled in order. */
const createSubscriber = (forget: (subscriber: Subscriber) => void) => {
  const queue = createQueue()
  const waiting: PromiseWithResolvers<IteratorResult<Change, void>>[] = []
  let ended: Readonly<{ error: RetryableError | null }> | null = null
  const end = (error: RetryableError | null): void => {
    if (ended !== null) return
    ended = { error }
    forget(subscriber)
    for (const { reject, resolve } of waiting.splice(0)) {
      if (error === null) resolve({ done: true, value: undefined })
      else reject(error)
    }
  }
  const subscriber: Subscriber = {
    push: (change) => {
      const reader = waiting.shift()
      if (reader !== undefined) reader.resolve({ done: false, value: change })
      else if (queue.size() >= QUEUED_CHANGES_MAX)
        end(new RetryableError('The subscriber is too slow'))
      else queue.push(change)
    },
    end,
  }
  const next = async (): Promise<IteratorResult<Change, void>> => {
    const change = queue.pull()
    if (change !== undefined) return { done: false, value: change }
    if (ended?.error) throw ended.error
    if (ended !== null) return { done: true, value: undefined }
    const reader = Promise.withResolvers<IteratorResult<Change, void>>()
    waiting.push(reader)
    return reader.promise
  }
  const stop = async (): Promise<IteratorResult<Change, void>> => {
    queue.clear()
    end(null)
    return { done: true, value: undefined }
  }
  const changes: AsyncGenerator<Change, void, undefined> = {
    next,
    return: stop,
    throw: stop,
    [Symbol.asyncIterator]: () => changes,
    [Symbol.asyncDispose]: async () => void (await stop()),
  }
  return { subscriber, changes }
}

/** A broker without subscribers. */
export const createChangeBroker = (): ChangeBroker => {
  const byTopic = new Map<Topic, Set<Subscriber>>()
  let count = 0
  const subscribersOf = (topic: Topic): Set<Subscriber> => {
    const subscribers = byTopic.get(topic) ?? new Set()
    byTopic.set(topic, subscribers)
    return subscribers
  }
  return {
    publish: (changes) => {
      for (const change of changes)
        for (const subscriber of subscribersOf(change.topic)) subscriber.push(change)
    },
    isWatched: (topic) => subscribersOf(topic).size > 0,
    subscribe: (topic) => {
      if (count >= SUBSCRIBERS_MAX) throw new RetryableError('There are too many subscribers')
      const subscribers = subscribersOf(topic)
      const { changes, subscriber } = createSubscriber((gone) => {
        if (subscribers.delete(gone)) count -= 1
      })
      subscribers.add(subscriber)
      count += 1
      return changes
    },
    close: () => {
      for (const subscribers of byTopic.values())
        for (const subscriber of subscribers) subscriber.end(null)
    },
  }
}
