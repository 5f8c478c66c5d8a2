/** What opens above everything: help, and the search for places and adventurers. */
import type { ComponentChildren, JSX } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Felt } from '../../../domain/felt.ts'
import { adventurerDetailDocument } from '../../../schemas/graphql/worlds/infinite-hex-adventurers/documents.ts'
import { adventurerFound, type Found, findPlaces, idIn } from '../format/search.ts'
import { headBlockOf } from '../state/app-state.ts'
import { useAppState, useAt, useDetail, useSession } from './context.ts'
import { IconButton } from './icons.tsx'

/** A click outside closes the dialog; Preact's types do not know the attribute yet. */
const DISMISSED_OUTSIDE: object = { closedby: 'any' }

const Dialog = ({
  title,
  children,
}: {
  title: string
  children: ComponentChildren
}): JSX.Element => {
  const session = useSession()
  const element = useRef<HTMLDialogElement>(null)
  // Before the next key can arrive: what is typed right after `/` belongs into the field.
  useLayoutEffect(() => element.current?.showModal(), [])
  const close = () => session.store.set({ dialog: null })
  return (
    <dialog ref={element} aria-label={title} onClose={close} {...DISMISSED_OUTSIDE}>
      <header>
        <h2>{title}</h2>
        <IconButton sign="close" label="Close" onClick={close} />
      </header>
      {children}
    </dialog>
  )
}

const KEYS: readonly (readonly [string, string])[] = [
  ['← ↑ ↓ →', 'move the map'],
  ['+  −', 'zoom'],
  ['/', 'find a place or an adventurer'],
  ['Enter', 'read about the hex in the middle'],
  ['L', 'return to live'],
  ['[  ]', 'one block back or forward'],
  ['F', 'show everything that is discovered'],
  ['Esc', 'close what is open'],
  ['?', 'this page'],
]

const Help = (): JSX.Element => (
  <Dialog title="Reading this map">
    <p>
      Each hex is filled with its biome; ground that nobody has seen stays blank. A coloured line is
      the border of an adventurer’s territory, with its name across it. Hexes whose upkeep is not
      paid fade and are hatched; a ring means that somebody else may claim them.
    </p>
    <p>
      Click a hex or an adventurer to read about it. Drag the time bar to see the world as it was;
      the address bar always holds a link to exactly what you see.
    </p>
    <dl class="keys">
      {KEYS.map(([key, what]) => (
        <div key={key}>
          <dt>
            <kbd>{key}</kbd>
          </dt>
          <dd>{what}</dd>
        </div>
      ))}
    </dl>
  </Dialog>
)

/** The adventurer of an id that is typed, wherever it stands; only the server knows whether it exists. */
const useNamed = (id: Felt | null): Readonly<{ found: readonly Found[]; isAsking: boolean }> => {
  const session = useSession()
  const at = useAt()
  const { data, trouble } = useDetail(`find ${id}`, '', async (signal) => {
    if (id === null) return { adventurer: null }
    return session.client.query(adventurerDetailDocument, { id, ...at }, { signal })
  })
  const adventurer = data?.adventurer ?? null
  return {
    found: adventurer === null ? [] : [adventurerFound(adventurer, adventurer.coordinate)],
    isAsking: data === null && trouble === null,
  }
}

const useFound = (text: string): Readonly<{ found: readonly Found[]; isAsking: boolean }> => {
  const session = useSession()
  const { events } = session.store.get()
  const standings = [...session.atlas.adventurers.values()]
  const known = findPlaces(text, { standings, events, head: headBlockOf(session.store.get()) })
  const named = useNamed(known.length === 0 ? idIn(text) : null)
  return known.length === 0 ? named : { found: known, isAsking: false }
}

const Search = (): JSX.Element => {
  const session = useSession()
  const [text, setText] = useState('')
  const { found, isAsking } = useFound(text)
  const go = (item: Found) => {
    session.store.set({ dialog: null })
    if (item.kind === 'hex') session.goTo(item.hex)
    else if (item.kind === 'adventurer')
      session.goTo(item.place, { kind: 'adventurer', id: item.id })
    else session.setBlock(item.block)
  }
  return (
    <Dialog title="Find">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          const [first] = found
          if (first !== undefined) go(first)
        }}
      >
        <input
          type="search"
          autofocus
          aria-label="Coordinates, a hex felt, an adventurer’s name or id, a block, a transaction"
          placeholder="3, −1 · a name · a block · 0x…"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </form>
      <ul class="found">
        {found.map((item) => (
          <li key={item.key}>
            <button type="button" onClick={() => go(item)}>
              <span>{item.label}</span>
              <span class="faint">{item.hint}</span>
            </button>
          </li>
        ))}
      </ul>
      {text !== '' && found.length === 0 ? (
        <p class="empty">{isAsking ? 'Looking…' : 'Nothing of that name is known here.'}</p>
      ) : null}
    </Dialog>
  )
}

/** The dialog that is open, if one is. */
export const Dialogs = (): JSX.Element | null => {
  const dialog = useAppState((state) => state.dialog)
  if (dialog === 'help') return <Help />
  return dialog === 'search' ? <Search /> : null
}
