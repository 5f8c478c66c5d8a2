/**
 * The keys of the page. They rest while a person writes into a field or a dialog is open, except
 * Escape; a slider keeps its arrows and nothing else.
 */
import { usesKey } from './keys.ts'
import type { Session } from './state/session.ts'

const PAN_PIXELS = 90
const ZOOM_FACTOR = 1.4

const isTaken = ({ target, key, defaultPrevented }: KeyboardEvent): boolean =>
  defaultPrevented || (target instanceof HTMLElement && usesKey(target, key))

const closeTopmost = (session: Session): void => {
  const { dialog, sheet, selection } = session.store.get()
  if (dialog !== null) session.store.set({ dialog: null })
  else if (sheet !== null) session.store.set({ sheet: null })
  else if (selection !== null) session.select(null)
}

const step = (session: Session, blocks: number): void => {
  const { block, meta } = session.store.get()
  const head = meta?.block?.number
  if (head === undefined) return
  const target = (block ?? head) + blocks
  session.setBlock(target >= head ? null : Math.max(0, target))
}

const ACTIONS: Readonly<Record<string, (session: Session) => void>> = {
  ArrowLeft: (session) => session.panBy({ x: -PAN_PIXELS, y: 0 }),
  ArrowRight: (session) => session.panBy({ x: PAN_PIXELS, y: 0 }),
  ArrowUp: (session) => session.panBy({ x: 0, y: -PAN_PIXELS }),
  ArrowDown: (session) => session.panBy({ x: 0, y: PAN_PIXELS }),
  '+': (session) => session.zoomBy(ZOOM_FACTOR),
  '=': (session) => session.zoomBy(ZOOM_FACTOR),
  '-': (session) => session.zoomBy(1 / ZOOM_FACTOR),
  '/': (session) => session.store.set({ dialog: 'search' }),
  '?': (session) => session.store.set({ dialog: 'help' }),
  Enter: (session) => session.selectMiddle(),
  l: (session) => session.setBlock(null),
  f: (session) => session.showAll(),
  '[': (session) => step(session, -1),
  ']': (session) => step(session, 1),
}

/** Listens until the signal aborts. */
export const listenToKeys = (session: Session, signal: AbortSignal): void => {
  globalThis.addEventListener(
    'keydown',
    (event) => {
      if (event.key === 'Escape') closeTopmost(session)
      if (event.ctrlKey || event.metaKey || event.altKey) return
      if (isTaken(event) || session.store.get().dialog !== null) return
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
      const act = Object.hasOwn(ACTIONS, key) ? ACTIONS[key] : undefined
      if (act === undefined) return
      event.preventDefault()
      act(session)
    },
    { signal },
  )
}
