/** A sentence of the chronicle, with its adventurers and places to click. */
import { Fragment, type JSX } from 'preact'
import { grouped, spanText } from '../format/numbers.ts'
import type { Part } from '../format/sentence-parts.ts'
import { sentenceOf } from '../format/sentences.ts'
import type { FeedEntry } from '../state/app-state.ts'
import { ToneIcon } from './icons.tsx'
import { Item, Where, Who } from './pieces.tsx'
import { useRoving } from './roving.ts'

const LEADING_MARK = /^[:;,.]/
const isThing = (part: Part | undefined): boolean => typeof part === 'object'

const PartView = ({ part }: { part: Part }): JSX.Element => {
  if (typeof part === 'string') return <>{part}</>
  if ('adventurer' in part) return <Who id={part.adventurer} />
  if ('place' in part) return <Where hex={part.place} />
  return (
    <em>
      <Item id={part.item} />
    </em>
  )
}

/** Parts with the mark that follows each: a line may break after it, and never before it. */
const spaced = (parts: readonly Part[]): Readonly<{ part: Part; mark: string }>[] =>
  parts.map((part, at) => {
    const [before, after] = [parts[at - 1], parts[at + 1]]
    const isText = typeof part === 'string'
    return {
      part: isText && isThing(before) ? part.replace(LEADING_MARK, '') : part,
      mark: !isText && typeof after === 'string' ? (LEADING_MARK.exec(after)?.[0] ?? '') : '',
    }
  })

/** One entry of a list of events. */
const Entry = ({ entry, now }: { entry: FeedEntry; now: number }): JSX.Element => {
  const { tone, parts } = sentenceOf(entry)
  return (
    <li class={`entry ${tone} ${entry.isRetracted ? 'retracted' : ''}`}>
      <ToneIcon tone={tone} />
      <p>
        {spaced(parts).map(({ part, mark }, at) => (
          <Fragment key={at}>
            {mark === '' ? (
              <PartView part={part} />
            ) : (
              <span class="joined">
                <PartView part={part} />
                {mark}
              </span>
            )}
          </Fragment>
        ))}
        <small>
          {entry.isRetracted ? 'retracted · ' : ''}
          block {grouped(entry.block.number)} · {spanText(now - Date.parse(entry.block.time))} ago
        </small>
      </p>
    </li>
  )
}

/** Events in sentences; their adventurers and places are one stop of the Tab key together. */
export const Entries = ({
  entries,
  now,
  kind = '',
}: {
  entries: readonly FeedEntry[]
  now: number
  kind?: string
}): JSX.Element => {
  const list = useRoving<HTMLOListElement>()
  return (
    <ol class={`entries ${kind}`} ref={list}>
      {entries.map((entry) => (
        <Entry key={entry.id} entry={entry} now={now} />
      ))}
    </ol>
  )
}
