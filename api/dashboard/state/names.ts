/**
 * Names of adventurers that stand nowhere in view: asked for in batches, once each. Names are
 * untrusted text.
 */
import { messageOf } from '../../../domain/errors.ts'
import type { Client } from '../../client/client.ts'
import { shortId } from './atlas.ts'

export type Known = Readonly<{ id: string; name: string; owner: string }>

export type NameBook = Readonly<{
  /** The name, or a short id until it is known. */
  nameOf: (id: string) => string
  note: (known: Known) => void
}>

const BATCH_IDS_MAX = 20
const BATCH_MS = 200
const NAMES_MAX = 20_000

const batchDocument = (count: number): string => {
  const numbers = Array.from({ length: count }, (_, at) => at)
  return `query Names(${numbers.map((at) => `$id${at}: Felt!`).join(', ')}) {
    ${numbers.map((at) => `a${at}: adventurer(id: $id${at}) { id name owner }`).join('\n')}
  }`
}

/**
 * An empty book. `onNews` is called when names came in, `onTrouble` when they could not be asked
 * for.
 */
export const createNameBook = (
  client: Client,
  onNews: () => void,
  onTrouble: (message: string) => void,
): NameBook => {
  const names = new Map<string, Known>()
  const asked = new Set<string>()
  const waiting: string[] = []
  let isAsking = false

  const ask = async (): Promise<void> => {
    const ids = waiting.splice(0, BATCH_IDS_MAX)
    isAsking = false
    if (waiting.length > 0) askSoon()
    const variables = Object.fromEntries(ids.map((id, at) => [`id${at}`, id]))
    try {
      const answer = await client.query<Record<string, Known | null>>(
        batchDocument(ids.length),
        variables,
      )
      for (const known of Object.values(answer)) if (known !== null) note(known)
      onNews()
    } catch (error) {
      for (const id of ids) asked.delete(id)
      onTrouble(messageOf(error))
    }
  }
  const askSoon = (): void => {
    if (isAsking) return
    isAsking = true
    setTimeout(() => void ask(), BATCH_MS)
  }
  const note = (known: Known): void => {
    if (names.size < NAMES_MAX) names.set(known.id, known)
  }
  const nameOf = (id: string): string => {
    const known = names.get(id)
    if (known !== undefined) return known.name === '' ? shortId(id) : known.name
    if (!asked.has(id) && asked.size < NAMES_MAX) {
      asked.add(id)
      waiting.push(id)
      askSoon()
    }
    return shortId(id)
  }
  return { nameOf, note }
}
