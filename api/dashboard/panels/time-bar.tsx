/** The time bar: how much happened in each block, and a handle to look at the world as it was. */
import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { headBlockOf } from '../state/app-state.ts'
import { activityBins } from '../state/feed.ts'
import { returnWord, standingOf } from '../state/standing.ts'
import { useAppState, useSession } from './context.ts'
import { IconButton } from './icons.tsx'

const BINS_MAX = 120
/** Blocks that the bar spans at least, so that a young world does not fill it with one bar. */
const SPAN_BLOCKS_MIN = 60

const Histogram = ({ counts }: { counts: readonly number[] }): JSX.Element => {
  const most = Math.max(1, ...counts)
  return (
    <svg
      class="histogram"
      viewBox={`0 0 ${counts.length} 24`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {counts.map((count, bin) => {
        const height = count === 0 ? 0.6 : 2 + (Math.sqrt(count) / Math.sqrt(most)) * 21
        return <rect key={bin} x={bin + 0.12} width={0.76} y={24 - height} height={height} />
      })}
    </svg>
  )
}

/** First and last block of the bar. */
type Span = Readonly<{ from: number; head: number }>

const useSpan = (): Span => {
  const head = useAppState(headBlockOf)
  const oldest = useAppState((state) => state.events.at(-1)?.block.number ?? null)
  const block = useAppState((state) => state.block)
  const from = Math.min(oldest ?? head, block ?? head, Math.max(0, head - SPAN_BLOCKS_MIN))
  return { from: Math.max(0, from), head }
}

/** Which block is shown, in words, and what keeps another from being shown. */
const BlockWords = (): JSX.Element => {
  const title = useAppState((state) => standingOf(state).title)
  const detail = useAppState((state) => standingOf(state).detail)
  const isPast = useAppState((state) => state.shown !== null)
  const isTravelling = useAppState((state) => state.block !== null)
  // Read out while somebody travels; in the present it would be read out at every block.
  return (
    <p class={isPast ? 'standing past' : 'standing'} aria-live={isTravelling ? 'polite' : 'off'}>
      <strong>{title}</strong>{' '}
      <span class="faint" title={detail}>
        {detail}
      </span>
    </p>
  )
}

type Travel = Readonly<{ shown: number; go: (block: number) => void }>

/** The histogram of what happened, under a handle that is drawn to the block to be shown. */
const Track = ({ from, head, shown, go }: Span & Travel): JSX.Element => {
  const block = useAppState((state) => state.block)
  const events = useAppState((state) => state.events)
  const counts = useMemo(
    () => activityBins(events, { from, head, bins: Math.min(BINS_MAX, head - from + 1) }),
    [events, from, head],
  )
  return (
    <div class="track">
      <Histogram counts={counts} />
      <span
        class="reach"
        style={{ width: `${((shown - from) / Math.max(1, head - from)) * 100}%` }}
      />
      <input
        type="range"
        aria-label="Block that is shown"
        aria-valuetext={block === null ? 'now' : `block ${block}`}
        min={from}
        max={head}
        step={1}
        value={shown}
        onInput={(event) => go(event.currentTarget.valueAsNumber)}
      />
    </div>
  )
}

const Buttons = ({ shown, go }: Travel): JSX.Element => {
  const session = useSession()
  const isPast = useAppState((state) => state.block !== null)
  const hasOlder = useAppState((state) => state.olderEvents !== null)
  const connection = useAppState((state) => state.connection)
  const word = useAppState(returnWord)
  return (
    <div class="buttons">
      {hasOlder ? (
        <button
          type="button"
          class="quiet"
          title="Reach further back"
          onClick={() => void session.readOlder()}
        >
          earlier
        </button>
      ) : null}
      <IconButton sign="back" label="One block back" onClick={() => go(shown - 1)} />
      <IconButton
        sign="forward"
        label="One block forward"
        isDisabled={!isPast}
        onClick={() => go(shown + 1)}
      />
      <button
        type="button"
        class={`return ${connection.replace(' ', '-')}`}
        disabled={!isPast}
        onClick={() => session.setBlock(null)}
      >
        {word}
      </button>
    </div>
  )
}

/** The bar along the bottom. */
export const TimeBar = (): JSX.Element => {
  const session = useSession()
  const block = useAppState((state) => state.block)
  const span = useSpan()
  const shown = Math.min(block ?? span.head, span.head)
  const go = (target: number) => session.setBlock(target >= span.head ? null : Math.max(0, target))
  return (
    <section class="time" aria-label="Time">
      <BlockWords />
      <Track {...span} shown={shown} go={go} />
      <Buttons shown={shown} go={go} />
    </section>
  )
}
