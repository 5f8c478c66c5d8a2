/** The chronicle: what happens, in sentences, filtered by kind and by what is in view. */
import type { JSX } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import type { Tone } from '../format/sentence-parts.ts'
import { sentenceOf } from '../format/sentences.ts'
import { boundsOf, centreOf, contains } from '../map/projection.ts'
import type { FeedEntry } from '../state/app-state.ts'
import { useAppState, useNow, useSession } from './context.ts'
import { ToneIcon } from './icons.tsx'
import { CloseSheet } from './pieces.tsx'
import { useRoving } from './roving.ts'
import { Entries } from './sentence.tsx'

const FILTERS: readonly Readonly<{ tone: Tone; label: string }>[] = [
  { tone: 'discovery', label: 'Discoveries' },
  { tone: 'movement', label: 'Journeys' },
  { tone: 'work', label: 'Work' },
  { tone: 'ownership', label: 'Ownership' },
  { tone: 'economy', label: 'Energy' },
  { tone: 'danger', label: 'Dangers' },
  { tone: 'rejection', label: 'Refusals' },
]
/**
 * Changes of single areas, and the events that say the same in one sentence when they come in the
 * same transaction.
 */
const PARTS: ReadonlySet<string> = new Set(['AreaOwnershipAssigned', 'OwnershipTransferred'])
const WHOLES: ReadonlySet<string> = new Set(['AreaDiscovered', 'ClaimInitiated', 'HexDefended'])
const PAGE_ENTRIES = 60
const SHOWN_MAX = 600

/** Everything that was heard of the time that is looked at, newest first. */
const useEntries = (): readonly FeedEntry[] => {
  const isPast = useAppState((state) => state.shown !== null)
  const events = useAppState((state) => state.events)
  const pastEvents = useAppState((state) => state.pastEvents)
  return isPast ? pastEvents : events
}

const useFiltered = (tones: ReadonlySet<Tone>, inView: boolean): readonly FeedEntry[] => {
  const entries = useEntries()
  const camera = useAppState((state) => (inView ? state.camera : null))
  return useMemo(() => {
    const bounds = camera === null ? null : boundsOf(camera)
    const told = new Set(
      entries.filter(({ type }) => WHOLES.has(type)).map(({ transaction }) => transaction),
    )
    return entries.filter((entry) => {
      if (PARTS.has(entry.type) && told.has(entry.transaction)) return false
      if (tones.size > 0 && !tones.has(sentenceOf(entry).tone)) return false
      return bounds === null || (entry.hex !== null && contains(bounds, centreOf(entry.hex)))
    })
  }, [entries, tones, camera])
}

const Filters = ({
  tones,
  setTones,
  inView,
  setInView,
}: {
  tones: ReadonlySet<Tone>
  setTones: (tones: ReadonlySet<Tone>) => void
  inView: boolean
  setInView: (inView: boolean) => void
}): JSX.Element => (
  <fieldset class="filters" ref={useRoving<HTMLFieldSetElement>()}>
    <legend class="unseen">Show only</legend>
    {FILTERS.map(({ tone, label }) => (
      <button
        key={tone}
        type="button"
        class="chip"
        title={label}
        aria-label={label}
        aria-pressed={tones.has(tone)}
        onClick={() => {
          const next = new Set(tones)
          if (!next.delete(tone)) next.add(tone)
          setTones(next)
        }}
      >
        <ToneIcon tone={tone} />
      </button>
    ))}
    <button
      type="button"
      class="chip words"
      aria-pressed={inView}
      onClick={() => setInView(!inView)}
    >
      in view
    </button>
  </fieldset>
)

const Nothing = ({ isFiltered }: { isFiltered: boolean }): JSX.Element => {
  const isReady = useAppState((state) => state.isFeedReady || state.shown !== null)
  if (!isReady) return <p class="empty">Listening…</p>
  return (
    <p class="empty">
      {isFiltered
        ? 'Nothing of this kind has been heard.'
        : 'Nothing has happened yet. As soon as an adventurer sets out, this is where you read of it.'}
    </p>
  )
}

/** The panel on the left. */
export const Feed = (): JSX.Element => {
  const session = useSession()
  const [tones, setTones] = useState<ReadonlySet<Tone>>(new Set())
  const [inView, setInView] = useState(false)
  const [pages, setPages] = useState(1)
  const entries = useFiltered(tones, inView)
  const hasOlder = useAppState((state) => state.olderEvents !== null && state.shown === null)
  const now = useNow(1_000)
  const shown = entries.slice(0, Math.min(SHOWN_MAX, pages * PAGE_ENTRIES))
  const more = () => {
    setPages(pages + 1)
    if (hasOlder && shown.length >= entries.length - PAGE_ENTRIES) void session.readOlder()
  }
  return (
    <section class="panel feed" aria-label="Chronicle">
      <header>
        <h2>Chronicle</h2>
        <CloseSheet />
      </header>
      <Filters {...{ tones, setTones, inView, setInView }} />
      <Entries entries={shown} now={now} />
      {shown.length === 0 ? <Nothing isFiltered={tones.size > 0 || inView} /> : null}
      {shown.length < entries.length || hasOlder ? (
        <button type="button" class="more" onClick={more}>
          Earlier
        </button>
      ) : null}
    </section>
  )
}
