/**
 * The map: two canvases, a camera, and what they show. It is told what changed in the atlas and
 * asks for nothing itself; what a person does to it comes back through the listeners.
 */
import type { Axial } from '../../../domain/hex.ts'
import type { Tone } from '../format/sentence-parts.ts'
import type { Atlas, Walk } from '../state/atlas.ts'
import type { NamedTerritory } from '../state/territories.ts'
import type { HexPlace } from '../state/world-types.ts'
import type { Layer, Selection } from '../view-url.ts'
import { type CameraControl, createCameraControl } from './camera-control.ts'
import type { Scheme } from './colours.ts'
import { adventurerAt } from './draw-adventurers.ts'
import {
  createCostMeter,
  type FinenessLimits,
  finenessFor,
  MOVING,
  RESTING,
  samplesFor,
} from './fineness.ts'
import { createFrameLoop, type FrameLoop, type GroundDue, type Motion } from './frame-loop.ts'
import { createGround, type Ground } from './ground.ts'
import { GroundPainter } from './ground-painter.ts'
import { createHeatField, type HeatField } from './heat.ts'
import { LayerFader } from './layer-fader.ts'
import { listenToElement } from './map-element.ts'
import { drawOverlay } from './overlay.ts'
import {
  boundsOf,
  type Camera,
  centreOf,
  contains,
  hexAt,
  type Point,
  toPlane,
} from './projection.ts'
import { type ActiveWalk, RIPPLE_SECONDS, type Ripple, type Scene, TRAIL_SECONDS } from './scene.ts'
import { groundInks, overlayInks } from './themes.ts'

/** Told what a person does to the map. */
export type MapListeners = Readonly<{
  onMove: (camera: Camera, byHand: boolean) => void
  onHover: (hex: Axial | null) => void
  onPick: (selection: Selection) => void
}>

/** What a map is made from. */
export type MapParts = Readonly<{
  element: HTMLElement
  groundCanvas: HTMLCanvasElement
  overlayCanvas: HTMLCanvasElement
  atlas: Atlas
  scheme: Scheme
  isCalm: boolean
  layers: readonly Layer[]
  nameOf: (adventurerId: string) => string
}>

const WALKS_MAX = 200
const RIPPLES_MAX = 120
/** Hexes that beat at once, and the scale from which they do. */
const CLAIMABLE_MAX = 400
const CLAIMABLE_SCALE_MIN = 6
/** Blocks between two looks at how far hexes have decayed and cooled. */
const AGEING_BLOCKS = 5

/** Draws until it is destroyed. */
export class MapView {
  readonly control: CameraControl
  readonly #parts: MapParts
  readonly #ink: CanvasRenderingContext2D
  readonly #ground: Ground
  readonly #painter: GroundPainter
  readonly #heat: HeatField = createHeatField()
  readonly #fader: LayerFader
  readonly #meter = createCostMeter()
  readonly #loop: FrameLoop
  readonly #listening = new AbortController()
  #atlas: Atlas
  #scheme: Scheme
  #isCalm: boolean
  #territories: readonly NamedTerritory[] = []
  #selection: Selection | null = null
  #hover: Axial | null = null
  #walks: ActiveWalk[] = []
  #ripples: Ripple[] = []
  #agedAt = -AGEING_BLOCKS
  #fineCostMs = 0

