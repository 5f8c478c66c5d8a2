/**
 * Keeps the address bar and the state together. Moving the map rewrites the current entry of the
 * history; selecting something or going to another block makes a new one, so that Back returns to
 * what was looked at before.
 */
import { axialAt } from './map/projection.ts'
import type { AppState } from './state/app-state.ts'
import type { Session } from './state/session.ts'
import { readView, tokenIn, writeView } from './view-url.ts'

const SETTLE_MS = 300
const TOKEN_KEY = 'chronohex-token'

/**
 * The operator token: out of the fragment, where it is removed at once, or from earlier in this
 * tab.
 */
export const takeToken = (): string | null => {
  const token = tokenIn(location.hash)
  if (token === null) return sessionStorage.getItem(TOKEN_KEY)
  sessionStorage.setItem(TOKEN_KEY, token)
  history.replaceState(history.state, '', location.pathname + location.search)
  return token
}

const queryOf = ({ camera, selection, layers, block }: AppState): string =>
  writeView({
    center: camera === null ? null : axialAt(camera),
    scale: camera?.scale ?? null,
    selection,
    layers,
    block,
  })

/** Writes and reads the address until the signal aborts. */
export const keepAddress = (session: Session, signal: AbortSignal): void => {
  let timer: ReturnType<typeof setTimeout> | undefined
  let { selection, block, camera, layers } = session.store.get()
  const write = (isStep: boolean): void => {
    clearTimeout(timer)
    const query = queryOf(session.store.get())
    if (query === location.search) return
    if (isStep) history.pushState(null, '', location.pathname + query)
    else history.replaceState(null, '', location.pathname + query)
  }
  const stop = session.store.watch(() => {
    const now = session.store.get()
    const isStep = now.selection !== selection || (now.block === null) !== (block === null)
    const isSame = now.camera === camera && now.layers === layers && now.block === block
    ;({ selection, block, camera, layers } = now)
    if (isStep) {
      write(true)
    } else if (!isSame) {
      clearTimeout(timer)
      timer = setTimeout(() => write(false), SETTLE_MS)
    }
  })
  globalThis.addEventListener(
    'popstate',
    () => {
      const view = readView(location.search)
      ;({ selection, block } = view)
      session.restore(view)
    },
    { signal },
  )
  signal.addEventListener('abort', () => {
    clearTimeout(timer)
    stop()
  })
}
