/**
 * The world as it was at a block: the sectors in view, read once, in an atlas of their own, and
 * again when the view has moved on. It is shown once it is there; a block above the head is waited
 * for.
 */
import { messageOf } from '../../../domain/errors.ts'
import { hexesAtDocument } from '../../../schemas/graphql/worlds/infinite-hex-adventurers/documents.ts'
import type { Client } from '../../client/client.ts'
import { GraphQLRequestError } from '../../client/graphql-request-error.ts'
import { grouped } from '../format/numbers.ts'
import { type Bounds, boundsOf, type Camera } from '../map/projection.ts'
import { SECTOR_RADIUS, sectorsWithin } from '../map/sectors.ts'
import type { AppState, FeedEntry } from './app-state.ts'
import { type Atlas, applySteps, emptyAtlas } from './atlas.ts'
import { entryOf } from './feed.ts'
import { readEvents } from './follow-events.ts'
import { WHOLE_SCALE_MIN } from './follow-sectors.ts'
import { readPersistently } from './reads.ts'
import type { Store } from './store.ts'
import { type FeedEvent, hexOf } from './world-types.ts'

type Past = Readonly<{ atlas: Atlas; events: readonly FeedEvent[] }>

/** Sectors of the past that are read for one view; a wider view shows its middle. */
const PAST_SECTORS_MAX = 7
const PAST_EVENTS = 100

/**
 * Reads what the bounds show as of a block, with areas if `whole`. Throws as the client does, and
 * when the signal aborts.
 */
const readPast = async (
  client: Client,
  block: number,
  { bounds, whole }: Readonly<{ bounds: Bounds; whole: boolean }>,
  signal: AbortSignal,
): Promise<Past> => {
  const atlas = emptyAtlas()
  const sectors = sectorsWithin(bounds).slice(0, PAST_SECTORS_MAX)
  const [{ events }, ...parts] = await Promise.all([
    readEvents(client, { at: { block }, first: PAST_EVENTS }, signal),
    ...sectors.map(({ center }) =>
      client.query(hexesAtDocument, { center, radius: SECTOR_RADIUS, block, whole }, { signal }),
    ),
  ])
  for (const { hexesInRadius } of parts) {
    applySteps(
      atlas,
      hexesInRadius.map((sent) => ({ before: null, after: hexOf(sent) })),
    )
  }
  return { atlas, events }
}

/** Whether the server says that the block is not there yet, as after a reorg. */
const isAboveHead = (error: unknown): boolean =>
  error instanceof GraphQLRequestError && error.codes.includes('AT_ABOVE_HEAD')

/** Reads the past that the state asks for, and holds the last that was read. */
export class PastWorld {
  readonly #client: Client
  readonly #store: Store<AppState>
  readonly #onRead: (block: number, events: readonly FeedEntry[]) => void
  #atlas: Atlas | null = null
  #reading = new AbortController()
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Whether the block is read as soon as the head has reached it. */
  #isWaiting = false

  /** `onRead` is told the block of a new atlas, and the events up to it, newest first. */
  constructor(
    client: Client,
    store: Store<AppState>,
    onRead: (block: number, events: readonly FeedEntry[]) => void,
  ) {
    this.#client = client
    this.#store = store
    this.#onRead = onRead
  }

  /** Null in the present, and until something was read. */
  get atlas(): Atlas | null {
    return this.#atlas
  }

  /** Reads what the view shows of the block, some time after the last call of several. */
  readSoon(delayMs: number): void {
    const { signal } = this.#startOver()
    this.#say(true, null)
    this.#timer = setTimeout(() => void this.#readOrWait(signal), delayMs)
  }

  /** The head is at this block now: what waited for it is read. */
  headMoved(head: number): void {
    const { block } = this.#store.get()
    if (this.#isWaiting && block !== null && block <= head) this.readSoon(0)
  }

  /** Forgets the past. */
  leave(): void {
    this.#startOver()
    this.#atlas = null
    this.#store.set({ past: { isLoading: false, trouble: null }, pastEvents: [], shown: null })
  }

  #startOver(): AbortController {
    clearTimeout(this.#timer)
    this.#reading.abort()
    this.#reading = new AbortController()
    this.#isWaiting = false
    return this.#reading
  }

  #say(isLoading: boolean, trouble: string | null): void {
    this.#store.set({ past: { isLoading, trouble } })
  }

  #wait(block: number): void {
    this.#isWaiting = true
    this.#say(false, `block ${grouped(block)} is still to come`)
  }

  async #readOrWait(signal: AbortSignal): Promise<void> {
    const { block, camera, meta } = this.#store.get()
    if (block === null || camera === null) return
    const head = meta?.block?.number ?? null
    if (head === null) this.#isWaiting = true
    else if (block > head) this.#wait(block)
    else await this.#read(block, camera, signal)
  }

  async #read(block: number, camera: Camera, signal: AbortSignal): Promise<void> {
    const view = { bounds: boundsOf(camera), whole: camera.scale >= WHOLE_SCALE_MIN }
    const complain = (trouble: string): void =>
      this.#say(true, `block ${grouped(block)} cannot be read: ${trouble}`)
    try {
      const { atlas, events } = await readPersistently(
        (limited) => readPast(this.#client, block, view, limited),
        signal,
        complain,
      )
      if (signal.aborted) return
      const pastEvents = events.map(entryOf)
      this.#atlas = atlas
      this.#store.set({ past: { isLoading: false, trouble: null }, pastEvents, shown: block })
      this.#onRead(block, pastEvents)
    } catch (error) {
      if (signal.aborted) return
      if (isAboveHead(error)) this.#wait(block)
      else this.#say(false, `block ${grouped(block)} cannot be read: ${messageOf(error)}`)
    }
  }
}