  private constructor(
    parts: MapParts,
    ground: Ground,
    ink: CanvasRenderingContext2D,
    listeners: MapListeners,
  ) {
    this.#parts = parts
    this.#ground = ground
    this.#ink = ink
    this.#atlas = parts.atlas
    this.#scheme = parts.scheme
    this.#isCalm = parts.isCalm
    this.#painter = new GroundPainter(ground, parts.atlas, parts.scheme)
    this.#fader = new LayerFader(parts.layers)
    this.#loop = createFrameLoop(
      (due) => this.#draw(due),
      () => this.#fineCostMs,
    )
    const { clientWidth: width, clientHeight: height } = parts.element
    this.control = createCameraControl(parts.element, { width, height }, (camera, byHand) => {
      this.#loop.move()
      listeners.onMove(camera, byHand)
    })
    this.#listen(listeners)
    this.#loop.request()
  }

  /** The map in its element; null where the browser gives no WebGL2 or no 2D canvas. */
  static create(parts: MapParts, listeners: MapListeners): MapView | null {
    const ground = createGround(parts.groundCanvas, groundInks(parts.scheme))
    const ink = parts.overlayCanvas.getContext('2d')
    return ground === null || ink === null ? null : new MapView(parts, ground, ink, listeners)
  }

  /**
   * Draws these places again. With `spread`, new hexes appear from the middle of the view outwards.
   */
  touch(places: Iterable<HexPlace>, spread: boolean): void {
    const { x, y } = this.control.camera()
    const delay = (place: Axial): number => {
      if (!spread) return 0
      const at = centreOf(place)
      return Math.min(1.6, Math.hypot(at.x - x, at.y - y) * 0.035)
    }
    this.#painter.paint(places, now(), this.#isCalm ? null : delay)
    this.#loop.requestGround()
  }

  /** Lets adventurers walk, and leaves their trails. */
  walk(walks: readonly Walk[]): void {
    const since = now()
    this.#walks = [...this.#walks, ...walks.map((walk) => ({ ...walk, since }))].slice(-WALKS_MAX)
    this.#loop.request()
  }

  /** Marks that something happened at a hex. */
  ripple(hex: Axial, tone: Tone): void {
    this.#ripples = [...this.#ripples, { hex, tone, since: now() }].slice(-RIPPLES_MAX)
    this.#loop.request()
  }

  /** Marks that a hex was busy at a block. */
  warm(place: Axial, block: number): void {
    this.#painter.warm(this.#heat.warm(place, block))
    this.#loop.requestGround()
  }

  /** Tells the block that is shown: decay and warmth go on with it. */
  setBlock(block: number): void {
    if (Math.abs(block - this.#agedAt) < AGEING_BLOCKS) return
    this.#agedAt = block
    this.#painter.setBlock(block)
    this.#painter.warm(this.#heat.cool(block))
    this.#loop.requestGround()
  }

  /**
   * Shows another atlas (the past, or the present again), at a block, with the activity that
   * belongs to it.
   */
  show(
    atlas: Atlas,
    block: number,
    warmed: Iterable<Readonly<{ place: Axial; block: number }>>,
  ): void {
    this.#atlas = atlas
    this.#agedAt = block
    this.#walks = []
    this.#ripples = []
    this.#painter.setBlock(block)
    this.#painter.show(atlas, now())
    this.#painter.warm(this.#heat.clear())
    for (const { place, block: at } of warmed) this.#heat.warm(place, at)
    this.#painter.warm(this.#heat.cool(block))
    this.#loop.requestGround()
  }

  /** Takes the territories whose names are drawn. */
  setTerritories(territories: readonly NamedTerritory[]): void {
    this.#territories = territories
    this.#loop.request()
  }

  /** Marks what is selected. */
  select(selection: Selection | null): void {
    this.#selection = selection
    this.#loop.request()
  }

  /** Fades to these layers. */
  setLayers(layers: readonly Layer[]): void {
    this.#fader.aim(layers, this.#isCalm)
    this.#loop.requestGround()
  }

  /** Takes the colours of a scheme. */
  dress(scheme: Scheme): void {
    this.#scheme = scheme
    this.#ground.dress(groundInks(scheme))
    this.#painter.dress(scheme)
    this.#loop.requestGround()
  }

  /** Whether motion is to be avoided from now on. */
  setCalm(isCalm: boolean): void {
    this.#isCalm = isCalm
    this.#loop.requestGround()
  }

  get isCalm(): boolean {
    return this.#isCalm
  }

  /** Draws the overlay again: names may have come in. */
  refresh(): void {
    this.#loop.request()
  }

  /** Stops drawing and listening. */
  destroy(): void {
    this.#listening.abort()
    this.#loop.stop()
    this.control.destroy()
  }

  #listen({ onHover, onPick }: MapListeners): void {
    const hover = (hex: Axial | null): void => {
      if (hex?.q === this.#hover?.q && hex?.r === this.#hover?.r) return
      this.#hover = hex
      this.#loop.request()
      onHover(hex)
    }
    const hexUnder = (at: Point): Axial => hexAt(toPlane(this.control.camera(), at))
    listenToElement(
      this.#parts.element,
      {
        onHover: (at) => hover(at === null ? null : hexUnder(at)),
        onClick: (at) => {
          const id = adventurerAt(this.#scene(now()), at)
          onPick(id === null ? { kind: 'hex', ...hexUnder(at) } : { kind: 'adventurer', id })
        },
        onResize: (width, height) => this.control.resize(width, height),
      },
      this.#listening.signal,
    )
  }

  #scene(at: number): Scene {
    return {
      camera: this.control.camera(),
      atlas: this.#atlas,
      territories: this.#territories,
      nameOf: this.#parts.nameOf,
      selection: this.#selection,
      hover: this.#hover,
      walks: this.#walks,
      ripples: this.#ripples,
      claimable: this.#claimableInView(this.control.camera()),
      inks: overlayInks(this.#scheme),
      layers: this.#fader.strengths,
      now: at,
      isCalm: this.#isCalm,
    }
  }

  #draw(due: GroundDue): Motion {
    const at = now()
    const camera = this.control.camera()
    this.#painter.settle(at)
    this.#fader.step(at)
    const bounds = boundsOf(camera, 2)
    this.#walks = this.#walks.filter(({ since }) => at - since < TRAIL_SECONDS)
    this.#ripples = this.#ripples.filter(
      ({ since, hex }) => at - since < RIPPLE_SECONDS && contains(bounds, centreOf(hex)),
    )
    if (due !== null) this.#drawGround(camera, due === 'fine' ? RESTING : MOVING, at)
    const scene = this.#scene(at)
    drawOverlay(this.#parts.overlayCanvas, this.#ink, scene, finestDensity())
    if (this.#painter.isFading || this.#fader.isFading) return 'all'
    if (this.#walks.length + this.#ripples.length > 0) return 'above'
    return scene.claimable.length > 0 && !this.#isCalm ? 'beating' : 'still'
  }

  #drawGround(camera: Camera, limits: FinenessLimits, seconds: number): void {
    const wanted = { density: finestDensity(), samples: samplesFor(camera.scale * finestDensity()) }
    const pixels = camera.width * camera.height
    const fineness = finenessFor(wanted, limits, this.#meter.unitMs(), pixels)
    const isMeasured = this.#meter.isDue()
    const samples = pixels * fineness.density ** 2 * fineness.samples
    if (limits === RESTING) this.#fineCostMs = (samples * this.#meter.unitMs()) / 1e6
    const tookMs = this.#ground.draw({
      camera,
      ...fineness,
      layers: this.#fader.strengths,
      seconds,
      isMeasured,
    })
    if (tookMs !== null) this.#meter.note(samples, tookMs)
  }

  /** Hexes in view that can be claimed, when they are large enough to see it. */
  #claimableInView(camera: Camera): Axial[] {
    if (camera.scale < CLAIMABLE_SCALE_MIN) return []
    const bounds = boundsOf(camera, 1)
    return [...this.#painter.claimable]
      .filter((hex) => contains(bounds, centreOf(hex)))
      .slice(0, CLAIMABLE_MAX)
  }
}

/** Seconds on the page's clock. */
const now = (): number => performance.now() / 1000

const DENSITY_MAX = 2
/** Device pixels per CSS pixel, as fine as anybody sees. */
const finestDensity = (): number => Math.min(DENSITY_MAX, globalThis.devicePixelRatio || 1)
