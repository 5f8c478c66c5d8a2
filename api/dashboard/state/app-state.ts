/** The state of the interface: everything that panels show and that is not the map itself. */
import type { Axial } from '../../../domain/hex.ts'
import type { Camera } from '../map/projection.ts'
import { LAYERS_DEFAULT, type Layer, type Selection } from '../view-url.ts'
import type { Order } from './orders.ts'
import type { FeedEvent, Meta, Overview, Rate } from './world-types.ts'

/** What the strip says about the connection. */
export type Connection = 'live' | 'quiet' | 'catching up' | 'resuming' | 'offline'

/**
 * An event as the feed holds it; `isRetracted` when its block was dropped by a reorg after it was
 * shown.
 */
export type FeedEntry = FeedEvent & Readonly<{ isRetracted: boolean }>

/** What may open above everything. */
export type Dialog = 'help' | 'search'

/** Replaced as a whole by every change; parts that did not change stay the same objects. */
export type AppState = Readonly<{
  meta: Meta | null
  /** Whether the map has had its first snapshot. */
  isMapReady: boolean
  connection: Connection
  overview: Overview | null
  /** Energy in circulation at each time that it changed since the page was opened, oldest first. */
  energySamples: readonly number[]
  rates: readonly Rate[]
  /**
   * Effective rates per item at each time that one changed since the page was opened, oldest first.
   */
  rateSamples: Readonly<Record<string, readonly number[]>>
  /** Newest first. */
  events: readonly FeedEntry[]
  /** Whether what happened before the page was opened is among the events. */
  isFeedReady: boolean
  /** Where older events begin; null when all are here. */
  olderEvents: string | null
  selection: Selection | null
  hover: Axial | null
  layers: readonly Layer[]
  /** The block that is asked for; null for the present. */
  block: number | null
  /**
   * The block that is on screen; null for the present. The one asked for, once it was read: until
   * then what was there stays.
   */
  shown: number | null
  /** Loading and trouble of the block that is asked for. */
  past: Readonly<{ isLoading: boolean; trouble: string | null }>
  /** Events up to the block on screen, newest first; those of now are in `events`. */
  pastEvents: readonly FeedEntry[]
  camera: Camera | null
  /** Counts changes of the atlas, so that panels read it again. At most a few a second. */
  atlasRevision: number
  token: string | null
  /** Account whose commands the server signs when none is named, as far as it showed itself. */
  operatorAccount: string | null
  /** Adventurer that acts; null for none chosen. */
  actingId: string | null
  /** Newest first. */
  orders: readonly Order[]
  dialog: Dialog | null
  /** Which sheet is open where there is room for one only. */
  sheet: 'feed' | 'legend' | null
  /** Whether the legend explains itself; null leaves it to what room there is. */
  isLegendOpen: boolean | null
  /** Why the server does not tell a part of what is shown; null when it tells all. */
  refusal: string | null
}>

/** The state before anything is known. */
export const initialState: AppState = {
  meta: null,
  isMapReady: false,
  connection: 'catching up',
  overview: null,
  energySamples: [],
  rates: [],
  rateSamples: {},
  events: [],
  isFeedReady: false,
  olderEvents: null,
  selection: null,
  hover: null,
  layers: LAYERS_DEFAULT,
  block: null,
  shown: null,
  past: { isLoading: false, trouble: null },
  pastEvents: [],
  camera: null,
  atlasRevision: 0,
  token: null,
  operatorAccount: null,
  actingId: null,
  orders: [],
  dialog: null,
  sheet: null,
  isLegendOpen: null,
  refusal: null,
}

/** The newest block that the read models cover; 0 before the first. */
export const headBlockOf = ({ meta }: AppState): number => meta?.block?.number ?? 0

/** The block that what is shown belongs to; 0 before the first. */
export const shownBlockOf = (state: AppState): number => state.shown ?? headBlockOf(state)

/** Milliseconds that a block takes, judged by what is known; null while too little is. */
export const blockMsOf = ({ meta, events }: AppState): number | null => {
  const head = meta?.block
  const oldest = events.at(-1)?.block
  if (!head || oldest === undefined || head.number - oldest.number < 5) return null
  return (Date.parse(head.time) - Date.parse(oldest.time)) / (head.number - oldest.number)
}
