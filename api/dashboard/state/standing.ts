/** What the time bar says: which block is on screen, and how it stands with the one asked for. */
import { blockDistance, grouped } from '../format/numbers.ts'
import { type AppState, type Connection, headBlockOf } from './app-state.ts'

/** A title, and a detail that stands fainter beside it. */
export type Standing = Readonly<{ title: string; detail: string }>

const LIVE_WORDS: Readonly<Record<Connection, string>> = {
  live: 'Live',
  quiet: 'Quiet',
  'catching up': 'Catching up',
  resuming: 'Resuming',
  offline: 'Offline',
}

/** Whether what is shown is no newer than the last that was heard. */
const isCutOff = (connection: Connection): boolean =>
  connection === 'offline' || connection === 'resuming'

const shownIn = (state: AppState): Standing => {
  const { shown, connection, meta } = state
  const head = headBlockOf(state)
  if (shown !== null)
    return { title: `As of block ${grouped(shown)}`, detail: blockDistance(shown, head) }
  const title = isCutOff(connection) ? 'Last heard' : 'Now'
  const known = meta?.block ?? null
  if (known !== null) return { title, detail: `block ${grouped(known.number)}` }
  return { title, detail: isCutOff(connection) ? 'nothing yet' : 'listening…' }
}

/** What is on screen; and of another block that is asked for, why it is not. */
export const standingOf = (state: AppState): Standing => {
  const { block, shown, past } = state
  const { title, detail } = shownIn(state)
  if (past.trouble !== null) return { title, detail: past.trouble }
  if (block === null || !past.isLoading) return { title, detail }
  return { title, detail: block === shown ? 'reading more…' : `reading block ${grouped(block)}…` }
}

/** The word on the button that returns to the present. */
export const returnWord = ({ block, connection }: AppState): string =>
  block === null ? LIVE_WORDS[connection] : 'Return to live'

/**
 * Of when the figures are that have no past: "now" beside a past that is shown, "last heard"
 * without a connection; null while everything on screen is of now.
 */
export const figuresWhen = ({ shown, connection }: AppState): string | null =>
  isCutOff(connection) ? 'last heard' : shown === null ? null : 'now'
