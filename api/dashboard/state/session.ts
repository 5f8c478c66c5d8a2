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
  besidePanels,
  boundsOf,
  type Camera,
  cameraOver,
  centreOf,
  hexAt,
  isCovered,
  type Point,
  SCALE_FIRST,
  SCALE_MIN,
} from '../map/projection.ts'
import { type Layer, readView, type Selection, type View } from '../view-url.ts'
import { type AppState, type FeedEntry, initialState, shownBlockOf } from './app-state.ts'
import type { Atlas, AtlasChange } from './atlas.ts'
import { foldEvents, withEvents } from './feed.ts'
import { readEvents } from './follow-events.ts'
import { WHOLE_SCALE_MIN } from './follow-sectors.ts'
import { createItemBook, type ItemBook } from './items.ts'
import { LiveWorld } from './live-world.ts'
import { createNameBook, type NameBook } from './names.ts'
import { placeOrder } from './order-list.ts'
import type { OrderDraft } from './orders.ts'
import { PastWorld } from './past.ts'
import { createSoon } from './soon.ts'
import { createStore, type Store } from './store.ts'
import { territoriesOf } from './territories.ts'
import { createTroubleLog } from './trouble-log.ts'
import type { EventMessage } from './world-types.ts'

/** Where the server is, what lets the page act, and the view that its address names. */
export type SessionOptions = Readonly<{ url: string; token: string | null; search: string }>

/** Territories are found again so long after a controller changed. */
const TERRITORIES_MS = 600
/** Panels read a changed atlas again after so long. */
const RENEWAL_MS = 150
/** The past is read so long after the time bar moved, three times that after the map did. */
const PAST_DELAY_MS = 180
/** A flight ends at this scale at least. */
const FLY_SCALE_MIN = 34
/** Between these, the first snapshot is fitted into the view. */
const FITTED_SCALES = { scaleMin: 7, scaleMax: 58 }

