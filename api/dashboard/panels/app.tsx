/** The page: a map with a strip above, a chronicle beside, and time and market below. */
import type { JSX } from 'preact'
import type { Session } from '../state/session.ts'
import { SessionContext, useAppState, useSession } from './context.ts'
import { Dialogs } from './dialogs.tsx'
import { Feed } from './feed.tsx'
import { IconButton, Sign } from './icons.tsx'
import { Inspector } from './inspector.tsx'
import { Legend } from './legend.tsx'
import { MAP_ID, MapPane, Readout } from './map-pane.tsx'
import { Market } from './market.tsx'
import { Strip } from './strip.tsx'
import { TimeBar } from './time-bar.tsx'

const ZOOM_FACTOR = 1.5

const Zoom = (): JSX.Element => {
  const session = useSession()
  return (
    <div class="zoom">
      <IconButton sign="plus" label="Zoom in (+)" onClick={() => session.zoomBy(ZOOM_FACTOR)} />
      <IconButton
        sign="minus"
        label="Zoom out (−)"
        onClick={() => session.zoomBy(1 / ZOOM_FACTOR)}
      />
    </div>
  )
}

const Sheets = (): JSX.Element => {
  const session = useSession()
  const sheet = useAppState((state) => state.sheet)
  const toggle = (wanted: 'feed' | 'legend') =>
    session.store.set({ sheet: sheet === wanted ? null : wanted })
  return (
    <nav class="sheets" aria-label="Panels">
      <button type="button" aria-pressed={sheet === 'feed'} onClick={() => toggle('feed')}>
        <Sign sign="feed" /> Chronicle
      </button>
      <button type="button" aria-pressed={sheet === 'legend'} onClick={() => toggle('legend')}>
        <Sign sign="layers" /> Legend
      </button>
    </nav>
  )
}

/** For those who come by the keyboard: past the strip to what the page is for. */
const SkipLink = (): JSX.Element => (
  <a
    class="skip"
    href={`#${MAP_ID}`}
    onClick={(event) => {
      event.preventDefault() // the address bar holds the view, and no fragment
      document.getElementById(MAP_ID)?.focus()
    }}
  >
    Skip to the map
  </a>
)

/** What the server refuses to tell is said, not left out in silence. */
const Refusal = (): JSX.Element | null => {
  const session = useSession()
  const refusal = useAppState((state) => state.refusal)
  if (refusal === null) return null
  return (
    <p class="refusal" role="alert">
      A part of this picture is missing: {refusal}
      <IconButton sign="close" label="Close" onClick={() => session.store.set({ refusal: null })} />
    </p>
  )
}

const Layout = (): JSX.Element => {
  const sheet = useAppState((state) => state.sheet)
  const isPast = useAppState((state) => state.block !== null)
  return (
    <div class={`page ${isPast ? 'is-past' : ''}`} data-sheet={sheet ?? 'none'}>
      <SkipLink />
      <Strip />
      <MapPane />
      <Readout />
      <Feed />
      <Refusal />
      <Inspector />
      <div class="corner">
        <Zoom />
        <Legend />
      </div>
      <footer class="dock">
        <TimeBar />
        <Market />
        <Sheets />
      </footer>
      <Dialogs />
    </div>
  )
}

/** Everything that is rendered. */
export const App = ({ session }: { session: Session }): JSX.Element => (
  <SessionContext.Provider value={session}>
    <Layout />
  </SessionContext.Provider>
)
