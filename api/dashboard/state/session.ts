/**
 * One opened page: the client, the state, the atlas, and what people can do with them. The panels
 * call it, the map is attached to it, and everything that arrives from the API passes through here.
 */

import { messageOf } from '../../../domain/errors.ts'
import type { Axial } from '../../../domain/hex.ts'
import { type Client, createClient } from '../../client/client.ts'
import { sentenceOf } from '../format/sentences.ts'
import type { MapView } from '../map/map-view.ts'
import {
  boundsOf,
  type Camera,
  cameraOver,
  centreOf,
  hexAt,
  PANELS,
  type Point,
  SCALE_FIRST,
  SCALE_MIN,
} from '../map/projection.ts'
import { type Layer, readView, type Selection, type View } from '../view-url.ts'
import { type AppState, type FeedEntry, initialState } from './app-state.ts'
import type { Atlas } from './atlas.ts'
import { foldEvents, withEvents } from './feed.ts'
import { readEvents } from './follow-events.ts'
import { LiveWorld } from './live-world.ts'
import { createNameBook, type NameBook } from './names.ts'
import { giveOrder, type Order, type OrderDraft } from './orders.ts'
import { readPast } from './past.ts'
import { createStore, type Store } from './store.ts'
import { territoriesOf } from './territories.ts'
import type { EventMessage } from './world-types.ts'

export type SessionOptions = Readonly<{ url: string; token: string | null; search: string }>

const ORDERS_MAX = 30
const TERRITORIES_MS = 600
const RENEWAL_MS = 150
const PAST_DELAY_MS = 180
const FLY_SCALE_MIN = 34
/** Below this scale nothing of a hex's areas is drawn, so they are not asked for. */
const WHOLE_SCALE_MIN = 7.5
const FIRST_SCALE = { scaleMin: 7, scaleMax: 58 }

export class Session {
  readonly client: Client
  readonly store: Store<AppState>
  readonly names: NameBook
  readonly #live: LiveWorld
  #past: Atlas | null = null
  #pastReading = new AbortController()
  #map: MapView | null = null
  #placed: boolean
  #territoriesTimer: ReturnType<typeof setTimeout> | undefined
  #pastTimer: ReturnType<typeof setTimeout> | undefined
  #renewalTimer: ReturnType<typeof setTimeout> | undefined

