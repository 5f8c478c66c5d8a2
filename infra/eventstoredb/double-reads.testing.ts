/**
 * The double's Read: pages of a stream or of $all, and subscriptions, which first catch up and then
 * go on.
 */
import { randomUUID } from 'node:crypto'
import streamMessages, {
  type ReadReq,
  type ReadResp,
} from '@eventstore/db-client/generated/streams_pb.js'
import { type ServerWritableStream, status } from '@grpc/grpc-js'
import type { DoubleVersion, FaultPoint } from './double-faults.testing.ts'
import type { DoubleStore, Kept } from './double-store.testing.ts'
import * as wire from './double-wire.testing.ts'

type ReadCall = ServerWritableStream<ReadReq, ReadResp>
type ReadOptions = InstanceType<typeof ReadReq.Options>

/**
 * A live subscriber of 23.10 is cut off when so many events come at once; about as many have been
 * sent by then.
 */
export const SLOW_SUBSCRIBER_BURST_EVENTS = 220
const SENT_BEFORE_CUT_EVENTS = 171
const CHECKPOINT_EVENTS = 32

/** A failure that the call ends with. */
class ReadFailure extends Error {
  readonly wire: wire.WireError
  constructor(code: number, details: string) {
    super(details)
    this.wire = wire.wireError(code, details)
  }
}

const handlerThrew = (): ReadFailure =>
  new ReadFailure(status.UNKNOWN, 'Exception was thrown by handler.')

export type ReadContext = Readonly<{
  store: DoubleStore
  version: DoubleVersion
  faultPoint: FaultPoint
}>

export const readHandler =
  (context: ReadContext) =>
  async (call: ReadCall): Promise<void> => {
    const options = call.request.getOptions() ?? new streamMessages.ReadReq.Options()
    const fault = context.faultPoint(options.hasSubscription() ? 'subscribe' : 'read')
    if (await fault.before((error) => call.emit('error', error))) return
    try {
      if (options.hasSubscription()) await serveSubscription(context, call, options)
      else if (await servePage(context, call, options)) {
        if (!fault.after()) call.end()
      }
    } catch (error) {
      if (!isOver(call)) call.emit('error', error instanceof ReadFailure ? error.wire : error)
    }
  }

const isOver = (call: ReadCall): boolean => call.cancelled || call.destroyed

/** Sends as fast as the reader takes it. False once the reader has gone. */
const send = async (call: ReadCall, message: ReadResp): Promise<boolean> => {
  if (isOver(call)) return false
  if (!call.write(message)) await drainedOrOver(call)
  return !isOver(call)
}

const drainedOrOver = (call: ReadCall): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const signs = ['drain', 'cancelled', 'close'] as const
  const end = (): void => {
    for (const sign of signs) call.removeListener(sign, end)
    resolve()
  }
  for (const sign of signs) call.once(sign, end)
  return promise
}

const servePage = async (
  { store, version }: ReadContext,
  call: ReadCall,
  options: ReadOptions,
): Promise<boolean> => {
  const count = Number(options.getCount())
  if (count === 0) throw new ReadFailure(status.UNKNOWN, 'Unexpected ReadStreamResult: Error')
  const isBackwards = options.getReadDirection() === 1
  const events = options.hasStream()
    ? streamEvents(store, options, isBackwards)
    : allEvents(store, version, options, isBackwards)
  if (events === null) {
    const name = options.getStream()?.getStreamIdentifier()
    return send(
      call,
      new wire.ReadResp().setStreamNotFound(
        new wire.ReadResp.StreamNotFound().setStreamIdentifier(name),
      ),
    )
  }
  for (const event of events.slice(0, count))
    if (!(await send(call, wire.eventMessage(event)))) return false
  return true
}

