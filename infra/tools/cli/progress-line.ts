/**
 * How far a long command is: one line that is drawn over on a terminal, a plain line now and then
 * elsewhere.
 */
import { counted, grouped, type TerminalStreams } from './terminal.ts'

const DRAW_EVERY_MS = 100
const PLAIN_EVERY_MS = 30_000
const BAR_CHARACTERS = 24

/** The line of one command. */
export type ProgressLine = Readonly<{
  /** `share` of the whole, 0 to 1; null while nobody knows. A new phase starts the clock again. */
  show: (phase: string, done: number, share: number | null) => void
  /** Removes what was drawn. */
  clear: () => void
}>

/** A progress line on stderr. `noun` is what is counted, in the singular. */
export const createProgressLine = (
  { stderr, isTty, nowMs }: TerminalStreams,
  noun = 'event',
): ProgressLine => {
  let phase = ''
  let startedMs = nowMs()
  let lastMs = startedMs
  let isDrawn = false

  const clear = (): void => {
    if (isDrawn) stderr.write('\r\u001B[2K')
    isDrawn = false
  }

  return {
    show: (current, done, share) => {
      const now = nowMs()
      if (current !== phase) {
        phase = current
        startedMs = now
        lastMs = now
      }
      if (now - lastMs < (isTty ? DRAW_EVERY_MS : PLAIN_EVERY_MS)) return
      lastMs = now
      const elapsedMs = now - startedMs
      const text = progressText({ phase, done, noun, share, elapsedMs })
      if (!isTty) return void stderr.write(`${text}\n`)
      stderr.write(`\r\u001B[2K${share === null ? '' : `${bar(share)} `}${text}`)
      isDrawn = true
    },
    clear,
  }
}

const bar = (share: number): string => {
  const filled = Math.round(share * BAR_CHARACTERS)
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_CHARACTERS - filled)}`
}

type Progress = Readonly<{
  phase: string
  done: number
  noun: string
  share: number | null
  elapsedMs: number
}>

/** `copying 43 %, 12,345 events, 8,900/s, 12 s left` */
const progressText = ({ phase, done, noun, share, elapsedMs }: Progress): string => {
  const parts = [counted(done, noun)]
  if (elapsedMs > 0) parts.push(`${grouped((done / elapsedMs) * 1_000)}/s`)
  if (share !== null && share > 0)
    parts.push(`${grouped((elapsedMs * (1 - share)) / share / 1_000)} s left`)
  return `${phase} ${share === null ? '' : `${Math.floor(share * 100)} %, `}${parts.join(', ')}`
}