/** Holds the connection of the page for as long as the page lives. */
export class Session {
  readonly client: Client
  readonly store: Store<AppState>
  readonly names: NameBook
  readonly items: ItemBook
  readonly #live: LiveWorld
  readonly #past: PastWorld
  readonly #trouble = createTroubleLog(console)
  readonly #renewal = createSoon(RENEWAL_MS, () => {
    this.store.set({ atlasRevision: this.store.get().atlasRevision + 1 })
  })
  readonly #territories = createSoon(TERRITORIES_MS, () => this.#showTerritories())
  #map: MapView | null = null
  /** Whether the address, a hand or the first snapshot has chosen what the map shows. */
  #isPlaced: boolean
  #isReadingOlder = false

  constructor({ url, token, search }: SessionOptions) {
    const view = readView(search)
    this.#isPlaced = view.center !== null
    this.client = createClient({
      url,
      isOnline: () => globalThis.navigator.onLine,
      ...(token === null ? {} : { token }),
    })
    this.store = createStore<AppState>({ ...initialState, token, ...pick(view) })
    this.names = createNameBook(this.client, () => this.#renewed(), this.#trouble.say)
    this.items = createItemBook(this.client, () => this.#renewed(), this.#trouble.say)
    this.#live = new LiveWorld(this.client, this.store, {
      onChange: (change, isSnapshot) => this.#takeChange(change, isSnapshot),
      onMessages: (messages) => this.#takeEvents(messages),
      onOlder: (events) => {
        if (this.store.get().shown !== null) return
        for (const { hex, block } of events.toReversed())
          if (hex !== null) this.#map?.warm(hex, block.number)
      },
      onBlock: (block) => {
        if (this.store.get().shown === null) this.#map?.setBlock(block)
        this.#past.headMoved(block)
      },
      onTrouble: this.#trouble.say,
      onWell: this.#trouble.end,
      onRefusal: (refusal) => this.store.set({ refusal }),
    })
    this.#past = new PastWorld(this.client, this.store, (block, events) =>
      this.#showAtlas(block, events),
    )
  }

  /** The atlas that the map shows: of now, or of the block that is looked at. */
  get atlas(): Atlas {
    return this.#past.atlas ?? this.#live.atlas
  }

  /** Block that what is shown belongs to; 0 before the first. */
  get shownBlock(): number {
    return shownBlockOf(this.store.get())
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
    this.select(selection)
    if (block !== null) this.setBlock(block)
  }

  /** The map is gone: nothing is followed any more. */
  detach(): void {
    this.#live.stop()
    this.#map = null
  }

  /** The camera moved: what comes into view is followed. */
  moved(camera: Camera, byHand: boolean): void {
    if (byHand) this.#isPlaced = true
    this.store.set({ camera })
    this.#follow(camera)
    if (this.store.get().block !== null) this.#past.readSoon(PAST_DELAY_MS * 3)
  }

  /** Shows something in the inspector; null closes it. */
  select(selection: Selection | null): void {
    this.store.set({ selection })
    this.#map?.select(selection)
    this.#reveal()
  }

  /** Moves the view by CSS pixels. */
  panBy(pixels: Point): void {
    this.#isPlaced = true
    this.#map?.control.panBy(pixels)
  }

  /** Multiplies the scale. */
  zoomBy(factor: number): void {
    this.#isPlaced = true
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
    const limits = { scaleMin: SCALE_MIN, scaleMax: FITTED_SCALES.scaleMax }
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

  /** Flies to a hex, and selects it unless something else is to be selected there. */
  goTo(hex: Axial, selection: Selection = { kind: 'hex', q: hex.q, r: hex.r }): void {
    this.#isPlaced = true
    this.select(selection)
    const map = this.#map
    if (map !== null) this.#flyTo(map, hex, Math.max(FLY_SCALE_MIN, map.control.camera().scale))
  }

  /** Selects an adventurer, and flies to it where its place is known. */
  goToAdventurer(id: string): void {
    const place = this.atlas.adventurers.get(id)?.place
    if (place === undefined) this.select({ kind: 'adventurer', id })
    else this.goTo(place, { kind: 'adventurer', id })
  }

  /** Shows these layers and no others. */
  setLayers(layers: readonly Layer[]): void {
    this.store.set({ layers })
    this.#map?.setLayers(layers)
  }

  /** Switches one layer. */
  toggleLayer(layer: Layer): void {
    const { layers } = this.store.get()
    this.setLayers(
      layers.includes(layer) ? layers.filter((shown) => shown !== layer) : [...layers, layer],
    )
  }

  /** Looks at the world as of a block; null returns to now. */
  setBlock(block: number | null): void {
    this.store.set({ block })
    if (block !== null) {
      this.#past.readSoon(PAST_DELAY_MS)
      return
    }
    this.#past.leave()
    this.#showAtlas(this.shownBlock, this.store.get().events)
  }

  /** Reads a page of events from before those that the feed has. */
  async readOlder(): Promise<void> {
    const { olderEvents } = this.store.get()
    if (olderEvents === null || this.#isReadingOlder) return
    this.#isReadingOlder = true
    try {
      const { events, before } = await readEvents(this.client, { after: olderEvents })
      this.store.set({ events: withEvents(this.store.get().events, events), olderEvents: before })
    } catch (error) {
      this.#trouble.say(messageOf(error)) // a person who still wants them asks again
    } finally {
      this.#isReadingOlder = false
    }
  }

  /** Sends a command and follows it in the list of orders. */
  order(draft: OrderDraft): Promise<void> {
    return placeOrder(this.client, this.store, draft)
  }

  #follow(camera: Camera): void {
    this.#live.look(boundsOf(camera), camera.scale < WHOLE_SCALE_MIN ? 'outline' : 'whole')
  }

  /** Moves the view when what is selected lies under a panel, that of the selection for one. */
  #reveal(): void {
    const map = this.#map
    const { selection } = this.store.get()
    if (map === null || selection === null) return
    const place =
      selection.kind === 'hex' ? selection : this.atlas.adventurers.get(selection.id)?.place
    const camera = map.control.camera()
    if (place === undefined || !isCovered(camera, centreOf(place))) return
    this.#flyTo(map, place, camera.scale)
  }

  #flyTo({ control, isCalm }: MapView, hex: Axial, scale: number): void {
    control.fly(besidePanels(control.camera(), centreOf(hex), scale), scale, isCalm)
  }

  #takeChange({ touched, walks, ownershipChanged }: AtlasChange, isSnapshot: boolean): void {
    for (const { packed } of touched) {
      for (const known of this.#live.atlas.hexes.get(packed)?.adventurers ?? [])
        this.names.note(known)
    }
    if (isSnapshot) this.#placeFirst()
    if (this.store.get().shown === null) {
      this.#map?.touch(touched, isSnapshot)
      if (!isSnapshot) this.#map?.walk(walks)
    }
    if (ownershipChanged) this.#territories.ask()
    this.#renewed()
  }

  #takeEvents(messages: readonly EventMessage[]): void {
    const fresh = foldEvents([], messages)
    this.store.set({ events: foldEvents(this.store.get().events, messages) })
    if (this.store.get().shown !== null) return
    for (const event of fresh) {
      if (event.hex === null || event.isRetracted) continue
      this.#map?.ripple(event.hex, sentenceOf(event).tone)
      this.#map?.warm(event.hex, event.block.number)
    }
  }

  /** Before anybody moved the map, the first snapshot decides what it shows. */
  #placeFirst(): void {
    if (this.#isPlaced || this.#map === null) return
    const found = discoveredOf(this.#live.atlas)
    const camera = cameraOver(found, this.#map.control.camera(), FITTED_SCALES)
    if (camera === null) return
    this.#isPlaced = true
    this.#map.control.look(camera, camera.scale)
    this.#reveal()
  }

  /** Panels read the atlas again, a few times a second at most. */
  #renewed(): void {
    this.#map?.refresh()
    this.#renewal.ask()
  }

  #showTerritories(): void {
    this.#map?.setTerritories(territoriesOf(this.atlas.hexes.values()))
  }

  #showAtlas(block: number, events: readonly FeedEntry[]): void {
    const warmed = events.flatMap(({ hex, block: { number } }) =>
      hex === null ? [] : [{ place: hex, block: number }],
    )
    this.#map?.show(this.atlas, block, warmed.reverse())
    this.#showTerritories()
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
