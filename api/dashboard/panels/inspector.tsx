/** The panel on the right: what is selected. */
import type { JSX } from 'preact'
import { AdventurerCard } from './adventurer-card.tsx'
import { useAppState, useSession } from './context.ts'
import { HexCard } from './hex-card.tsx'
import { Sign } from './icons.tsx'

export const Inspector = (): JSX.Element | null => {
  const session = useSession()
  const selection = useAppState((state) => state.selection)
  if (selection === null) return null
  const key = selection.kind === 'hex' ? `${selection.q},${selection.r}` : selection.id
  return (
    <aside class="panel inspector" aria-label="Selected">
      <button
        type="button"
        class="icon close"
        aria-label="Close (Esc)"
        onClick={() => session.select(null)}
      >
        <Sign sign="close" />
      </button>
      <div class="scroll" key={key}>
        {selection.kind === 'hex' ? (
          <HexCard place={selection} />
        ) : (
          <AdventurerCard id={selection.id} />
        )}
      </div>
    </aside>
  )
}