const streamEvents = (
  store: DoubleStore,
  options: ReadOptions,
  isBackwards: boolean,
): readonly Kept[] | null => {
  const from = options.getStream()
  const name = wire.streamName(from?.getStreamIdentifier())
  if (name === '') throw handlerThrew()
  if (store.isDeleted(name)) throw deletedFailure(name)
  const visible = store.visible(name)
  if (visible === null) return null
  if (!isBackwards && from?.hasEnd())
    throw new ReadFailure(status.UNKNOWN, 'Unexpected ReadStreamResult: Error')
  const revision = from?.hasRevision() ? BigInt(from.getRevision()) : 0n
  if (!isBackwards) return visible.filter((event) => event.revision >= revision)
  return visible.filter((event) => from?.hasEnd() || event.revision <= revision).toReversed()
}

const deletedFailure = (name: string): ReadFailure => {
  const failure = new ReadFailure(status.FAILED_PRECONDITION, '')
  return Object.assign(failure, { wire: wire.streamDeleted(name) })
}

/**
 * Forwards the position is included, backwards it is not; it must be an event's, or lie beyond the
 * end.
 */
const allEvents = (
  store: DoubleStore,
  version: DoubleVersion,
  options: ReadOptions,
  isBackwards: boolean,
): readonly Kept[] => {
  const count = Number(options.getCount())
  const from = options.getAll()
  if (from?.hasStart()) return isBackwards ? [] : store.all
  if (from?.hasEnd()) return isBackwards ? store.all.slice(-count).toReversed() : []
  const position = BigInt(from?.getPosition()?.getCommitPosition() ?? '0')
  if (!isBoundary(store, position)) {
    throw new ReadFailure(
      status.UNKNOWN,
      `Unexpected ReadAllResult: ${version === '24.2.0' ? 'InvalidPosition' : 'Error'}`,
    )
  }
  return isBackwards
    ? store.all.filter((event) => event.position < position).toReversed()
    : store.all.slice(firstIndex(store.all, (event) => event.position >= position))
}

const isBoundary = ({ all }: DoubleStore, position: bigint): boolean =>
  position > (all.at(-1)?.position ?? -1n) ||
  all[firstIndex(all, (event) => event.position >= position)]?.position === position

/** Index of the first event for which `isAt` holds, where it holds for all that follow. */
const firstIndex = (events: readonly Kept[], isAt: (event: Kept) => boolean): number => {
  let [low, high] = [0, events.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const event = events[middle]
    if (event !== undefined && isAt(event)) high = middle
    else low = middle + 1
  }
  return low
}

/** What a subscription follows: where it stands, and what comes next. */
type Followed = Readonly<{
  /** The events that have not been sent yet, in order. */
  pending: () => Iterable<Kept>
  /** Moves behind the event. */
  pass: (event: Kept) => void
  matches: (event: Kept) => boolean
  /** 23.10 is silent about the end of a stream that does not exist yet. */
  tellsEnd: () => boolean
}>

const serveSubscription = async (
  context: ReadContext,
  call: ReadCall,
  options: ReadOptions,
): Promise<void> => {
  const { store, version } = context
  const followed = options.hasStream()
    ? followStream(context, options)
    : followAll(context, options)
  if (followed === null && version === '23.10.6') throw handlerThrew()
  await send(call, new wire.ReadResp().setConfirmation(confirmation()))
  if (followed === null)
    throw new ReadFailure(status.INVALID_ARGUMENT, 'Trying to read from an invalid position.')
  const news = { waiting: Promise.withResolvers<void>() }
  const wake = (): void => news.waiting.resolve()
  const stop = store.onAppend(wake)
  call.once('cancelled', wake)
  call.once('close', wake)
  try {
    const checkpoints = checkpointing(call, options)
    for (let isLive = false; !isOver(call); ) {
      news.waiting = Promise.withResolvers<void>()
      const wasTold = isLive
      const sent = await sendPending(call, followed, {
        isLive: isLive && version === '23.10.6',
        checkpoints,
      })
      if (
        (!wasTold && followed.tellsEnd()) ||
        (version === '24.2.0' && sent >= SLOW_SUBSCRIBER_BURST_EVENTS)
      ) {
        isLive = true
        await send(call, new wire.ReadResp().setCaughtUp(new wire.ReadResp.CaughtUp()))
      }
      if (!isOver(call)) await news.waiting.promise
    }
  } finally {
    stop()
  }
}

