/** What opens above everything: help, and the search for places and adventurers. */
import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { type Found, findPlaces } from '../format/search.ts'
import { useAppState, useSession } from './context.ts'
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
  useEffect(() => element.current?.showModal(), [])
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

const Search = (): JSX.Element => {
  const session = useSession()
  const [text, setText] = useState('')
  const found = findPlaces(text, [...session.atlas.adventurers.values()])
  const go = (item: Found) => {
    session.store.set({ dialog: null })
    if (item.kind === 'hex') session.goTo(item.hex)
    else session.goToAdventurer(item.id)
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
          aria-label="Coordinates, a hex felt, an adventurer’s name or id"
          placeholder="3, −1 · a name · 0x…"
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
        <p class="empty">Nothing by that name is in view.</p>
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
