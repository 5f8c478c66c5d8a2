/**
 * The world as it is now: the sectors in view, the events, the head, the figures, and how well all
 * that is connected.
 */
import type { Client } from '../../client/client.ts'
import type { FollowStatus } from '../../client/follow.ts'
import type { Bounds } from '../map/projection.ts'
import { type AppState, blockMsOf } from './app-state.ts'
import { type Atlas, type AtlasChange, applySteps, emptyAtlas, forgetHexes } from './atlas.ts'
import { connectionOf, headAgeOf, type SeenHead } from './connection.ts'
import { withEvents } from './feed.ts'
import { followEvents } from './follow-events.ts'
import { followSectors, type SectorDetail, type SectorFollower } from './follow-sectors.ts'
import { type Poll, pollWorld } from './poll-world.ts'
import type { Store } from './store.ts'
import type { EventMessage, FeedEvent, Meta, Overview, Rate } from './world-types.ts'

/** Told what happens to the world. */
export type LiveListeners = Readonly<{
  onChange: (change: AtlasChange, isSnapshot: boolean) => void
  onMessages: (messages: readonly EventMessage[]) => void
  /** Events from before the page was opened, newest first. */
  onOlder: (events: readonly FeedEvent[]) => void
  onBlock: (block: number) => void
  /** Something could not be asked and will be asked again. */
  onTrouble: (message: string) => void
  /** The server answers. */
  onWell: () => void
  /** The server refused a subscription: a part of the picture is missing. */
  onRefusal: (message: string) => void
}>

const SAMPLES_MAX = 120

/** Follows nothing until it is started. */
export class LiveWorld {
  readonly atlas: Atlas = emptyAtlas()
  readonly #client: Client
  readonly #store: Store<AppState>
  readonly #listeners: LiveListeners
  readonly #statuses = new Map<string, FollowStatus>()
  #sectors: SectorFollower | null = null
  #poll: Poll | null = null
  #pulsesMissed = 0
  #head: SeenHead | null = null
  #running = new AbortController()

  constructor(client: Client, store: Store<AppState>, listeners: LiveListeners) {
    this.#client = client
    this.#store = store
    this.#listeners = listeners
  }

  /** Begins to follow the events and the head, and the sectors once it is told where to look. */
  start(): void {
    const { signal } = this.#running
    this.#sectors = followSectors(this.#client, {
      onFold: ({ steps, reset }) => {
        this.#store.set({ isMapReady: true })
        this.#listeners.onChange(applySteps(this.atlas, steps), reset)
        this.#judge()
      },
      onForget: (hexes) => this.#listeners.onChange(forgetHexes(this.atlas, hexes), false),
      onStatus: (key, status) => this.#setStatus(key, status),
      onRefusal: this.#listeners.onRefusal,
    })
    followEvents(
      this.#client,
      {
        onMessages: this.#listeners.onMessages,
        onOlder: (events, olderEvents) => {
          const known = withEvents(this.#store.get().events, events)
          this.#store.set({ events: known, olderEvents, isFeedReady: true })
          this.#listeners.onOlder(events)
        },
        onStatus: (status) => this.#setStatus('events', status),
        onTrouble: this.#listeners.onTrouble,
        onRefusal: this.#listeners.onRefusal,
      },
      signal,
    )
    this.#poll = pollWorld(
      this.#client,
      {
        onMeta: (meta) => this.#takeMeta(meta),
        onMissed: (missed, message) => {
          this.#pulsesMissed = missed
          this.#listeners.onTrouble(message)
          this.#judge()
        },
        onFigures: (overview, rates) => this.#takeFigures(overview, rates),
        onTrouble: this.#listeners.onTrouble,
      },
      signal,
    )
    globalThis.addEventListener('offline', () => this.#judge(), { signal })
    globalThis.addEventListener('online', () => this.#tryNow(), { signal })
  }

  /** Follows the sectors that these bounds touch. */
  look(bounds: Bounds, detail: SectorDetail): void {
    this.#sectors?.look(bounds, detail)
  }

  /** Follows nothing any more; may be started again. */
  stop(): void {
    this.#running.abort()
    this.#running = new AbortController()
    this.#sectors?.stop()
  }

  /** The network is back: nothing waits any longer to try again. */
  #tryNow(): void {
    this.#client.tryNow()
    this.#poll?.askNow()
    this.#judge()
  }

  #takeMeta(meta: Meta): void {
    const before = this.#store.get().meta
    this.#pulsesMissed = 0
    this.#listeners.onWell()
    if (meta.block !== null && meta.block.number !== this.#head?.number) {
      const { number, time } = meta.block
      this.#head = { number, time, cameAtMs: this.#head === null ? null : Date.now() }
    }
    const isSame =
      before?.block?.number === meta.block?.number &&
      before?.lag === meta.lag &&
      before?.position === meta.position
    if (!isSame) this.#store.set({ meta })
    if (meta.block !== null) this.#listeners.onBlock(meta.block.number)
    this.#judge()
  }

  #takeFigures(overview: Overview, rates: readonly Rate[]): void {
    const { energySamples, rateSamples } = this.#store.get()
    const energy = Number(BigInt(overview.energyHeld) + BigInt(overview.energyInReserves))
    const sampled = Object.fromEntries(
      rates.map(({ itemId, effectiveRate }) => [
        itemId,
        withSample(rateSamples[itemId] ?? [], effectiveRate),
      ]),
    )
    this.#store.set({
      overview,
      rates,
      energySamples: withSample(energySamples, energy),
      rateSamples: sampled,
    })
  }

  #setStatus(key: string, status: FollowStatus | 'gone'): void {
    const before = this.#statuses.get(key)
    // A subscription is back: so is the server, and the head may be asked for without a pause.
    if (status === 'live' && before !== undefined && before !== 'live') this.#poll?.askNow()
    if (status === 'gone') this.#statuses.delete(key)
    else this.#statuses.set(key, status)
    this.#judge()
  }

  #judge(): void {
    const state = this.#store.get()
    this.#store.set({
      connection: connectionOf({
        statuses: this.#statuses.values(),
        isOnline: globalThis.navigator.onLine,
        isMapComplete: this.#sectors?.isComplete() ?? false,
        lag: state.meta?.lag ?? null,
        pulsesMissed: this.#pulsesMissed,
        headAgeMs: this.#head === null ? null : headAgeOf(this.#head, Date.now()),
        blockMs: blockMsOf(state),
      }),
    })
  }
}

const withSample = (samples: readonly number[], value: number): readonly number[] =>
  samples.at(-1) === value && samples.length > 1 ? samples : [...samples, value].slice(-SAMPLES_MAX)