const confirmation = () =>
  new wire.ReadResp.SubscriptionConfirmation().setSubscriptionId(randomUUID())

type Sending = Readonly<{ isLive: boolean; checkpoints: (event: Kept) => Promise<void> }>

/**
 * Sends what there is; gives how many. Cuts off a live subscriber of 23.10 when too much comes at
 * once.
 */
const sendPending = async (
  call: ReadCall,
  followed: Followed,
  { isLive, checkpoints }: Sending,
): Promise<number> => {
  const burst = isLive ? [...followed.pending()].filter(followed.matches).length : 0
  const isTooMuch = burst >= SLOW_SUBSCRIBER_BURST_EVENTS
  let sent = 0
  for (const event of followed.pending()) {
    followed.pass(event)
    if (followed.matches(event)) {
      if (!(await send(call, wire.eventMessage(event)))) return sent
      sent += 1
    }
    if (isTooMuch && sent === SENT_BEFORE_CUT_EVENTS) throw tooSlow()
    if (!isLive) await checkpoints(event)
  }
  return sent
}

const tooSlow = (): ReadFailure =>
  new ReadFailure(
    status.ABORTED,
    'Operation timed out: Consumer too slow to handle event while live. Client resubscription required.',
  )

const followStream = ({ store, version }: ReadContext, options: ReadOptions): Followed => {
  const from = options.getStream()
  const name = wire.streamName(from?.getStreamIdentifier())
  if (store.isDeleted(name)) throw deletedFailure(name)
  let after = -1n
  if (from?.hasRevision()) after = BigInt(from.getRevision())
  if (from?.hasEnd()) after = store.visible(name)?.at(-1)?.revision ?? -1n
  return {
    *pending() {
      for (const event of store.visible(name) ?? []) if (event.revision > after) yield event
    },
    pass: (event) => {
      after = event.revision
    },
    matches: () => true,
    tellsEnd: () => version === '24.2.0' || store.visible(name) !== null,
  }
}

/** Null: the position to begin at is none. */
const followAll = ({ store }: ReadContext, options: ReadOptions): Followed | null => {
  const from = options.getAll()
  let next = 0
  if (from?.hasEnd()) next = store.all.length
  if (from?.hasPosition()) {
    const position = BigInt(from.getPosition()?.getCommitPosition() ?? '0')
    if (!isBoundary(store, position)) return null
    next = firstIndex(store.all, (event) => event.position > position)
  }
  return {
    *pending() {
      for (let index = next; ; index += 1) {
        const event = store.all[index]
        if (event === undefined) return
        yield event
      }
    },
    pass: () => {
      next += 1
    },
    matches: filterOf(options),
    tellsEnd: () => true,
  }
}

const filterOf = (options: ReadOptions): ((event: Kept) => boolean) => {
  const filter = options.getFilter()
  if (filter === undefined) return () => true
  const isByName = filter.hasStreamIdentifier()
  const expression = isByName ? filter.getStreamIdentifier() : filter.getEventType()
  const prefixes = expression?.getPrefixList() ?? []
  const regex = new RegExp(expression?.getRegex() || '^')
  return ({ stream, type }) => {
    const subject = isByName ? stream : type
    return prefixes.length > 0
      ? prefixes.some((prefix) => subject.startsWith(prefix))
      : regex.test(subject)
  }
}

/**
 * A checkpoint for every so many events searched, only while catching up with a filter, its
 * `prepare` 0.
 */
const checkpointing = (call: ReadCall, options: ReadOptions): ((event: Kept) => Promise<void>) => {
  const filter = options.getFilter()
  const every = CHECKPOINT_EVENTS * (filter?.getCheckpointintervalmultiplier() ?? 1)
  let searched = 0
  return async ({ position }) => {
    if (filter === undefined) return
    searched += 1
    if (searched % every !== 0) return
    const checkpoint = new wire.ReadResp.Checkpoint()
      .setCommitPosition(String(position))
      .setPreparePosition('0')
    await send(call, new wire.ReadResp().setCheckpoint(checkpoint))
  }
}
