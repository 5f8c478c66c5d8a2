/** Small pieces that several panels are made of. */
import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Felt } from '../../../domain/felt.ts'
import type { Axial } from '../../../domain/hex.ts'
import { blockDistance, grouped, placeText, shortId, spanText } from '../format/numbers.ts'
import { cssOf, ownerRgb, type Rgb, type Scheme } from '../map/colours.ts'
import { blockMsOf } from '../state/app-state.ts'
import { useAppState, useSession } from './context.ts'
import { IconButton } from './icons.tsx'

/** A colour in both schemes, as properties among which the style sheet chooses. */
export const inSchemes = (rgbIn: (scheme: Scheme) => Rgb): Record<string, string> => ({
  '--dark': cssOf(rgbIn('dark')),
  '--light': cssOf(rgbIn('light')),
})

/** Closes the sheet that a panel is where there is room for one only. */
export const CloseSheet = (): JSX.Element => {
  const session = useSession()
  return (
    <IconButton
      sign="close"
      label="Close"
      kind="sheet-only"
      onClick={() => session.store.set({ sheet: null })}
    />
  )
}

/** An adventurer's name with its colour; a click goes there. */
export const Who = ({ id }: { id: string }): JSX.Element => {
  const session = useSession()
  useAppState((state) => state.atlasRevision)
  return (
    <button type="button" class="link who" onClick={() => session.goToAdventurer(id)} title={id}>
      <span class="dot" style={inSchemes((scheme) => ownerRgb(id, scheme))} />
      {session.names.nameOf(id)}
    </button>
  )
}

/** An item in words; its id can be pointed out. */
export const Item = ({ id }: { id: Felt }): JSX.Element => {
  const session = useSession()
  useAppState((state) => state.atlasRevision)
  return <span title={id}>{session.items.nameOf(id)}</span>
}

/** A hex by its coordinates; a click flies there. */
export const Where = ({ hex }: { hex: Axial }): JSX.Element => {
  const session = useSession()
  return (
    <button type="button" class="link where" onClick={() => session.goTo(hex)}>
      {placeText(hex)}
    </button>
  )
}

const COPIED_MS = 1_500

/** A long value, short, with a button that copies the whole. */
export const Copy = ({
  label,
  value,
  text,
}: {
  label: string
  value: string
  text?: string
}): JSX.Element => {
  const [said, setSaid] = useState<string | null>(null)
  useEffect(() => {
    const timer = setTimeout(() => setSaid(null), COPIED_MS)
    return () => clearTimeout(timer)
  }, [said])
  const copy = () =>
    navigator.clipboard.writeText(value).then(
      () => setSaid('copied'),
      () => setSaid('not allowed'), // by the browser, for reasons that it tells nobody
    )
  return (
    <button
      type="button"
      class="copy"
      onClick={() => void copy()}
      title={value}
      aria-label={`Copy ${label} ${value}`}
    >
      <code>{text ?? shortId(value)}</code>
      <span aria-live="polite">{said ?? 'copy'}</span>
    </button>
  )
}

/** One row of a list of facts. */
export const Fact = ({
  name,
  children,
}: {
  name: string
  children: ComponentChildren
}): JSX.Element => (
  <div class="fact">
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
)

/**
 * A share as a bar, with what it says in words beside it. `mark` is a threshold on the same scale.
 */
export const Bar = ({
  value,
  max,
  kind,
  mark,
  label,
}: {
  value: number
  max: number
  kind: 'energy' | 'decay' | 'load'
  mark?: number
  label: string
}): JSX.Element => (
  <div class={`bar ${kind}`}>
    <meter class="unseen" min={0} max={max} value={Math.min(value, max)} aria-label={label} />
    <i style={{ width: `${Math.min(100, (value / Math.max(1, max)) * 100)}%` }} />
    {mark === undefined ? null : <b style={{ left: `${(mark / max) * 100}%` }} />}
  </div>
)

/** When a block will be, "in 34 blocks (≈ 17 s)". */
/** How far away a block is; null stands for one that never comes. */
export const InBlocks = ({ block, now }: { block: number | null; now: number }): JSX.Element => {
  const blockMs = useAppState(blockMsOf)
  if (block === null) return <>never</>
  const away = Math.abs(block - now)
  if (away === 0) return <>now</>
  const span = blockMs === null ? null : spanText(away * blockMs)
  return (
    <span title={`block ${grouped(block)}`}>
      {blockDistance(block, now)}
      {span === null ? null : <span class="faint"> ≈ {span}</span>}
    </span>
  )
}

/** The course of a value as a small line; decoration to the number beside it. */
export const Spark = ({
  samples,
  width = 72,
}: {
  samples: readonly number[]
  width?: number
}): JSX.Element => {
  const height = 18
  const least = Math.min(...samples)
  const span = Math.max(...samples) - least || 1
  const points = samples.map((sample, at) => {
    const x = samples.length === 1 ? width : (at / (samples.length - 1)) * width
    return `${x.toFixed(1)},${(height - 2 - ((sample - least) / span) * (height - 4)).toFixed(1)}`
  })
  return (
    <svg
      class="spark"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      aria-hidden="true"
    >
      {samples.length < 2 ? (
        <line x1="0" x2={width} y1={height / 2} y2={height / 2} />
      ) : (
        <polyline points={points.join(' ')} />
      )}
    </svg>
  )
}
