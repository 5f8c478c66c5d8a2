/** The time bar: how much happened in each block, and a handle to look at the world as it was. */
import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { blockDistance, grouped } from '../format/numbers.ts'
import { activityBins } from '../state/feed.ts'
import { useAppState, useSession } from './context.ts'
import { Sign } from './icons.tsx'

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

const useSpan = (): Readonly<{ from: number; head: number }> => {
  const head = useAppState((state) => state.meta?.block?.number ?? 0)
  const oldest = useAppState((state) => state.events.at(-1)?.block.number ?? null)
  const block = useAppState((state) => state.block)
  const from = Math.min(oldest ?? head, block ?? head, Math.max(0, head - SPAN_BLOCKS_MIN))
  return { from: Math.max(0, from), head: Math.max(1, head) }
}

const Standing = ({ head }: { head: number }): JSX.Element => {
  const block = useAppState((state) => state.block)
  const past = useAppState((state) => state.past)
  if (block === null) {
    return (
      <p class="standing">
        <strong>Now</strong> <span class="faint">block {grouped(head)}</span>
      </p>
    )
  }
  return (
    <p class="standing past">
      <strong>As of block {grouped(block)}</strong>{' '}
      <span class="faint">
        {past.trouble ?? (past.isLoading ? 'reading…' : blockDistance(block, head))}
      </span>
    </p>
  )
}

export const TimeBar = (): JSX.Element => {
  const session = useSession()
  const block = useAppState((state) => state.block)
  const events = useAppState((state) => state.events)
  const hasOlder = useAppState((state) => state.olderEvents !== null)
  const { from, head } = useSpan()
  const counts = useMemo(
    () => activityBins(events, { from, head, bins: Math.min(BINS_MAX, head - from + 1) }),
    [events, from, head],
  )
  const shown = block ?? head
  const go = (target: number) => session.setBlock(target >= head ? null : Math.max(0, target))
  return (
    <section class="time" aria-label="Time">
      <Standing head={head} />
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
        <button
          type="button"
          class="icon"
          aria-label="One block back"
          onClick={() => go(shown - 1)}
        >
          <Sign sign="back" />
        </button>
        <button
          type="button"
          class="icon"
          aria-label="One block forward"
          disabled={block === null}
          onClick={() => go(shown + 1)}
        >
          <Sign sign="forward" />
        </button>
        <button
          type="button"
          class="return"
          disabled={block === null}
          onClick={() => session.setBlock(null)}
        >
          {block === null ? 'Live' : 'Return to live'}
        </button>
      </div>
    </section>
  )
}
