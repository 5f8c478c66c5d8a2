/** The panel on the right: what is selected. */
import type { JSX } from 'preact'
import { Orders } from './act.tsx'
import { AdventurerCard } from './adventurer-card.tsx'
import { useAppState, useSession } from './context.ts'
import { HexCard } from './hex-card.tsx'
import { IconButton } from './icons.tsx'

/** The card of what is selected; nothing while nothing is. */
export const Inspector = (): JSX.Element | null => {
  const session = useSession()
  const selection = useAppState((state) => state.selection)
  if (selection === null) return null
  const key = selection.kind === 'hex' ? `${selection.q},${selection.r}` : selection.id
  return (
    <aside class="panel inspector" aria-label="Selected">
      <IconButton
        sign="close"
        label="Close (Esc)"
        kind="close"
        onClick={() => session.select(null)}
      />
      <div class="scroll" key={key}>
        {selection.kind === 'hex' ? (
          <HexCard place={selection} />
        ) : (
          <AdventurerCard id={selection.id} />
        )}
      </div>
      <Orders />
    </aside>
  )
}
