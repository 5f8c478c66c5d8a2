/**
 * Names of adventurers that stand nowhere in view: asked for in batches, once each. Names are
 * untrusted text.
 */
import { messageOf } from '../../../domain/errors.ts'
import {
  type NamedAdventurerFragment,
  type NamesQueryVariables,
  namesDocument,
} from '../../../schemas/graphql/worlds/infinite-hex-adventurers/documents.ts'
import type { Client } from '../../client/client.ts'
import { shortId } from '../format/numbers.ts'
import { createSoon } from './soon.ts'

/** Names by adventurer. */
export type NameBook = Readonly<{
  /** The name, or a short id until it is known. */
  nameOf: (id: string) => string
  /** Takes in a name that came with something else. */
  note: (named: NamedAdventurerFragment) => void
}>

/** As many as the document has places for. */
const BATCH_IDS_MAX = 10
const BATCH_MS = 200
const NAMES_MAX = 20_000

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
  const names = new Map<string, NamedAdventurerFragment>()
  const asked = new Set<string>()
  const waiting: string[] = []

  const ask = async (): Promise<void> => {
    const ids = waiting.splice(0, BATCH_IDS_MAX)
    if (waiting.length > 0) asking.ask()
    try {
      const answer = await client.query(namesDocument, variablesFor(ids))
      for (const named of Object.values(answer)) if (named) note(named)
      onNews()
    } catch (error) {
      for (const id of ids) asked.delete(id)
      onTrouble(messageOf(error))
    }
  }
  const asking = createSoon(BATCH_MS, () => void ask())
  const note = (named: NamedAdventurerFragment): void => {
    if (names.size < NAMES_MAX) names.set(named.id, named)
  }
  const nameOf = (id: string): string => {
    const known = names.get(id)
    if (known !== undefined) return known.name === '' ? shortId(id) : known.name
    if (!asked.has(id) && asked.size < NAMES_MAX) {
      asked.add(id)
      waiting.push(id)
      asking.ask()
    }
    return shortId(id)
  }
  return { nameOf, note }
}
