/**
 * Signs that tell kinds of events apart by shape, so that colour is never alone, and those of
 * buttons.
 */
import type { JSX } from 'preact'
import type { Tone } from '../format/sentence-parts.ts'

const TONES: Readonly<Record<Tone, string>> = {
  discovery: 'M8 1.5l1.8 4.7 4.7 1.8-4.7 1.8L8 14.5 6.2 9.8 1.5 8l4.7-1.8Z',
  movement: 'M3 13c0-4 10-2 10-6M10.2 5.2 13 3l1 3.4M3 13.2a.8.8 0 1 0 .01 0',
  work: 'M8 14V7M8 7c0-3 2-5 5.5-5C13.5 5.5 11.5 7 8 7ZM8 10C8 7.8 6 6.2 2.8 6.2 2.8 8.8 4.8 10 8 10Z',
  ownership: 'M4 15V1.5M4 2h8.5L10 5l2.5 3H4',
  danger: 'M8 1.5 15 14H1ZM8 6v4M8 12v.4',
  economy: 'M9 1 3 9h4l-1 6 7-9H9Z',
  rejection: 'M8 1.5a6.5 6.5 0 1 0 .01 0M3.5 12.5l9-9',
  system: 'M8 1.5l5.6 3.25v6.5L8 14.5l-5.6-3.25v-6.5Z',
}

/** The sign of a kind of events. */
export const ToneIcon = ({ tone }: { tone: Tone }): JSX.Element => (
  <svg class={`tone ${tone}`} width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
    <path d={TONES[tone]} />
  </svg>
)

const BUTTONS = {
  close: 'M4 4l8 8M12 4l-8 8',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  search: 'M7 2.5a4.5 4.5 0 1 0 .01 0M10.5 10.5 14 14',
  layers: 'M8 2l6 3.2L8 8.4 2 5.2ZM2 8l6 3.2L14 8M2 10.8 8 14l6-3.2',
  feed: 'M3 4h10M3 8h10M3 12h6',
  back: 'M10 3 5 8l5 5',
  forward: 'M6 3l5 5-5 5',
  help: 'M5.5 6a2.5 2.5 0 1 1 3.6 2.2C8.3 8.6 8 9 8 10M8 12.5v.3',
} as const

type ButtonSign = keyof typeof BUTTONS

/** The sign of a button; its words stand beside it or in its label. */
export const Sign = ({ sign }: { sign: ButtonSign }): JSX.Element => (
  <svg class="sign" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
    <path d={BUTTONS[sign]} />
  </svg>
)

/** A button that is nothing but its sign. `kind` is a further class. */
export const IconButton = ({
  sign,
  label,
  kind,
  isDisabled = false,
  onClick,
}: {
  sign: ButtonSign
  label: string
  kind?: string
  isDisabled?: boolean
  onClick: () => void
}): JSX.Element => (
  <button
    type="button"
    class={kind === undefined ? 'icon' : `icon ${kind}`}
    aria-label={label}
    disabled={isDisabled}
    onClick={onClick}
  >
    <Sign sign={sign} />
  </button>
)
