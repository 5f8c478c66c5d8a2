/**
 * The map in the page: its canvases, the readout under the pointer, and what stands in its place
 * when there is none.
 */
import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { placeText } from '../format/numbers.ts'
import type { Scheme } from '../map/colours.ts'
import { MapView } from '../map/map-view.ts'
import { decayLevelOf, holderOf, isClaimableHex } from '../state/hex-facts.ts'
import { placeOf } from '../state/place.ts'
import type { Session } from '../state/session.ts'
import { useAppState, useSession } from './context.ts'

/** Of the element that takes the focus for the map. */
export const MAP_ID = 'map'

const LIGHT = '(prefers-color-scheme: light)'
const CALM = '(prefers-reduced-motion: reduce)'

const schemeNow = (): Scheme => (matchMedia(LIGHT).matches ? 'light' : 'dark')

/**
 * Puts a map into the page and keeps it dressed as the system asks; returns how to take it away.
 */
const mount = (session: Session, element: HTMLElement): (() => void) | null => {
  const [groundCanvas, overlayCanvas] = element.querySelectorAll('canvas')
  if (groundCanvas === undefined || overlayCanvas === undefined) return null
  const map = MapView.create(
    {
      element,
      groundCanvas,
      overlayCanvas,
      atlas: session.atlas,
      scheme: schemeNow(),
      isCalm: matchMedia(CALM).matches,
      layers: session.store.get().layers,
      nameOf: session.names.nameOf,
    },
    {
      onMove: (camera, byHand) => session.moved(camera, byHand),
      onHover: (hover) => session.store.set({ hover }),
      onPick: (selection) => session.select(selection),
    },
  )
  if (map === null) return null
  const watching = new AbortController()
  matchMedia(LIGHT).addEventListener('change', () => map.dress(schemeNow()), watching)
  matchMedia(CALM).addEventListener('change', () => map.setCalm(matchMedia(CALM).matches), watching)
  session.attach(map)
  return () => {
    watching.abort()
    session.detach()
    map.destroy()
  }
}

/** What is under the pointer. */
export const Readout = (): JSX.Element | null => {
  const session = useSession()
  const hover = useAppState((state) => state.hover)
  useAppState((state) => state.atlasRevision)
  if (hover === null) return null
  const hex = session.atlas.hexes.get(placeOf(hover).packed)
  const ownerId = holderOf(hex)
  const decay = hex === undefined ? 0 : decayLevelOf(hex, session.shownBlock)
  return (
    <p class="readout" aria-hidden="true">
      <strong>{hex?.isDiscovered ? (hex.biome ?? 'Unknown') : 'Undiscovered'}</strong>{' '}
      {placeText(hover)}
      {ownerId === null ? null : ` · ${session.names.nameOf(ownerId)}`}
      {decay > 0 ? ` · decay ${decay}` : null}
      {hex !== undefined && isClaimableHex(hex) ? ' · claimable' : null}
    </p>
  )
}

/** An empty world explains itself. */
const EmptyWorld = (): JSX.Element | null => {
  const session = useSession()
  const isReady = useAppState((state) => state.isMapReady)
  const discovered = useAppState((state) => state.overview?.hexesDiscovered ?? null)
  useAppState((state) => state.atlasRevision)
  if (!isReady || discovered !== 0 || session.atlas.hexes.size > 0) return null
  return (
    <div class="notice">
      <h2>Nobody has seen anything yet</h2>
      <p>
        This world exists, but no hex of it is discovered. Adventurers set out from the origin in
        the middle; the first to look into a neighbouring hex will draw the first piece of this map.
      </p>
    </div>
  )
}

/** The middle of the page. */
export const MapPane = (): JSX.Element => {
  const session = useSession()
  const element = useRef<HTMLDivElement>(null)
  const [canDraw, setCanDraw] = useState(true)
  useEffect(() => {
    if (element.current === null) return
    element.current.tabIndex = 0 // it takes the keys of the page, and so the focus
    const unmount = mount(session, element.current)
    if (unmount === null) setCanDraw(false)
    return unmount ?? undefined
  }, [session])
  const isPast = useAppState((state) => state.shown !== null)
  return (
    <main>
      <div
        id={MAP_ID}
        class={isPast ? 'map past' : 'map'}
        ref={element}
        role="application"
        aria-label="Map of the world. The arrow keys move it, plus and minus zoom, Enter tells of the hex in the middle."
      >
        <canvas class="ground" />
        <canvas class="overlay" />
        <EmptyWorld />
        {canDraw ? null : (
          <div class="notice">
            <h2>The map cannot be drawn here</h2>
            <p>This browser gives no WebGL2. Everything around the map works without it.</p>
          </div>
        )}
      </div>
    </main>
  )
}
