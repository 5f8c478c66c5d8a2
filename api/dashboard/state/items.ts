/** What plants' items are, whose ids are hashes: asked for in batches, once each. */
import type { Felt } from '../../../domain/felt.ts'
import { itemSpeciesDocument } from '../../../schemas/graphql/worlds/infinite-hex-adventurers/documents.ts'
import type { Client } from '../../client/client.ts'
import { itemWords, ownNameOf } from '../format/items.ts'
import { createLookUps } from './look-ups.ts'

/** Names by item. */
export type ItemBook = Readonly<{
  /** The item in words, "iron" or "grain"; a short id until its name is known. */
  nameOf: (itemId: Felt) => string
}>

/** The API names so many at once at most. */
const BATCH_IDS_MAX = 100

/** An empty book; see createNameBook. */
export const createItemBook = (
  client: Client,
  onNews: () => void,
  onTrouble: (message: string) => void,
): ItemBook => {
  const species = createLookUps<Felt, string>({
    batchIdsMax: BATCH_IDS_MAX,
    ask: async (ids, signal) => {
      const { plantItems } = await client.query(itemSpeciesDocument, { ids }, { signal })
      return new Map(plantItems.map((plant) => [plant.id, plant.species]))
    },
    onNews,
    onTrouble,
  })
  return {
    nameOf: (itemId) => itemWords(itemId, ownNameOf(itemId) ?? species.of(itemId) ?? null),
  }
}