  constructor({ url, token, search }: SessionOptions) {
    const view = readView(search)
    this.#placed = view.center !== null
    this.client = createClient({ url, ...(token === null ? {} : { token }) })
    this.store = createStore<AppState>({ ...initialState, token, ...pick(view) })
    this.names = createNameBook(
      this.client,
      () => this.#renewed(),
      (message) => report(message),
    )
    this.#live = new LiveWorld(this.client, this.store, {
      onChange: (change, isSnapshot) => {
        for (const { packed } of change.touched) {
          for (const known of this.#live.atlas.hexes.get(packed)?.adventurers ?? [])
            this.names.note(known)
        }
        if (isSnapshot) this.#placeFirst()
        if (this.store.get().block === null) {
          this.#map?.touch(change.touched, isSnapshot)
          if (!isSnapshot) this.#map?.walk(change.walks)
        }
        if (change.ownershipChanged) this.#findTerritories()
        this.#renewed()
      },
      onMessages: (messages) => this.#takeEvents(messages),
      onOlder: (events) => {
        if (this.store.get().block !== null) return
        for (const { hex, block } of events.toReversed())
          if (hex !== null) this.#map?.warm(hex, block.number)
      },
      onBlock: (block) => {
        if (this.store.get().block === null) this.#map?.setBlock(block)
      },
      onTrouble: report,
      onRefusal: (refusal) => this.store.set({ refusal }),
    })
  }

  /** The atlas that the map shows: of now, or of the block that is looked at. */
  get atlas(): Atlas {
    return this.#past ?? this.#live.atlas
  }

  /** Block that what is shown belongs to; 0 before the first. */
  get blockShown(): number {
    const { block, meta } = this.store.get()
    return block ?? meta?.block?.number ?? 0
  }

  /** Begins to show the world on a map. */
  attach(map: MapView): void {
    this.#map = map
    const { center, scale } = readView(globalThis.location.search)
    if (center !== null) map.control.look(centreOf(center), scale ?? SCALE_FIRST)
    this.#live.start()
    this.store.set({ camera: map.control.camera() })
    this.#follow(map.control.camera())
    const { selection, block } = this.store.get()
    map.select(selection)
    if (block !== null) this.setBlock(block)
  }

  detach(): void {
    this.#live.stop()
    this.#map = null
  }

  /** The camera moved: what comes into view is followed. */
  moved(camera: Camera, byHand: boolean): void {
    if (byHand) this.#placed = true
    this.store.set({ camera })
    this.#follow(camera)
    if (this.store.get().block !== null) this.#readPast(PAST_DELAY_MS * 3)
  }

  select(selection: Selection | null): void {
    this.store.set({ selection })
    this.#map?.select(selection)
  }

  panBy(pixels: Point): void {
    this.#placed = true
    this.#map?.control.panBy(pixels)
  }

  zoomBy(factor: number): void {
    this.#placed = true
    this.#map?.control.zoomBy(factor)
  }

  /** Selects the hex in the middle of the view. */
  selectMiddle(): void {
    const { camera } = this.store.get()
    if (camera !== null) this.select({ kind: 'hex', ...hexAt(camera) })
  }

  /** Shows everything that is discovered, as far as it is followed. */
  showAll(): void {
    const map = this.#map
    const limits = { scaleMin: SCALE_MIN, scaleMax: FIRST_SCALE.scaleMax }
    const camera =
      map === null ? null : cameraOver(discoveredOf(this.atlas), map.control.camera(), limits)
    if (camera !== null) map?.control.fly(camera, camera.scale, map.isCalm)
  }

  /** Goes to a view out of the address bar. */
  restore({ center, scale, selection, layers, block }: View): void {
    if (center !== null)
      this.#map?.control.look(centreOf(center), scale ?? this.#map.control.camera().scale)
    this.select(selection)
    this.setLayers(layers)
    if (block !== this.store.get().block) this.setBlock(block)
  }

  /** Flies to a hex and selects it or what is named. */
  goTo(hex: Axial, selection: Selection = { kind: 'hex', q: hex.q, r: hex.r }): void {
    this.#placed = true
    this.select(selection)
    const scale = Math.max(FLY_SCALE_MIN, this.#map?.control.camera().scale ?? FLY_SCALE_MIN)
    this.#map?.control.fly(this.#beside(centreOf(hex), scale), scale, this.#map.isCalm)
  }

  /** Selects an adventurer, and flies to it where its place is known. */
  goToAdventurer(id: string): void {
    const place = this.atlas.adventurers.get(id)?.place
    if (place === undefined) this.select({ kind: 'adventurer', id })
    else this.goTo(place, { kind: 'adventurer', id })
  }

  setLayers(layers: readonly Layer[]): void {
    this.store.set({ layers })
    this.#map?.setLayers(layers)
  }

  toggleLayer(layer: Layer): void {
    const { layers } = this.store.get()
    this.setLayers(
      layers.includes(layer) ? layers.filter((shown) => shown !== layer) : [...layers, layer],
    )
  }

  /** Looks at the world as of a block; null returns to now. */
  setBlock(block: number | null): void {
    this.store.set({ block })
    if (block !== null) this.#readPast(PAST_DELAY_MS)
    else this.#returnToNow()
  }

  /** Reads a page of events from before those that the feed has. */
  async readOlder(): Promise<void> {
    const { olderEvents } = this.store.get()
    if (olderEvents === null) return
    const { events, before } = await readEvents(this.client, { after: olderEvents })
    this.store.set({ events: withEvents(this.store.get().events, events), olderEvents: before })
  }

  /** Sends a command and follows it in the list of orders. */
  async order(draft: OrderDraft): Promise<void> {
    const key = crypto.randomUUID()
    const { entrypoint, title, account } = draft
    const order: Order = {
      key,
      entrypoint,
      title,
      account,
      state: 'SENDING',
      isFinal: false,
      reason: null,
      block: null,
    }
    this.store.set({ orders: [order, ...this.store.get().orders].slice(0, ORDERS_MAX) })
    await giveOrder(this.client, key, draft, (step) => {
      const orders = this.store
        .get()
        .orders.map((given) => (given.key === key ? { ...given, ...step } : given))
      this.store.set({ orders })
      if (account === null && step.account) this.store.set({ operatorAccount: step.account })
    })
  }

  #follow(camera: Camera): void {
    this.#live.look(boundsOf(camera), camera.scale < WHOLE_SCALE_MIN ? 'outline' : 'whole')
  }

  /**
   * Where to look so that a point is not hidden by the sheet that opens over the lower half of a
   * narrow page.
   */
  #beside(point: Point, scale: number): Point {
    const { camera } = this.store.get()
    const isNarrow = camera !== null && camera.width < PANELS.fromWidth
    return isNarrow ? { x: point.x, y: point.y + (camera.height * 0.24) / scale } : point
  }

  #takeEvents(messages: readonly EventMessage[]): void {
    const fresh = foldEvents([], messages)
    this.store.set({ events: foldEvents(this.store.get().events, messages) })
    if (this.store.get().block !== null) return
    for (const event of fresh) {
      if (event.hex === null || event.isRetracted) continue
      this.#map?.ripple(event.hex, sentenceOf(event).tone)
      this.#map?.warm(event.hex, event.block.number)
    }
  }

  /** Before anybody moved the map, the first snapshot decides what it shows. */
  #placeFirst(): void {
    if (this.#placed || this.#map === null) return
    const found = discoveredOf(this.#live.atlas)
    const camera = cameraOver(found, this.#map.control.camera(), FIRST_SCALE)
    if (camera === null) return
    this.#placed = true
    this.#map.control.look(camera, camera.scale)
  }

  /** Panels read the atlas again, a few times a second at most. */
  #renewed(): void {
    this.#map?.refresh()
    this.#renewalTimer ??= setTimeout(() => {
      this.#renewalTimer = undefined
      this.store.set({ atlasRevision: this.store.get().atlasRevision + 1 })
    }, RENEWAL_MS)
  }

  #findTerritories(): void {
    this.#territoriesTimer ??= setTimeout(() => {
      this.#territoriesTimer = undefined
      this.#map?.setTerritories(territoriesOf(this.atlas.hexes.values()))
    }, TERRITORIES_MS)
  }

  #readPast(delayMs: number): void {
    clearTimeout(this.#pastTimer)
    this.#pastReading.abort()
    this.#pastReading = new AbortController()
    const { signal } = this.#pastReading
    this.store.set({ past: { isLoading: true, trouble: null } })
    this.#pastTimer = setTimeout(() => {
      const { block, camera } = this.store.get()
      if (block === null || camera === null) return
      readPast(
        this.client,
        block,
        { bounds: boundsOf(camera), whole: camera.scale >= WHOLE_SCALE_MIN },
        signal,
      )
        .then((past) => {
          this.#past = past.atlas
          const pastEvents: FeedEntry[] = past.events.map((event) => ({
            ...event,
            isRetracted: false,
          }))
          this.store.set({ past: { isLoading: false, trouble: null }, pastEvents })
          this.#showAtlas(block, pastEvents)
        })
        .catch((error: unknown) => {
          if (!signal.aborted)
            this.store.set({ past: { isLoading: false, trouble: messageOf(error) } })
        })
    }, delayMs)
  }

  #returnToNow(): void {
    clearTimeout(this.#pastTimer)
    this.#pastReading.abort()
    this.#past = null
    this.store.set({ past: { isLoading: false, trouble: null }, pastEvents: [] })
    this.#showAtlas(this.blockShown, this.store.get().events)
  }

  #showAtlas(block: number, events: readonly FeedEntry[]): void {
    const warmed = events.flatMap(({ hex, block: { number } }) =>
      hex === null ? [] : [{ place: hex, block: number }],
    )
    this.#map?.show(this.atlas, block, warmed.reverse())
    this.#map?.setTerritories(territoriesOf(this.atlas.hexes.values()))
    this.#renewed()
  }
}

const discoveredOf = (atlas: Atlas): Axial[] =>
  [...atlas.hexes.values()]
    .filter(({ isDiscovered }) => isDiscovered)
    .map(({ coordinate }) => coordinate)

const pick = ({ selection, layers, block }: ReturnType<typeof readView>) => ({
  selection,
  layers,
  block,
})

const report = (message: string): void => console.warn(`Chronohex: ${message}`)
