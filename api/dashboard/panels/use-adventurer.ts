/** One adventurer in full, read again when it did something or its state in the atlas changed. */
import { adventurerDetailDocument } from '../../../schemas/graphql/worlds/infinite-hex-adventurers/documents.ts'
import type { AdventurerDetail } from '../state/world-types.ts'
import { type Detail, useAppState, useAt, useDetail, useSession } from './context.ts'

/** `turn` names the state that was read; "absent" when the server knows no such adventurer. */
export const useAdventurer = (
  id: string,
): Detail<AdventurerDetail> & Readonly<{ turn: string }> => {
  const session = useSession()
  const shown = useAppState((state) => state.shown)
  // Its own latest event: the feed holds it, whether or not it stands in view.
  const lastEvent = useAppState(
    (state) => state.events.find((event) => event.adventurerId === id)?.id ?? '',
  )
  useAppState((state) => state.atlasRevision)
  const standing = session.atlas.adventurers.get(id)
  const turn = `${shown} ${lastEvent} ${standing?.adventurer.energy} ${standing?.adventurer.lockedUntilBlock} ${standing?.place.packed}`
  const at = useAt()
  const { data, trouble } = useDetail(`adventurer ${id}`, turn, (signal) =>
    session.client.query(adventurerDetailDocument, { id, ...at }, { signal }),
  )
  return {
    data: data?.adventurer ?? null,
    trouble,
    turn: data !== null && data.adventurer === null ? 'absent' : turn,
  }
}
