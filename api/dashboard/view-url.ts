/**
 * The view in the address bar, so that a link shows a colleague the same thing: centre, zoom,
 * selection, layers, block. What cannot be read is left out, never an error: links are typed and
 * cut by people.
 */

import { parseFelt } from '../../domain/felt.ts'
import { AXIS_MAX, AXIS_MIN, type Axial } from '../../domain/hex.ts'
import { SCALE_MAX, SCALE_MIN } from './map/projection.ts'

/** Layers of the map, in the order of the legend. */
export const LAYERS = ['biome', 'ownership', 'decay', 'heat', 'resources', 'adventurers'] as const
/** One of them. */
export type Layer = (typeof LAYERS)[number]
/** Layers that are shown until a person switches them. */
export const LAYERS_DEFAULT: readonly Layer[] = [
  'biome',
  'ownership',
  'decay',
  'resources',
  'adventurers',
]

/** What the inspector tells of. */
export type Selection =
  | Readonly<{ kind: 'hex'; q: number; r: number }>
  | Readonly<{ kind: 'adventurer'; id: string }>

/** All that a link holds. */
export type View = Readonly<{
  /** Axial coordinates of the map's middle, not rounded to a hex; null to let the map choose. */
  center: Axial | null
  /** CSS pixels per unit; null to let the map choose. */
  scale: number | null
  selection: Selection | null
  layers: readonly Layer[]
  /** The block that is looked at; null for the present. */
  block: number | null
}>

const axialIn = (text: string | null): Axial | null => {
  const match = /^(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)$/.exec(text ?? '')
  if (match === null) return null
  const [q, r] = [Number(match[1]), Number(match[2])]
  const valid = [q, r, -q - r].every((axis) => axis >= AXIS_MIN && axis <= AXIS_MAX)
  return valid ? { q, r } : null
}

const isWhole = ({ q, r }: Axial): boolean => Number.isInteger(q) && Number.isInteger(r)

const numberIn = (text: string | null, min: number, max: number): number | null => {
  if (text === null || !/^\d+(\.\d+)?$/.test(text)) return null
  const value = Number(text)
  return value >= min && value <= max ? value : null
}

const selectionIn = (query: URLSearchParams): Selection | null => {
  const hex = axialIn(query.get('hex'))
  if (hex !== null && isWhole(hex)) return { kind: 'hex', ...hex }
  const id = parseFelt(query.get('adventurer'))
  return id === null ? null : { kind: 'adventurer', id }
}

const layersIn = (text: string | null): readonly Layer[] =>
  text === null ? LAYERS_DEFAULT : LAYERS.filter((layer) => text.split(',').includes(layer))

/** Reads a view out of a URL's query ("?at=…", with or without the question mark). */
export const readView = (search: string): View => {
  const query = new URLSearchParams(search)
  const block = numberIn(query.get('block'), 0, Number.MAX_SAFE_INTEGER)
  return {
    center: axialIn(query.get('at')),
    scale: numberIn(query.get('zoom'), SCALE_MIN, SCALE_MAX),
    selection: selectionIn(query),
    layers: layersIn(query.get('layers')),
    block: block !== null && Number.isInteger(block) ? block : null,
  }
}

const short = (value: number): string => String(Number(value.toFixed(2)) || 0)

/** Writes a view as a URL's query, "" or "?…"; whatever is as it is by default is left out. */
export const writeView = (view: View): string => {
  const parts: string[] = []
  if (view.center !== null) parts.push(`at=${short(view.center.q)},${short(view.center.r)}`)
  if (view.scale !== null) parts.push(`zoom=${short(view.scale)}`)
  if (view.selection?.kind === 'hex') parts.push(`hex=${view.selection.q},${view.selection.r}`)
  if (view.selection?.kind === 'adventurer') parts.push(`adventurer=${view.selection.id}`)
  const layers = LAYERS.filter((layer) => view.layers.includes(layer))
  if (layers.join() !== LAYERS_DEFAULT.join()) parts.push(`layers=${layers.join(',')}`)
  if (view.block !== null) parts.push(`block=${view.block}`)
  return parts.length === 0 ? '' : `?${parts.join('&')}`
}

/** The token in a URL's fragment ("#token=…"); null when there is none. */
export const tokenIn = (fragment: string): string | null => {
  const token = new URLSearchParams(fragment.replace(/^#/, '')).get('token')
  return token === null || token === '' ? null : token
}
