/** Values that came from outside, as a message about them shows them. */

const SHOWN_CHARACTERS_MAX = 80
/** Longer than any message of ours; what libraries say may hold all that they were given. */
const MESSAGE_CHARACTERS_MAX = 1_000

/** A message that may hold what came from outside, cut to a bearable length: for the edges. */
export const boundedMessage = (message: string): string => cut(message, MESSAGE_CHARACTERS_MAX)

const cut = (text: string, charactersMax: number): string =>
  text.length > charactersMax ? `${text.slice(0, charactersMax)}…` : text

/**
 * The value as text, cut to a bearable length; only its surface, because it may be nested without
 * end.
 */
export const shown = (value: unknown): string => {
  const text =
    typeof value === 'object' && value !== null
      ? surfaceOf(value)
      : (JSON.stringify(value) ?? String(value))
  return cut(text, SHOWN_CHARACTERS_MAX)
}

const surfaceOf = (value: object): string => {
  if (Array.isArray(value)) return 'a list'
  const members = Object.entries(value).map(
    ([name, member]) =>
      `${name}: ${typeof member === 'object' && member !== null ? '…' : JSON.stringify(member)}`,
  )
  return `{${members.join(', ')}}`
}

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
/** Below this, tenths of a unit are shown. */
const ROUND_FROM = 10

/** A length of time in its largest fitting unit: `40 ms`, `2.5 s`, `38 s`, `4 min`, `1.5 h`. */
export const shownDuration = (ms: number): string => {
  if (ms < SECOND_MS) return `${Math.round(ms)} ms`
  const [unit, name] =
    ms < MINUTE_MS
      ? ([SECOND_MS, 's'] as const)
      : ms < HOUR_MS
        ? ([MINUTE_MS, 'min'] as const)
        : ([HOUR_MS, 'h'] as const)
  const count = ms / unit
  return `${count < ROUND_FROM ? Math.round(count * 10) / 10 : Math.round(count)} ${name}`
}

const KIBIBYTE_BYTES = 1_024
const MEBIBYTE_BYTES = 1_024 * KIBIBYTE_BYTES

/** A size in its largest fitting unit: `900 bytes`, `17 KiB`, `1.5 MiB`. */
export const shownBytes = (bytes: number): string => {
  if (bytes < KIBIBYTE_BYTES) return `${bytes} bytes`
  const [unit, name] =
    bytes < MEBIBYTE_BYTES ? ([KIBIBYTE_BYTES, 'KiB'] as const) : ([MEBIBYTE_BYTES, 'MiB'] as const)
  const count = bytes / unit
  return `${count < ROUND_FROM ? Math.round(count * 10) / 10 : Math.round(count)} ${name}`
}
