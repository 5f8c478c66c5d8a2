/**
 * Names of adventurers that stand nowhere in view: asked for in batches, once each. Names are
 * untrusted text.
 */
import {
  type NamedAdventurerFragment,
  type NamesQueryVariables,
  namesDocument,
} from '../../../schemas/graphql/worlds/infinite-hex-adventurers/documents.ts'
import type { Client } from '../../client/client.ts'
import { shortId } from '../format/numbers.ts'
import { createLookUps } from './look-ups.ts'

/** Names by adventurer. */
export type NameBook = Readonly<{
  /** The name, or a short id until it is known. */
  nameOf: (id: string) => string
  /** Takes in a name that came with something else. */
  note: (named: NamedAdventurerFragment) => void
}>

/** As many as the document has places for. */
const BATCH_IDS_MAX = 10

/** The ids in the places of the document; places left empty are not asked for. */
const variablesFor = (ids: readonly string[]): NamesQueryVariables => ({
  ...Object.fromEntries(ids.map((id, at) => [`id${at}`, id])),
  ...Object.fromEntries(ids.map((_, at) => [`ask${at}`, true])),
})

/**
 * An empty book. `onNews` is called when names came in, `onTrouble` when they could not be asked
 * for.
 */
export const createNameBook = (
  client: Client,
  onNews: () => void,
  onTrouble: (message: string) => void,
): NameBook => {
  const names = createLookUps<string, string>({
    batchIdsMax: BATCH_IDS_MAX,
    ask: async (ids, signal) => {
      const answer = await client.query(namesDocument, variablesFor(ids), { signal })
      return new Map(
        Object.values(answer).flatMap((named) => (named ? [[named.id, named.name]] : [])),
      )
    },
    onNews,
    onTrouble,
  })
  return {
    nameOf: (id) => names.of(id) || shortId(id),
    note: ({ id, name }) => names.note(id, name),
  }
}
